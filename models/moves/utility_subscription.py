from odoo import models


class UtilitySubscription(models.Model):
    _inherit = "utility.subscription"

    def action_move(self):
        """Open *Départ / Arrivée* for the meter of this subscription."""
        self.ensure_one()
        return self.env["utility.move.dialog"]._open_for(self.meter_id)
