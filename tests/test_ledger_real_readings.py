from .support.exchange import reconcile
from .support.ledger_entries import copy_entries, make_entries
from .support.ledger_town import TownCase
from .support.whole import Whole


class TestLedgerRealReadings(Whole, TownCase):
    """Real input through the loop; its full size is `./dev bench ledger_loop`."""

    points = 30

    def test_both_ledgers_are_equal(self):
        invoices = self.bill()
        self.assertGreater(len(invoices), 50)
        bills = make_entries(self, 8, ("in_invoice", "in_refund"))
        bills |= copy_entries(bills, 9)
        reconcile(self.connector)
        report = self.whole_loop(invoices, bills)
        taxed = [row for row in report["balances"] if row["account"] == "445710"]
        self.assertEqual({row["company"] for row in taxed}, {"EAU", "ASST"})
        self.assertEqual(
            sum(row["credit"] - row["debit"] for row in taxed), round(sum(invoices.mapped("amount_tax")) * 100)
        )
