from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.guarded import Guard


class AccountMove(models.Model):
    """Entries of payments that came in: they change when the accounting system says so, not by hand."""

    _inherit = "account.move"
    _guard = Guard(kept="ledger_payment_ids")

    ledger_payment_ids = fields.One2many("ledger.payment", "entry_id", string="Payments of the Accounting System")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported_payment(self):
        self._check_not_reported()

    def button_draft(self):
        self._check_not_reported()
        return super().button_draft()

    def button_cancel(self):
        self._check_not_reported()
        return super().button_cancel()

    # === BUSINESS === #

    def _check_not_reported(self):
        """Refuse to undo a payment here that the accounting system has.

        :raises UserError: with what to do instead
        """
        # sudo: called by users who may edit the entry; reads only whether a received payment made it
        payments = self.sudo().ledger_payment_ids
        if payments:
            raise UserError(
                self.env._(
                    "The accounting system reported these payments: %s. Have them cancelled there: the cancellation "
                    "comes in like the payment.",
                    ", ".join(payments[:10].mapped("reference")),
                )
            )
