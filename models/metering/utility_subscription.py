from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..common.guarded import Guard
from .sample_url import sample_url


class UtilitySubscription(models.Model):
    """A subscriber's contract on a section's meter."""

    _name = "utility.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "utility.guarded", "utility.shown.name"]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["partner_id.name", "meter_id.serial_number", "meter_id.name"]
    _guard = Guard(
        kept="section_id company_id",
        given="partner_id payer_id meter_id date_start date_end billing_type flat_volume is_dwelling",
        asked="date_start",
    )

    partner_id = fields.Many2one("res.partner", string="Subscriber", required=True, index=True, tracking=True)
    payer_id = fields.Many2one("res.partner", tracking=True, help="Who is billed, if it is not the subscriber.")
    meter_id = fields.Many2one(
        "utility.meter", required=True, index=True, ondelete="restrict", check_company=True, tracking=True
    )
    section_id = fields.Many2one(related="meter_id.section_id", store=True, index=True)
    company_id = fields.Many2one(related="meter_id.company_id", store=True, index=True)
    date_start = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_end = fields.Date(tracking=True, help="Last day of the contract. Empty: no end.")
    billing_type = fields.Selection(
        [("measured", "Measured"), ("estimated", "Estimated"), ("flat", "Flat rate")],
        required=True,
        default="measured",
        tracking=True,
    )
    flat_volume = fields.Float(
        string="Flat Volume a Year",
        digits=(16, 3),
        help="Yearly volume charged at a flat rate, prorated by days. 0: fixed parts only.",
    )
    is_dwelling = fields.Boolean(
        string="Dwelling",
        default=True,
        help="Only dwellings are entitled to the relief of leaks (CGCT L.2224-12-4 III bis).",
    )
    use_billing_types = fields.Boolean(related="company_id.utility_use_billing_types", string="Uses Billing Types")
    state = fields.Selection(
        [("future", "Future"), ("running", "Running"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)", "A subscription can't end before it starts."
    )
    _listed = models.Index("(date_start DESC, id DESC)")

    @api.depends("date_start", "date_end")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for subscription in self:
            if subscription.date_start and subscription.date_start > today:
                subscription.state = "future"
            elif subscription.date_end and subscription.date_end < today:
                subscription.state = "ended"
            else:
                subscription.state = "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "future": [("date_start", ">", today)],
            "ended": [("date_end", "<", today)],
            "running": [("date_start", "<=", today), "|", ("date_end", "=", False), ("date_end", ">=", today)],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("partner_id", "meter_id")
    def _compute_display_name(self):
        for subscription in self:
            parts = [subscription.partner_id.name, subscription.meter_id.display_name]
            subscription.display_name = " · ".join(filter(None, parts))

    def _shown_as(self, operator, parts):
        subscriber = Domain("partner_id", "any", [("name", operator, parts[0])])
        meters = self.env["utility.meter"]
        if len(parts) == 1 or parts[0].startswith("#"):
            return [subscriber, Domain("meter_id", "any", *meters._shown_as(operator, parts, by_subscriber=False))]
        return [subscriber & Domain("meter_id", "any", *meters._shown_as(operator, parts[1:], by_subscriber=False))]

    @api.constrains("meter_id", "date_start", "date_end")
    def _check_one_subscriber_at_a_time(self):
        """Check that a meter has one subscriber at a time, since its consumption is billed to one."""
        self.flush_model(["meter_id", "date_start", "date_end"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, other.id
                  FROM utility_subscription mine
                  JOIN utility_subscription other ON other.meter_id = mine.meter_id AND other.id != mine.id
                   AND daterange(mine.date_start, mine.date_end, '[]')
                       && daterange(other.date_start, other.date_end, '[]')
                 WHERE mine.id IN %s
                 LIMIT 1
                """,
                tuple(self.ids),
            )
        )
        for mine, other in rows:
            mine, other = self.browse(mine), self.browse(other)
            raise ValidationError(
                self.env._(
                    "Meter %(meter)s already has a subscriber in this period: %(other)s, from %(start)s to %(end)s. "
                    "End that subscription first.",
                    meter=mine.meter_id.display_name,
                    other=other.partner_id.name,
                    start=format_date(self.env, other.date_start),
                    end=format_date(self.env, other.date_end) if other.date_end else "…",
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.partner_id.filtered(lambda p: not p.is_subscriber).is_subscriber = True
        return subscriptions

    @api.model
    def load(self, fields, data):
        """Import rows; a name that two people have is refused, since the other one would be billed."""
        return super(UtilitySubscription, self.with_context(utility_one_person=True)).load(fields, data)

    @api.model
    def get_import_templates(self):
        """Return the sample that the import screen offers."""
        return [{"label": self.env._("Sample File"), "template": sample_url(self.env, "abonnements.csv")}]

    # === BUSINESS === #

    @api.model
    def _check_stated(self, vals, asked):
        if vals.get("billing_type") == "flat" and "flat_volume" not in vals:
            self._refuse_unstated("flat_volume")
        return super()._check_stated(vals, asked)

    @api.model
    def _under_way(self, domain):
        """Return the subscriptions of a domain that run or are to begin: what they refer to is still needed."""
        return self.search(Domain(domain) & Domain("state", "in", ["running", "future"]))
