from odoo import fields, models

from ..common.guarded import Guard


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "utility.guarded", "utility.in.use"]
    _guard = Guard(given="utility_use_billing_types utility_use_units")

    utility_use_billing_types = fields.Boolean(
        string="Billing Type", help="Show on subscriptions whether they are billed as measured, estimated or flat."
    )
    utility_use_units = fields.Boolean(string="Units", help="Each section has its own unit.")

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: administrators of companies may have no right on sections; their names are on bills
        for section in self.env["utility.section"].sudo().search([("company_id", "in", self.ids)]):
            yield self.env._(
                "%(company)s has the billing section %(section)s: archive that section first.",
                company=section.company_id.name,
                section=section.name,
            )
