import base64
import csv
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.metering.delimited import UnreadableFile
from ...core.metering.file_detection import FileFormat
from ...core.metering.file_refused import harmless
from ..common.guarded import Guard
from ..common.json_rows import json_rows
from .reading_import import ReadingImport
from .reading_import_pages import ImportPages
from .reading_import_sentences import file_sentence, refusal_sentence

#: Days for which the rows of an import are kept for its report.
KEPT_DAYS = 90
#: Counters of a batch, and the fields that store them.
_COUNTED = ("new", "corrected", "unchanged", "thinned", "refused", "remarked", "modified")


class UtilityReadingImportRun(models.Model):
    """A large file of readings, imported in the background after it was checked as a whole."""

    _name = "utility.reading.import.run"
    _inherit = ["utility.background.work", "utility.guarded", "utility.computed.name"]
    _description = "Import of Readings"
    _order = "id desc"
    _job = "utility_billing_sync.ir_cron_reading_import"
    _guard = Guard(
        kept="section_id company_id filename create_meters use_alike attach_meters modify_consumptions kept_reading "
        "meter_answers file file_format "
        "state row_ids new_count corrected_count unchanged_count thinned_count refused_count remarked_count "
        "modified_count meter_count pending_count first_reading last_reading report report_filename",
    )

    section_id = fields.Many2one("utility.section", string="Billing", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    filename = fields.Char(string="File", readonly=True)
    create_meters = fields.Boolean(string="Create Unknown Meters", readonly=True)
    use_alike = fields.Boolean(string="Take the Meters They Resemble", readonly=True)
    attach_meters = fields.Boolean(string="Attach the Other Section's Meters", readonly=True)
    modify_consumptions = fields.Boolean(string="The File's Consumptions Replace the Measured Ones", readonly=True)
    kept_reading = fields.Char(required=True, readonly=True)
    # no attachment: Odoo would index its words, which takes seconds and 80 MB
    file = fields.Binary(string="Content", attachment=False, readonly=True, help="Kept until its rows are stored.")
    file_format = fields.Json(readonly=True, help="Format of the file, as the user chose it.")
    meter_answers = fields.Json(
        required=True,
        readonly=True,
        default={"accepted": [], "chosen": {}},
        help="Meters that the user chose for numbers of the file.",
    )
    state = fields.Selection(
        [("running", "In progress"), ("stopped", "Stopped"), ("done", "Imported")], required=True, readonly=True
    )
    row_ids = fields.One2many("utility.reading.import.row", "run_id", string="Rows", readonly=True)
    new_count = fields.Integer(string="New Readings", readonly=True)
    corrected_count = fields.Integer(string="Corrected Readings", readonly=True)
    unchanged_count = fields.Integer(string="Already There", readonly=True)
    thinned_count = fields.Integer(string="Other Readings of the Day", readonly=True)
    refused_count = fields.Integer(string="Number of Refused Rows", readonly=True)
    remarked_count = fields.Integer(string="Of Which to Check", readonly=True)
    modified_count = fields.Integer(string="Modified Consumptions", readonly=True)
    meter_count = fields.Integer(string="Meters Created", readonly=True)
    pending_count = fields.Integer(string="To Synchronise", readonly=True)
    first_reading = fields.Integer(readonly=True)
    last_reading = fields.Integer(readonly=True)
    report = fields.Binary(readonly=True)
    report_filename = fields.Char(readonly=True)

    @api.depends("filename", "section_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.filename or self.env._('Readings')} · {run.section_id.code}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if "running" in self.mapped("state"):
            raise UserError(self.env._("This import is in progress: stop it first."))

    # === ACTIONS === #

    def action_download_report(self):
        """Download the result of each row of the file: line, meter, date, index, result, reason."""
        return self._download(SQL("true"), self.env._("%(file)s - report.csv", file=self._stem()))

    def action_download_refused(self):
        """Download the refused rows with their reasons, to correct them and import them again."""
        return self._download(SQL("fate = 'refused'"), self.env._("%(file)s - refused.csv", file=self._stem()))

    def action_view_readings(self):
        """Open the created readings."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_reading_action")
        created = [("id", ">=", self.first_reading), ("id", "<=", self.last_reading)]
        return action | {
            "domain": [*created, ("create_uid", "=", self.user_id.id), ("section_id", "=", self.section_id.id)]
        }

    def action_view_rows(self):
        """Open the rows of the file with their results."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_reading_import_row_action")
        return action | {"domain": [("run_id", "=", self.id)], "context": {}}

    # === BUSINESS === #

    @api.model
    def _launch(self, importer: ReadingImport, filename, has_file=True):
        """Import a file in the background, in the name of the user: its rows are stored, then imported page by page.

        :param has_file: store the file with the import; otherwise the caller does
        :raises AccessError: the section is of a company that the user does not work in
        """
        answers = importer.answers
        importer.section.check_access("read")
        self.env["utility.reading"].check_access("create")
        # sudo: users cannot create a run directly; the section and the right to enter readings were checked just above
        run = self.sudo().create(
            {
                "section_id": importer.section.id,
                "filename": filename,
                "create_meters": answers.create_meters,
                "use_alike": answers.use_alike,
                "attach_meters": answers.attach,
                "modify_consumptions": answers.choices.modifies,
                "kept_reading": answers.choices.thinning.value,
                "meter_answers": {"accepted": sorted(answers.accepted), "chosen": dict(answers.chosen)},
                "file": has_file and base64.b64encode(importer.data),
                "file_format": importer.asked.to_plain(),
                "total": importer.data.count(b"\n"),
                "state": "running",
                "user_id": self.env.uid,
            }
        )
        run.invalidate_recordset(["file"])  # up to 27 MB
        run._wake_job()
        return run.with_env(self.env)

    def _stage(self, run):
        """Store the rows of the file, which is not needed any more.

        :param run: this import for the user who launched it
        :raises UserError: none of the rows can be read
        """
        data = base64.b64decode(self.with_context(bin_size=False).file)
        self.invalidate_recordset(["file"], flush=False)  # up to 27 MB
        try:
            unreadable, count = ImportPages(run, data, FileFormat.from_plain(self.file_format)).stage(self.id)
        except UnreadableFile as refused:
            raise UserError(file_sentence(run.env, refused)) from refused
        self._keep_unreadable([(r.line, r.meter, refusal_sentence(run.env, r)) for r in unreadable])
        self.write({"file": False, "file_format": False, "total": count, "refused_count": len(unreadable)})

    def _keep_unreadable(self, rows):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO utility_reading_import_row (run_id, rank, line, meter, fate, reason)
                SELECT %s, 0, line, meter, 'refused', reason
                  FROM json_to_recordset(%s) AS bad(line integer, meter varchar, reason varchar)
                """,
                self.id,
                json_rows(("line", "meter", "reason"), rows),
            )
        )

    def _check_may_work(self):
        """Check the rights of the user who launches or stops the import.

        :raises AccessError: not an agent of the section's company
        """
        self.check_access("read")
        self.env["utility.reading"].check_access("create")

    def _work_batch(self):
        """Import a page as the user who launched the import, with their rights in all their companies.

        The first batch stores the rows only, which takes seconds: in the same transaction, the first page would see its
        meters as they were before, and could not lock those that were saved meanwhile.

        :return: number of rows processed; None if a meter is locked by somebody: the page is retried soon
        """
        run = self._as_launched()
        if self.file_format:
            self._stage(run)
            return 0
        page = self._unless_locked(lambda: ImportPages(run).carry_out_page(self.cursor))
        if page is None:
            return None
        last, check, written = page
        done = sum(check.counts[name] for name in ("new", "corrected", "unchanged", "thinned", "refused"))
        self.write(self._prepare_progress(last, done, check, written))
        return done

    def _prepare_progress(self, last, done, check, written):
        counts = {f"{name}_count": self[f"{name}_count"] + check.counts[name] for name in _COUNTED}
        return {
            **counts,
            "state": "running" if done else "done",
            "progress": self.progress + done if done else self.total,
            "cursor": last,
            "attempts": 0,
            "meter_count": self.meter_count + written.meters,
            "pending_count": self.pending_count + written.pending,
            "first_reading": self.first_reading or written.first,
            "last_reading": written.last or self.last_reading,
        }

    def _stem(self):
        return (self.filename or "readings.csv").rpartition(".")[0]

    def _download(self, which, name):
        self.ensure_one()
        self.check_access("read")
        # sudo: stores the report of this import; the rights on it were checked just above
        self.sudo().write({"report_filename": name, "report": base64.b64encode(self._report(which))})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content?model={self._name}&id={self.id}&field=report&filename_field=report_filename"
            "&download=true",
            "target": "download",
        }

    def _report(self, which) -> bytes:
        """Return rows of the file with their results, as a file that can be corrected and imported."""
        shown = self.env["utility.reading.import.row"]._fields
        labels = dict(shown["fate"]._description_selection(self.env))
        rows = self.env.execute_query(
            SQL(
                "SELECT line, meter, date, index, kind, consumption, fate, reason FROM utility_reading_import_row "
                "WHERE run_id = %s AND %s ORDER BY line",
                self.id,
                which,
            )
        )
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        columns = ("line", "meter", "date", "index", "kind", "consumption", "fate", "reason")
        writer.writerow([shown[name]._description_string(self.env) for name in columns])
        for *cells, fate, reason in rows:
            writer.writerow([*(harmless(str(cell or "")) for cell in cells), labels[fate], reason or ""])
        return text.getvalue().encode("utf-8-sig")

    @api.autovacuum
    def _gc_rows(self):
        """Delete the rows of imports that ended long ago; their readings and counters stay."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("state", "!=", "running"), ("write_date", "<", limit)])
        self.env.cr.execute(SQL("DELETE FROM utility_reading_import_row WHERE run_id = ANY(%s)", old.ids))
