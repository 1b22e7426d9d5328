import logging
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.ledger.findings import LedgerError
from ...core.ledger.schedule import next_run
from ..common.accounts import check_account
from ..common.batches import commit_batch, gave_way
from ..common.jobs import job_of, wake
from ..common.time_zones import zone_name_of
from ..ledger.sentences import tell
from .fetching import JOB, Fetching

#: After how long files that may still be growing are looked at again.
LATER = timedelta(minutes=10)

_logger = logging.getLogger(__name__)


class UtilityTelemetrySource(models.Model):
    """Schedule of a source: every night at an hour, or at once; always through the scheduled job."""

    _inherit = "utility.telemetry.source"

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources._plan_next()
        return sources

    def write(self, vals):
        result = super().write(vals)
        if {"auto_fetch", "time", "active", "section_id"} & vals.keys():
            self._plan_next()
        return result

    # === ACTIONS === #

    def action_fetch(self):
        """Fetch the waiting files now, in the background.

        :raises UserError: the database is an unconfirmed copy, or the scheduled job is off
        """
        self.check_access("write")
        self._check_not_held()
        if not job_of(self.env, self._job).active:
            raise UserError(
                self.env._(
                    "The scheduled job that fetches remote readings is off: ask an administrator to switch it on "
                    "(Settings → Technical → Scheduled Actions), or to update the addon if it is gone."
                )
            )
        for source in self:
            source._by_server().write({"next_run": fields.Datetime.now(), "error": False})
        wake(self.env, self._job)
        return self._notify("success", self.env._("The files are being fetched; they appear below as they are read."))

    # === BUSINESS === #

    def _plan_next(self):
        """Set when the files are fetched next, and trigger the job for then."""
        for source in self:
            moment = source._next_after(fields.Datetime.now()) if source.auto_fetch and source.active else False
            source._by_server().next_run = moment
            if moment:
                wake(self.env, self._job, moment)

    def _next_after(self, moment):
        zone = zone_name_of(self.company_id)
        return next_run("daily", 0, self.time, zone, moment.replace(tzinfo=UTC)).replace(tzinfo=None)

    def _read_later(self):
        """Return when files that may still be growing are looked at again; the job is called then."""
        # sudo: a number of seconds, not shown
        moment = fields.Datetime.now() + max(LATER, timedelta(seconds=self.sudo().file_age))
        wake(self.env, self._job, moment)
        return min(filter(None, (self.next_run, moment)))

    @api.model
    def _cron_fetch(self):
        """Fetch from each source that is due; the failure of one is written on it and does not stop the others.

        A copy of the database leaves the files to the original.
        """
        if self._is_on_hold() or gave_way(self.env.ref(JOB)):
            return
        due = self.search([("next_run", "<=", fields.Datetime.now())], order="next_run, id")
        for rank, source in enumerate(due, start=1):
            # plan the next hour first: a file that crashes the server is not read again at once
            source._plan_next()
            self.env["ir.cron"]._commit_progress(0)
            is_over = source._fetch()
            if not commit_batch(self.env.ref(JOB), 1, len(due) - rank + (not is_over)):
                return

    @api.model
    def _tell_left(self, fetching):
        """Return the message about files that stayed where they are, False if there are none."""
        sentences = []
        if fetching.ignored:
            names = ", ".join(fetching.ignored)
            sentences.append(self.env._("Files that cannot be used or moved stay where they are: %s", names))
        if fetching.growing:
            names = ", ".join(fetching.growing)
            sentences.append(self.env._("Files that may still be growing are read in some minutes: %s", names))
        return "\n".join(sentences) or False

    def _fetch(self):
        """Fetch the waiting files and write the result on the source.

        :return: False if the time was up before the last file: the source stays due
        """
        user, is_over = self.user_id, True
        mine = self.with_user(user).with_context(
            lang=user.lang,
            # the day of a reading is that of the meter, wherever the person lives
            tz=zone_name_of(self.company_id),
            allowed_company_ids=user.company_ids.ids,
        )
        try:
            check_account(self.env, user)
            mine.check_access("read")
            fetching = Fetching(mine)
            is_over = fetching.carry_out()
            values = {"last_success": fields.Datetime.now(), "error": self._tell_left(fetching)}
            if not is_over:
                # the limits of a run apply to all the calls of the job together
                used = {"server_seconds": fetching.used.seconds, "server_bytes": fetching.used.bytes}
                values |= {"next_run": fields.Datetime.now(), **used}
            elif fetching.growing:
                values["next_run"] = self._read_later()
        except (LedgerError, UserError) as error:
            self.env.cr.rollback()
            values = {"error": tell(self.env, error) if isinstance(error, LedgerError) else str(error)}
        except Exception as error:
            # any error is written on the source: a job that raises would be retried without the user knowing
            _logger.exception("Telemetry source %s", self.id)
            self.env.cr.rollback()
            values = {"error": str(error)}
        self._by_server().write({"server_seconds": 0, "server_bytes": 0, **values})
        return is_over
