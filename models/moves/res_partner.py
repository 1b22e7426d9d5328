from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_move(self):
        """Open *Départ / Arrivée* for the meter of this subscriber.

        :raises UserError: the subscriber has none
        """
        self.ensure_one()
        meters = self.utility_meter_ids
        if not meters:
            raise UserError(
                self.env._(
                    "%s has no running subscription: open the meter of the place they move into.", self.display_name
                )
            )
        return self.env["utility.move.dialog"]._open_for(meters[0], meters)
