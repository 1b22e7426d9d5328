from odoo import api, fields, models

from ..common.guarded import Guard
from ..metering.reading_import_results import Refusal
from ..metering.reading_import_sentences import refusal_sentence


class UtilityTelemetryFile(models.Model):
    """A file of remote readings that has been processed, with its report."""

    _name = "utility.telemetry.file"
    _description = "File of Remote Readings"
    _inherit = ["utility.guarded"]
    _order = "id desc"
    _guard = Guard(
        kept="source_id section_id company_id name sha256 size state value_count kept_count new_count corrected_count "
        "unchanged_count refused_count alarm_count unknown_count report",
    )

    source_id = fields.Many2one(
        "utility.telemetry.source", required=True, readonly=True, index=True, ondelete="cascade"
    )
    section_id = fields.Many2one(related="source_id.section_id", store=True)
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    name = fields.Char(required=True, readonly=True)
    sha256 = fields.Char(readonly=True, index=True)
    size = fields.Integer(string="Size (Bytes)", readonly=True)
    state = fields.Selection([("done", "Processed"), ("error", "Refused")], required=True, readonly=True)
    value_count = fields.Integer(string="Values", readonly=True)
    kept_count = fields.Integer(string="Values Kept", readonly=True)
    new_count = fields.Integer(string="New Readings", readonly=True)
    corrected_count = fields.Integer(string="Corrected Readings", readonly=True)
    unchanged_count = fields.Integer(string="Already There", readonly=True)
    refused_count = fields.Integer(string="Refused", readonly=True)
    alarm_count = fields.Integer(string="New Alarms", readonly=True)
    unknown_count = fields.Integer(string="Numbers Without Meter", readonly=True)
    report = fields.Text(readonly=True)

    @api.model
    def _known(self, source, digest):
        """Return the record of the same file if it has been read before, under any name."""
        return self.search([("source_id", "=", source.id), ("sha256", "=", digest), ("state", "=", "done")], limit=1)

    def _write_report(self, found, entered):
        """Return the report of a file, which is written next to it.

        :param found: Telemetry
        :param entered: Entering
        """
        lines = [
            self.env._(
                "%(values)s values, %(kept)s kept: %(new)s new readings, %(corrected)s corrected, %(unchanged)s "
                "already there, %(refused)s refused.",
                values=self.value_count,
                kept=self.kept_count,
                new=self.new_count,
                corrected=self.corrected_count,
                unchanged=self.unchanged_count,
                refused=self.refused_count,
            )
        ]
        if self.alarm_count:
            lines.append(self.env._("%s new alarms.", self.alarm_count))
        if entered.unknown:
            lines.append(self.env._("Numbers without a meter: %s", ", ".join(sorted(entered.unknown)[:50])))
        unread = [Refusal(bad.line, bad.meter, bad) for bad in found.bad]
        reasons = [(bad.line, refusal_sentence(self.env, bad)) for bad in unread] + entered.refusals
        lines += [self.env._("Line %(line)s: %(reason)s", line=line, reason=reason) for line, reason in sorted(reasons)]
        return "\n".join(lines)
