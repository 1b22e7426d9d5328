from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.guarded import Guard
from ..ledger_entries.account_move import MONITOR


class AccountMove(models.Model):
    """Entries of received payments: only the accounting system changes them, no user."""

    _inherit = "account.move"
    _guard = Guard(kept="ledger_payment_ids")

    ledger_payment_ids = fields.One2many(
        "ledger.payment", "entry_id", string="Payments of the Accounting System", groups=MONITOR
    )

    def _compute_payment_state(self):
        """Show documents settled by a received payment as paid; Odoo shows *reversed* for plain entries."""
        result = super()._compute_payment_state()
        reversed_moves = self.filtered(lambda move: move.payment_state == "reversed")
        if reversed_moves:
            reversed_moves._settled_by_reported_payment().payment_state = "paid"
        return result

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

    def _settled_by_reported_payment(self):
        """Return the documents among these that a received payment settles, alone or with credit notes."""
        # sudo: called while a state is computed; reads only which of these a received payment was allocated to
        partials = self.env["account.partial.reconcile"].sudo()
        sides = "debit_move_id.move_id", "credit_move_id.move_id"
        found = partials.search(
            Domain.OR(
                Domain(own, "in", self.ids) & Domain(f"{other}.ledger_payment_ids", "!=", False)
                for own, other in (sides, sides[::-1])
            )
        )
        return (found.debit_move_id | found.credit_move_id).move_id.with_env(self.env) & self

    def _check_not_reported(self):
        """Refuse to undo a payment that the accounting system reported.

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
