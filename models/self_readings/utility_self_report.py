from odoo import fields, models

from ..common.guarded import Guard
from ..metering.utility_reading import VOLUME


class UtilitySelfReport(models.Model):
    """What a subscriber reported about their meter, with its photo: one report, a reading on each card."""

    _name = "utility.self.report"
    _description = "Self-Reported Reading"
    _inherit = ["utility.guarded"]
    _order = "reported_on desc, id desc"
    _rec_name = "reported_on"
    _guard = Guard(kept="subscription_id reported_on index photo number origin reading_ids")

    subscription_id = fields.Many2one("utility.subscription", readonly=True, index=True, ondelete="set null")
    reported_on = fields.Datetime(readonly=True, required=True)
    index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    photo = fields.Image(max_width=1600, max_height=1600, readonly=True)
    number = fields.Integer(string="Times Entered", readonly=True, default=1)
    origin = fields.Selection([("portal", "Portal"), ("link", "Signed link")], readonly=True)
    reading_ids = fields.One2many("utility.reading", "self_report_id", string="Readings", readonly=True)
