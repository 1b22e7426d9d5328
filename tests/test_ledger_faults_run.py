"""Faults in the middle of a run: a lost database, conflicts, unforeseen errors; stops and archived connectors."""

from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.errors import DivisionByZero, SerializationFailure

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tools import SQL, mute_logger

from ..models.ledger_codes.binding import Binder
from ..models.ledger_exchange import runner, transactions
from ..models.ledger_exchange.entries_out import EntriesOut
from ..models.ledger_exchange.steps import CodesStep, ReconcileStep
from .support.ledger import LedgerCase

ATTEMPTS = "odoo.addons.utility_billing_sync.models.ledger.attempts"
RUNNER = "odoo.addons.utility_billing_sync.models.ledger_exchange.runner"
TRANSACTIONS = "odoo.addons.utility_billing_sync.models.ledger_exchange.transactions"


class TestFaultsOfRuns(LedgerCase):
    def test_a_lost_database_leaves_the_run_open(self):
        """Nothing can be recorded: the job fails, its next call finds the run where it was."""
        bill = self.entry()
        self.connector._by_server().next_run = self.connector._now()
        run = runner.Runner(self.connector).make_run("synchronize", "manual", self.companies)
        with patch.object(CodesStep, "take", side_effect=OperationalError), self.assertRaises(OperationalError):
            self.do(self.connector.sudo(), "_cron_synchronize")
        self.env.invalidate_all()
        self.assertEqual((run.state, run.is_active, run.step, run.message), ("running", True, "referential", False))
        self.assertFalse(run.anomaly_ids)
        self.call_job()
        self.assertEqual((run.state, self.document(bill).state), ("done", "exported"))

    def test_an_unforeseen_error_of_a_step_that_others_need_ends_the_run(self):
        """Nothing after it is done: without the comparison of entries, none of them leaves."""
        bill = self.entry()
        for step in (ReconcileStep, EntriesOut):
            with (
                self.subTest(step.__name__),
                mute_logger(ATTEMPTS),
                patch.object(step, "take", side_effect=RuntimeError("nobody foresaw this")),
            ):
                run = self.do(self.connector, "action_synchronize")
                self.assertEqual((run.state, run.is_active, run.exported), ("failed", False, 0))
                self.assertEqual(self.document(bill).state, "to_export")
                self.assertRegex(run.message, "[0-9a-f]{8}")
        self.assertEqual(self.export(bill).state, "done")

    def test_what_was_written_before_an_unforeseen_error_is_undone(self):
        """Of a batch of documents, which ends the run; of a kind of codes, after which the run goes on."""
        bill = self.entry()
        with mute_logger(ATTEMPTS), patch.object(type(self.env["ledger.run"]), "_treated", side_effect=RuntimeError):
            run = self.export(bill)
        self.assertEqual((run.state, run.lot_ids.ids, self.document(bill).state), ("failed", [], "to_export"))
        path = self.directory / "referential/companies.csv"
        path.write_bytes(path.read_bytes() + b"JNO;Jno;D9\r\n")
        with mute_logger(ATTEMPTS), patch.object(Binder, "bind", side_effect=RuntimeError):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.made, run.failed_step, run.exported), ("failed", 0, False, 1))
        mine = [("connector_id", "=", self.connector.id), ("code", "=", "JNO")]
        self.assertFalse(self.env["ledger.code"].search(mine))
        self.do(self.connector, "action_synchronize")
        self.assertTrue(self.env["ledger.code"].search(mine))

    def test_a_run_whose_failure_cannot_be_kept_leaves_the_next_one(self):
        bill = self.entry()
        first = runner.Runner(self.connector).make_run("referential", "manual", self.companies)
        second = runner.Runner(self.connector).make_run("export", "manual", self.companies, self.document(bill))
        model = type(first)
        with (
            patch.object(CodesStep, "take", side_effect=RuntimeError("nobody foresaw this")),
            patch.object(model, "_note_failed_step", side_effect=RuntimeError("nobody foresaw this")),
            patch.object(model, "_fail", side_effect=RuntimeError("nor this")),
            mute_logger(ATTEMPTS),
            self.assertLogs(RUNNER, "ERROR") as log,
        ):
            self.connector.cron_id.method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(f"run {first.id} stopped", log.output[0])
        self.assertEqual((first.is_active, second.state, self.document(bill).state), (True, "done", "exported"))

    def test_stop_while_another_process_works(self):
        """The process that holds the connector ends the run after its batch; so it does for an archived connector."""
        asked, archived = (
            runner.Runner(self.connector).make_run("referential", "manual", self.companies) for _run in range(2)
        )
        with db_connect(self.env.cr.dbname).cursor() as other:
            key = SQL("%s, %s", transactions.LOCK, self.connector.id)
            other.execute(SQL("SELECT pg_advisory_lock(%s)", key))
            self.do(asked, "action_stop")
            self.assertEqual((asked.stop_requested, asked.is_active, asked.state), (True, True, "running"))
            self.assertFalse(archived.stop_requested)
            self.do(self.connector, lambda connector: connector.write({"active": False}))
            self.assertEqual((archived.stop_requested, archived.is_active), (True, True))
            other.execute(SQL("SELECT pg_advisory_unlock(%s)", key))

    def test_an_archived_connector_starts_nothing(self):
        bill = self.entry()
        self.do(self.connector, lambda connector: connector.write({"active": False}))
        runs = self.env["ledger.run"].search_count([])
        for start in (
            lambda: self.export(bill),
            lambda: self.do(self.connector, "action_synchronize"),
            lambda: self.do(self.connector, lambda c: runner.Runner(c).start("scan", "manual", self.companies)),
        ):
            with self.assertRaisesRegex(UserError, f"{self.connector.name} is archived: reactivate it first"):
                start()
        self.assertEqual(self.env["ledger.run"].search_count([]), runs)

    def test_companies_without_connector(self):
        stranger = self.env["res.company"].create({"name": "Sans connecteur"})
        self.env.user.company_ids |= stranger
        with self.assertRaisesRegex(UserError, "No connector serves these companies: Sans connecteur"):
            self.do(stranger, "action_update_companies")
        self.assertEqual(self.do(stranger | self.water, "action_update_companies").company_ids, self.water)


