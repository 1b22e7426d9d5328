"""Runs: continued by the request or the job, retried, stopped, one at a time; one notification of a failure."""

import shutil
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.utility_billing_sync.core.ledger.delivery import RETRY_DELAYS
from odoo.addons.utility_billing_sync.core.ledger.findings import TransportError
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..models.ledger import ledger_run
from ..models.ledger_exchange import runner, transactions
from ..models.ledger_exchange.entries_out import EntriesOut
from .support.exchange import begin_export, make_run, write_lots
from .support.language import add_french
from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase


class Hurry(runner.JobPace):
    """A server whose time is up after each step."""

    seen = []

    def may_go_on(self):
        self.seen.append(self._cron.env["ledger.run"].search([], limit=1).exported)
        return super().may_go_on() and False


class Stop(runner.JobPace):
    """Somebody presses *Arrêter* while the first step is being done."""

    def may_go_on(self):
        self._cron.env["ledger.run"].search([], limit=1).stop_requested = True
        return super().may_go_on()


class TestLedgerAutoRun(LedgerCase):
    def setUp(self):
        super().setUp()
        self.connector.user_id = self.user("responsible", CONNECTOR_MANAGER)

    def away(self):
        """The exchange directory is not reachable, as a disk that is not mounted: a file stands in its place."""
        shutil.rmtree(self.directory)
        self.directory.write_text("")
        self.addCleanup(self.back)

    def back(self):
        if self.directory.is_file():
            self.directory.unlink()
            self.directory.mkdir()
            self.publish()

    def mails(self):
        return self.env["mail.mail"].search([("model", "=", "ledger.run")])

    def made_run(self, *moves, **values):
        documents = self.document(moves[0]) if moves else None
        kind = "export" if moves else "synchronize"
        run = make_run(self.connector, kind, "manual", self.companies, documents)
        run.write(values)
        return run

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.connector.cron_id.id)])

    def one_at_a_time(self):
        """Let a batch be one document."""
        self.connector.lot_size = 1
        self.enterContext(patch.object(ledger_run, "MAX_BATCH", 1))

    def test_a_run_is_named_by_what_it_does_and_when(self):
        add_french(self.env)
        run = make_run(self.connector, "export", "manual", self.companies)
        run.date_start = datetime(2026, 3, 12, 8, 30)
        paris = run.with_context(lang="fr_FR", tz="Europe/Paris")
        self.assertEqual(paris.display_name, "Envoi – 12/03/2026 09:30")

    def test_few_documents_leave_while_the_person_waits(self):
        with patch.object(runner, "FEW", 1):
            run = begin_export(self, self.document(self.entry()))
        self.assertEqual((run.state, run.percent, run.is_active), ("done", 100, False))

    def test_many_documents_leave_in_the_background(self):
        bills = self.entry() + self.entry() + self.entry()
        self.one_at_a_time()
        with patch.object(runner, "FEW", 2):
            run = begin_export(self, self.document(bills))
            self.assertEqual((run.state, run.exported, run.is_active), ("running", 0, True))
            self.assertTrue(self.triggers().filtered(lambda t: t.call_at <= fields.Datetime.now()))
            self.call_job()
        self.assertEqual((run.state, run.exported, len(run.lot_ids), run.progress), ("done", 3, 3, 3))

    def test_the_job_gives_way_and_goes_on_in_its_next_call(self):
        bills = self.entry() + self.entry() + self.entry()
        self.one_at_a_time()
        run = self.made_run(bills)
        Hurry.seen.clear()
        self.triggers().unlink()
        with patch.object(runner, "JobPace", Hurry):
            self.connector.cron_id.method_direct_trigger()
            self.assertTrue(self.triggers(), "it is called again, after the other jobs")
            self.call_job()
        self.assertEqual(Hurry.seen[:3], [1, 2, 3], "a lot a call")
        self.assertEqual((run.state, run.exported), ("done", 3))

    def test_a_run_that_a_killed_server_left_is_carried_on(self):
        self.assertEqual(runner.PLANS["synchronize"][-1], "answers")
        bill = self.entry()
        run = self.made_run(bill)
        self.assertTrue(self.triggers(), "no job would ever look at it")
        lot = self.do(run, write_lots, self.document(bill).ids).with_env(self.env)
        self.assertEqual((run.state, lot.state), ("written", "written"))
        self.call_job()
        self.assertEqual((run.state, run.exported, run.is_active), ("done", 1, False))

    def test_a_run_of_a_connector_that_is_archived_ends(self):
        """An archived connector's job is off: its runs end. Written lots are delivered once it is active again."""
        first, second = self.entry(), self.entry()
        run = self.made_run(first + second)
        lot = self.do(run, write_lots, self.document(first).ids).with_env(self.env)
        self.do(self.connector, lambda connector: connector.write({"active": False}))
        self.assertEqual((run.is_active, lot.state), (False, "written"))
        self.assertIn("1", self.connector.message_ids[0].body)
        for start in (lambda: self.export(second), lambda: self.do(self.connector, "action_synchronize")):
            with self.assertRaises(UserError):
                start()
        self.assertEqual(self.document(second).state, "to_export")
        self.do(self.connector, lambda connector: connector.write({"active": True}))
        self.export(second)
        self.assertEqual((lot.state, set(self.document(first + second).mapped("state"))), ("delivered", {"exported"}))

    def test_a_run_waits_for_the_one_that_holds_the_connector(self):
        bill = self.entry()
        with db_connect(self.env.cr.dbname).cursor() as other:
            key = SQL("%s, %s", transactions.LOCK, self.connector.id)
            other.execute(SQL("SELECT pg_advisory_lock(%s)", key))
            run = begin_export(self, self.document(bill))
            self.assertEqual((run.state, run.exported), ("running", 0))
            self.triggers().unlink()
            self.connector.cron_id.method_direct_trigger()
            wait = (self.triggers().call_at - fields.Datetime.now()).total_seconds()
            self.assertTrue(50 < wait <= 60, "it is looked at a minute later")
            self.env.invalidate_all()
            self.assertEqual((run.state, run.exported), ("running", 0), "two at once")
            other.execute(SQL("SELECT pg_advisory_unlock(%s)", key))
        self.call_job()
        self.assertEqual((run.state, run.exported), ("done", 1))

    def test_stop_between_two_lots(self):
        bills = self.entry() + self.entry()
        self.one_at_a_time()
        run = self.made_run(bills)
        with patch.object(runner, "JobPace", Stop):
            self.call_job()
        self.assertEqual((run.state, run.exported, run.is_active), ("stopped", 1, False))
        self.assertEqual(sorted(self.document(bills).mapped("state")), ["exported", "to_export"])
        self.assertEqual(self.export(bills).exported, 1, "what was left leaves with the next run, and only that")

    def test_who_may_stop(self):
        bill = self.entry()
        export, whole = self.made_run(bill), self.made_run()
        monitor = self.user("monitor", MONITOR)
        self.do(export, "action_stop", user=monitor)
        self.assertEqual(export.state, "stopped")
        with self.assertRaises(AccessError):
            self.do(whole, "action_stop", user=monitor)
        self.do(whole, "action_stop")
        self.assertEqual((whole.state, whole.is_active), ("stopped", False))
        self.assertEqual(self.document(bill).state, "to_export")

    def test_what_may_pass_is_tried_again_with_growing_delays_up_to_a_limit(self):
        bill = self.entry()
        self.away()
        run = self.export(bill)
        moment = run.date_end
        for attempt, delay in enumerate(RETRY_DELAYS, 1):
            self.assertEqual((run.state, run.attempt, run.is_active), ("failed", attempt, True))
            self.assertEqual(run.retry_on, moment + timedelta(seconds=delay))
            with freeze_time(run.retry_on - timedelta(seconds=1)):
                self.call_job()
            self.assertEqual(run.attempt, attempt, "tried too early")
            moment = run.retry_on
            with freeze_time(moment):
                self.call_job()
        self.assertEqual((run.state, run.attempt, run.is_active), ("failed", len(RETRY_DELAYS) + 1, False))
        self.assertEqual(len(self.mails()), 1, "one message a failure, not one a try")
        self.assertEqual(len(run.anomaly_ids), 1)

    def test_a_try_that_works_ends_the_failure(self):
        bill = self.entry()
        self.away()
        run = self.export(bill)
        self.assertTrue(self.connector.failed_since, run.message)
        self.assertTrue(self.connector.activity_ids)
        activities = self.connector._failure_activities()
        self.assertEqual((len(activities), activities.user_id), (1, self.connector.user_id))
        self.assertEqual((len(self.mails()), self.connector.health), (1, "bad"))
        self.assertIn(self.connector.name, self.mails().subject)
        self.back()
        with freeze_time(run.retry_on):
            self.call_job()
        self.assertEqual((run.state, run.exported, self.document(bill).state), ("done", 1, "exported"))
        self.assertFalse(self.connector._failure_activities())
        self.assertFalse(self.connector.failed_since)
        self.assertEqual(self.connector.health, "off")
        self.away()
        self.export(self.entry())
        self.assertEqual(len(self.mails()), 2, "another failure is said again")

    def test_what_does_not_pass_by_itself_is_not_tried_again(self):
        self.connector.directory = "missing"
        (self.root / self.env.cr.dbname / "missing").symlink_to("/etc")
        run = self.export(self.entry())
        self.assertEqual((run.state, run.retry_on, run.anomaly_ids.code), ("failed", False, "name_refused"))
        self.assertIn("missing", run.message)

    def test_a_failure_after_stop_was_pressed_is_not_tried_again(self):
        run = self.made_run(self.entry(), stop_requested=True)
        self.away()
        self.call_job()
        self.assertEqual((run.state, run.retry_on, run.is_active), ("failed", False, False))

    def test_a_failure_after_a_delivery_keeps_what_was_delivered(self):
        bills = self.entry() + self.entry()
        self.one_at_a_time()
        run = self.made_run(bills)
        take = EntriesOut.take

        def once(step):
            if step._run.exported:
                raise TransportError("timeout", True, name="entries")
            return take(step)

        with patch.object(EntriesOut, "take", once):
            self.call_job()
        self.assertEqual((run.state, run.exported, bool(run.retry_on)), ("failed", 1, True))
        with freeze_time(run.retry_on):
            self.call_job()
        self.assertEqual((run.state, run.exported), ("done", 2))

    def test_a_later_schedule_replaces_a_try_that_waits(self):
        self.away()
        failed = self.do(self.connector, "action_synchronize")
        self.assertTrue(failed.retry_on)
        self.back()
        self.connector.auto_sync = True
        self.connector.next_run = datetime.now() - timedelta(hours=1)
        self.call_job()
        self.assertFalse(failed.retry_on)
        self.assertEqual(self.connector.run_ids[0].state, "done")
        self.assertEqual(self.connector.run_ids[0].trigger, "schedule")

    def test_health(self):
        bill = self.entry()
        self.env.invalidate_all()
        self.assertEqual((self.connector.waiting_count, self.connector.anomaly_count), (1, 0))
        self.assertEqual(self.connector.oldest_waiting, self.document(bill).create_date)
        self.export(bill)
        self.assertEqual((self.connector.waiting_count, self.connector.oldest_waiting), (0, False))
        self.assertTrue(self.connector.last_success)
        self.connector.auto_sync = True
        self.assertEqual(self.connector.health, "good")
        with freeze_time(self.connector.next_run + timedelta(hours=2)):
            self.env.invalidate_all()
            self.assertEqual(self.connector.health, "warning", "the server's jobs don't run, and nobody sees it")
        self.supplier.ref = False
        bad = self.entry()
        self.code("third_party", "F0009").active = False
        self.document(bad)._refresh()
        self.env.invalidate_all()
        self.assertEqual((self.connector.anomaly_count, self.connector.health), (1, "warning"))

    def test_logs_carry_the_run_and_no_secret(self):
        self.connector.write({"password_input": "hunter2-secret", "host": "127.0.0.1", "username": "u", "port": 9})
        self.connector.write({"protocol": "sftp"})
        self.connector.host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
        with self.assertLogs("odoo.addons.utility_billing_sync", "INFO") as logs:
            run = self.export(self.entry())
        self.assertEqual((run.state, bool(run.retry_on)), ("failed", True))
        said = "\n".join(logs.output)
        self.assertIn(f"run {run.id}", said)
        self.assertNotIn("hunter2", said + run.message + str(run.anomaly_ids.mapped("params")))
        self.assertNotIn("hunter2", str(self.mails().mapped("body_html")))
