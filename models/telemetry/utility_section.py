from odoo import models


class UtilitySection(models.Model):
    _inherit = "utility.section"

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: users who may archive a section may know that readings still come in for it
        sources = self.env["utility.telemetry.source"].sudo().search([("section_id", "in", self.ids)])
        for name in sources.mapped("name"):
            yield self.env._("Remote readings of source %s are for this section: archive the source first.", name)
