"""Payments that the counterpart reports: this side reads them, and works out the same remaining dues."""

from dataclasses import replace
from decimal import Decimal

from ..ledger.layouts import Reader, Row
from ..ledger.payments import PaymentRow, payment_row
from ..ledger.presets import PAYMENTS
from .test_ledger_simulator import INVOICE, SimulatorCase

#: Cents due at the end of each story on a bill of 126.60: paid; paid in two; refused, then paid; 25.32 too much;
#: 37.98 taken back; paid by the letter.
DUE = [0, 0, 0, -2532, 3798, 0]


class TestPayments(SimulatorCase):
    def rows(self):
        found = []
        for file in self.transport.list("payments"):
            with self.transport.read(f"payments/{file.name}") as content:
                found += list(Reader(PAYMENTS).rows(content.chunks()))
        self.assertTrue(all(isinstance(row, Row) for row in found), found)
        return [payment_row(row) for row in found]

    def test_every_story(self):
        total = sum(line.debit for line in INVOICE.lines if line.is_third_party)
        self.assertEqual(total, Decimal("126.60"))
        self.send("entries_25", [replace(INVOICE, number=f"F{place}") for place in range(6)], "L1")
        steps = [int(self.run_program("pay", "--date", "12/03/2026")) for _step in range(4)]
        self.assertEqual(steps, [6, 4, 1, 0])
        rows = self.rows()
        self.assertTrue(all(isinstance(row, PaymentRow) for row in rows), rows)
        self.assertEqual(len({row.reference for row in rows}), 11)
        due = dict.fromkeys((f"F{place}" for place in range(6)), total)
        by_letter = {row.letter: row.number for row in rows if row.number}
        for row in rows:
            due[row.number or by_letter[row.letter]] += row.amount if row.cancels else -row.amount
        self.assertEqual([int(cents * 100) for cents in due.values()], DUE)
        self.assertEqual([row["cents"] for row in self.report()["due"]], DUE)

    def test_few_invoices(self):
        self.send("entries_25", [replace(INVOICE, number=f"F{place}") for place in range(3)], "L1")
        self.assertEqual(self.run_program("pay", "--most", "2").strip(), "2")
        self.assertEqual([row.number for row in self.rows()], ["F0", "F1"])
