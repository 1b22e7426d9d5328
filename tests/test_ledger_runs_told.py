"""What a run says of itself: counts, anomalies, its result; up to where entries were compared."""

from datetime import timedelta
from unittest.mock import patch

from ..core.ledger.findings import Finding, TransportError
from ..models.ledger import ledger_run
from ..models.ledger_entries import reconcile as reconciling
from .support.exchange import make_run, reconcile
from .support.ledger import LedgerCase


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
        for _attempt in range(2):
            self.synchronisation._fail("Too late", error)
        self.assertEqual((len(self.synchronisation.anomaly_ids), self.synchronisation.attempt), (1, 2))
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.message, bool(self.synchronisation.retry_on)),
            ("failed", "Too late", True),
        )

    def test_the_first_failed_step_is_tried_again(self):
        self.synchronisation.step = "referential"
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
        self.assertTrue(self.synchronisation.retry_on)
        self.synchronisation._reopen()
        self.assertEqual(
            (self.synchronisation.state, self.synchronisation.date_end, self.synchronisation.retry_on),
            ("running", False, False),
        )

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
