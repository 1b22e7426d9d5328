from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.guarded import Guard


class UtilitySubscriptionTariff(models.Model):
    """The tariff of a subscription from a day until the next period's."""

    _name = "utility.subscription.tariff"
    _description = "Tariff Period of a Subscription"
    _inherit = ["utility.guarded"]
    _order = "subscription_id, date_start"
    _rec_name = "tariff_id"
    _check_company_auto = True
    _guard = Guard(
        kept="company_id",
        once="subscription_id",
        given="date_start tariff_id",
    )

    subscription_id = fields.Many2one("utility.subscription", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, index=True)
    section_id = fields.Many2one(related="subscription_id.section_id")
    date_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_start(),
        help="Earlier days are charged by the previous tariff; days before the first period by the first one.",
    )
    tariff_id = fields.Many2one(
        "utility.tariff",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('section_id', '=', section_id)]",
    )

    _one_per_day = models.UniqueIndex(
        "(subscription_id, date_start)", "This subscription already has a tariff that starts on that day."
    )

    def _default_date_start(self):
        subscription = self.env["utility.subscription"].browse(self.env.context.get("default_subscription_id"))
        return subscription.exists()._tariff_change_date() or fields.Date.context_today(self)

    @api.constrains("tariff_id", "subscription_id")
    def _check_section_of_tariff(self):
        for period in self:
            if period.tariff_id.section_id != period.subscription_id.section_id:
                raise ValidationError(period.subscription_id._wrong_section_sentence(period.tariff_id))
