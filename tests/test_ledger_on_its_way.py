"""Changes while a lot waits for its answer (layouts, partners, numbers), and unusual bills."""

from decimal import Decimal

from odoo import Command

from .support.ledger import LedgerCase


class TestOnItsWay(LedgerCase):
    def setUp(self):
        super().setUp()
        self.bill = self.entry()
        self.sent = self.export(self.bill)
        self.assertEqual(self.document(self.bill).state, "exported")

    def answered(self):
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        document = self.document(self.bill)
        self.assertEqual((run.accepted, document.state), (1, "integrated"), run.anomaly_ids.mapped("message"))
        self.assertEqual(document.anomaly_ids.mapped("message"), [])
        return document

    def test_the_layout_of_entries_is_another_one(self):
        self.connector.entries_layout_id = self.env.ref("utility_billing_sync.ledger_layout_entries_15")
        self.answered()
        self.bill.action_approve_payment()
        self.assertEqual(self.document(self.bill).changed_fields, "payment_approval")

    def test_the_columns_of_its_layout_change(self):
        layout = self.connector.entries_layout_id
        layout.column_ids.filtered(lambda column: column.attribute == "number").unlink()
        layout.file_name = "PIECES_{lot}.txt"
        self.answered()

    def test_the_layout_of_answers_has_another_name_of_files(self):
        """An answer under the former file name is reported, and read under the new one."""
        layout = self.connector.acknowledgement_layout_id
        layout.file_name = "RETOUR_{lot}.txt"
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.accepted, set(run.anomaly_ids.mapped("code"))), (0, {"name_unmatched"}))
        (path,) = (self.directory / "acknowledgements").glob("AR_*.txt")
        path.rename(path.with_name(path.name.replace("AR_", "RETOUR_")))
        self.answered()

    def test_a_rejection_then_an_acceptance(self):
        """Corrected in the accounting system, or refused as a duplicate: sent again, it would be entered twice."""
        folder = self.directory / "acknowledgements"
        head = "company;number;external_reference;status;code;message\r\n"
        for number, answer in (("1", "KO;DOUBLON;Pièce déjà intégrée"), ("2", "OK;;")):
            layout = self.connector.acknowledgement_layout_id
            layout.file_name = "AR_*.txt"
            (folder / f"AR_{number}.txt").write_bytes(f"{head}EAU;{self.bill.name};;{answer}\r\n".encode())
            run = self.do(self.connector, "action_synchronize")
            if number == "1":
                document = self.document(self.bill)
                self.assertEqual((document.state, document.has_anomaly), ("rejected", True))
                self.assertIn("DOUBLON", document.anomaly_ids.message)
        document = self.document(self.bill)
        self.assertEqual((run.accepted, document.state, document.operation), (1, "integrated", "update"))
        self.assertEqual((document.has_anomaly, document.anomaly_ids.mapped("code")), (False, []))
        self.bill.action_approve_payment()
        self.assertEqual(self.document(self.bill).changed_fields, "payment_approval")

    def test_its_supplier_is_merged(self):
        first = self.bill.partner_id
        left = first.copy({"ref": False, "name": "Pompes réunies"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((first | left).ids)], "dst_partner_id": left.id}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.bill.partner_id, left)
        document = self.answered()
        document._refresh()
        self.assertEqual((document.state, document.changed_fields), ("integrated", False))
        self.bill.action_approve_payment()
        rows = self.export(self.bill).lot_ids._content().decode("cp1252").splitlines()
        self.assertEqual(rows, [f"EAU;{document.number_sent};;payment_approval;OUI"])

    def test_its_code_is_given_to_another(self):
        """An answer concerns the document that was sent under the code, whichever record has the code by now."""
        head = "company;type;code;name;vat;siret\r\n"
        path = self.directory / "referential/third_parties.csv"
        path.write_text(f"{head}EAU;supplier;F0009;Tout autre chose;;\r\n", newline="")
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.accepted, self.document(self.bill).state), (1, "integrated"))
        self.assertTrue(self.code("third_party", "F0009").is_doubtful)


