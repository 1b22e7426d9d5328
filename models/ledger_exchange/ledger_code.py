from odoo import models


class LedgerCode(models.Model):
    _inherit = "ledger.code"

    def _after_binding(self):
        """Check the documents that waited for a binding again."""
        result = super()._after_binding()
        self.env["ledger.document"]._refresh_waiting(self.connector_id)
        return result
