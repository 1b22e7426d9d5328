"""Work in savepoints: what fails becomes a Finding and leaves nothing; what may pass by itself is raised."""

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase
from odoo.tools import mute_logger

from ..core.ledger.findings import Finding, LedgerError, TransportError
from ..models.ledger.attempts import attempt, attempt_each
from ..models.ledger.ledger_content import KeptContent

ATTEMPTS = "odoo.addons.utility_billing_sync.models.ledger.attempts"
#: Errors after which the same work may succeed: a lost connection, a conflict with another transaction.
TEMPORARY = (InterfaceError, OperationalError, SerializationFailure)


class TestAttempts(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Avant"})

    def failing(self, error):
        """Return work that changes a record, then raises."""

        def work(*_arguments):
            self.partner.name = "Après"
            self.env.flush_all()
            self.partner.ref = "not flushed"
            raise error

        return work

    @mute_logger(ATTEMPTS)
    def test_a_failure_is_a_finding_and_leaves_nothing(self):
        refusal = "Not this one"
        for error, expected in (
            (
                LedgerError("unforeseen", name="F1", number="7"),
                Finding("unforeseen", "", {"name": "F1", "number": "7"}),
            ),
            (TransportError("permission_denied", name="in"), Finding("permission_denied", "", {"name": "in"})),
            (UserError(refusal), Finding("not_taken", "", {"name": "Pompes", "reason": "Not this one"})),
        ):
            with self.subTest(error=error):
                self.assertEqual(attempt(self.env, "Pompes", self.failing(error)), (None, expected))
                self.assertEqual((self.partner.name, self.partner.ref), ("Avant", False))

    def test_what_succeeds_is_its_result(self):
        self.assertEqual(attempt(self.env, "Pompes", lambda one, two: one + two, 1, 2), (3, None))

    def test_an_unforeseen_error_has_a_number_in_the_log(self):
        with self.assertLogs(ATTEMPTS, "ERROR") as log:
            _done, finding = attempt(self.env, "Pompes", self.failing(RuntimeError("nobody foresaw this")))
        self.assertEqual((finding.code, finding.params["name"]), ("unforeseen", "Pompes"))
        self.assertRegex(finding.params["number"], "^[0-9a-f]{8}$")
        self.assertIn(f"Error {finding.params['number']}, about Pompes", log.output[0])
        self.assertEqual(self.partner.name, "Avant")

    def test_what_may_pass_by_itself_is_raised(self):
        for error in (*(kind("gone") for kind in TEMPORARY), TransportError("timeout", True, name="entries")):
            with self.subTest(error=error), self.assertRaises(type(error)):
                attempt(self.env, "Pompes", self.failing(error))
            with self.subTest("of one", error=error), self.assertRaises(type(error)):
                attempt_each(self.env, [1], self.failing(error), str)
            self.assertEqual(self.partner.name, "Avant")

    def test_the_failing_items_are_found_by_halves(self):
        calls, refusal = [], "Not this one"

        def work(items):
            calls.append(list(items))
            if {3, 5} & set(items):
                raise UserError(refusal)

        self.assertEqual(attempt_each(self.env, [1, 2], work, str), {})
        self.assertEqual(calls, [[1, 2]], "together")
        calls.clear()
        failed = attempt_each(self.env, [1, 2, 3, 4, 5], work, lambda item: f"row {item}")
        self.assertEqual(
            {item: finding.params for item, finding in failed.items()},
            {item: {"name": f"row {item}", "reason": refusal} for item in (3, 5)},
        )
        self.assertEqual(calls, [[1, 2, 3, 4, 5], [1, 2], [3, 4, 5], [3], [4, 5], [4], [5]])
        self.assertEqual(attempt_each(self.env, [], work, str), {})

    def test_a_conflict_is_not_looked_for_among_the_halves(self):
        """The whole transaction is tried again."""
        for kind in TEMPORARY:
            calls = []
            with self.subTest(kind.__name__), self.assertRaises(kind):
                attempt_each(self.env, [1, 2], self.failing_once(kind("once"), calls), str)
            self.assertEqual(calls, [[1, 2]])

    def failing_once(self, error, calls):
        def work(items):
            calls.append(items)
            if len(calls) == 1:
                raise error

        return work


class TestKeptContent(BaseCase):
    """The content as sent, and as integrated, is only stored where it differs from the present one."""

    def kept(self, content, sent=None, integrated=None):
        return KeptContent(content, "source", sent, integrated, None)

    def test_what_was_sent_and_integrated(self):
        same, changed = self.kept("A"), self.kept("C", "B", "A")
        self.assertEqual((same.sent, same.integrated), ("A", "A"))
        self.assertEqual((changed.sent, changed.integrated), ("B", "A"))

    def test_a_change_keeps_what_was_sent_before_it(self):
        for kept, content, was_sent, was_integrated, expected in (
            (self.kept("A"), "B", False, False, (None, None)),
            (self.kept("A"), "B", True, False, ("A", None)),
            (self.kept("A"), "B", False, True, (None, "A")),
            (self.kept("A"), "B", True, True, ("A", "A")),
            (self.kept("A"), "A", True, True, (None, None)),
            (self.kept("B", "A", "0"), "C", True, True, ("A", "0")),
            (self.kept("B", "A", "0"), "B", True, True, ("A", "0")),
            (self.kept("B", None, "0"), "C", True, False, ("B", "0")),
            (self.kept(None), "A", True, True, (None, None)),
        ):
            with self.subTest(kept=kept, content=content, was_sent=was_sent, was_integrated=was_integrated):
                self.assertEqual(kept.becoming(content, was_sent, was_integrated), expected)
