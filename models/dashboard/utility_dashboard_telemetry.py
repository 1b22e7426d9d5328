from odoo import api, fields, models

from .section_figures import SectionFigures
from .utility_dashboard import MANAGER


class UtilityDashboard(models.Model):
    """Remote readings to look at: alarms, failing sources, numbers without a meter."""

    _inherit = "utility.dashboard"

    alarm_count = fields.Integer(string="Alarms of Remote Readers", compute="_compute_telemetry")
    unknown_count = fields.Integer(string="Numbers Without Meter", compute="_compute_telemetry")
    failing_count = fields.Integer(
        string="Failing Sources of Remote Readings", compute="_compute_telemetry", groups=MANAGER
    )

    @api.depends("section_id")
    def _compute_telemetry(self):
        self.env.flush_all()
        figures = SectionFigures(self.env, self.section_id.ids)
        alarms, unknown, failing = figures.alarms(), figures.unknown_numbers(), figures.failing_sources()
        for card in self:
            card.alarm_count = alarms.get(card.section_id.id, 0)
            card.unknown_count = unknown.get(card.section_id.id, 0)
            card.failing_count = failing.get(card.section_id.id, 0)
