from odoo import models

# Fields whose change the accounting system must know.
EXCHANGED_LINE = {
    "account_id", "partner_id", "debit", "credit", "balance", "name", "date_maturity", "amount_currency",
    "analytic_distribution",
}  # fmt: skip


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "utility.guarded"]

    def write(self, vals):
        self._check_given([vals])
        exchanged = vals.keys() & EXCHANGED_LINE
        if exchanged:
            self._posted_moves()._keep_sent_values()
        result = super().write(vals)
        if exchanged:
            self._posted_moves()._refresh_ledger_documents()
        return result

    def _posted_moves(self):
        return self.move_id.filtered(lambda move: move.state == "posted")
