"""Payments in: registered once on the bills that they pay; partial ones, refusals, reversals, letters, credits."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError

from .support.guide import ExampleCase, french
from .support.ledger import MONITOR
from .support.payments import PaymentCase


class TestPayments(ExampleCase, PaymentCase):
    """Worked by hand: a bill of 118.72 is paid 100.00, then 18.72; another one of 45.00 is paid, then refused."""

    def setUp(self):
        super().setUp()
        self.bill, self.other = self.invoice(118.72), self.invoice(45.0)

    def test_a_payment_pays_its_bill(self):
        run = self.bring_in(self.row("R1", self.bill, "118,72"))
        self.assertEqual((run.state, run.paid, run.unpaid, run.refused), ("done", 1, 0, 0))
        self.assertDue(self.bill, 0.0, "paid")
        payment = self.payment("R1")
        self.assertEqual((payment.state, payment.bill_ids, payment.mode), ("registered", self.bill, "direct_debit"))
        self.assertEqual(payment.partner_id, self.bill.commercial_partner_id)
        entry = payment.entry_id
        self.assertEqual(
            (entry.journal_id, entry.date, entry.state), (self.journals[0], fields.Date.to_date("2026-03-12"), "posted")
        )
        self.assertEqual(
            {line.account_id.code: (line.debit, line.credit) for line in entry.line_ids.with_company(self.water)},
            {"515000": (118.72, 0.0), "411000": (0.0, 118.72)},
        )
        self.assertEqual(self.placed("done"), ["REG_1.csv"])

    def test_part_of_a_bill_then_the_rest(self):
        self.bring_in(self.row("R1", self.bill, "100,00"))
        self.assertDue(self.bill, 18.72, "partial")
        self.bring_in(self.row("R2", self.bill, "18,72", payment_mode="CHQ"), name="REG_2.csv")
        self.assertDue(self.bill, 0.0, "paid")

    def test_paid_twice_then_refused(self):
        """118.72 − 100.00 = 18.72; − 18.72 = 0; the direct debit of 100.00 comes back: 100.00."""
        left = []
        for number, row in enumerate(
            (
                self.row("R1", self.bill, "100,00"),
                self.row("R2", self.bill, "18,72", payment_mode="CHQ"),
                self.row("X1", self.bill, "100,00", sense="Rejet"),
            )
        ):
            self.bring_in(row, name=f"REG_{number}.csv")
            left.append(french(self.bill.amount_residual, 2))
        self.assertEqual((left, self.payment("R1").state), (["18,72", "0,00", "100,00"], "cancelled"))
        self.assert_example(
            "paiements",
            f"une facture de {french(self.bill.amount_total, 2)} €. Un prélèvement de 100,00 € : il reste {left[0]} €."
            f" Un chèque de 18,72 € : payée. Le prélèvement est rejeté : il reste {left[2]} €.",
        )

    def test_both_companies_in_one_file(self):
        sewerage = self.invoice(30.1, company=self.sewerage)
        run = self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", sewerage, "30,10", company="ASST"))
        self.assertEqual(run.paid, 2)
        self.assertDue(sewerage, 0.0, "paid")
        self.assertEqual(self.payment("R2").entry_id.company_id, self.sewerage)

    def test_numbers_and_companies_in_small_letters(self):
        """The same holds for answers."""
        sewerage = self.invoice(30.1, company=self.sewerage)
        rows = (
            self.row("R1", self.other.name.lower(), "45,00", company="Eau"),
            self.row("R2", sewerage.name.lower(), "30,10", company="asst"),
        )
        run = self.bring_in(*rows)
        self.assertEqual((run.paid, run.anomaly_ids.mapped("message")), (2, []))
        self.assertDue(self.other, 0.0, "paid")
        self.assertDue(sewerage, 0.0, "paid")
        self.bring_in(*rows, self.row("R2", sewerage, "30,10", company="ASST"), name="REG_2.csv")
        self.assertEqual(len(self.payment("R2")), 1)

    def test_more_than_is_due_stays_as_a_credit(self):
        run = self.bring_in(self.row("R1", self.other, "50,00"))
        self.assertDue(self.other, 0.0, "paid")
        self.assertDue(self.bill, 118.72, "not_paid")
        self.assertEqual(self.payment("R1").amount_left, 5.0)
        self.assertEqual([(a.code, a.blocking, a.line) for a in run.anomaly_ids], [("payment_over", False, 2)])

    def test_one_payment_of_several_bills_by_their_letter(self):
        self.bring_in(
            self.row("R1", self.other, "5,00", letter="AB"),
            self.row("R2", self.bill, "18,72", letter="AB"),
            self.row("R3", "", "140,00", letter="AB", third_party="C0001"),
        )
        self.assertDue(self.bill, 0.0, "paid")
        self.assertDue(self.other, 0.0, "paid")
        self.assertEqual(self.payment("R3").bill_ids, self.bill | self.other)

    def test_a_payment_that_names_a_bill_pays_those_of_its_letter_after_it(self):
        self.bring_in(
            self.row("R1", self.bill, "100,00", letter="AB"),
            self.row("R2", self.other, "60,00", letter="AB"),
        )
        self.assertDue(self.other, 0.0, "paid")
        self.assertDue(self.bill, 3.72, "partial")  # 118.72 − 100.00 − (60.00 − 45.00)

    def test_refused(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        run = self.bring_in(
            self.row("X1", self.other, "45,00", sense="Rejet", cancels="R1", date="20/03/2026", message="Provision"),
            name="REG_2.csv",
        )
        self.assertEqual(run.paid, 1)
        self.assertDue(self.other, 45.0, "not_paid")
        payment, refusal = self.payment("R1"), self.payment("X1")
        self.assertEqual((payment.state, payment.amount_cancelled), ("cancelled", 45.0))
        self.assertEqual((refusal.state, refusal.cancelled_id, refusal.message), ("registered", payment, "Provision"))
        self.assertEqual(refusal.entry_id.date, fields.Date.to_date("2026-03-20"))
        lines = (payment.entry_id | refusal.entry_id).line_ids
        self.assertEqual(sum(lines.mapped("balance")), 0)
        self.assertTrue(all(line.reconciled for line in lines if line.account_id.account_type == "asset_receivable"))
        self.bring_in(self.row("R2", self.other, "45,00"), name="REG_3.csv")
        self.assertDue(self.other, 0.0, "paid")

    def test_refused_in_the_same_file_whatever_the_order(self):
        self.bring_in(
            self.row("X1", self.other, "-45,00", date="20/03/2026"),
            self.row("R1", self.other, "45,00"),
        )
        self.assertDue(self.other, 45.0, "not_paid")
        self.assertEqual(self.payment("X1").cancelled_id, self.payment("R1"))

    def test_part_of_a_payment_reversed(self):
        self.bring_in(self.row("R1", self.bill, "118,72"))
        self.bring_in(self.row("X1", "", "18,72", sense="Annulation", cancels="R1"), name="REG_2.csv")
        self.assertDue(self.bill, 18.72, "partial")
        self.assertEqual((self.payment("R1").state, self.payment("R1").amount_cancelled), ("registered", 18.72))
        self.bring_in(self.row("X2", "", "100,00", sense="Annulation", cancels="R1"), name="REG_3.csv")
        self.assertDue(self.bill, 118.72, "not_paid")
        self.assertEqual((self.payment("R1").state, self.payment("R1").amount_cancelled), ("cancelled", 118.72))

    def test_cancellations_that_cannot_be_placed_wait(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        run = self.bring_in(
            self.row("X1", "", "45,00", sense="Rejet", cancels="R9"),
            self.row("X2", "", "50,00", sense="Rejet", cancels="R1"),
            name="REG_2.csv",
        )
        self.assertEqual((run.paid, run.unpaid), (0, 2))
        self.assertEqual(
            [(a.code, a.line) for a in run.anomaly_ids.sorted("line")],
            [("payment_cancels_unknown", 2), ("payment_cancels_more", 3)],
        )
        self.assertDue(self.other, 0.0, "paid")
        run = self.bring_in(self.row("R9", self.bill, "45,00"), name="REG_3.csv")
        self.assertEqual((run.paid, run.unpaid, run.anomaly_ids.ids), (2, 0, []), "what still waits was said before")
        self.assertEqual((self.payment("X1").state, self.payment("R9").state), ("registered", "cancelled"))

    def test_a_credit_note_paid_back(self):
        note = self.entry("out_refund", 20.0)
        self.bring_in(self.row("R1", note, "20,00", payment_mode="VIR"))
        self.assertDue(note, 0.0, "paid")
        line = self.payment("R1").entry_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_cash")
        self.assertEqual(line.credit, 20.0)

    def credit(self, bill, amount):
        lines = (bill | self.entry("out_refund", amount)).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()

    def test_a_bill_partly_credited_then_paid(self):
        """A credit note of 18.72 on 118.72: the payment of what is left, 100.00, pays the bill."""
        self.credit(self.bill, 18.72)
        self.assertDue(self.bill, 100.0, "partial")
        self.bring_in(self.row("R1", self.bill, "100,00"))
        self.assertDue(self.bill, 0.0, "paid")
        self.bring_in(self.row("X1", "", "100,00", sense="Rejet", cancels="R1"), name="REG_2.csv")
        self.assertDue(self.bill, 100.0, "partial")

    def test_a_bill_credited_in_full_is_reversed(self):
        self.credit(self.other, 45.0)
        self.assertDue(self.other, 0.0, "reversed")

    def test_a_vendor_bill_paid(self):
        bill = self.entry(amount=80.0)
        self.bring_in(self.row("R1", bill, "80,00", payment_mode="VIR"))
        self.assertDue(bill, 0.0, "paid")
        self.assertEqual(self.payment("R1").signed_amount, -80.0, "what is paid out is not received")

    def test_the_same_file_and_the_same_rows_again(self):
        rows = self.row("R1", self.bill, "100,00"), self.row("R2", self.other, "45,00")
        self.bring_in(*rows)
        for name in ("REG_1.csv", "REG_copy.csv"):
            run = self.bring_in(*rows, name=name)
            self.assertEqual((run.paid, run.anomaly_ids.ids), (0, []))
        self.bring_in(*rows[:1], self.row("R3", self.bill, "18,72"), name="REG_4.csv")
        self.assertDue(self.bill, 0.0, "paid")
        self.assertEqual(self.env["ledger.payment"].search_count([("connector_id", "=", self.connector.id)]), 3)
        self.assertEqual(len(self.placed("done")), 4)

    def test_another_amount_under_a_known_reference(self):
        self.bring_in(self.row("R1", self.bill, "100,00"))
        run = self.bring_in(self.row("R1", self.bill, "110,00"), self.row("R2", self.other, "45,00"), name="REG_2.csv")
        self.assertEqual(
            [(a.code, a.line, a.file_name) for a in run.anomaly_ids], [("payment_changed", 2, "REG_2.csv")]
        )
        self.assertDue(self.bill, 18.72, "partial")
        self.assertDue(self.other, 0.0, "paid")

    def test_a_payment_that_waits_is_what_its_last_row_says(self):
        self.bring_in(self.row("R1", "FAC/99", "10,00"))
        self.bring_in(self.row("R1", self.bill, "100,00"), name="REG_2.csv")
        self.assertDue(self.bill, 18.72, "partial")

    # What was sent

    def test_a_number_sent_stays_the_document_s(self):
        sent, _back = self.loop(self.bill)
        name = self.bill.name
        self.bill.flush_recordset()
        self.env.cr.execute("UPDATE account_move SET name = 'VT/2026/X' WHERE id = %s", [self.bill.id])
        self.env.invalidate_all()
        self.assertTrue(sent)
        self.bring_in(self.row("R1", name, "118,72"))
        self.assertDue(self.bill, 0.0, "paid")

    def test_payments_are_not_sent_back_and_change_nothing_that_was_sent(self):
        self.loop(self.bill | self.other)
        before = self.document(self.bill | self.other).mapped("state")
        self.bring_in(self.row("R1", self.bill, "100,00"), self.row("R2", self.other, "45,00"))
        self.bring_in(self.row("X1", "", "45,00", cancels="R2", sense="Rejet"), name="REG_2.csv")
        run = self.do(self.connector, "action_synchronize")
        documents = self.document(self.bill | self.other)
        self.assertEqual(documents.mapped("state"), before)
        self.assertFalse(any(documents.mapped("changed_fields")) or documents.anomaly_ids)
        self.assertFalse(run.lot_ids)
        entries = self.env["ledger.payment"].search([("connector_id", "=", self.connector.id)]).entry_id
        self.assertEqual(len(entries), 3)
        self.assertFalse(self.document(entries))

    def test_the_schedule_brings_them_in(self):
        self.put(self.row("R1", self.other, "45,00"))
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.paid), ("done", 1))
        self.assertDue(self.other, 0.0, "paid")

    # By hand

    def test_ignored_then_looked_at_again(self):
        self.bring_in(self.row("R1", "AUTRE/1", "45,00"))
        self.payment("R1").action_ignore()
        self.assertEqual((self.payment("R1").state, self.payment("R1").reason), ("ignored", False))
        run = self.bring_in(self.row("R1", "AUTRE/1", "45,00"), name="REG_2.csv")
        self.assertEqual((run.anomaly_ids.ids, self.payment("R1").state), ([], "ignored"))
        self.do(self.payment("R1"), "action_look_again")
        self.assertEqual(self.payment("R1").reason_code, "payment_document_unknown")

    def test_the_entry_is_the_accounting_system_s(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        entry = self.payment("R1").entry_id
        for method in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, "R1"):
                getattr(entry, method)()

    def test_journals(self):
        with self.assertRaisesRegex(ValidationError, "bank, cash or general"):
            self.connector.payment_journal_ids = self.record("journal", "VT")
        with self.assertRaisesRegex(ValidationError, "one journal"):
            self.connector.payment_journal_ids = self.journals | self.record("journal", "OD")

    def test_without_a_layout_nothing_comes_in(self):
        self.connector.payments_layout_id = False
        self.put(self.row("R1", self.other, "45,00"))
        with self.assertRaisesRegex(UserError, "Connector Settings"):
            self.env["ledger.payment"].action_fetch()
        self.do(self.connector, "action_synchronize")
        self.assertDue(self.other, 45.0, "not_paid")

    def test_the_connection_is_tried_for_them(self):
        self.connector.payments_folder = "reglements"
        self.do(self.connector, "action_test_connection")
        self.assertTrue((self.directory / "reglements/done").is_dir())

    def test_rights(self):
        self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", "AUTRE", "1,00", company="ASST"))
        water = self.user("water", MONITOR, self.water)
        env = self.env(user=water, context={"allowed_company_ids": self.water.ids})
        self.assertEqual(env["ledger.payment"].search([]).mapped("reference"), ["R1"])
        with self.assertRaises(AccessError):
            self.payment("R2").with_env(env).action_ignore()
        with self.assertRaises(AccessError):
            self.payment("R1").with_env(env).write({"amount": 1})
        plain = self.user("plain", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["ledger.payment"].with_user(plain).action_fetch()
        # a monitor of one company brings in what is in the file, and sees their own
        self.put(self.row("R3", self.bill, "1,00"), self.row("R4", "AUTRE", "2,00", company="ASST"), name="REG_2.csv")
        run = self.do(self.env["ledger.payment"], "action_fetch", user=water)
        self.assertEqual(run.company_ids, self.water)
        self.assertEqual(self.payment("R4").company_id, self.sewerage)
        self.assertFalse(run.with_env(env).anomaly_ids.filtered(lambda a: a.company_id == self.sewerage))
