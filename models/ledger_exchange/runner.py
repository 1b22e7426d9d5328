"""Execution of runs: for a few seconds in the request that starts one, then by the connector's scheduled job."""

import logging
import time

from psycopg2 import InterfaceError, OperationalError

from odoo.tools import SQL

from ...core.ledger.findings import LedgerError, TransportError
from ...core.ledger.layouts import unread_names
from ...core.ledger.remote_files import Used, odd_name
from ..common.batches import gave_way, give_way
from ..common.database_copy import is_neutralised
from ..ledger.attempts import finding_of
from ..ledger.sentences import tell
from .answers_in import AnswersIn
from .entries_out import EntriesOut
from .exchange import Exchange, is_unreachable
from .payments_in import PaymentsIn
from .recovery import Recovery
from .scans_in import ScansIn
from .steps import CodesStep, ReconcileStep
from .transactions import connector_lock, in_transaction

_logger = logging.getLogger(__name__)

#: Seconds after which the job continues a run whose request was killed.
ORPHANED = 120
#: Limits of a run within the user's request, in seconds and in documents; the job does the rest.
PATIENCE = 5.0
FEW = 500

#: Steps of each kind of run, in order.
PLANS = {
    "synchronize": ("referential", "scan", "payments", "reconcile", "send", "answers"),
    "export": ("send",),
    "referential": ("referential",),
    "scan": ("scan",),
    "answers": ("answers",),
    "payments": ("payments",),
}
#: Service of each step. Its method `take` does one batch and returns whether the step is finished.
STEPS = {
    "referential": CodesStep,
    "scan": ScansIn,
    "payments": PaymentsIn,
    "reconcile": ReconcileStep,
    "send": EntriesOut,
    "answers": AnswersIn,
}
WITH_DOCUMENTS = ("synchronize", "export", "answers")
#: Steps that the following ones depend on: if one fails, the run ends.
ESSENTIAL = ("reconcile", "send")


class RequestPace:
    """Pace within a user's request: a few seconds, few documents."""

    def __init__(self):
        self._end = time.monotonic() + PATIENCE

    def may_begin(self, run):
        return run.step != "send" or run._todo_count() <= FEW

    def may_go_on(self):
        return time.monotonic() < self._end


class JobPace:
    """Pace of the scheduled job: as long as the server allows; each batch is reported as progress."""

    def __init__(self, cron):
        self._cron = cron

    def may_begin(self, _run):
        return True

    def may_go_on(self):
        return self._cron._commit_progress(1, remaining=1) > 0


