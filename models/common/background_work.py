import logging
import time
from datetime import timedelta

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from .accounts import check_account
from .batches import commit_batch, gave_way
from .guarded import Guard
from .jobs import job_of, wake
from .named_work import name_transaction

_logger = logging.getLogger(__name__)

#: A batch is retried on fresh data if somebody presses *Stop*, or changes its records, while it is being written.
ATTEMPTS = 5
#: How long a person waits for work that they run by hand; well below the limits of proxies and workers.
BY_HAND = timedelta(seconds=20)
#: If somebody is saving a record of a batch, it is retried: after how long, how often.
RETRY_AFTER, PATIENCE = timedelta(seconds=5), 60


class UtilityBackgroundWork(models.AbstractModel):
    """Long work in the background: one transaction per batch; it can be stopped and resumed between two batches.

    A model that inherits it has a field `state` (running, stopped, …), names its scheduled job in `_job`, processes one
    batch in `_work_batch` and checks in `_check_may_work` who may launch it and in whose name it may go on.
    """

    _name = "utility.background.work"
    _description = "Background Work"
    _guard = Guard(kept="total progress cursor attempts user_id error")
    #: XML id of the scheduled job.
    _job = ""

    total = fields.Integer(readonly=True, copy=False)
    progress = fields.Integer(readonly=True, copy=False)
    progress_rate = fields.Float(compute="_compute_progress_rate", string="Done")
    cursor = fields.Integer(readonly=True, copy=False, help="Id of the last record that the task has processed.")
    attempts = fields.Integer(readonly=True, help="Number of attempts that failed because a record was locked.")
    user_id = fields.Many2one("res.users", string="Launched By", readonly=True, copy=False)
    error = fields.Char(string="Reason for Stopping", readonly=True, copy=False)
    job_is_off = fields.Boolean(
        compute="_compute_job_is_off",
        help="The scheduled job is inactive, as in a training copy: nothing continues automatically.",
    )

    @api.depends("progress", "total")
    def _compute_progress_rate(self):
        for work in self:
            work.progress_rate = 100 * work.progress / work.total if work.total else 0

    @api.depends_context("uid")
    def _compute_job_is_off(self):
        self.job_is_off = not job_of(self.env, self._job).active

    def action_advance(self):
        """Run the work in this request, for a limited time, if its scheduled job is inactive.

        :raises UserError: the job is active, and runs the work by itself
        """
        self._check_may_work()
        for work in self:
            if not work.job_is_off:
                raise UserError(self.env._("This continues automatically: its scheduled job is active."))
            if work.state == "running":
                # sudo: same as the scheduled job, for users who may launch it
                work.sudo()._work(time.monotonic() + BY_HAND.total_seconds())

    def action_stop(self):
        """Stop after the batch in progress; completed batches stay."""
        self._check_may_work()
        # sudo: the state of the work; the rights on it were checked just above
        self.sudo().filtered(lambda work: work.state == "running").state = "stopped"

    def action_resume(self):
        """Resume what was stopped, where it stopped, with the rights of the user who resumes it."""
        self._check_may_work()
        stopped = self.filtered(lambda work: work.state == "stopped")
        # sudo: the state of the work; the rights on it were checked just above
        stopped.sudo().write({"state": "running", "error": False, "attempts": 0, "user_id": self.env.uid})
        if stopped:
            self._wake_job()

    @api.model
    def _cron_work(self):
        """Run the work in progress; called by the scheduled job, which a launch triggers."""
        if gave_way(self.env.ref(self._job)):
            return
        for work in self.search([("state", "=", "running")], order="id"):
            if not work._work():
                return

    def _wake_job(self, at=None):
        """Trigger the scheduled job now, or at a given time."""
        wake(self.env, self._job, at)

    def _check_may_work(self):
        """Check that the user may launch, stop and carry on this work.

        :raises AccessError: they may not
        """
        raise NotImplementedError

    def _work(self, end=float("inf")):
        """Process batch after batch.

        :param end: time of the monotonic clock after which no batch begins
        :return: False if the time is up, and a later call continues
        """
        if self._is_on_hold():
            return True
        failures = 0
        while self.state == "running":
            try:
                self._check_launcher()
                name_transaction(self, self.user_id)
                done = self._work_batch()
                failures = 0
            except SerializationFailure:
                self.env.cr.rollback()
                failures += 1
                if failures < ATTEMPTS:
                    continue
                done = self._stop_on_error(self.env._("Other users keep changing these records: resume later."))
            except Exception as error:
                # any error is shown on the work, which can be resumed; a job that raises would be retried tomorrow
                _logger.exception("%s %s stopped", self._description, self.id)
                self.env.cr.rollback()
                done = self._stop_on_error(str(error))
            if done is None:
                self.env["ir.cron"]._commit_progress(0)
                return True
            remaining = max(self.total - self.progress, 1) if self.state == "running" else 0
            has_time = commit_batch(job_of(self.env, self._job), done, remaining)
            if remaining and (not has_time or time.monotonic() >= end):
                return False
        return True

    def _is_on_hold(self):
        """Return whether the work must not go on for now; it stays as it is, and a later call continues."""
        return False

    def _work_batch(self):
        """Process one batch; set a state other than `running` once nothing is left to do.

        :return: number of records processed; None if the rest cannot be done now, and a later call continues
        """
        raise NotImplementedError

    def _check_launcher(self):
        """Refuse to go on in the name of somebody who has left, or may no longer do this.

        Batches bypass access rules in part, and people lose rights while work goes on.
        """
        check_account(self.env, self.user_id)
        self._as_launched()._check_may_work()

    def _as_launched(self):
        """Return this work for the user who launched it, with their rights in all their companies."""
        user = self.user_id
        return self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz)

    def _unless_locked(self, apply):
        """Call a function whose changes are written whole or not at all; retry it later if a record is locked.

        :return: its result; None if a record is locked by somebody: the job is woken soon
        :raises LockError: the record stays locked
        """
        try:
            with self.env.cr.savepoint():
                result = apply()
        except LockError:
            if self.attempts >= PATIENCE:
                raise
            self.attempts += 1
            self._wake_job(fields.Datetime.now() + RETRY_AFTER)
            return None
        return result

    def _all_or_each(self, items, apply, refuse):
        """Apply a function to all items at once; if it fails, to each one alone, so that one does not stop the others.

        :param items: records, or a list
        :param refuse: called with a refused item and its error; returns whether the item stays to be done
        :return: number of items that stay to be done
        """
        if not items:
            return 0
        try:
            with self.env.cr.savepoint():
                apply(items)
        except (UserError, IntegrityError) as error:
            if len(items) == 1:
                return int(bool(refuse(items[0], error)))
            return sum(self._all_or_each(items[place : place + 1], apply, refuse) for place in range(len(items)))
        return 0

    def _stop_on_error(self, message):
        self.write({"state": "stopped", "error": message})
        return 0