class TestTransactions(LedgerCase):
    def work(self, failures, error):
        """Return (function that records a file and fails so many times, list of its calls)."""
        calls = []

        def work(connector, name):
            calls.append(name)
            connector.env["ledger.file"].create(
                {
                    "run_id": runner.Runner(connector).make_run("scan", "manual", self.companies).id,
                    "flow": "scan",
                    "company_id": self.water.id,
                    "name": name,
                    "state": "error",
                }
            )
            if len(calls) <= failures:
                raise error
            return len(calls)

        return work, calls

    def kept(self, name):
        return self.env["ledger.file"].search_count([("name", "=", name)])

    def in_transaction(self, work, name):
        return self.do(
            self.connector.sudo(), lambda connector: transactions.in_transaction(connector.env, work, connector, name)
        )

    def test_a_conflict_is_tried_again_and_leaves_nothing_twice(self):
        work, _calls = self.work(4, SerializationFailure)
        self.assertEqual(self.in_transaction(work, "a"), 5)
        self.assertEqual(self.kept("a"), 1)

    def test_a_conflict_that_lasts_is_raised_after_five_attempts(self):
        work, calls = self.work(9, SerializationFailure)
        with self.assertRaises(SerializationFailure):
            self.in_transaction(work, "b")
        self.assertEqual((len(calls), self.kept("b")), (5, 0))

    def test_a_commit_is_on_the_disk_whatever_the_server_is_set_to(self):
        with self.registry.cursor() as cr:
            seen, usual = [], cr.commit
            cr.execute("SET LOCAL synchronous_commit TO off")

            def commit():
                cr.execute("SHOW synchronous_commit")
                seen.append(cr.fetchone()[0])
                usual()

            with patch.object(cr, "commit", commit):
                self.assertEqual(transactions.in_transaction(self.env(cr=cr), str, 7), "7")
        self.assertEqual(seen, ["on"])

    def test_another_error_is_not_tried_again(self):
        work, calls = self.work(9, ValueError)
        with self.assertRaises(ValueError):
            self.in_transaction(work, "c")
        self.assertEqual(len(calls), 1)

    def is_free(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            key = SQL("%s, %s", transactions.LOCK, self.connector.id)
            other.execute(SQL("SELECT pg_try_advisory_lock(%s)", key))
            return other.fetchone()[0]

    def test_the_lock_ends_with_the_work_that_fails(self):
        """In a transaction that PostgreSQL has aborted, it could not be given back."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            connector = self.connector.with_env(self.env(cr=cr))
            with (
                self.assertRaises(DivisionByZero),
                mute_logger("odoo.sql_db"),
                transactions.connector_lock(connector) as held_here,
            ):
                self.assertEqual((held_here, self.is_free()), (True, False))
                cr.execute("SELECT 1 / 0")
            self.assertTrue(self.is_free())

    def test_a_lost_connection_gives_the_lock_back_and_raises_its_own_error(self):
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        connector = self.connector.with_env(self.env(cr=cr))
        with (
            self.assertRaises(OperationalError) as lost,
            self.assertLogs(TRANSACTIONS, "WARNING"),
            mute_logger("odoo.sql_db"),
            transactions.connector_lock(connector),
        ):
            cr.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        self.assertIn("terminat", str(lost.exception))
        self.assertTrue(self.is_free())
