import logging

from psycopg2.errors import SerializationFailure

from odoo import api, models

_logger = logging.getLogger(__name__)

#: Somebody presses *Stop*, or changes what a batch stands on, while it is written: it is done again on fresh data.
ATTEMPTS = 5


class UtilityBackgroundWork(models.AbstractModel):
    """Long work that goes on in the background: one transaction per batch, stopped and resumed between two.

    Who inherits it has the fields `state` (running, stopped, …), `total`, `progress` and `error`, and does one batch in
    `_work_batch`.
    """

    _name = "utility.background.work"
    _description = "Background Work"

    @api.model
    def _cron_work(self):
        """Advance what is in progress; called by the scheduled job, which a launch brings forward."""
        for work in self.search([("state", "=", "running")], order="id"):
            if not work._work():
                return

    def _work(self):
        """Do batch after batch.

        :return: False where the job's time is up: it goes on in a next call
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
            if remaining and seconds <= 0:
                return False
        return True

    def _work_batch(self):
        """Do one batch; where nothing is left to do, give the work another state than `running`.

        :return: number of records passed; None: what is left can't be done now, a later call takes it up
        """
        raise NotImplementedError

    def _give_up_batch(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _stop_on_error(self, message):
        self.write({"state": "stopped", "error": message})
        return 0
