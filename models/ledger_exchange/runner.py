import logging
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...core.ledger.findings import LedgerError
from ..ledger.sentences import tell

_logger = logging.getLogger(__name__)
ATTEMPTS = 5
#: The first half of PostgreSQL's advisory lock of a connector; its id is the other half.
LOCK = 0x5AFE
#: Seconds after which the job looks for a run that its request did not end: the server was killed.
ORPHANED = 120

#: What a run is made of, step by step; each one is `_step_…` (ledger_work.py).
PLANS = {
    "synchronize": ("referential", "scan", "reconcile", "send", "answers"),
    "export": ("send",),
    "referential": ("referential",),
    "scan": ("scan",),
}
WITH_DOCUMENTS = ("synchronize", "export")


class LedgerConnector(models.Model):
    """Runs: what they are made of, and the transactions that make them survive a crash.

    A run goes through the steps of its plan and keeps how far it is. Whoever has time carries it on: the request that
    started it for a few seconds, then the connector's job, call after call.
    """

    _inherit = "ledger.connector"

    def _synchronize(self, trigger, companies):
        """Start a whole synchronisation: answers, référentiel, scans, then entries and updates of these companies."""
        return self._start("synchronize", trigger, companies)

    def _export(self, documents, trigger="manual"):
        """Start sending these documents; what a crash left is dealt with first."""
        return self._start("export", trigger, documents.company_id, documents)

    def _start(self, kind, trigger, companies, documents=None):
        """Make a run and carry it on as long as a person waits; the rest is the job's. Returns the run."""
        self.ensure_one()
        # sudo: callers have checked that the user may exchange for these companies; runs, documents and codes are
        # records that nobody writes by hand
        connector = self.sudo()
        run = connector._in_transaction(connector._make_run, kind, trigger, companies, documents)
        connector._work_in_request(run)
        return self.env["ledger.run"].browse(run.id)

    def _make_run(self, kind, trigger, companies, documents=None):
        values = {
            "connector_id": self.id,
            "kind": kind,
            "step": PLANS[kind][0],
            "trigger": trigger,
            "company_ids": companies.ids,
        }
        run = self.env["ledger.run"].create(values)
        if documents:
            run._note_todo(SQL("id = ANY(%s)", documents.ids))
        self._call_job(ORPHANED)
        return run

    def _advance(self, run, pace):
        """Carry a run on, step by step, each one kept; an interrupted run begins with what the crash left.

        Returns whether it is over: done, failed or stopped; False where `pace` says that its time is up.
        """
        run = run._as_its_user()
        connector = run.connector_id
        _logger.info("Synchronisation %s: run %s goes on at %s", self.id, run.id, run.step)
        try:
            connector._in_transaction(run._reopen)
            with connector._open_transport() as transport:
                if run.kind in WITH_DOCUMENTS:
                    connector._catch_up(run, transport)
                if not connector._take_steps(run, transport, pace):
                    return False
            connector._in_transaction(run._close)
        except LedgerError as error:
            self.env.cr.rollback()
            _logger.warning("Synchronisation %s: run %s: %s", self.id, run.id, error)
            connector._in_transaction(run._fail, tell(run.env, error), error)
        except Exception:
            self.env.cr.rollback()
            connector._in_transaction(
                run._fail, run.env._("An unforeseen error stopped the run: see the server's log.")
            )
            raise
        _logger.info("Synchronisation %s: run %s is %s", self.id, run.id, run.state)
        return True

    def _take_steps(self, run, transport, pace):
        """Take the steps that are left; False where the time is up before the last one."""
        while run.step and not run.stop_requested:
            if not pace.may_begin(run):
                return False
            if getattr(self, f"_step_{run.step}")(run, transport):
                self._in_transaction(run._next_step, PLANS[run.kind])
            if run.step and not pace.may_go_on():
                return False
        return True

    def _catch_up(self, run, transport):
        """Read the answers that wait, then bring the lots of interrupted runs to their place (protocol, step 5)."""
        self._recognize_lots(run, transport)
        self._read_acknowledgements(run, transport)
        lots = self.env["ledger.lot"].search([("connector_id", "=", self.id), ("state", "=", "written")], order="id")
        for lot in lots:
            self._in_transaction(lot._recover, transport)

    def _open_runs(self):
        """Return the runs that somebody must carry on: not over, or to be tried again by now."""
        due = ["|", ("date_end", "=", False), ("retry_on", "<=", self._now())]
        return self.env["ledger.run"].search([("connector_id", "=", self.id), *due], order="id")

    @contextmanager
    def _lock(self):
        """Hold the connector, whatever process or server one is: one run at a time. Gives whether it is held.

        The lock is the session's: it outlives the commits of a run and ends with a killed process.
        """
        # pylint: disable=sql-injection
        names = SQL("%s, %s", LOCK, self.id)
        held = self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s)", names))[0][0]
        try:
            yield held
        except Exception:
            self._without_database_errors(self.env.cr.rollback)
            raise
        finally:
            if held:
                self._without_database_errors(self.env.cr.execute, SQL("SELECT pg_advisory_unlock(%s)", names))

    @staticmethod
    def _without_database_errors(call, *arguments):
        """Let the error that is on its way be told: a connection that is lost has let its locks go."""
        try:
            call(*arguments)
        except (InterfaceError, OperationalError):
            _logger.warning("The connection to the database is lost: its locks went with it")

    def _in_transaction(self, work, *arguments):
        """Do one step of a run and commit it; begin again when another transaction got in the way."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = work(*arguments)
                # A step that is done outlives a crash of the next one, of PostgreSQL's too, even where it is set to
                # promise commits before they are on its disk: this is what the protocol is about.
                self.env.cr.execute("SET LOCAL synchronous_commit TO on")
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except (UniqueViolation, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                self.env.cr.rollback()
                if attempt == ATTEMPTS:
                    raise
            else:
                return result
        return None