class Runner:
    """Starts and continues the runs of a connector.

    A run executes the steps of its plan. Its progress is committed after each batch, so that it survives a crash. The
    caller has checked that the user may exchange for these companies.
    """

    def __init__(self, connector):
        # sudo: callers have checked as above; users have no write access to runs, documents and codes
        self.connector = connector.sudo()
        self.env = self.connector.env

    # === STARTING === #

    def start(self, kind, trigger, companies, documents=None):
        """Create a run and execute it for the few seconds of a request; the job does the rest.

        :return: the run
        :raises UserError: the connector is archived, or the database is an unconfirmed copy
        """
        self.connector._check_active()
        self.connector._check_not_held()
        run = in_transaction(self.env, self.make_run, kind, trigger, companies, documents)
        try:
            with connector_lock(self.connector) as held:
                if held:
                    self.advance(run, RequestPace())
        finally:
            # After the lock is released: a run created meanwhile either found it free or is found here.
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
        """Start the run that is due and continue open runs; called by the connector's scheduled job."""
        cron = self.env["ir.cron"]
        if gave_way(self.connector._own_job()):
            return
        with connector_lock(self.connector) as held:
            if not held:
                # a user's request holds the lock for a few seconds
                self.connector._call_job(60)
                return
            in_transaction(self.env, self.start_due)
            for run in self.connector._open_runs():
                if not self._advance_or_log(run, JobPace(cron)):
                    if not is_neutralised(self.env):
                        give_way(self.connector._own_job())
                    return
        cron._commit_progress(1, remaining=0)

    def _advance_or_log(self, run, pace):
        try:
            return self.advance(run, pace)
        except (InterfaceError, OperationalError):
            # without database, nothing can be recorded: the next call of the job finds the run open
            raise
        except Exception:
            _logger.exception("Synchronisation %s: run %s stopped", self.connector.id, run.id)
            return True

    def start_due(self):
        """Create the scheduled run if it is due, and plan the next one. However late, a run is created only once.

        An unfinished scheduled run is restarted instead, so that it also includes what was posted since it began.
        """
        connector, now = self.connector, self.connector._now()
        if not connector._is_scheduled() or not connector.next_run or connector.next_run > now:
            return
        mine = [("connector_id", "=", connector.id), ("kind", "=", "synchronize")]
        # the new run replaces further attempts of failed ones
        self.env["ledger.run"].search([*mine, ("retry_on", "!=", False)]).write({"retry_on": False})
        interrupted = [*mine, ("trigger", "=", "schedule"), ("date_end", "=", False), ("stop_requested", "=", False)]
        run = self.env["ledger.run"].search(interrupted, limit=1)
        if run:
            run.write({"step": PLANS["synchronize"][0], "cursor": False})
        else:
            self.make_run("synchronize", "schedule", connector.company_ids)
        connector.next_run = connector._next_after(now)

    # === EXECUTION === #

    def advance(self, run, pace):
        """Execute the remaining steps of a run and commit each batch. What an interruption left is done first.

        :return: whether the run is over (done, failed or stopped); False if `pace` interrupted it
        """
        run, transport = run._as_its_user(), None
        _logger.info("Synchronisation %s: run %s goes on at %s", self.connector.id, run.id, run.step)
        try:
            in_transaction(run.env, run._reopen)
            with run.connector_id._open_transport() as transport:
                transport.resume(Used(run.server_seconds, run.server_bytes))
                exchange = Exchange(run, transport)
                over = self._exchange(exchange, pace)
                in_transaction(run.env, _note_unread_names, exchange)
                in_transaction(run.env, _note_used, run, transport)
            if not over:
                return False
            in_transaction(run.env, run._close)
        except LedgerError as error:
            self.env.cr.rollback()
            _logger.warning("Synchronisation %s: run %s: %s", self.connector.id, run.id, error)
            in_transaction(run.env, _note_used, run, transport)
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
        """Execute the remaining steps. Returns False if `pace` interrupted them."""
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
        """Do one batch of a step. If the step is not essential, its failure is recorded and the run continues.

        :return: whether the step is finished
        """
        run = exchange.run
        try:
            return STEPS[run.step](exchange).take()
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            if run.step in ESSENTIAL or is_unreachable(error):
                raise
            run.env.cr.rollback()
            run.env.invalidate_all()
            in_transaction(run.env, run._note_failed_step, error)
            return True

    def _catch_up(self, exchange):
        """Read the waiting answers, then deliver the lots of interrupted runs (protocol, step 5)."""
        Recovery(exchange).recognize_lots()
        if not self._read_answers(exchange):
            # an answer that cannot be read may say that their files have arrived
            return
        mine = [("connector_id", "=", exchange.connector.id), ("state", "=", "written")]
        for lot in exchange.env["ledger.lot"].search(mine, order="id"):
            exchange.in_transaction(lot._recover, exchange.transport)

    def _read_answers(self, exchange):
        """Read the waiting answers. Returns False if their folder cannot be used, which is recorded."""
        run = exchange.run
        try:
            AnswersIn(exchange).take()
        except TransportError as error:
            if is_unreachable(error):
                raise
            run.env.cr.rollback()
            run.env.invalidate_all()
            in_transaction(run.env, run._note_failed_step, error)
            exchange.knows_answers = False
        return exchange.knows_answers


def _note_used(run, transport):
    """Store what the run has taken of its limits; its next connection goes on from there."""
    if transport:
        run.write({"server_seconds": transport.used.seconds, "server_bytes": transport.used.bytes})


def _note_unread_names(exchange):
    """Store a finding for each entry of a listed folder that was ignored because of its name or its kind."""
    transport = exchange.transport
    findings = [odd_name(folder, name) for folder, name in sorted(transport.odd_names)]
    for folder in sorted(transport.listed):
        layouts = [layout._to_core() for layout in exchange.connector._layouts_of_folder(folder)]
        if layouts:
            findings += unread_names(folder, transport.listed[folder], transport.not_files[folder], layouts)
    exchange.run._keep_findings(findings, "")
