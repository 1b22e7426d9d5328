from datetime import timedelta

from odoo import api, fields, models

from ..common.guarded import Guard

#: A schedule that is late by this much: the server's jobs don't run.
LATE = timedelta(hours=1)
#: An accounting system answers within its working day, or after the week-end; later than this, its answer is lost.
UNANSWERED = timedelta(days=4)
ACTIVITY = "mail.mail_activity_data_todo"


class LedgerConnector(models.Model):
    """The health of a connector: a light, and one message a failure to the person in charge."""

    _inherit = "ledger.connector"
    _guard = Guard(
        kept="last_success failed_since",
        given="user_id",
    )

    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self._default_user(),
        domain="[('share', '=', False)]",
        tracking=True,
        help="Told of failures, once each, by an activity and an e-mail.",
    )
    last_success = fields.Datetime(readonly=True, copy=False)
    failed_since = fields.Datetime(readonly=True, copy=False)
    health = fields.Selection(
        [("good", "Works"), ("off", "By Hand"), ("warning", "To Look At"), ("bad", "Failing")],
        compute="_compute_health",
    )
    waiting_count = fields.Integer(string="Waiting Documents", compute="_compute_waiting")
    oldest_waiting = fields.Datetime(compute="_compute_waiting")
    oldest_unanswered = fields.Datetime(
        string="Without Answer Since",
        compute="_compute_oldest_unanswered",
        help="When the oldest of the documents that wait for an answer of the accounting system was delivered.",
    )
    anomaly_count = fields.Integer(string="Documents in Anomaly", compute="_compute_waiting")

    @api.model
    def _default_user(self):
        return self.env.user if self.env.user.active else self.env.ref("base.user_admin", raise_if_not_found=False)

    # === COMPUTE === #

    @api.depends("failed_since", "auto_sync", "next_run", "anomaly_count", "oldest_unanswered")
    def _compute_health(self):
        now = fields.Datetime.now()
        for connector in self:
            late = connector.next_run and connector.next_run < now - LATE
            if connector.failed_since:
                connector.health = "bad"
            elif late or connector.anomaly_count or (connector.oldest_unanswered or now) < now - UNANSWERED:
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
            # an update waits since it was changed, a new entry since it is known
            since = [made if operation == "create" else written for operation, _bad, _count, made, written in rows]
            connector.waiting_count = sum(count for _operation, _bad, count, _made, _written in rows)
            connector.anomaly_count = sum(count for _operation, bad, count, _made, _written in rows if bad)
            connector.oldest_waiting = min(since, default=False)

    @api.depends("document_ids.state", "document_ids.date_exported")
    def _compute_oldest_unanswered(self):
        groups = self.env["ledger.document"]._read_group(
            [("connector_id", "in", self.ids), ("state", "=", "exported")], ["connector_id"], ["date_exported:min"]
        )
        found = dict(groups)
        for connector in self:
            connector.oldest_unanswered = found.get(connector._origin, False)

    # === BUSINESS === #

    def _note_success(self):
        """Keep when the exchange worked last; what a failure had asked for is done."""
        self.last_success = fields.Datetime.now()
        if self.failed_since:
            self.failed_since = False
            self._failure_activities().action_feedback(feedback=self.env._("The exchange works again."))

    def _note_failure(self, run):
        """Tell the responsible of the first failure; those that follow it are the same one, until a success."""
        if self.failed_since:
            return
        self.failed_since = fields.Datetime.now()
        user = self.user_id
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
            template.send_mail(run.id)

    def _failure_activities(self):
        kind = self.env.ref(ACTIVITY)
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind and activity.automated)
