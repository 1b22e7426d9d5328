from odoo import models

from .received_invoice import Known


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _compute_account_id(self):
        """Give lines of a received invoice a default account, as Odoo saves no bill line without one.

        The user who completes the draft bill corrects it.
        """
        result = super()._compute_account_id()
        known = self.env.context.get("received_invoice")
        if isinstance(known, Known) and known.account_id:
            self.filtered(
                lambda line: line.display_type == "product" and not line.account_id
            ).account_id = known.account_id
        return result
