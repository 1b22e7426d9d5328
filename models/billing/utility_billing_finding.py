from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...core.billing.obstacles import ObstacleReason

_lt = LazyTranslate(__name__)

#: Message of each reason: what to do.
MESSAGES = {
    ObstacleReason.NO_JOURNAL: _lt("Section %(section)s has no sales journal: choose one on the section."),
    ObstacleReason.NO_TARIFF: _lt("%(subscription)s has no tariff: choose one on the subscription."),
    ObstacleReason.NO_VERSION: _lt(
        "Tariff %(tariff)s has no version on %(date)s: add a version that starts on or before that day."
    ),
    ObstacleReason.PRODUCT: _lt(
        "Product %(product)s of tariff %(tariff)s has no income account, or taxes included in its price: "
        "correct it, or choose another product."
    ),
    ObstacleReason.NO_READING: _lt(
        "Meter %(meter)s has no reading to bill from %(start)s to %(end)s: enter the reading."
    ),
    ObstacleReason.FIRST_INDEX: _lt(
        "Meter %(meter)s has only the index of %(day)s, its first one: enter the starting index, the one of "
        "the day the subscriber came in or the meter was installed."
    ),
    ObstacleReason.TO_CHECK: _lt("The reading of %(day)s on meter %(meter)s must be checked: confirm or correct it."),
    ObstacleReason.MOVE: _lt(
        "The reading of %(day)s on meter %(meter)s covers days before %(subscription)s: enter the reading of "
        "the day the subscriber came in."
    ),
    ObstacleReason.LEFT: _lt(
        "The reading of %(day)s on meter %(meter)s covers days after the end of %(subscription)s: enter the "
        "reading of the day the subscriber left."
    ),
    ObstacleReason.VACANT: _lt(
        "Meter %(meter)s measured %(volume)s m³ until %(day)s while nobody was subscribed: enter the "
        "subscription, or the owner of the place on the meter where the section bills owners."
    ),
    ObstacleReason.METER_CHECK: _lt(
        "Meter %(meter)s is being checked at the subscriber's request: the excess of the reading of %(day)s is "
        "not due before the answer. Record the answer on the possible leak."
    ),
    ObstacleReason.NEGATIVE: _lt(
        "Meter %(meter)s: the volume from %(start)s to %(end)s is negative: correct the reading."
    ),
    ObstacleReason.NO_HISTORY: _lt("No volume of meter %(meter)s is known from which to estimate: enter a reading."),
    ObstacleReason.DEDUCTION: _lt(
        "%(subscription)s: the instalment from %(start)s to %(end)s begins outside the days billed again "
        "(%(first)s to %(last)s): credit it, or enter an earlier reading."
    ),
    ObstacleReason.OUT_OF_SERVICE: _lt(
        "%(subscription)s is not served from %(start)s to %(end)s: leave it out or correct its dates."
    ),
    ObstacleReason.ALREADY_BILLED: _lt("%(subscription)s already has a bill for days of this period: %(bill)s."),
    ObstacleReason.DRAFT: _lt("%(subscription)s has a draft bill in campaign %(campaign)s: post or discard it first."),
    ObstacleReason.REFUSED: _lt("%(subscription)s: %(error)s"),
}


class UtilityBillingFinding(models.Model):
    """Obstacle to a bill of a campaign, and the record to correct."""

    _name = "utility.billing.finding"
    _description = "Obstacle to a Bill"
    _order = "reason, subscription_id, id"
    _rec_name = "message"
    _log_access = False

    run_id = fields.Many2one("utility.billing.run", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    subscription_id = fields.Many2one("utility.subscription", index=True, ondelete="cascade", readonly=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", string="Subscriber")
    meter_id = fields.Many2one("utility.meter", ondelete="cascade", readonly=True)
    reason = fields.Selection(
        [
            (ObstacleReason.NO_JOURNAL.value, "No sales journal"),
            (ObstacleReason.NO_TARIFF.value, "No tariff"),
            (ObstacleReason.NO_VERSION.value, "No version of the tariff"),
            (ObstacleReason.PRODUCT.value, "Product without account"),
            (ObstacleReason.NO_READING.value, "No reading"),
            (ObstacleReason.FIRST_INDEX.value, "No starting index"),
            (ObstacleReason.TO_CHECK.value, "Reading to check"),
            (ObstacleReason.MOVE.value, "No reading when the subscriber came in"),
            (ObstacleReason.LEFT.value, "No reading when the subscriber left"),
            (ObstacleReason.VACANT.value, "Consumed without a subscriber"),
            (ObstacleReason.METER_CHECK.value, "Meter being checked"),
            (ObstacleReason.NEGATIVE.value, "Negative volume"),
            (ObstacleReason.NO_HISTORY.value, "Nothing to estimate from"),
            (ObstacleReason.DEDUCTION.value, "Instalment not covered"),
            (ObstacleReason.OUT_OF_SERVICE.value, "Not served in the period"),
            (ObstacleReason.ALREADY_BILLED.value, "Already billed"),
            (ObstacleReason.DRAFT.value, "A draft waits in another campaign"),
            (ObstacleReason.REFUSED.value, "Refused by accounting"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char(string="What to Do", required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    def action_correct(self):
        """Open the record to correct."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @api.model
    def _template(self, reason):
        """Return the message of a reason, with its placeholders, in the user's language."""
        return self.env._(MESSAGES[reason])
