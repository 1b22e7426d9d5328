from collections import Counter

from .support.exchange import make_run, reconcile, take_steps, write_lots
from .support.ledger import LedgerCase
from .support.ledger_entries import copy_entries, make_entries
from .support.whole import Whole


def read_answers(connector):
    """Read the answers that wait. Returns the run."""
    run = make_run(connector, "answers", "manual", connector.company_ids)._as_its_user()
    with run.connector_id._open_transport() as transport:
        take_steps(run, transport)
    return run


class TestLedgerVolume(Whole, LedgerCase):
    """After the loop the counterpart's ledger equals Odoo's, to the cent, per company, account and third party."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        models = make_entries(cls, 24)
        cls.moves = models | copy_entries(models, 9)

    def test_both_ledgers_are_equal(self):
        moves, count = self.moves, len(self.moves)
        reconcile(self.connector)
        self.assertEqual(len(self.document(moves)), count, "entries written by SQL are not seen")
        self.connector.lot_size = 100
        sent, answered = self.loop(moves)
        self.assertEqual((sent.exported, sent.set_aside, answered.accepted, answered.rejected), (count, 0, count, 0))
        bills = moves.filtered(lambda move: move.is_purchase_document())
        bills.action_approve_payment()
        sent, answered = self.loop(bills)
        self.assertEqual((sent.exported, answered.accepted), (len(bills), len(bills)))
        report = self.report()
        self.assertEqual(self.their_balances(report), self.our_balances(moves))
        approved = {row["number"] for row in report["documents"] if row["payment_approval"] == "OUI"}
        self.assertEqual(approved, set(bills.mapped("name")))
        self.assertEqual({row["outcome"] for row in report["deliveries"]}, {"new"})
        numbers = Counter((row["company"], row["number"], row["operation"]) for row in report["events"])
        self.assertEqual(set(numbers.values()), {1})

    def test_no_query_a_row(self):
        reconcile(self.connector)
        # the first time fills caches
        documents = [self.document(moves) for moves in (self.moves[:10], self.moves[10:20], self.moves[20:80])]
        counts = []
        for some in documents:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._refresh()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2, "looking at documents takes queries for each of them")

    def test_no_query_a_document_sent(self):
        reconcile(self.connector)
        counts = []
        for moves in (self.moves[:10], self.moves[10:20], self.moves[20:120]):
            documents = self.document(moves)
            run = make_run(self.connector, "export", "manual", self.companies, documents)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            lots = write_lots(run, documents.ids)
            for lot in lots:
                lot._confirm()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(documents.mapped("state")), {"exported"})
        self.assertLessEqual(counts[2], counts[1] + 2, "sending documents takes queries for each of them")

    def test_no_query_an_answer(self):
        reconcile(self.connector)
        counts = []
        for moves in (self.moves[:10], self.moves[10:20], self.moves[20:120]):
            self.export(moves)
            self.simulate("serve", "--once")
            before = self.env.cr.sql_log_count
            run = self.do(self.connector, read_answers).with_env(self.env)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(run.accepted, len(moves))
        self.assertLessEqual(counts[2], counts[1] + 4, "answers take queries for each document")
