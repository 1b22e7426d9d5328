from odoo import models


class UtilityMeter(models.Model):
    _inherit = "utility.meter"

    def action_move(self):
        """Open *Départ / Arrivée* for this meter."""
        self.ensure_one()
        return self.env["utility.move.dialog"]._open_for(self)

    def _names_of_other_sections(self):
        """Return the names of the other sections that share the meter; agents of each section may see them."""
        # sudo: only the names (invariant 5)
        cards = self.sudo().search([("connection_point_id", "=", self.connection_point_id.id), ("id", "!=", self.id)])
        return cards.section_id.sorted("sequence").mapped("name")
