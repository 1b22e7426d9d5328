import logging
import time
from datetime import timedelta

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from .guarded import Guard

_logger = logging.getLogger(__name__)

#: Somebody presses *Stop*, or changes what a batch stands on, while it is written: it is done again on fresh data.
ATTEMPTS = 5
#: How long a person waits for work that they advance themselves; well below what a proxy or a worker allows.
BY_HAND = timedelta(seconds=20)


class UtilityBackgroundWork(models.AbstractModel):
    """Long work that goes on in the background: one transaction per batch, stopped and resumed between two.

    Who inherits it has a field `state` (running, stopped, …), names its scheduled job in `_job`, does one batch in
    `_work_batch` and says in `_check_may_work` who may launch it.
    """

    _name = "utility.background.work"
    _description = "Background Work"
    _guard = Guard(kept="total progress cursor user_id error")
    #: XML id of the scheduled job that does the work.
    _job = ""

    total = fields.Integer(readonly=True, copy=False)
    progress = fields.Integer(readonly=True, copy=False)
    progress_rate = fields.Float(compute="_compute_progress_rate", string="Done")
    cursor = fields.Integer(readonly=True, copy=False, help="Identifier of the last record that the task passed.")
    user_id = fields.Many2one("res.users", string="Launched By", readonly=True, copy=False)
    error = fields.Char(string="Why It Stopped", readonly=True, copy=False)
    job_is_off = fields.Boolean(
        compute="_compute_job_is_off",
        help="The scheduled job is switched off, as in a copy for training: nothing goes on by itself.",
    )

    @api.depends("progress", "total")
    def _compute_progress_rate(self):
        for work in self:
            work.progress_rate = 100 * work.progress / work.total if work.total else 0

    @api.depends_context("uid")
    def _compute_job_is_off(self):
        # sudo: whether the job is on is told to who may read the work, nothing else of it
        self.job_is_off = not self.env.ref(self._job).sudo().active

    def action_advance(self):
        """Do the work here, for as long as a person may wait, where its scheduled job is switched off.

        :raises UserError: the job is on, and does it by itself
        """
        self._check_may_work()
        for work in self:
            if not work.job_is_off:
                raise UserError(self.env._("This goes on by itself: its scheduled job is switched on."))
            if work.state == "running":
                # sudo: what the scheduled job does, for who may launch it
                work.sudo()._work(time.monotonic() + BY_HAND.total_seconds())

    @api.model
    def _cron_work(self):
        """Advance what is in progress; called by the scheduled job, which a launch brings forward."""
        for work in self.search([("state", "=", "running")], order="id"):
            if not work._work():
                # Odoo looks at a job that has more to do once in a while; a trigger wakes a worker at once
                self._wake_job()
                return

    def _wake_job(self, at=None):
        """Bring the scheduled job forward, to now or to a moment."""
        # sudo: a trigger only brings the job forward; what it does was checked by whoever called
        self.env.ref(self._job).sudo()._trigger(at)

    def _check_may_work(self):
        """Raise an error unless the user may launch and stop this work."""
        raise NotImplementedError

    def _work(self, end=float("inf")):
        """Do batch after batch.

        :param end: moment of the monotonic clock after which no batch begins
        :return: False where the time is up: it goes on in a next call
        """
        failures = 0
        while self.state == "running":
            try:
                done = self._work_batch()
                failures = 0
            except SerializationFailure:
                self._give_up_batch()
                failures += 1
                if failures < ATTEMPTS:
                    continue
                done = self._stop_on_error(
                    self.env._("Somebody keeps changing what is being written here: resume it later.")
                )
            except Exception as error:
                # whatever the reason, the work says it and can be resumed: a job that raises is tried tomorrow
                _logger.exception("%s %s stopped", self._description, self.id)
                self._give_up_batch()
                done = self._stop_on_error(str(error))
            if done is None:
                self.env["ir.cron"]._commit_progress(0)
                return True
            remaining = max(self.total - self.progress, 0) if self.state == "running" else 0
            seconds = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            self.env.invalidate_all()
            if remaining and (seconds <= 0 or time.monotonic() >= end):
                return False
        return True

    def _work_batch(self):
        """Do one batch; where nothing is left to do, give the work another state than `running`.

        :return: number of records passed; None: what is left can't be done now, a later call takes it up
        """
        raise NotImplementedError

    def _all_or_each(self, items, apply, refuse):
        """Apply to all at once; where one is refused, to each alone, so that it stops nobody else.

        :param items: records, or a list
        :param refuse: called with an item that is refused and its error; returns whether the item waits as it is
        :return: number of items that wait
        """
        if not items:
            return 0
        try:
            with self.env.cr.savepoint():
                apply(items)
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            self.env.invalidate_all()
            if len(items) == 1:
                return int(bool(refuse(items[0], error)))
            return sum(self._all_or_each(items[place : place + 1], apply, refuse) for place in range(len(items)))
        return 0

    def _give_up_batch(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _stop_on_error(self, message):
        self.write({"state": "stopped", "error": message})
        return 0