class TestOddBills(LedgerCase):
    """Nothing of an amount is lost: the rows of each document are balanced to the cent."""

    def rows(self, bill):
        run = self.export(bill)
        self.assertEqual(run.exported, len(bill), self.document(bill).anomaly_ids.mapped("message"))
        return [row.split(";") for row in run.lot_ids._content().decode("cp1252").splitlines()]

    def assertBalanced(self, rows, total):
        """Each row says D or C in column 11 and its amount in column 12."""
        sides = {"D": Decimal(0), "C": Decimal(0)}
        for row in rows:
            sides[row[10]] += Decimal(row[11].replace(",", "."))
        self.assertEqual((sides["D"], sides["C"]), (Decimal(total), Decimal(total)))

    def test_three_due_dates_with_cents_to_round(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Tiers",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": percent, "nb_days": 30 * (place + 1)})
                    for place, percent in enumerate((33.33, 33.33, 33.34))
                ],
            }
        )
        bill = self.entry(amount=100.01, post=False)
        bill.invoice_payment_term_id = term
        bill.action_post()
        rows = self.rows(bill)
        due = [row for row in rows if row[8] == "F0009"]
        self.assertEqual((len(due), len({row[15] for row in due})), (3, 3))
        self.assertBalanced(rows, "100.01")

    def test_negative_lines(self):
        bill = self.entry(amount=100, post=False)
        account = bill.invoice_line_ids.account_id.id
        line = {"name": "Remise", "quantity": 1, "price_unit": -30.5, "account_id": account, "tax_ids": []}
        bill.invoice_line_ids = [Command.create(line)]
        bill.action_post()
        rows = self.rows(bill)
        self.assertIn(("C", "30,50"), [(row[10], row[11]) for row in rows])
        self.assertBalanced(rows, "100.00")

    def test_lines_that_come_to_nothing(self):
        """A bill of zero, and one whose credit takes all of it away, are documents like others."""
        nothing = self.entry(amount=0)
        netted = self.entry(amount=50, post=False)
        account = netted.invoice_line_ids.account_id.id
        line = {"name": "Avoir", "quantity": 1, "price_unit": -50, "account_id": account, "tax_ids": []}
        netted.invoice_line_ids = [Command.create(line)]
        netted.action_post()
        rows = self.rows(nothing | netted)
        self.assertEqual({row[5] for row in rows}, set((nothing | netted).mapped("name")))
        self.assertBalanced(rows, "50.00")
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertEqual(set(self.document(nothing | netted).mapped("state")), {"integrated"})

    def test_a_bill_in_a_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-03-01", "currency_id": dollar.id, "company_id": self.water.id, "inverse_company_rate": 0.92}
        )
        bill = self.entry(amount=99.99, currency_id=dollar.id)
        self.assertEqual(self.document(bill).anomaly_ids.mapped("code"), ["currency_unknown"])
        self.connector.currency_ids = dollar | self.env.ref("base.EUR")
        self.document(bill)._refresh()
        rows = self.rows(bill)
        self.assertEqual({(row[13], row[14]) for row in rows}, {("99,99", "USD")})
        # 99.99 × 0.92 = 91.9908
        self.assertBalanced(rows, "91.99")

    def test_a_bill_in_a_currency_without_cents(self):
        """10,001 Pacific francs in two halves are 5,001 and 5,000: no row has a part of a franc."""
        franc = self.env.ref("base.XPF")
        franc.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-03-01",
                "currency_id": franc.id,
                "company_id": self.water.id,
                "inverse_company_rate": 0.00838,
            }
        )
        self.connector.currency_ids = franc | self.env.ref("base.EUR")
        halves = self.sections(2)
        bill = self.entry(amount=10001, currency_id=franc.id, post=False)
        bill.invoice_line_ids.analytic_distribution = {str(section.id): 50 for section in halves}
        bill.action_post()
        rows = self.rows(bill)
        # 10,001 × 0.00838 = 83.80838
        self.assertEqual([row[13] for row in rows if row[7] == "615500"], ["5001,00", "5000,00"])
        self.assertBalanced(rows, "83.81")

    def test_a_payment_in_part_is_no_letter(self):
        """Odoo's number of a partial reconciliation (P12) would be an unbalanced letter in the accounting system."""
        bill, paid = self.entry(amount=100), self.entry(amount=30)
        for invoice, note in ((bill, self.entry("in_refund", 40)), (paid, self.entry("in_refund", 30))):
            (invoice | note).line_ids.filtered(lambda line: line.account_type == "liability_payable").reconcile()
        self.assertTrue(bill.line_ids.filtered("matching_number"))
        letters = {row[5]: row[21] for row in self.rows(bill | paid) if row[8] == "F0009"}
        self.assertEqual(letters[bill.name], "")
        self.assertEqual(letters[paid.name], paid.line_ids.filtered("full_reconcile_id").matching_number)

    def test_a_letter_that_is_taken_back_is_no_change(self):
        """The accounting system letters by itself: what was sent of it is not corrected, and nothing is to reverse."""
        bill, note = self.entry(amount=30), self.entry("in_refund", 30)
        lines = (bill | note).line_ids.filtered(lambda line: line.account_type == "liability_payable")
        lines.reconcile()
        self.rows(bill)
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        lines.remove_move_reconcile()
        self.do(self.connector, "action_synchronize")
        document = self.document(bill)
        self.assertEqual((document.state, document.anomaly_ids.mapped("code")), ("integrated", []))

    def test_a_third_of_a_third(self):
        """Three analytic sections of 33.33 % each are the whole line."""
        sections = self.sections(3)
        bill = self.entry(amount=100, post=False)
        bill.invoice_line_ids.analytic_distribution = {str(section.id): 33.33 for section in sections}
        bill.action_post()
        rows = self.rows(bill)
        split = [(row[20], row[11]) for row in rows if row[7] == "615500"]
        self.assertEqual(split, [("S0", "33,33"), ("S1", "33,33"), ("S2", "33,34")])
        self.assertBalanced(rows, "100.00")

    def sections(self, count):
        """Return analytic accounts with their codes."""
        plan = self.env["account.analytic.plan"].create({"name": "Services"})
        sections = self.env["account.analytic.account"].create(
            [
                {"name": f"S{place}", "code": f"S{place}", "plan_id": plan.id, "company_id": self.water.id}
                for place in range(count)
            ]
        )
        for section in sections:
            self.env["ledger.code"].sudo().create(
                {
                    "connector_id": self.connector.id,
                    "company_id": self.water.id,
                    "company_code": "EAU",
                    "kind": "analytic_section",
                    "code": section.code,
                    "name": section.name,
                    "res_id": section.id,
                }
            )
        return sections
