"""What a run says of itself: counts, anomalies, its result; up to where entries were compared."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tools import SQL, mute_logger

from ..core.ledger.delivery import RETRY_DELAYS
from ..core.ledger.findings import Finding, TransportError
from ..models.ledger import ledger_run
from ..models.ledger_entries import reconcile as reconciling
from ..models.ledger_exchange.runner import Runner
from .support.exchange import make_run, reconcile
from .support.ledger import CONNECTOR_MANAGER, LedgerCase


class TestRunsTold(LedgerCase):
    """What a run says of itself: counts, anomalies, progress."""

    def setUp(self):
        super().setUp()
        self.synchronisation = make_run(self.connector, "synchronize", "manual", self.companies)

    def test_anomalies_are_counted_and_the_first_ones_stored(self):
        """Remarks are not refused rows; a finding bears the name of its own file."""
        findings = [
            Finding("row_short", "", {"line": line, "file": "own.csv"} if line == 1 else {"line": line}, line=line)
            for line in (1, 2, 3)
        ]
        remark = Finding("row_short", "", {"line": 4}, line=4, blocking=False)
        with patch.object(ledger_run, "MAX_ANOMALIES", 2):
            self.synchronisation._keep_findings([*findings, remark], "codes.csv", company_id=self.water.id)
        stored = self.synchronisation.anomaly_ids.sorted("line")
        self.assertEqual(self.synchronisation.refused, 3)
        self.assertEqual(stored.mapped("line"), [1, 2])
        self.assertEqual(stored.mapped("file_name"), ["own.csv", "codes.csv"])
        self.assertEqual(stored.company_id, self.water)
        self.synchronisation._keep_findings([remark], "codes.csv")
        self.assertEqual((self.synchronisation.refused, len(self.synchronisation.anomaly_ids)), (3, 3))

    def test_a_failure_is_stored_once(self):
        error = TransportError("timeout", True, name="entries")
        for delay in RETRY_DELAYS[:2]:
            self.synchronisation._fail("Too late", error)
            self.assertEqual(self.synchronisation.date_end, self.connector._now())
            self.assertEqual(self.synchronisation.retry_on, self.connector._now() + timedelta(seconds=delay))
            due = [("cron_id", "=", self.connector.cron_id.id), ("call_at", "=", self.synchronisation.retry_on)]
            self.assertTrue(self.env["ir.cron.trigger"].search(due), "its job is called then")
        self.assertEqual((len(self.synchronisation.anomaly_ids), self.synchronisation.attempt), (1, 2))
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.message, bool(self.synchronisation.retry_on)),
            ("failed", "Too late", True),
        )

    def test_the_first_failed_step_is_tried_again(self):
        self.synchronisation.write({"step": "referential", "cursor": "7"})
        self.synchronisation._note_failed_step(TransportError("timeout", True, name="entries"))
        self.synchronisation.step = "answers"
        self.synchronisation._note_failed_step(TransportError("permission_denied", False, name="acknowledgements"))
        self.assertEqual((self.synchronisation.failed_step, self.synchronisation.retryable), ("referential", True))
        self.assertEqual(len(self.synchronisation.anomaly_ids), 2)
        self.synchronisation._close()
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.step, self.synchronisation.failed_step),
            ("failed", "referential", False),
        )
        self.assertEqual((self.synchronisation.cursor, self.synchronisation.attempt), (False, 1))
        self.assertEqual(self.synchronisation.message, self.synchronisation.anomaly_ids[0].message)
        self.assertTrue(self.synchronisation.retry_on)
        self.synchronisation._reopen()
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.date_end, self.synchronisation.retry_on),
            ("running", False, False),
        )

    def test_an_unforeseen_failure_of_a_step_is_not_tried_again(self):
        run = self.synchronisation
        with mute_logger("odoo.addons.utility_billing_sync.models.ledger.attempts"):
            run._note_failed_step(RuntimeError("nobody foresaw this"))
        self.assertEqual((run.anomaly_ids.code, run.retryable), ("unforeseen", False))
        self.assertIn(run.name, run.message)
        run._close()
        self.assertEqual((run.state, run.retry_on, run.is_active), ("failed", False, False))

    def test_a_run_ends_in_each_of_its_states(self):
        """A lot that is written is still to be delivered; the connector's success is noted once nothing is."""
        for state, done, stopped, failed in (
            ("running", "done", "stopped", "failed"),
            ("delivered", "done", "stopped", "failed"),
            ("written", "written", "written", "written"),
        ):
            for end, reached in (("_finish", done), ("_stop", stopped), ("_fail", failed)):
                run = make_run(self.connector, "export", "manual", self.companies)
                run.write({"state": state, "retry_on": "2026-03-01"})
                self.connector._by_server().last_success = False
                getattr(run, end)(*(["Broken"] if end == "_fail" else []))
                with self.subTest(state=state, end=end):
                    self.assertEqual((run.state, bool(run.date_end)), (reached, True))
                    self.assertEqual(bool(self.connector.last_success), reached == "done")
                    self.assertEqual(bool(run.retry_on), end == "_finish")

    def test_what_a_run_says_at_its_end(self):
        run = self.synchronisation
        run._finish("Nothing was due.")
        self.assertEqual((run.state, run.message), ("done", "Nothing was due."))
        stopped = make_run(self.connector, "export", "manual", self.companies)
        stopped.write({"stop_requested": True, "exported": 2})
        stopped._close()
        self.assertEqual((stopped.state, stopped.message), ("stopped", "Stopped. Documents Exported: 2"))
        done = make_run(self.connector, "export", "manual", self.companies)
        done.exported = 2
        done._close()
        self.assertEqual((done.state, done.message), ("done", "Documents Exported: 2"))

    def test_a_run_works_for_who_started_it(self):
        """A scheduled one for the responsible person; in their language, for the run's companies."""
        person, responsible = (self.user(name, CONNECTOR_MANAGER) for name in ("person", "responsible"))
        self.connector.write({"user_id": responsible.id, "tz": "Indian/Reunion"})
        make = Runner(self.connector.with_user(person).sudo()).make_run
        manual, scheduled = (make("export", trigger, self.water).sudo(False) for trigger in ("manual", "schedule"))
        for run, user in ((manual, person), (scheduled, responsible)):
            env = run.sudo()._as_its_user().env
            self.assertEqual((env.user, env.su, env.context["tz"]), (user, True, "Indian/Reunion"))
            self.assertEqual((env.context["lang"], env.companies), (user.lang, self.water))
        self.connector.user_id = False
        self.assertEqual(scheduled.sudo()._as_its_user().env.user, person)

    def test_the_steps_of_a_plan(self):
        run, plan = self.synchronisation, ("one", "two", "three")
        run.step = "one"
        for following in ("two", "three", False):
            run._keep_cursor("7")
            self.assertEqual(run.cursor, "7")
            run._next_step(plan)
            self.assertEqual((run.step, run.cursor), (following, False))

    def test_documents_leave_in_batches_of_whole_lots(self):
        bills = self.entry() | self.entry() | self.entry()
        run, which = self.synchronisation, SQL("id = ANY(%s)", self.document(bills).ids)
        for limit, lot, sizes in ((2, 1, [2, 1]), (3, 2, [2, 1]), (1, 2, [2, 1]), (9, 2, [3])):
            self.connector.lot_size = lot
            run.write({"cursor": False, "progress": 0})
            with self.subTest(limit=limit, lot=lot), patch.object(ledger_run, "MAX_BATCH", limit):
                run._note_todo(which)
                self.assertEqual((run.total, run.percent), (3, 0))
                found = []
                while batch := run._todo():
                    found.append(len(batch))
                    run._treated(batch.ids)
                    self.assertEqual((run.cursor, run.progress), (str(len(found)), sum(found)))
                self.assertEqual((found, run.percent, run._todo_count()), (sizes, 100, 0))
        run.write({"cursor": False, "progress": 5})
        self.document(bills[2]).date = "2026-01-01"
        run._note_todo(which)
        self.assertEqual(run._todo()[0].move_id, bills[2], "the oldest one first, as it is now")
        self.assertEqual((run.total, run.percent), (8, 62), "what was done counts")
        run._stop()
        self.env.flush_all()
        self.assertFalse(run._todo())

    def test_its_result(self):
        self.assertEqual(self.synchronisation._result(), "Nothing to do.")
        self.synchronisation._count(made=2, exported=3)
        self.synchronisation._count(made=1)
        self.assertEqual(self.synchronisation._result(), "Codes Created: 3, Documents Exported: 3")
        self.synchronisation._stop()
        self.assertEqual(self.synchronisation.message, "Stopped. Codes Created: 3, Documents Exported: 3")
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.step, bool(self.synchronisation.date_end)),
            ("stopped", False, True),
        )
        start = self.synchronisation.date_start
        self.synchronisation.date_end = start + timedelta(seconds=90)
        self.assertEqual(self.synchronisation.duration, 90)
        action = self.synchronisation._action_show()
        self.assertEqual((action["res_id"], action["view_mode"]), (self.synchronisation.id, "form"))
        self.assertEqual(action["views"], [(False, "form")])
        both = self.synchronisation | make_run(self.connector, "answers", "manual", self.companies)
        self.assertEqual(self.env["ledger.run"].search(both._action_show()["domain"]), both.sorted("id", reverse=True))

    def test_an_old_comparison_is_stored_anew(self):
        """PostgreSQL's numbers of transactions start again: a comparison is not left to become too old."""
        reconcile(self.connector)
        here, _colon, seen = self.connector.transactions_seen.rpartition(":")
        for age, stored in ((99_000_000, False), (101_000_000, True)):
            former = f"{here}:{(int(seen) - age) % 2**32}"
            self.connector.transactions_seen = former
            with patch.object(reconciling, "FEW_ENTRIES", 10**9):
                reconcile(self.connector)
            with self.subTest(age):
                self.assertEqual(self.connector.transactions_seen != former, stored)
