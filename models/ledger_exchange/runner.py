"""Who carries runs on: the request that starts one for a few seconds, then the connector's job, call after call."""

import logging
import time

from psycopg2 import InterfaceError, OperationalError

from odoo.tools import SQL

from ...core.ledger.findings import LedgerError, TransportError
from ...core.ledger.remote_files import odd_name
from ..ledger.attempts import finding_of
from ..ledger.sentences import tell
from .answers_in import AnswersIn
from .entries_out import EntriesOut
from .exchange import Exchange
from .recovery import Recovery
from .scans_in import ScansIn
from .steps import CodesStep, ReconcileStep
from .transactions import connector_lock, in_transaction

_logger = logging.getLogger(__name__)

#: Seconds after which the job looks for a run that its request did not end: the server was killed.
ORPHANED = 120
#: How long a person waits in front of the screen, and how many documents are sent meanwhile; the rest is the job's.
PATIENCE = 5.0
FEW = 500

#: What a run is made of, step by step.
PLANS = {
    "synchronize": ("referential", "scan", "reconcile", "send", "answers"),
    "export": ("send",),
    "referential": ("referential",),
    "scan": ("scan",),
    "answers": ("answers",),
}
#: The service of each step: `take` does one batch and returns whether nothing of it is left.
STEPS = {
    "referential": CodesStep,
    "scan": ScansIn,
    "reconcile": ReconcileStep,
    "send": EntriesOut,
    "answers": AnswersIn,
}
WITH_DOCUMENTS = ("synchronize", "export", "answers")
#: Steps that the others stand on: where one fails, the run ends.
ESSENTIAL = ("reconcile", "send")


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


