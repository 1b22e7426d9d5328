from odoo import api, fields, models

from ..core.ledger.findings import Finding
from ..core.ledger.states import apply_run_event

COUNTS = {
    "made": "Made",
    "updated": "Updated",
    "deactivated": "Deactivated",
    "unchanged": "Unchanged",
    "refused": "Refused",
    "exported": "Exported",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "set_aside": "Set Aside",
}


class LedgerRun(models.Model):
    """One synchronisation: who or which schedule, what it did, file by file, and what it found wrong."""

    _name = "ledger.run"
    _description = "Synchronisation"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    connector_id = fields.Many2one("ledger.connector", required=True, ondelete="restrict", index=True)
    company_ids = fields.Many2many("res.company", string="Companies", required=True)
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
    progress = fields.Integer(string="Documents Treated")
    total = fields.Integer(string="Documents To Treat")
    message = fields.Text(string="Result")
    made = fields.Integer()
    updated = fields.Integer()
    deactivated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer(help="Rows of incoming files that could not be used.")
    exported = fields.Integer(string="Documents Exported", help="Documents that were delivered.")
    accepted = fields.Integer(string="Documents Accepted")
    rejected = fields.Integer(string="Documents Rejected")
    set_aside = fields.Integer(help="Documents that an anomaly holds back.")
    lot_ids = fields.One2many("ledger.lot", "run_id", string="Lots")
    file_ids = fields.One2many("ledger.file", "run_id", string="Files Read")
    anomaly_ids = fields.One2many("ledger.anomaly", "run_id", string="Anomalies")
    document_ids = fields.One2many("ledger.document", "run_id", string="Documents")

    @api.depends("connector_id", "date_start")
    def _compute_name(self):
        for run in self:
            run.name = f"{run.connector_id.name} {run.id or ''}"

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for run in self:
            ended = run.date_end and run.date_start
            run.duration = (run.date_end - run.date_start).total_seconds() if ended else 0.0

    # === BUSINESS === #

    def _move_on(self, event):
        """Let the run go through an event of the core's table."""
        self.state = apply_run_event(self.state, event)

    def _count(self, **counts):
        for name, number in counts.items():
            self[name] += number

    def _finish(self, message=""):
        """Close the run; one whose lot is not delivered stays open, to be recovered."""
        if self.state in ("running", "delivered"):
            self._move_on("finish")
        self.write({"date_end": fields.Datetime.now(), "message": message or self._result()})

    def _fail(self, message, error=None):
        """Say why the run stopped; a lot that is written stays to be delivered by the next run."""
        if self.state in ("running", "written"):
            self._move_on("fail")
        elif self.state == "delivered":
            self._move_on("finish")
        self.write({"date_end": fields.Datetime.now(), "message": message})
        if error:
            anomalies = self.env["ledger.anomaly"]
            anomalies.create(anomalies._values(Finding(error.code, "", error.params), run_id=self.id))

    def _result(self):
        labels = dict(self.fields_get(COUNTS, ["string"]))
        said = [f"{labels[name]['string']}: {self[name]}" for name in COUNTS if self[name]]
        return ", ".join(said) or self.env._("Nothing to do.")

    def _action_show(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_run_action")
        if len(self) != 1:
            return action | {"domain": [("id", "in", self.ids)]}
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.id}
