"""Rows of payments that come again, contradict each other, or name what is not one document; entries in Odoo."""

from odoo import fields
from odoo.exceptions import UserError

from .support.payments import PaymentCase


class TestPaymentRows(PaymentCase):
    """A bill of 118.72 and one of 45.00, as in the other tests of payments."""

    def setUp(self):
        super().setUp()
        self.bill, self.other = self.invoice(118.72), self.invoice(45.0)

    def anomalies(self, run):
        return [(found.code, found.line) for found in run.anomaly_ids.sorted("line")]

    def test_a_reference_twice_in_one_file(self):
        """The first row counts: 100.00 is paid. The same row again says nothing; another amount is reported."""
        row = self.row("R1", self.bill, "100,00")
        run = self.bring_in(row, row, self.row("R1", self.bill, "110,00"), self.row("R2", self.other, "45,00"))
        self.assertEqual((run.paid, self.anomalies(run)), (2, [("payment_changed", 4)]))
        self.assertIn("(Amount)", run.anomaly_ids.message)
        self.assertDue(self.bill, 18.72, "partial")
        self.assertDue(self.other, 0.0, "paid")
        self.assertEqual(self.payment("R1").line, 2)

    def test_details_of_a_registered_payment_may_still_change(self):
        """Its letter, mode and message do not touch its entry; a row that contradicts it changes none of them."""
        self.bring_in(self.row("R1", self.bill, "100,00"))
        payment, entry = self.payment("R1"), self.payment("R1").entry_id
        details = {"letter": "AB", "payment_mode": "CHQ", "message": "Rapproché"}
        run = self.bring_in(self.row("R1", self.bill, "100,00", **details), name="REG_2.csv")
        self.assertEqual((payment.letter, payment.mode, payment.message), ("AB", "cheque", "Rapproché"))
        self.assertEqual((payment.state, payment.entry_id, payment.file_name), ("registered", entry, "REG_1.csv"))
        self.assertFalse(run.anomaly_ids)
        run = self.bring_in(self.row("R1", self.bill, "99,00", letter="ZZ"), name="REG_3.csv")
        self.assertEqual((self.anomalies(run), payment.letter), ([("payment_changed", 2)], "AB"))
        self.bring_in(self.row("R1", self.bill, "100,00", **details | {"letter": ""}), name="REG_4.csv")
        self.assertEqual((payment.letter or "", payment.mode), ("", "cheque"))
        self.assertDue(self.bill, 18.72, "partial")

    def test_a_waiting_payment_takes_details_too(self):
        self.bring_in(self.row("R1", "FAC/99", "10,00"))
        self.bring_in(self.row("R1", "FAC/99", "10,00", letter="AB", message="Attente"), name="REG_2.csv")
        payment = self.payment("R1")
        self.assertEqual((payment.state, payment.letter, payment.message), ("waiting", "AB", "Attente"))
        self.assertEqual(payment.file_name, "REG_1.csv", "the row says what was known")
        self.bring_in(self.row("R1", "FAC/98", "12,00"), name="REG_3.csv")
        self.assertEqual((payment.number, payment.amount, payment.file_name), ("FAC/98", 12.0, "REG_3.csv"))

    def test_a_number_of_two_documents(self):
        """Nobody can know which one is paid: neither is."""
        journal = self.record("journal", "VT").copy({"code": "VT2"})
        second = self.invoice(45.0, journal_id=journal.id, post=False)
        second.name = self.other.name
        second.action_post()
        run = self.bring_in(
            self.row("R1", self.other, "45,00"),
            self.row("R2", self.bill, "118,72"),
            self.row("X1", self.other, "-1,00"),
        )
        self.assertEqual((run.paid, run.unpaid), (1, 2))
        self.assertEqual(self.anomalies(run), [("payment_document_several", 2), ("payment_cancels_unknown", 4)])
        first = run.anomaly_ids.sorted("line")[0]
        for said in ("R1", "EAU", self.other.name):
            self.assertIn(said, first.message)
        self.assertEqual(self.payment("R1").reason, first.message)
        self.assertDue(self.other, 45.0, "not_paid")
        self.assertDue(second, 45.0, "not_paid")
        self.assertDue(self.bill, 0.0, "paid")

    def test_a_number_that_was_sent_is_that_document_s_alone(self):
        """A document of another journal gets the number afterwards: what was sent under it is paid."""
        self.loop(self.other)
        journal = self.record("journal", "VT").copy({"code": "VT2"})
        second = self.invoice(45.0, journal_id=journal.id, post=False)
        second.name = self.other.name
        second.action_post()
        self.assertEqual(self.bring_in(self.row("R1", self.other, "45,00")).paid, 1)
        self.assertDue(self.other, 0.0, "paid")
        self.assertDue(second, 45.0, "not_paid")

    def test_a_journal_without_an_account(self):
        methods = self.journals[0].inbound_payment_method_line_ids
        account = self.journals[0].default_account_id
        methods.payment_account_id = False
        self.journals[0].default_account_id = False
        sewerage = self.invoice(30.1, company=self.sewerage)
        run = self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", sewerage, "30,10", company="ASST"))
        self.assertEqual((run.paid, self.anomalies(run)), (1, [("payment_account_missing", 2)]))
        self.assertIn(self.journals[0].display_name, run.anomaly_ids.message)
        self.assertEqual((self.payment("R1").state, self.payment("R1").entry_id.ids), ("waiting", []))
        self.journals[0].default_account_id = account
        self.do(self.payment("R1"), "action_look_again")
        self.assertDue(self.other, 0.0, "paid")

    def test_the_account_for_outstanding_receipts_comes_first(self):
        outstanding = self.journals[0].default_account_id.copy({"code": "511200", "account_type": "asset_current"})
        outstanding.reconcile = True
        method = self.journals[0].inbound_payment_method_line_ids
        method.payment_account_id = outstanding
        method.copy({"name": "TIP", "sequence": 99}).payment_account_id = self.journals[0].default_account_id
        self.bring_in(self.row("R1", self.other, "45,00"))
        lines = self.payment("R1").entry_id.line_ids.with_company(self.water)
        self.assertEqual({line.account_id.code: line.balance for line in lines}, {"511200": 45.0, "411000": -45.0})

    def test_the_journal_is_said_before_its_account_and_the_document_before_both(self):
        self.connector.payment_journal_ids = self.journals[1]
        run = self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", "FAC/99", "1,00"))
        self.assertEqual(self.anomalies(run), [("payment_journal_missing", 2), ("payment_document_unknown", 3)])
        self.assertIn(self.water.name, run.anomaly_ids.sorted("line")[0].message)

    def test_a_row_without_company_of_several(self):
        """Only a connector of one company completes its rows."""
        rows = self.row("R1", self.other, "45,00", company=""), self.row("R2", self.bill, "118,72")
        run = self.bring_in(*rows)
        self.assertEqual((run.paid, self.anomalies(run)), (1, [("payment_company_unknown", 2)]))
        self.connector.payment_journal_ids = self.journals[0]
        self.connector.company_ids = self.water
        self.bring_in(self.row("R1", self.other, "45,00", company=""), name="REG_2.csv")
        self.assertDue(self.other, 0.0, "paid")
        self.assertEqual(self.payment("R1").company_id, self.water)

    def test_parts_of_a_payment_reversed_one_after_the_other(self):
        """Of 100.00 on 118.72, 20.00 then 10.00 are taken back: 18.72 + 20.00 = 38.72, then 48.72 are due."""
        self.bring_in(self.row("R1", self.bill, "100,00"))
        for number, (amount, due) in enumerate((("20,00", 38.72), ("10,00", 48.72))):
            row = self.row(f"X{number}", "", amount, sense="Annulation", cancels="R1")
            self.bring_in(row, name=f"REG_1{number}.csv")
            self.assertDue(self.bill, due, "partial")
        payment = self.payment("R1")
        self.assertEqual((payment.amount_cancelled, payment.state, payment.amount_left), (30.0, "registered", 0.0))
        self.assertEqual(payment.cancellation_ids, self.payment("X0") | self.payment("X1"))
        self.assertEqual(self.payment("X1").bill_ids, self.bill)
        self.assertTrue(all(line.reconciled for line in payment.cancellation_ids._third_party_line()))
        run = self.bring_in(self.row("X2", "", "70,01", sense="Annulation", cancels="R1"), name="REG_20.csv")
        self.assertEqual(run.anomaly_ids.code, "payment_cancels_more", "70.00 are left to cancel")

    def test_a_locked_day_moves_a_cancellation_too_and_the_next_day_is_open(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        self.water.sale_lock_date, self.water.fiscalyear_lock_date = "2026-03-12", "2026-03-11"
        self.water.tax_lock_date = "2026-03-12"
        self.bring_in(self.row("R2", self.bill, "18,72"), name="REG_2.csv")
        day = fields.Date.to_date("2026-03-12")
        self.assertEqual(
            self.payment("R2").entry_id.date, day, "the locks of sales and of taxes are not those of a bank journal"
        )
        self.water.fiscalyear_lock_date = "2026-03-12"
        run = self.bring_in(self.row("X1", "", "45,00", sense="Rejet", cancels="R1"), name="REG_3.csv")
        self.assertEqual((run.paid, run.anomaly_ids.code), (1, "payment_date_moved"))
        self.assertEqual(self.payment("X1").entry_id.date, fields.Date.to_date("2026-03-13"))
        self.assertEqual((run.refused, run.anomaly_ids.blocking), (0, False))
        self.assertEqual(run.anomaly_ids.file_name, "REG_3.csv")

    def test_a_lock_of_taxes_moves_nothing_and_a_day_to_come_is_entered(self):
        self.water.tax_lock_date = "2026-03-31"
        self.bring_in(self.row("R1", self.other, "5,00"), self.row("R2", self.other, "6,00", date="01/02/2031"))
        entries = [self.payment(reference).entry_id for reference in ("R1", "R2")]
        days = [fields.Date.to_date(day) for day in ("2026-03-12", "2031-02-01")]
        self.assertEqual([entry.date for entry in entries], days)
        self.assertEqual([entry.state for entry in entries], ["posted", "posted"])
        self.assertDue(self.other, 34.0, "partial")

    def test_a_payment_of_a_bill_that_is_paid_is_a_credit_of_its_customer(self):
        self.bring_in(self.row("R1", self.other, "45,00"), self.row("R2", self.other, "0,40"))
        second = self.payment("R2")
        self.assertEqual((second.state, second.amount_left, second.bill_ids), ("registered", 0.4, self.other))
        self.assertEqual(second.partner_id, self.other.commercial_partner_id)

    def test_a_payment_that_waited_forgets_why(self):
        self.bring_in(self.row("R1", "FAC/99", "45,00"))
        payment = self.payment("R1")
        self.assertEqual((payment.reason_code, bool(payment.reason_params)), ("payment_document_unknown", True))
        self.bring_in(self.row("R1", self.other, "45,00"), name="REG_2.csv")
        self.assertEqual((payment.state, payment.reason, payment.reason_params), ("registered", False, False))

    def test_a_small_payment_of_a_vendor_bill_comes_back(self):
        bill = self.entry(amount=0.8)
        self.bring_in(self.row("R1", bill, "0,80", payment_mode="VIR"))
        self.assertDue(bill, 0.0, "paid")
        self.bring_in(self.row("X1", "", "0,80", sense="Rejet", cancels="R1"), name="REG_2.csv")
        self.assertDue(bill, 0.8, "not_paid")
        self.assertEqual([self.payment(one).signed_amount for one in ("R1", "X1")], [-0.8, 0.8])

    def test_the_entry_is_told_by_its_label_and_sends_no_message(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        entry = self.payment("R1").entry_id
        self.assertEqual(entry.ref, f"R1 – {self.other.name} – Direct Debit")
        self.assertEqual(set(entry.line_ids.mapped("name")), {entry.ref})
        self.assertFalse(entry.message_follower_ids)
        self.assertFalse(
            entry.message_ids
            | self.env["mail.message"].search([("model", "=", "account.move"), ("res_id", "=", entry.id)])
        )

    def test_the_entry_is_not_deleted(self):
        self.bring_in(self.row("R1", self.other, "45,00"))
        entry = self.payment("R1").entry_id
        entry.flush_recordset()
        self.env.cr.execute("UPDATE account_move SET state = 'draft' WHERE id = %s", [entry.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "reported these payments: R1"):
            entry.unlink()

    def test_a_credit_note_beside_a_payment_leaves_the_bill_paid(self):
        """Both settle it; another bill that a credit note alone settles is reversed, in the same computation."""
        notes = self.entry("out_refund", 18.72), self.entry("out_refund", 45.0)
        for bill, note in zip((self.bill, self.other), notes, strict=True):
            (bill | note).line_ids.filtered(lambda x: x.account_id.account_type == "asset_receivable").reconcile()
        self.bring_in(self.row("R1", self.bill, "100,00"))
        (self.bill | self.other)._compute_payment_state()
        self.assertEqual((self.bill.payment_state, self.other.payment_state), ("paid", "reversed"))

    def test_batches_of_payments(self):
        """More than one batch of 200: every one is registered, the last ones too, and cancellations after them."""
        rows = [self.row(f"R{number:03}", self.bill, "0,10") for number in range(201)]
        run = self.bring_in(self.row("X1", "", "0,10", sense="Rejet", cancels="R200"), *rows)
        self.assertEqual((run.state, run.paid, run.unpaid), ("done", 202, 0))
        self.assertDue(self.bill, 98.72, "partial")  # 118.72 − 201 × 0.10 + 0.10
        self.assertEqual(self.payment("R200").state, "cancelled")
        self.assertEqual((self.payment("R000").signed_amount, self.payment("X1").signed_amount), (0.1, -0.1))

    def test_buttons_change_only_what_waits(self):
        self.bring_in(
            self.row("R1", self.bill, "100,00", letter="AB"),
            self.row("R2", self.other, "60,00", letter="AB"),
            self.row("R3", "FAC/99", "1,00"),
            self.row("R4", "FAC/98", "2,00"),
        )
        one, two, third, fourth = (self.payment(f"R{number}") for number in range(1, 5))
        self.assertEqual(self.connector.payment_count, 2)
        (one | third).action_ignore()
        self.env.invalidate_all()
        self.assertEqual((one.state, third.state, fourth.state), ("registered", "ignored", "waiting"))
        self.assertEqual((self.connector.payment_count, third.reason_code), (1, False))
        self.do(one | fourth, "action_look_again")
        self.assertEqual((one.state, third.state, fourth.state), ("registered", "ignored", "waiting"))
        self.assertDue(self.bill, 3.72, "partial")  # 118.72 − 100.00 − (60.00 − 45.00)
        action = one.action_view_bills()
        self.assertEqual((action["res_id"], action["views"]), (self.bill.id, [(False, "form")]))
        self.assertEqual(action["context"], {"create": False})
        action = two.action_view_bills()
        self.assertFalse(action.get("res_id"))
        self.assertEqual(self.env["account.move"].search(action["domain"]), self.bill | self.other)

    def test_a_restored_database_reads_what_was_put_away(self):
        """Files that it has no record of are read again from where they were put; those that it has are not."""
        self.bring_in(self.row("R0", self.other, "5,00"))
        with self.env.cr.savepoint() as copy:
            self.bring_in(self.row("R1", self.bill, "118,72"), name="REG_2.csv")
            self.bring_in(self.row("R2", self.other, "40,00"), self.row("R3", self.other, "x"), name="REG_3.csv")
            self.env.flush_all()
            copy.rollback()
        self.env.invalidate_all()
        self.assertDue(self.bill, 118.72, "not_paid")
        self.assertEqual((self.placed("done"), self.placed("error")), (["REG_1.csv", "REG_2.csv"], ["REG_3.csv"]))
        run = self.bring_in()
        self.assertEqual((run.paid, run.anomaly_ids.mapped("code")), (2, ["amount_wrong"]))
        self.assertDue(self.bill, 0.0, "paid")
        self.assertDue(self.other, 0.0, "paid")
        self.assertEqual((self.placed("done"), self.placed("error")), (["REG_1.csv", "REG_2.csv"], ["REG_3.csv"]))
        self.assertFalse(self.bring_in().anomaly_ids, "once")
