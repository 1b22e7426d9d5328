import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.metering.delimited import FileFault, UnreadableFile
from ..core.metering.file_check import Choices
from ..core.metering.file_refused import refused_rows
from ..core.metering.file_thinning import Thinning
from ..models.common.guarded import Guard
from ..models.common.named_work import name_transaction
from ..models.metering.reading_import import ReadingImport
from ..models.metering.reading_import_results import ImportAnswers
from ..models.metering.reading_import_sentences import file_sentence, refusal_sentence

#: Larger files are imported in the background, one page of meters at a time, so that nobody waits or is locked out.
IN_BACKGROUND = 5_000


class UtilityReadingImport(models.TransientModel):
    """*Relèves → Importer*: a file of readings, checked as a whole before anything is written."""

    _name = "utility.reading.import"
    _description = "Import Readings"
    _inherit = ["utility.prepared.dialog"]
    _guard = Guard(
        kept="state refused_file refused_filename meter_count pending_count written",
        given="file filename section_id create_meters use_alike attach_meters modify_consumptions kept_reading",
    )

    state = fields.Selection(
        [("file", "File"), ("check", "Check"), ("done", "Imported")],
        default="file",
        readonly=True,
        required=True,
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    section_id = fields.Many2one(
        "utility.section",
        string="Billing",
        required=True,
        default=lambda self: self.env["utility.section"]._default_section(),
        help="The section whose meters were read.",
    )
    create_meters = fields.Boolean(
        string="Create Unknown Meters",
        help="Creates a meter for each unknown number with a good reading that resembles no meter.",
    )
    use_alike = fields.Boolean(
        string="Take the Meters They Resemble",
        help="A number that one meter of the section alone resembles (zeros, spaces, maker) stands for this meter. "
        "Look at the refused rows first: they name the meters.",
    )
    attach_meters = fields.Boolean(
        string="Attach the Other Section's Meters",
        help="A meter that only another section has is attached: this section bills the same connection point.",
    )
    modify_consumptions = fields.Boolean(
        string="The File's Consumptions Replace the Measured Ones",
        help="Otherwise the consumptions of the file are compared with what the indexes measure, and no more.",
    )
    kept_reading = fields.Selection(
        [("last", "The last one"), ("first", "The first one"), ("midnight", "The nearest to midnight")],
        string="Reading Kept per Day",
        compute="_compute_kept_reading",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    refused_file = fields.Binary(readonly=True, attachment=False)
    refused_filename = fields.Char(readonly=True)
    meter_count = fields.Integer(string="Meters Created", readonly=True)
    pending_count = fields.Integer(string="To Synchronise", readonly=True)
    written = fields.Json(readonly=True)

    @api.depends("section_id")
    def _compute_kept_reading(self):
        for wizard in self:
            wizard.kept_reading = wizard.section_id.kept_reading

    # === ACTIONS === #

    def action_check(self):
        """Detect the format of the file, and show what it would change.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        self._prepare_now_or_later(self._line_count)
        return self._reopen()

    def action_back(self):
        """Go back to choose another file."""
        self.ensure_one()
        self._by_server().write({"state": "file", "encoding": False, "delimiter": False, "header_line": False})
        return self._reopen()

    def action_import(self):
        """Write the good rows, all or none, after a new check against the present readings of the meters.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This file is already imported."))
        self._check_prepared()
        # a pending check would otherwise run on the imported readings
        self.flush_recordset()
        if self._row_count() > IN_BACKGROUND:
            return self._launch()
        name_transaction(self, self.env.user)
        reason = self.env._("Import of %(file)s", file=self.filename or "")
        try:
            check, written = self._listing_importer().carry_out(reason)
        except UnreadableFile as refused:
            raise UserError(file_sentence(self.env, refused)) from refused
        self._by_server().write(
            {
                **self._prepare_shown(check),
                "state": "done",
                "meter_count": written.meters,
                "pending_count": written.pending,
                "written": {"first": written.first, "last": written.last, "corrected": written.corrected},
            }
        )
        return self._notify()

    def action_download_refused(self):
        """Download the refused rows as they are in the file, each with its line and the reason.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        try:
            # after the import, the same rows are refused for the same reasons
            check = self._importer(None).check()
        except UnreadableFile as refused:
            raise UserError(file_sentence(self.env, refused)) from refused
        reasons = {refusal.line: refusal_sentence(self.env, refusal) for refusal in check.refusals}
        titles = (self.env._("Line"), self.env._("Reason"))
        content = refused_rows(self._content(), check.detected, reasons, titles)
        stem = (self.filename or "readings.csv").rpartition(".")[0]
        name = self.env._("%(file)s - refused.csv", file=stem)
        self._by_server().write({"refused_filename": name, "refused_file": base64.b64encode(content)})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content?model={self._name}&id={self.id}&field=refused_file"
            "&filename_field=refused_filename&download=true",
            "target": "download",
        }

    def action_view_readings(self):
        """Open the readings that were created or corrected."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_reading_action")
        written = self.written or {"first": 0, "last": 0, "corrected": []}
        created = [
            ("id", ">=", written["first"]),
            ("id", "<=", written["last"]),
            ("create_uid", "=", self.env.uid),
            ("section_id", "=", self.section_id.id),
        ]
        return action | {"domain": ["|", ("id", "in", written["corrected"]), "&", "&", "&", *created]}

    def action_view_pending(self):
        """Open *Relèves à synchroniser*."""
        name = "utility_billing_sync.utility_reading_action_pending"
        return self.env["ir.actions.act_window"]._for_xml_id(name)

    # === BUSINESS === #

    def _prepare(self):
        """Detect the format of the file and check it."""
        try:
            self._find_format()
        except UnreadableFile as refused:
            raise UserError(file_sentence(self.env, refused)) from refused
        self._by_server().state = "check"

    def _line_count(self):
        """Return about how many rows the file has."""
        try:
            return self._content().count(b"\n")
        except UnreadableFile as refused:
            raise UserError(file_sentence(self.env, refused)) from refused

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import readings"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _notify(self):
        """Notify the user of what was written, and return to the dialog, which shows it."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Readings imported"),
                "message": self.env._(
                    "%(new)s new, %(corrected)s corrected, %(unchanged)s already there, %(refused)s refused",
                    new=self.new_count,
                    corrected=self.corrected_count,
                    unchanged=self.unchanged_count,
                    refused=self.refused_count,
                ),
                "type": "warning" if self.refused_count else "success",
                "next": self._reopen(),
            },
        }

    def _launch(self):
        """Import the file in the background; return the form that shows its progress."""
        run = self.env["utility.reading.import.run"]._launch(self._importer(None), self.filename, has_file=False)
        # by PostgreSQL, rather than through this process: up to 27 MB
        self.env.cr.execute(
            SQL(
                "UPDATE utility_reading_import_run run SET file = dialog.file FROM utility_reading_import dialog "
                "WHERE run.id = %s AND dialog.id = %s",
                run.id,
                self.id,
            )
        )
        self._by_server().state = "done"
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _row_count(self):
        return sum(self[f"{fate}_count"] for fate in ("new", "corrected", "unchanged", "thinned", "refused"))

    def _content(self) -> bytes:
        """Return the file; while the form is being edited, it is only in the saved dialog."""
        saved = self._origin.with_context(bin_size=False)
        try:
            return base64.b64decode(saved.file or b"")
        except binascii.Error as error:
            raise UnreadableFile(FileFault.BINARY) from error

    def _importer(self, listed: int | None) -> ReadingImport:
        """Return the import of the file. `listed`: how many refused rows it lists; None: all."""
        choices = Choices(self.modify_consumptions, Thinning(self.kept_reading or "last"))
        answers = ImportAnswers(self.create_meters, self.use_alike, self.attach_meters, choices, **self._answers())
        return ReadingImport(self.env, self.section_id, self._content(), self._asked_format(), answers, listed)