class Runner:
    """Carries the runs of a connector on.

    A run goes through the steps of its plan and keeps how far it is, in transactions that survive a crash. The caller
    has checked that the user may exchange for these companies.
    """

    def __init__(self, connector):
        # sudo: callers have checked as above; runs, documents and codes are records that nobody writes by hand
        self.connector = connector.sudo()
        self.env = self.connector.env

    # === STARTING === #

    def start(self, kind, trigger, companies, documents=None):
        """Make a run and carry it on as long as a person waits; the rest is the job's.

        :return: the run
        """
        run = in_transaction(self.env, self.make_run, kind, trigger, companies, documents)
        try:
            with connector_lock(self.connector) as held:
                if held:
                    self.advance(run, RequestPace())
        finally:
            # Looked at after the lock is let go: who began meanwhile either sees it free or is seen here.
            in_transaction(self.env, self._hand_over)
        return run

    def make_run(self, kind, trigger, companies, documents=None):
        values = {
            "connector_id": self.connector.id,
            "kind": kind,
            "step": PLANS[kind][0],
            "trigger": trigger,
            "company_ids": companies.ids,
        }
        run = self.env["ledger.run"].create(values)
        if documents:
            run._note_todo(SQL("id = ANY(%s)", documents.ids))
        self.connector._call_job(ORPHANED)
        return run

    def _hand_over(self):
        if self.connector._open_runs():
            self.connector._call_job()

    # === THE JOB === #

    def work(self):
        """Begin what is due, carry on what is open, then sleep until the next run: the connector's own job."""
        cron = self.env["ir.cron"]
        with connector_lock(self.connector) as held:
            if not held:
                # somebody's request has it for a few seconds
                self.connector._call_job(60)
                return
            in_transaction(self.env, self.start_due)
            for run in self.connector._open_runs():
                if not self._advance_or_log(run, JobPace(cron)):
                    return
        cron._commit_progress(1, remaining=0)

    def _advance_or_log(self, run, pace):
        try:
            return self.advance(run, pace)
        except (InterfaceError, OperationalError):
            # no database, nothing to record: the job is called again and finds the run open
            raise
        except Exception:
            _logger.exception("Synchronisation %s: run %s stopped", self.connector.id, run.id)
            return True

    def start_due(self):
        """Make the run that the schedule asks for, once however late; the next one is planned with it.

        An interrupted one begins again instead: what came since it noted its documents is part of it.
        """
        connector, now = self.connector, self.connector._now()
        if not connector._is_scheduled() or not connector.next_run or connector.next_run > now:
            return
        mine = [("connector_id", "=", connector.id), ("kind", "=", "synchronize")]
        # what waits for another try is part of the new run
        self.env["ledger.run"].search([*mine, ("retry_on", "!=", False)]).write({"retry_on": False})
        interrupted = [*mine, ("trigger", "=", "schedule"), ("date_end", "=", False), ("stop_requested", "=", False)]
        run = self.env["ledger.run"].search(interrupted, limit=1)
        if run:
            run.write({"step": PLANS["synchronize"][0], "cursor": False})
        else:
            self.make_run("synchronize", "schedule", connector.company_ids)
        connector.next_run = connector._next_after(now)

    # === CARRYING ON === #

    def advance(self, run, pace):
        """Carry a run on, step by step, each one kept; an interrupted run begins with what the crash left.

        :return: whether it is over: done, failed or stopped; False where `pace` says that its time is up
        """
        run = run._as_its_user()
        _logger.info("Synchronisation %s: run %s goes on at %s", self.connector.id, run.id, run.step)
        try:
            in_transaction(run.env, run._reopen)
            with run.connector_id._open_transport() as transport:
                exchange = Exchange(run, transport)
                over = self._exchange(exchange, pace)
                in_transaction(run.env, _note_odd_names, exchange)
            if not over:
                return False
            in_transaction(run.env, run._close)
        except LedgerError as error:
            self.env.cr.rollback()
            _logger.warning("Synchronisation %s: run %s: %s", self.connector.id, run.id, error)
            in_transaction(run.env, run._fail, tell(run.env, error), error)
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            self.env.cr.rollback()
            finding = finding_of(run.name, error)
            in_transaction(run.env, run._fail, tell(run.env, finding))
        _logger.info("Synchronisation %s: run %s is %s", self.connector.id, run.id, run.state)
        return True

    def _exchange(self, exchange, pace):
        """Take the steps that are left, after what an interruption left; False where the time is up before the end."""
        run = exchange.run
        if run.kind in WITH_DOCUMENTS:
            self._catch_up(exchange)
        while run.step and not run.stop_requested:
            if not pace.may_begin(run):
                return False
            if self._take_step(exchange):
                in_transaction(run.env, run._next_step, PLANS[run.kind])
            if run.step and not pace.may_go_on():
                return False
        return True

    def _take_step(self, exchange):
        """Do one batch of a step. A step that nothing else stands on is given up where it fails, and said."""
        run = exchange.run
        try:
            return STEPS[run.step](exchange).take()
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            if run.step in ESSENTIAL or _is_away(error):
                raise
            run.env.cr.rollback()
            run.env.invalidate_all()
            in_transaction(run.env, run._note_failed_step, error)
            return True

    def _catch_up(self, exchange):
        """Read the answers that wait, then bring the lots of interrupted runs to their place (protocol, step 5)."""
        Recovery(exchange).recognize_lots()
        AnswersIn(exchange).take()
        mine = [("connector_id", "=", exchange.connector.id), ("state", "=", "written")]
        for lot in exchange.env["ledger.lot"].search(mine, order="id"):
            exchange.in_transaction(lot._recover, exchange.transport)


def _is_away(error):
    """Tell whether no other step would come further: the server is away, or its key another one."""
    return isinstance(error, TransportError) and error.code not in (
        "directory_missing",
        "permission_denied",
        "not_a_file",
    )


def _note_odd_names(exchange):
    """Say which files were left aside for their names."""
    findings = [odd_name(folder, name) for folder, name in sorted(exchange.transport.odd_names)]
    exchange.run._keep_findings(findings, "")
