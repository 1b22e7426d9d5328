from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, format_datetime

from ...core.ledger.delivery import retry_delay
from ...core.ledger.findings import Finding, LedgerError
from ...core.ledger.states import apply_run_event
from .attempts import finding_of
from .ledger_anomaly import MAX_ANOMALIES
from .sentences import tell

#: Maximum number of documents sent in one batch. Each batch reads the accounting tables again.
MAX_BATCH = 20_000
# New entries first, by date; documents that are not due come last. The batches are a single JSON value: inserting a row
# per document took longer than updating the document itself.
STORE_TODO = """
    UPDATE ledger_run
       SET todo = (
               SELECT jsonb_agg(to_jsonb(ids[first:first + %(size)s - 1]) ORDER BY first)
                 FROM (SELECT array_agg(id ORDER BY stage != 'to_export', operation, date, id) AS ids
                         FROM ledger_document WHERE %(which)s) listed,
                      generate_series(1, cardinality(ids), %(size)s) AS first)
     WHERE id = %(run)s
"""
COUNT_TODO = """
    SELECT COALESCE(sum(jsonb_array_length(ids)), 0)
      FROM ledger_run run, jsonb_array_elements(run.todo) WITH ORDINALITY AS batch(ids, place)
     WHERE run.id = %s AND batch.place > %s
"""
COUNTS = (
    "made",
    "updated",
    "deactivated",
    "unchanged",
    "refused",
    "scanned",
    "exported",
    "accepted",
    "rejected",
    "paid",
    "unpaid",
    "set_aside",
)


