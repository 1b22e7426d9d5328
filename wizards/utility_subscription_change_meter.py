from odoo import fields, models

from ..models.common.guarded import Guard


class UtilitySubscriptionChangeMeter(models.TransientModel):
    """Change of a subscriber's meter: the subscription ends and a new one with the same terms begins."""

    _name = "utility.subscription.change.meter"
    _description = "Change the Meter of a Subscription"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        once="subscription_id",
        given="date meter_id",
    )

    subscription_id = fields.Many2one("utility.subscription", required=True, readonly=True)
    section_id = fields.Many2one(related="subscription_id.section_id")
    date = fields.Date(
        string="First Day on the New Meter",
        required=True,
        default=fields.Date.context_today,
        help="The subscription ends the day before. Enter the index of both meters on that day.",
    )
    meter_id = fields.Many2one(
        "utility.meter",
        string="New Meter",
        required=True,
        domain="[('section_id', '=', section_id), ('id', '!=', current_meter_id)]",
    )
    current_meter_id = fields.Many2one(related="subscription_id.meter_id")

    def action_confirm(self):
        """End the subscription, begin the new one, and open it."""
        self.ensure_one()
        self.subscription_id.check_access("write")
        self.meter_id.check_access("read")
        begun = self.subscription_id._end_and_begin(self.date, meter_id=self.meter_id.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "utility.subscription",
            "res_id": begun.id,
            "view_mode": "form",
        }
