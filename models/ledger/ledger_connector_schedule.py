from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...core.ledger.findings import ScheduleError
from ...core.ledger.schedule import next_run
from ..common.database_copy import is_neutralised
from ..common.guarded import Guard
from ..common.time_zones import zone_name_of
from .sentences import tell

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SCHEDULE = {"auto_sync", "frequency", "weekday", "time", "tz", "active"}
#: Interval of a connector's job without a schedule, to continue interrupted runs.
IDLE = timedelta(days=1)
#: Delay of a scheduled run after which the server's jobs are assumed not to run.
LATE = timedelta(hours=1)
#: Delay after which an answer is assumed to be lost: accounting systems answer within a working day.
UNANSWERED = timedelta(days=4)
ACTIVITY = "mail.mail_activity_data_todo"


class LedgerConnector(models.Model):
    """Schedule and health of a connector. The responsible user is notified once of a failure.

    *SYNCHRONISATION*: every day or every week, at a local time of the company (notice 2).

    `next_run` decides when a run is due; the connector's own job (`ir.cron`) only checks it.
    """

    _inherit = "ledger.connector"
    _guard = Guard(
        kept="next_run cron_id last_success failed_since",
        given="auto_sync frequency weekday time tz user_id",
    )

    auto_sync = fields.Boolean(string="I want to synchronise my connectors", tracking=True)
    frequency = fields.Selection(
        [("daily", "EVERY DAY"), ("weekly", "EVERY WEEK")], default="daily", required=True, tracking=True
    )
    weekday = fields.Selection(
        [(str(place), day) for place, day in enumerate(WEEKDAYS)], default="0", required=True, tracking=True
    )
    time = fields.Float(default=12.0, tracking=True, help="Local time of the company.")
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Of the company: the time of day stays the same when clocks change.",
    )
    next_run = fields.Datetime(compute="_compute_next_run", store=True, copy=False)
    cron_id = fields.Many2one(
        "ir.cron", string="Job", copy=False, readonly=True, groups="base.group_system", index="btree_not_null"
    )

    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self._default_user(),
        domain="[('share', '=', False)]",
        tracking=True,
        help="Notified of each failure once, by an activity and an e-mail.",
    )
    last_success = fields.Datetime(readonly=True, copy=False)
    failed_since = fields.Datetime(readonly=True, copy=False)
    health = fields.Selection(
        [("good", "Works"), ("off", "By Hand"), ("warning", "To Review"), ("bad", "Failing")],
        compute="_compute_health",
    )
    waiting_count = fields.Integer(string="Waiting Documents", compute="_compute_waiting")
    oldest_waiting = fields.Datetime(compute="_compute_waiting")
    oldest_unanswered = fields.Datetime(
        string="Without Answer Since",
        compute="_compute_oldest_unanswered",
        help="Delivery date of the oldest document without an answer of the accounting system.",
    )
    anomaly_count = fields.Integer(string="Documents With Anomalies", compute="_compute_waiting")

    _time_on_clock = models.Constraint("CHECK (time >= 0 AND time < 24)", "The time must be between 00:00 and 23:59.")

    @api.model
    def _default_user(self):
        return self.env.user if self.env.user.active else self.env.ref("base.user_admin")

    # === COMPUTE === #

    @api.depends("failed_since", "auto_sync", "next_run", "anomaly_count", "oldest_unanswered", "is_held")
    def _compute_health(self):
        now = fields.Datetime.now()
        for connector in self:
            late = connector.next_run and connector.next_run < now - LATE
            if connector.failed_since:
                connector.health = "bad"
            elif (
                connector.is_held
                or late
                or connector.anomaly_count
                or (connector.oldest_unanswered or now) < now - UNANSWERED
            ):
                connector.health = "warning"
            else:
                connector.health = "good" if connector.auto_sync else "off"

    @api.depends("document_ids.state", "document_ids.has_anomaly")
    def _compute_waiting(self):
        groups = self.env["ledger.document"]._read_group(
            [("connector_id", "in", self.ids), ("state", "in", ("to_export", "rejected"))],
            ["connector_id", "operation", "has_anomaly"],
            ["__count", "create_date:min", "write_date:min"],
        )
        found = {connector: [] for connector in self._origin}
        for connector, *group in groups:
            found[connector].append(group)
        for connector in self:
            rows = found.get(connector._origin, [])
            # a new entry waits since its document was created, an update since it was changed
            since = [created if operation == "create" else written for operation, _, _, created, written in rows]
            connector.waiting_count = sum(count for _operation, _bad, count, *_dates in rows)
            connector.anomaly_count = sum(count for _operation, bad, count, *_dates in rows if bad)
            connector.oldest_waiting = min(since, default=False)

    @api.depends("document_ids.state", "document_ids.date_exported")
    def _compute_oldest_unanswered(self):
        groups = self.env["ledger.document"]._read_group(
            [("connector_id", "in", self.ids), ("state", "=", "exported")], ["connector_id"], ["date_exported:min"]
        )
        found = dict(groups)
        for connector in self:
            connector.oldest_unanswered = found.get(connector._origin, False)

    @api.depends("company_ids")
    def _compute_tz(self):
        for connector in self:
            company = connector.company_ids[:1] or self.env.company
            connector.tz = zone_name_of(company)

    @api.depends(*SCHEDULE)
    def _compute_next_run(self):
        for connector in self:
            connector.next_run = connector._next_after(connector._now()) if connector._is_scheduled() else False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        connectors = super().create(vals_list)
        connectors._set_alarm()
        return connectors

    def write(self, vals):
        result = super().write(vals)
        if SCHEDULE & vals.keys():
            self._set_alarm()
        return result

    def unlink(self):
        # sudo: called for users who may delete the connector; its own job is deleted
        jobs = self.sudo().cron_id
        actions = jobs.ir_actions_server_id
        result = super().unlink()
        jobs.unlink()
        actions.unlink()
        return result

    # === BUSINESS === #

    def _after_confirmation(self):
        self._set_alarm()

    def _is_scheduled(self):
        return self.auto_sync and self.active

    def _now(self):
        """Return the database's time (naive UTC), common to all servers, by which Odoo also calls jobs."""
        return self.env.cr.now().replace(microsecond=0)

    def _next_after(self, moment):
        """Return the first run after a moment (both naive UTC, as in Odoo's fields)."""
        try:
            found = next_run(self.frequency, int(self.weekday), self.time, self.tz, moment.replace(tzinfo=UTC))
        except ScheduleError as error:
            raise ValidationError(tell(self.env, error)) from error
        return found.replace(tzinfo=None)

    def _set_alarm(self):
        """Reschedule the job of each connector to its next run. A running job, which is locked, gets a trigger."""
        # sudo: called for users who may write the connector; its own job is rescheduled
        for connector in self.sudo() if not is_neutralised(self.env) else ():
            job = connector._own_job()
            call = connector.next_run or connector._now() + IDLE
            if job.try_lock_for_update(allow_referencing=True):
                job.write({"nextcall": call, "active": connector.active})
            elif connector.next_run:
                job._trigger(at=call)

    @api.model
    def _make_jobs(self):
        """Create the jobs that connectors of an earlier version lack; called at each update of the module."""
        self.search([("cron_id", "=", False)])._set_alarm()

    def _own_job(self):
        """Return the connector's own job, created if missing."""
        # sudo: as in _set_alarm
        connector = self.sudo()
        if not connector.cron_id:
            connector.cron_id = (
                self.env["ir.cron"]
                .sudo()  # sudo: as in _set_alarm
                .create(
                    {
                        "name": f"Ledger connector {self.id}",
                        "model_id": self.env["ir.model"]._get_id(self._name),
                        "state": "code",
                        "code": f"model.browse({self.id})._cron_synchronize()",
                        "user_id": self.env.ref("base.user_root").id,
                        "interval_number": IDLE.days,
                        "interval_type": "days",
                        "nextcall": connector._now() + IDLE,
                    }
                )
            )
        return connector.cron_id

    def _cron_synchronize(self):
        """Hook: start the run that is due and continue open runs; called by the connector's job."""

    def _call_job(self, delay=0):
        """Trigger the job after a delay in seconds, even while it is running; not on a copy of production."""
        if not is_neutralised(self.env):
            self._own_job()._trigger(at=self._now() + timedelta(seconds=delay))

    def _note_success(self):
        """Store the date of the last success and complete the activities of earlier failures."""
        self.last_success = fields.Datetime.now()
        if self.failed_since:
            self.failed_since = False
            self._failure_activities().action_feedback(feedback=self.env._("The exchange works again."))

    def _note_failure(self, run):
        """Notify the responsible user of the first failure; not of following ones until a success."""
        if self.failed_since:
            return
        self.failed_since = fields.Datetime.now()
        # somebody must know, even if the responsible user has left
        user = self.user_id if self.user_id.active else self._default_user()
        if not user.active:
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            user_id=user.id,
            summary=self.env._("The exchange with the accounting system failed"),
            note=run.message,
        )
        template = self.env.ref("utility_billing_sync.mail_template_ledger_failure", raise_if_not_found=False)
        if template and user.email:
            template.send_mail(run.id, email_values={"recipient_ids": [Command.set(user.partner_id.ids)]})

    def _failure_activities(self):
        kind = self.env.ref(ACTIVITY)
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind and activity.automated)
