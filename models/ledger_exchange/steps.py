import logging
import time

from psycopg2 import InterfaceError, OperationalError

from odoo import models
from odoo.tools import SQL

from ...core.ledger.records import REFERENTIAL
from .runner import PLANS

_logger = logging.getLogger(__name__)

#: How long a person waits in front of the screen, and how many documents are sent meanwhile; the rest is the job's.
PATIENCE = 5.0
FEW = 500

DUE = "connector_id = %s AND state = 'to_export' AND company_id = ANY(%s)"


class RequestPace:
    """A person waits: a few seconds, few documents."""

    def __init__(self):
        self._end = time.monotonic() + PATIENCE

    def may_begin(self, run):
        return run.step != "send" or run._todo_count() <= FEW

    def may_go_on(self):
        return time.monotonic() < self._end


class JobPace:
    """The scheduled job: as long as the server gives it, told what was done."""

    def __init__(self, cron):
        self._cron = cron

    def may_begin(self, _run):
        return True

    def may_go_on(self):
        return self._cron._commit_progress(1, remaining=1) > 0


class LedgerConnector(models.Model):
    """Who carries runs on, and their steps. A step does one batch and returns whether nothing of it is left."""

    _inherit = "ledger.connector"

    def _work_in_request(self, run):
        """Carry a run on while a person waits; what is left, or another run is in front of, is the job's."""
        try:
            with self._lock() as held:
                if held:
                    self._advance(run, RequestPace())
        finally:
            # Looked at after the lock is let go: who began meanwhile either sees it free or is seen here.
            self._in_transaction(self._hand_over)

    def _hand_over(self):
        if self._open_runs():
            self._call_job()

    def _cron_synchronize(self):
        """The connector's own job: begin what is due, carry on what is open, then sleep until the next run."""
        connector = self.exists().filtered("active")
        if not connector:
            return
        cron = self.env["ir.cron"]
        with connector._lock() as held:
            if not held:
                # somebody's request has it for a few seconds
                connector._call_job(60)
                return
            connector._in_transaction(connector._start_due)
            for run in connector._open_runs():
                if not connector._advance_or_log(run, JobPace(cron)):
                    return
        cron._commit_progress(1, remaining=0)

    def _advance_or_log(self, run, pace):
        try:
            return self._advance(run, pace)
        except (InterfaceError, OperationalError):
            # no database, nothing to record: the job is called again and finds the run open
            raise
        except Exception:
            _logger.exception("Synchronisation %s: run %s stopped", self.id, run.id)
            return True

    def _start_due(self):
        """Make the run that the schedule asks for, once however late; the next one is planned with it.

        An interrupted one begins again instead: what came since it noted its documents is part of it.
        """
        now = self._now()
        if not self._is_scheduled() or not self.next_run or self.next_run > now:
            return
        mine = [("connector_id", "=", self.id), ("kind", "=", "synchronize")]
        # what waits for another try is part of the new run
        self.env["ledger.run"].search([*mine, ("retry_on", "!=", False)]).write({"retry_on": False})
        interrupted = [*mine, ("trigger", "=", "schedule"), ("date_end", "=", False), ("stop_requested", "=", False)]
        run = self.env["ledger.run"].search(interrupted, limit=1)
        if run:
            run.write({"step": PLANS["synchronize"][0], "cursor": False})
        else:
            self._make_run("synchronize", "schedule", self.company_ids)
        self.next_run = self._next_after(now)

    # === STEPS === #

    def _step_referential(self, run, transport):
        """Bring one kind of code in."""
        layouts = self.referential_layout_ids.grouped("flow")
        kinds = [kind for kind in REFERENTIAL if kind in layouts]
        place = int(run.cursor or 0)
        if place < len(kinds):
            files = transport.list(self.referential_folder)
            self._in_transaction(self._read_kind, run, transport, layouts[kinds[place]][0], files, run.company_ids)
            self._in_transaction(run._keep_cursor, str(place + 1))
            return False
        self._in_transaction(self._after_referential, run, run.company_ids)
        return True

    def _step_reconcile(self, run, _transport):
        """Make the documents that are missing, then note which ones this run sends."""
        self._in_transaction(self._reconcile_for_good)
        self._in_transaction(self._note_due, run)
        return True

    def _reconcile_for_good(self):
        self._reconcile_documents()
        self._note_reconciled()

    def _note_due(self, run):
        run._note_todo(SQL(DUE, self.id, run.company_ids.ids))

    def _step_send(self, run, transport):
        """Send one lot of documents: those with anomalies are set aside, those that another run holds are left."""
        documents = run._todo()
        if not documents:
            return True
        lots = self._in_transaction(self._write_lots, run, documents.ids)
        for lot in lots:
            self._in_transaction(lot._recover, transport)
        return False

    def _step_answers(self, run, transport):
        """Read what the accounting system answered meanwhile."""
        self._read_acknowledgements(run, transport)
        return True
