from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_names(self, subscriptions, contacts):
        moves = self.env["utility.move"]
        left = moves.search([("leaving_subscription_id", "in", subscriptions.ids)])
        (left | left.part_ids).write({"leaving_name": self.name, "last_bill_address": False})
        arrived = moves.search(
            ["|", ("arriving_partner_id", "in", self.ids), ("arriving_subscription_id", "in", subscriptions.ids)]
        )
        (arrived | arrived.part_ids).write({"arriving_name": self.name, "arriving_values": False})
        return super()._forget_names(subscriptions, contacts)

    def action_move(self):
        """Open *Départ / Arrivée* for the meter of this subscriber, or for one of several.

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
        return self.env["utility.move.dialog"]._open_for(self._only_meter(), meters)
