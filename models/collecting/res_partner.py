from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_names(self, subscriptions):
        result = super()._forget_names(subscriptions)
        (self | self.child_ids)._forget_ledger_name()
        return result
