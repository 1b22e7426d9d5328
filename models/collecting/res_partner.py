from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_names(self, subscriptions, contacts):
        result = super()._forget_names(subscriptions, contacts)
        contacts._forget_ledger_name()
        return result