class LedgerRun(models.Model):
    """One synchronisation: its user or schedule, files, counts and anomalies."""

    _name = "ledger.run"
    _description = "Synchronisation"
    _inherit = ["utility.computed.name"]
    _rec_names_search = ["connector_id"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    connector_id = fields.Many2one("ledger.connector", required=True, ondelete="restrict", index=True)
    company_ids = fields.Many2many("res.company", string="Companies", required=True)
    kind = fields.Selection(
        [
            ("synchronize", "Synchronisation"),
            ("export", "Sending"),
            ("referential", "Reference Codes"),
            ("scan", "Scans"),
            ("answers", "Answers"),
            ("payments", "Payments"),
        ],
        required=True,
        default="synchronize",
    )
    trigger = fields.Selection([("manual", "By Hand"), ("schedule", "Schedule")], required=True, default="manual")
    state = fields.Selection(
        [
            ("running", "Running"),
            ("written", "To Deliver"),
            ("delivered", "Delivered"),
            ("done", "Finished"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
        ],
        required=True,
        default="running",
    )
    date_start = fields.Datetime(string="Started On", default=fields.Datetime.now, readonly=True)
    date_end = fields.Datetime(string="Ended On")
    duration = fields.Float(compute="_compute_duration", help="In seconds.")
    step = fields.Char(readonly=True, help="Next step; empty when none is left.")
    cursor = fields.Char(readonly=True, help="Progress within the step.")
    # ids of documents by batch; `cursor` is the number of batches done
    todo = fields.Json(string="Left To Send", copy=False, groups=NO_ACCESS, prefetch=False)
    failed_step = fields.Char(readonly=True, help="First step that failed; the others were executed.")
    retryable = fields.Boolean(readonly=True, help="Whether the failure is temporary.")
    attempt = fields.Integer(string="Failed Attempts", readonly=True)
    retry_on = fields.Datetime(string="Next Attempt", readonly=True)
    stop_requested = fields.Boolean(readonly=True)
    server_seconds = fields.Float(readonly=True, help="Time spent waiting for the server or the directory.")
    server_bytes = fields.Float(readonly=True, help="Bytes read from the server or the directory.")
    is_active = fields.Boolean(compute="_compute_is_active", string="In Progress")
    percent = fields.Integer(compute="_compute_percent", string="Progress")
    progress = fields.Integer(string="Processed Documents")
    total = fields.Integer(string="Documents to Process")
    message = fields.Text(string="Result")
    scanned = fields.Integer(string="Bills from Scans")
    made = fields.Integer(string="Codes Created")
    updated = fields.Integer()
    deactivated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer(help="Rows of incoming files that could not be used.")
    exported = fields.Integer(string="Documents Exported", help="Documents that were delivered.")
    accepted = fields.Integer(string="Documents Accepted")
    rejected = fields.Integer(string="Documents Rejected")
    paid = fields.Integer(string="Payments Registered", help="Refusals and reversals are counted too.")
    unpaid = fields.Integer(string="Payments Waiting", help="Payments that came in and cannot be registered yet.")
    set_aside = fields.Integer(string="Excluded", help="Documents excluded because of an anomaly.")
    lot_ids = fields.One2many("ledger.lot", "run_id", string="Lots")
    file_ids = fields.One2many("ledger.file", "run_id", string="Files Read")
    anomaly_ids = fields.One2many("ledger.anomaly", "run_id", string="Anomalies")
    document_ids = fields.One2many("ledger.document", "run_id", string="Entries")

    @api.depends("kind", "date_start")
    @api.depends_context("lang", "tz", "uid")
    def _compute_name(self):
        label, zone = self._fields["kind"].convert_to_export, self.env.context.get("tz")
        for run in self:
            begun = run.date_start and format_datetime(self.env, run.date_start, zone, dt_format="short")
            run.name = " – ".join(filter(None, [label(run.kind, run), begun]))

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for run in self:
            ended = run.date_end and run.date_start
            run.duration = (run.date_end - run.date_start).total_seconds() if ended else 0.0

    @api.depends("date_end", "retry_on")
    def _compute_is_active(self):
        for run in self:
            run.is_active = not run.date_end or bool(run.retry_on)

    @api.depends("progress", "total")
    def _compute_percent(self):
        for run in self:
            run.percent = 100 * run.progress // run.total if run.total else 0

    # === BUSINESS === #

    def _as_its_user(self):
        """Return the run as the user who started it (if scheduled: the responsible), in their language."""
        connector = self.connector_id
        user = self.create_uid if self.trigger == "manual" else connector.user_id or self.create_uid
        # sudo: the user was allowed to start the run for these companies; users have no write access to its records
        run = self.with_user(user).sudo()
        return run.with_context(lang=user.lang, tz=connector.tz, allowed_company_ids=self.company_ids.ids)

    def _move_on(self, event):
        """Apply an event of `core/ledger/states.py` to the run."""
        self.state = apply_run_event(self.state, event)

    def _count(self, **counts):
        for name, number in counts.items():
            self[name] += number

    def _next_step(self, plan):
        following = plan.index(self.step) + 1
        self.write({"step": plan[following] if following < len(plan) else False, "cursor": False})

    def _keep_cursor(self, cursor):
        self.cursor = cursor

    def _note_todo(self, which):
        """Store the documents that this run will send, in batches of whole lots.

        :param which: SQL condition on `ledger_document`
        """
        self.env.flush_all()
        lot = self.connector_id.lot_size
        size = max(1, MAX_BATCH // lot) * lot
        self.env.cr.execute(SQL(STORE_TODO, which=which, size=size, run=self.id))
        self.total = self.progress + self._todo_count()

    def _todo_count(self):
        return int(self.env.execute_query(SQL(COUNT_TODO, self.id, self._batches_done()))[0][0])

    def _todo(self):
        """Return the documents of the next batch."""
        query = SQL("SELECT todo -> %s FROM ledger_run WHERE id = %s", self._batches_done(), self.id)
        return self.env["ledger.document"].browse(self.env.execute_query(query)[0][0] or ())

    def _batches_done(self):
        return int(self.cursor or 0)

    def _treated(self, document_ids):
        """Count a batch of documents as done: sent, set aside or left to another run."""
        self.write({"cursor": str(self._batches_done() + 1), "progress": self.progress + len(document_ids)})

    def _reopen(self):
        """Resume a run that ended with a temporary failure."""
        if self.state == "failed":
            self._move_on("retry")
        if self.date_end:
            self.write({"date_end": False, "retry_on": False})

    def _close(self):
        if self.stop_requested:
            self._stop()
        elif self.failed_step:
            # the other steps were executed; another attempt begins with the failed one
            self.write({"step": self.failed_step, "cursor": False, "failed_step": False})
            self._fail(self.message, self)
        else:
            self._finish()

    def _note_failed_step(self, error):
        """Record the failure of a step; the others will be executed."""
        if isinstance(error, LedgerError):
            finding = Finding(error.code, "", error.params)
        else:
            finding = finding_of(self.name, error)
        self._keep_once(finding)
        if not self.failed_step:
            message, retryable = tell(self.env, finding), bool(getattr(error, "retryable", False))
            self.write({"failed_step": self.step, "message": message, "retryable": retryable})

    def _keep_findings(self, findings, name, **values):
        """Store findings as anomalies of the run, with the name of the file ("" for a step)."""
        anomalies = self.env["ledger.anomaly"]
        self._count(refused=sum(finding.blocking for finding in findings))
        anomalies.create(
            [
                anomalies._values(finding, run_id=self.id, file_name=finding.params.get("file") or name, **values)
                for finding in findings[:MAX_ANOMALIES]
            ]
        )

    def _finish(self, message=""):
        """End the run. If a lot is not delivered, its state stays "written", to be recovered."""
        if self.state in ("running", "delivered"):
            self._move_on("finish")
        self.write({"date_end": fields.Datetime.now(), "message": message or self._result()})
        if self.state == "done":
            self.connector_id._note_success()

    def _stop(self):
        """End the run between two batches. The next run delivers a lot that is already written."""
        if self.state == "delivered":
            self._move_on("next_batch")
        if self.state == "running":
            self._move_on("stop")
        self.write(
            {
                "date_end": fields.Datetime.now(),
                "retry_on": False,
                "step": False,
                "todo": False,
                "message": self.env._("Stopped. %s", self._result()),
            }
        )

    def _fail(self, message, error=None):
        """End the run with a message, and plan another attempt after a temporary failure.

        A lot that is already written remains to be delivered.
        """
        if self.state == "delivered":
            self._move_on("next_batch")
        if self.state in ("running", "written"):
            self._move_on("fail")
        now = self.connector_id._now()
        values = {"date_end": now, "message": message, "attempt": self.attempt + 1, "retry_on": False}
        delay = retry_delay(self.attempt + 1) if getattr(error, "retryable", False) else None
        if delay and not self.stop_requested:
            values["retry_on"] = now + timedelta(seconds=delay)
            self.connector_id._call_job(delay)
        self.write(values)
        if isinstance(error, LedgerError):
            self._keep_once(Finding(error.code, "", error.params))
        self.connector_id._note_failure(self)

    def _keep_once(self, finding):
        """Store a finding about the run or a step as an anomaly, unless the run has the same already."""
        anomalies = self.env["ledger.anomaly"]
        values = anomalies._values(finding, run_id=self.id)
        if (values["code"], values["params"]) not in [(a.code, a.params) for a in self.anomaly_ids]:
            anomalies.create(values)

    def _result(self):
        labels = self.fields_get(COUNTS, ["string"])
        shown = [(labels[name]["string"], self[name]) for name in COUNTS if self[name]]
        counts = [self.env._("%(label)s: %(value)s", label=label, value=value) for label, value in shown]
        return ", ".join(counts) or self.env._("Nothing to do.")

    def _action_show(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_run_action")
        if len(self) != 1:
            return action | {"domain": [("id", "in", self.ids)]}
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.id}
