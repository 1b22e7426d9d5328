from odoo import models


class UtilitySection(models.Model):
    _inherit = "utility.section"

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        running = ["|", ("section_id", "in", self.ids), ("other_section_id", "in", self.ids), ("state", "=", "running")]
        # sudo: users who may archive a section may know that its meters are being matched
        for run in self.env["utility.meter.matching"].sudo().search(running):
            yield self.env._("Matching %s is in progress: stop it first.", run.display_name)
