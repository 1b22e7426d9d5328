from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if {"ledger_code", "ledger_locked"} & vals.keys():
            # sudo: called for users who may write the company; waiting documents are checked again, nothing is shown
            documents = self.env["ledger.document"].sudo()
            documents._refresh_waiting(documents.connector_id.search([("company_ids", "in", self.ids)]))
        return result
