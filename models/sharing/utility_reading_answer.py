from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..metering.shown_names import found_by_day

#: Inserts answers, any number at once; nothing else creates or changes them.
INSERT_ANSWERS = """
    INSERT INTO utility_reading_answer (
        reading_id, meter_id, section_id, company_id, target_section_id, target_section_name, target_company_id,
        user_id, answered_on, forced, date, answer, outcome, index, consumption, stored_previous,
        target_reading_id, stored_previous_consumption)"""


class UtilityReadingAnswer(models.Model):
    """Answer to the question whether to synchronise a reading with another section, kept forever (invariant 4)."""

    _name = "utility.reading.answer"
    _description = "Synchronisation Answer"
    _order = "id desc"
    _inherit = ["utility.shown.name"]

    reading_id = fields.Many2one("utility.reading", readonly=True, index=True, ondelete="set null")
    meter_id = fields.Many2one("utility.meter", readonly=True, index=True, ondelete="cascade")
    section_id = fields.Many2one("utility.section", string="From", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    target_section_id = fields.Many2one("utility.section", string="To", readonly=True)
    target_section_name = fields.Char(string="To Section", readonly=True)
    target_company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    forced = fields.Boolean(readonly=True, help="The whole card was forced on the others.")
    date = fields.Date(string="Date of the Reading", readonly=True)
    answer = fields.Selection([("synchronized", "Synchronise"), ("declined", "Cancel")], readonly=True)
    outcome = fields.Selection(
        [
            ("create", "Created"),
            ("correct", "Corrected"),
            ("same", "Already the same"),
            ("blocked", "Blocked"),
            ("only_there", "Exists only there"),
            ("remove", "Removed"),
            ("declined", "Left as it was"),
        ],
        readonly=True,
    )
    index = fields.Float(string="Index Sent", digits=(16, 3), readonly=True, aggregator=None)
    consumption = fields.Float(string="Consumption Sent", digits=(16, 3), readonly=True, aggregator=None)
    # shown only to users with access to the other section: see _compute_previous (invariant 5)
    stored_previous = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    stored_previous_consumption = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    previous = fields.Char(string="Before", compute="_compute_previous")
    previous_consumption = fields.Char(string="Consumption Before", compute="_compute_previous")
    target_reading_id = fields.Many2one(
        "utility.reading", string="Corrected Reading", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.depends("meter_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for answer in self:
            day = answer.date and format_date(self.env, answer.date)
            answer.display_name = " · ".join(filter(None, [answer.meter_id.display_name, day]))

    def _shown_as(self, operator, parts):
        return [found_by_day(self, parts, lambda meter: Domain("meter_id", operator, meter))]

    @api.depends_context("uid")
    @api.depends("target_company_id")
    def _compute_previous(self):
        mine = self.env.user.company_ids
        for answer in self:
            # sudo: read only for users of the target company, by the condition
            stored = answer.sudo() if answer.target_company_id in mine else answer.sudo().browse()
            answer.previous = stored.stored_previous
            answer.previous_consumption = stored.stored_previous_consumption
