import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core.metering.delimited import FileFault, FileRefused
from ..core.metering.file_refused import refused_rows
from ..models.common.guarded import Guard
from ..models.metering.reading_import import ReadingImport
from .reading_import_sentences import file_sentence, refusal_sentence

#: A person reads so many refused rows on the screen; all of them are in the file to download.
LISTED = 200


class UtilityReadingImport(models.TransientModel):
    """*Relèves → Importer*: a file of readings, checked as a whole before anything is written."""

    _name = "utility.reading.import"
    _description = "Import Readings"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="state problem new_count corrected_count unchanged_count refused_count "
        "unknown_meter_count refused_ids refused_file refused_filename meter_count pending_count "
        "written",
        given="file filename section_id create_meters",
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
        help="A meter is made for each unknown number that has a good reading.",
    )
    # not as superuser, as stored fields would be: what the check tells of meters is what the user may see of them
    problem = fields.Char(compute="_compute_check", store=True, compute_sudo=False)
    new_count = fields.Integer(string="New Readings", compute="_compute_check", store=True, compute_sudo=False)
    corrected_count = fields.Integer(
        string="Corrected Readings", compute="_compute_check", store=True, compute_sudo=False
    )
    unchanged_count = fields.Integer(string="Already There", compute="_compute_check", store=True, compute_sudo=False)
    refused_count = fields.Integer(
        string="Number of Refused Rows", compute="_compute_check", store=True, compute_sudo=False
    )
    unknown_meter_count = fields.Integer(
        string="Unknown Meters", compute="_compute_check", store=True, compute_sudo=False
    )
    refused_ids = fields.One2many(
        "utility.reading.import.refusal",
        "import_id",
        string="Refused Rows",
        compute="_compute_check",
        store=True,
        compute_sudo=False,
    )
    refused_file = fields.Binary(readonly=True, attachment=False)
    refused_filename = fields.Char(readonly=True)
    meter_count = fields.Integer(string="Meters Created", readonly=True)
    pending_count = fields.Integer(string="To Synchronise", readonly=True)
    written = fields.Json(readonly=True)

    @api.depends(
        "file", "section_id", "create_meters", "encoding", "delimiter", "date_order", "decimal_sign",
        "column_ids.position", "column_ids.role",
    )  # fmt: skip
    def _compute_check(self):
        for wizard in self:
            wizard._by_server().update(wizard._prepare_check())

    # === ACTIONS === #

    def action_check(self):
        """Find out how the file is written, and show what it would change.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        try:
            self._find_format()
        except FileRefused as refused:
            raise UserError(file_sentence(self.env, refused)) from refused
        self._by_server().state = "check"
        return self._reopen()

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self._by_server().write({"state": "file", "encoding": False, "delimiter": False})
        return self._reopen()

    def action_import(self):
        """Write the good rows, all of them or none; what is written is what the meters allow at this moment.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This file is already imported."))
        reason = self.env._("Import of %(file)s", file=self.filename or "")
        try:
            check, written = self._importer(LISTED).carry_out(reason)
        except FileRefused as refused:
            raise UserError(file_sentence(self.env, refused)) from refused
        self._by_server().write(
            {
                **self._prepare_counts(check),
                "state": "done",
                "meter_count": written.meters,
                "pending_count": written.pending,
                "written": {"first": written.first, "last": written.last, "corrected": written.corrected},
            }
        )
        return self._notify()

    def action_download_refused(self):
        """Download the refused rows as they stand in the file, each with its line and the reason.

        :raises UserError: the file cannot be read at all
        """
        self.ensure_one()
        try:
            # once imported, the same rows are refused for the same reasons
            check = self._importer(None).check()
        except FileRefused as refused:
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
        """Show the readings that were created or corrected."""
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
        """Tell what was written, and come back to the dialog that shows it."""
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

    def _content(self) -> bytes:
        """Return the file. A form that is being edited does not hold it: the saved dialog does."""
        saved = self._origin.with_context(bin_size=False)
        try:
            return base64.b64decode(saved.file or b"")
        except binascii.Error as error:
            raise FileRefused(FileFault.BINARY) from error

    def _importer(self, listed: int | None) -> ReadingImport:
        """Return the import of the file. `listed`: how many refused rows it tells; all where None."""
        asked = self._asked_format()
        return ReadingImport(self.env, self.section_id, self._content(), asked, self.create_meters, listed)

    def _prepare_check(self):
        """Values that show what the file would change, or why nothing of it can be read."""
        nothing = {**self._prepare_counts(None), "problem": False, "refused_ids": [Command.clear()]}
        if not self.encoding:
            return nothing
        try:
            check = self._importer(LISTED).check()
        except FileRefused as refused:
            return nothing | {"problem": file_sentence(self.env, refused)}
        lines = [
            Command.create({"line": r.line, "meter": r.meter, "reason": refusal_sentence(self.env, r)})
            for r in check.refusals
        ]
        return {**self._prepare_counts(check), "problem": False, "refused_ids": [Command.clear(), *lines]}

    def _prepare_counts(self, check):
        counts = check.counts if check else {}
        fates = ("new", "corrected", "unchanged", "refused")
        values = {f"{fate}_count": counts.get(fate, 0) for fate in fates}
        return {**values, "unknown_meter_count": check.unknown if check else 0}
