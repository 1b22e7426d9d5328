from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.guarded import Guard
from ..metering.utility_reading import VOLUME


class UtilityTelemetryUnknown(models.Model):
    """A number in the files of a section that no meter has, listed until somebody chooses its meter."""

    _name = "utility.telemetry.unknown"
    _description = "Number Without Meter"
    _inherit = ["utility.guarded"]
    _order = "meter_id desc, last_day desc, number"
    _rec_name = "number"
    _check_company_auto = True
    _guard = Guard(
        kept="source_id section_id company_id number proposals first_day last_day last_index is_ignored",
        given="meter_id",
    )

    source_id = fields.Many2one("utility.telemetry.source", readonly=True, ondelete="set null")
    section_id = fields.Many2one("utility.section", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    number = fields.Char(string="Number in the File", required=True, readonly=True)
    proposals = fields.Char(string="Resembles", readonly=True)
    first_day = fields.Date(string="Since", readonly=True)
    last_day = fields.Date(string="Last Value Of", readonly=True)
    last_index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    meter_id = fields.Many2one(
        "utility.meter",
        check_company=True,
        ondelete="set null",
        domain="[('section_id', '=', section_id)]",
        help="Its next values are entered on this meter.",
    )
    is_ignored = fields.Boolean(string="Ignored", readonly=True)

    _one_per_number = models.UniqueIndex("(section_id, number)", "This number is already listed.")

    @api.constrains("meter_id")
    def _check_section(self):
        for row in self:
            if row.meter_id and row.meter_id.section_id != row.section_id:
                raise UserError(self.env._("Choose a meter of section %s.", row.section_id.name))

    # === ACTIONS === #

    def action_enter(self):
        """Enter the last value of numbers whose meter has been chosen.

        :raises UserError: no meter is chosen
        """
        self.check_access("write")
        for row in self:
            if not row.meter_id:
                raise UserError(self.env._("%s: choose its meter first.", row.number))
            row.env["utility.reading"].create(
                {"meter_id": row.meter_id.id, "date": row.last_day, "index": row.last_index, "kind": "remote"}
            )

    def action_create_meter(self):
        """Create a meter with the number and enter its last value."""
        self.check_access("write")
        for row in self.filtered(lambda row: not row.meter_id):
            values = {"section_id": row.section_id.id, "serial_number": row.number, "reading_mode": "remote"}
            row.meter_id = self.env["utility.meter"].create(values)
            row.action_enter()

    def action_ignore(self):
        """Ignore numbers that belong to no meter of the section."""
        self._by_server().is_ignored = True

    # === BUSINESS === #

    @api.model
    def _keep(self, source, unknown):
        """Record the numbers of a file that no meter has.

        :param unknown: {number: (day, index, proposals)}
        """
        section = source.section_id.id
        known = {
            row.number: row for row in self.search([("section_id", "=", section), ("number", "in", list(unknown))])
        }
        new = []
        for number, (day, index, proposals) in unknown.items():
            values = {"last_day": day, "last_index": float(index), "proposals": ", ".join(proposals) or False}
            if number in known:
                known[number].write(values)
            else:
                new.append(
                    {"source_id": source.id, "section_id": section, "number": number, "first_day": day, **values}
                )
        self.create(new)

    @api.model
    def _chosen(self, source):
        """Return {number: id of the meter chosen for it} of a source's section."""
        rows = self.search([("section_id", "=", source.section_id.id), ("meter_id", "!=", False)])
        return {row.number: row.meter_id.id for row in rows}
