from odoo import models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "utility.in.use"]

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: administrators of companies may have no right on sections; their names are on bills
        for section in self.env["utility.section"].sudo().search([("company_id", "in", self.ids)]):
            yield self.env._(
                "%(company)s has the billing section %(section)s: archive that section first.",
                company=section.company_id.name,
                section=section.name,
            )
