import random
from collections import Counter

from odoo import Command

from .ledger_common import DAY, DUE, LedgerCase

BILLS = 240
SEED = 19


class TestLedgerVolume(LedgerCase):
    """After the loop the counterpart's ledger equals Odoo's, to the cent, per company, account and third party."""

    def entries(self, count):
        chance, values = random.Random(SEED), []
        kinds = ("out_invoice", "in_invoice", "out_refund", "in_refund")
        for number in range(count):
            company, kind = chance.choice(self.companies), chance.choice(kinds)
            sale = kind.startswith("out")
            accounts = ("706100", "706200", "706300") if sale else ("615500", "445660")
            partner = (self.customer if sale else self.supplier).filtered(
                lambda p, company=company: p.company_id == company
            )
            lines = [
                {
                    "name": f"Ligne {number}; «œuvre»",
                    "quantity": 1,
                    "price_unit": chance.randrange(1, 500_000) / 100,
                    "account_id": self.record("account", chance.choice(accounts), company).id,
                    "tax_ids": [],
                }
                for _line in range(chance.randrange(1, 4))
            ]
            values.append(
                {
                    "move_type": kind,
                    "company_id": company.id,
                    "journal_id": self.record("journal", "VT" if sale else "ACH", company).id,
                    "partner_id": partner.id,
                    "invoice_date": DAY,
                    "date": DAY,
                    "invoice_date_due": DUE,
                    "invoice_line_ids": [Command.create(line) for line in lines],
                }
            )
        moves = self.env["account.move"].create(values)
        self.env.flush_all()
        # the server's own statistics don't see an open transaction: Odoo's payment query would go astray
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_account")
        moves.action_post()
        return moves

    def test_both_ledgers_are_equal(self):
        moves = self.entries(BILLS)
        self.connector.lot_size = 100
        sent, answered = self.loop(moves)
        self.assertEqual((sent.exported, sent.set_aside, answered.accepted, answered.rejected), (BILLS, 0, BILLS, 0))
        bills = moves.filtered(lambda move: move.is_purchase_document())
        bills.action_approve_payment()
        sent, answered = self.loop(bills)
        self.assertEqual((sent.exported, answered.accepted), (len(bills), len(bills)))
        report = self.report()
        theirs = Counter()
        for row in report["balances"]:
            theirs[row["company"], row["account"], row["third_party"]] += row["debit"] - row["credit"]
        self.assertEqual(theirs, self.our_balances(moves))
        approved = {row["number"] for row in report["documents"] if row["payment_approval"] == "OUI"}
        self.assertEqual(approved, set(bills.mapped("name")))
        self.assertEqual({row["outcome"] for row in report["deliveries"]}, {"new"})
        numbers = Counter((row["company"], row["number"], row["operation"]) for row in report["events"])
        self.assertEqual(set(numbers.values()), {1})

    def our_balances(self, moves):
        ours = Counter()
        for line in moves.line_ids:
            third_party = (
                line.partner_id.ref if line.account_id.account_type in ("asset_receivable", "liability_payable") else ""
            )
            code = line.account_id.with_company(line.company_id).code
            ours[line.company_id.ledger_code, code, third_party] += round(line.balance * 100)
        return ours

    def test_no_query_a_row(self):
        few, many = self.entries(10), self.entries(60)
        documents = self.document(few), self.document(many)
        counts = []
        for some in documents:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._refresh()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, "looking at documents takes queries for each of them")
