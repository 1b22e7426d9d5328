from odoo import fields, models

from ..common.guarded import Guard


class UtilityTelemetryAlarm(models.Model):
    """An alarm of a remote reader, open until somebody has checked it."""

    _name = "utility.telemetry.alarm"
    _description = "Alarm of a Remote Reader"
    _inherit = ["utility.guarded"]
    _order = "state desc, last_day desc, id desc"
    _rec_name = "number"
    _guard = Guard(
        kept="source_id section_id company_id number meter_id kind first_day last_day state closed_on closed_by_id",
        given="note",
    )

    source_id = fields.Many2one("utility.telemetry.source", readonly=True, ondelete="set null")
    section_id = fields.Many2one("utility.section", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    number = fields.Char(string="Number in the File", required=True, readonly=True)
    meter_id = fields.Many2one("utility.meter", readonly=True, index="btree_not_null", ondelete="set null")
    partner_id = fields.Many2one(related="meter_id.partner_id", string="Subscriber")
    kind = fields.Selection(
        [
            ("leak", "Leak"),
            ("fraud", "Tampering"),
            ("battery", "Battery"),
            ("backflow", "Backflow"),
        ],
        required=True,
        readonly=True,
    )
    first_day = fields.Date(string="Since", required=True, readonly=True)
    last_day = fields.Date(string="Last Given", required=True, readonly=True)
    state = fields.Selection(
        [("open", "To deal with"), ("closed", "Dealt with")], default="open", required=True, readonly=True
    )
    note = fields.Char(string="What Was Found")
    closed_on = fields.Date(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)

    _open = models.Index("(section_id) WHERE state = 'open'")

    def action_close(self):
        """Close alarms that have been checked; if they are given again on a later day, they reopen."""
        values = {"state": "closed", "closed_on": fields.Date.context_today(self), "closed_by_id": self.env.uid}
        self.filtered(lambda alarm: alarm.state == "open")._by_server().write(values)

    def action_reopen(self):
        """Open closed alarms again."""
        self._by_server().write({"state": "open", "closed_on": False, "closed_by_id": False})
