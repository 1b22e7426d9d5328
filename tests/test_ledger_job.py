"""The job of a connector: what it does in a call, what it leaves to the next one, what it tells Odoo's scheduler."""

import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tools import SQL, mute_logger

from ..models.ledger import ledger_run
from ..models.ledger_exchange import runner, transactions
from ..models.ledger_exchange.entries_out import EntriesOut
from .support.exchange import begin_export, make_run
from .support.ledger import LedgerCase

ATTEMPTS = "odoo.addons.utility_billing_sync.models.ledger.attempts"


class Hurry(runner.JobPace):
    """A server whose time is up after each step."""

    def may_go_on(self):
        return super().may_go_on() and False


class TestLedgerJob(LedgerCase):
    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.connector.cron_id.id)])

    def call_once(self):
        """Call the job once, like the scheduler; return what it told it."""
        before = self.env["ir.cron.progress"].search([])
        self.connector.cron_id.method_direct_trigger()
        self.env.invalidate_all()
        return self.env["ir.cron.progress"].search([("cron_id", "=", self.connector.cron_id.id)]) - before

    def test_a_request_sends_up_to_so_many_documents(self):
        self.triggers().unlink()
        with patch.object(runner, "FEW", 2):
            run = begin_export(self, self.document(self.entry() + self.entry()))
            self.assertEqual((run.state, run.exported, run.is_active), ("done", 2, False))
            self.assertFalse(
                self.triggers().filtered(lambda one: one.call_at <= fields.Datetime.now()), "nothing is left to do"
            )
            run = begin_export(self, self.document(self.entry() + self.entry() + self.entry()))
            self.assertEqual((run.state, run.exported, run.is_active), ("running", 0, True))
            self.assertTrue(self.triggers().filtered(lambda one: one.call_at <= fields.Datetime.now()))

    def test_a_request_goes_on_with_several_lots(self):
        self.connector.lot_size = 1
        with patch.object(ledger_run, "MAX_BATCH", 1):
            run = begin_export(self, self.document(self.entry() + self.entry()))
        self.assertEqual((run.state, run.exported, len(run.lot_ids)), ("done", 2, 2))

    def pace(self, seconds):
        """Return (whether a job with so many seconds left may go on, its progress)."""
        job = self.connector.cron_id
        progress = self.env["ir.cron.progress"].sudo().create({"cron_id": job.id, "done": 3, "remaining": 0})
        told = {"ir_cron_progress_id": progress.id, "cron_id": job.id, "cron_end_time": time.monotonic() + seconds}

        def may_go_on(connector):
            return runner.JobPace(connector.env["ir.cron"].with_context(**told)).may_go_on()

        return self.do(self.connector, may_go_on), (progress.done, progress.remaining)

    def test_a_job_goes_on_while_it_has_time(self):
        """Each batch is told to the scheduler, and that something is left."""
        self.assertEqual(self.pace(0.9), (True, (4, 1)))
        self.assertEqual(self.pace(-1), (False, (4, 1)))

    def test_a_job_that_has_nothing_to_do_is_done(self):
        progress = self.call_once()
        self.assertEqual((progress.mapped("done"), progress.mapped("remaining")), ([1], [0]))

    def test_a_call_does_several_runs(self):
        bill = self.entry()
        first = make_run(self.connector, "referential", "manual", self.companies)
        second = make_run(self.connector, "export", "manual", self.companies, self.document(bill))
        self.call_once()
        self.assertEqual((first.state, second.state, second.exported), ("done", "done", 1))

    def test_a_run_that_fails_leaves_the_next_one_of_the_same_call(self):
        first = make_run(self.connector, "export", "manual", self.companies, self.document(self.entry()))
        second = make_run(self.connector, "referential", "manual", self.companies)
        with patch.object(EntriesOut, "take", side_effect=RuntimeError("nobody foresaw this")), mute_logger(ATTEMPTS):
            self.call_once()
        self.assertEqual((first.state, second.state), ("failed", "done"))

    def in_a_hurry(self):
        """Call the job once, with three lots to send; return the number of documents that have left."""
        self.connector.lot_size = 1
        self.enterContext(patch.object(ledger_run, "MAX_BATCH", 1))
        self.enterContext(patch.object(runner, "JobPace", Hurry))
        documents = self.document(self.entry() + self.entry() + self.entry())
        run = make_run(self.connector, "export", "manual", self.companies, documents)
        self.triggers().unlink()
        self.call_once()
        return run.exported

    def test_a_job_whose_time_is_up_wakes_itself_and_does_no_more(self):
        self.assertEqual(self.in_a_hurry(), 1)
        self.assertTrue(self.triggers().filtered(lambda one: one.call_at <= fields.Datetime.now()))

    def test_a_job_of_a_copy_of_production_does_not_wake_itself(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.in_a_hurry()
        self.assertFalse(self.triggers())

    def test_a_job_waits_a_minute_for_the_request_that_holds_the_connector(self):
        self.triggers().unlink()
        with db_connect(self.env.cr.dbname).cursor() as other:
            key = SQL("%s, %s", transactions.LOCK, self.connector.id)
            other.execute(SQL("SELECT pg_advisory_lock(%s)", key))
            now = self.do(self.connector.sudo(), lambda connector: (runner.Runner(connector).work(), connector._now()))[
                1
            ]
            other.execute(SQL("SELECT pg_advisory_unlock(%s)", key))
        waited = self.triggers().call_at - now
        self.assertLess(abs(waited - timedelta(seconds=60)), timedelta(milliseconds=700))

    def test_a_run_is_due_at_its_very_time(self):
        now = self.connector._now()
        self.connector.auto_sync = True
        for early, runs in ((1, 0), (0, 1)):
            self.connector._by_server().next_run = now + timedelta(seconds=early)
            with patch.object(type(self.connector), "_now", lambda _connector: now):
                runner.Runner(self.connector).start_due()
            self.assertEqual(len(self.connector.run_ids.filtered(lambda run: run.trigger == "schedule")), runs)
        self.assertGreater(self.connector.next_run, now)
