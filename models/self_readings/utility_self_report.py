from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..common.guarded import Guard
from ..metering.shown_names import found_by_day
from ..metering.utility_reading import VOLUME


class UtilitySelfReport(models.Model):
    """What a subscriber reported about their meter, with its photo: one report, a reading on each card."""

    _name = "utility.self.report"
    _description = "Self-Reported Reading"
    _inherit = ["utility.guarded", "utility.shown.name"]
    _order = "reported_on desc, id desc"
    _guard = Guard(kept="subscription_id reported_on index photo number origin reading_ids")

    subscription_id = fields.Many2one("utility.subscription", readonly=True, index=True, ondelete="set null")
    reported_on = fields.Datetime(readonly=True, required=True)
    index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    photo = fields.Image(max_width=1600, max_height=1600, readonly=True)
    number = fields.Integer(string="Times Entered", readonly=True, default=1)
    origin = fields.Selection([("portal", "Portal"), ("link", "Signed link")], readonly=True)
    reading_ids = fields.One2many("utility.reading", "self_report_id", string="Readings", readonly=True)

    @api.depends("subscription_id", "reported_on")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for report in self:
            day = format_date(self.env, fields.Datetime.context_timestamp(report, report.reported_on).date())
            report.display_name = " · ".join(filter(None, [report.subscription_id.display_name, day]))

    def _shown_as(self, operator, parts):
        return [found_by_day(self, parts, lambda shown: Domain("subscription_id", operator, shown), "reported_on")]
