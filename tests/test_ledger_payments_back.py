"""Payments that go the other way, in part, or elsewhere: credit notes, reversals, bills of another section."""

from pathlib import Path

from odoo.modules.migration import load_script

from ..core.ledger.layouts import Reader
from ..models.ledger_payments.incoming_payments import IncomingPayments
from .support.exchange import make_run
from .support.payments import HEADER, PaymentCase


class TestPaymentsBack(PaymentCase):
    """A bill of 118.72 and one of 45.00, as in the other tests of payments."""

    def setUp(self):
        super().setUp()
        self.bill, self.other = self.invoice(118.72), self.invoice(45.0)

    def test_a_credit_note_paid_back_with_a_negative_amount(self):
        """Some systems write outgoing payments as negative; the same row again is the same payment."""
        note = self.entry("out_refund", 20.0)
        row = self.row("R1", note, "-20,00", payment_mode="VIR")
        run = self.bring_in(self.row("R0", self.other, "45,00"), row)
        self.assertEqual((run.paid, run.anomaly_ids.ids), (2, []))
        self.assertDue(note, 0.0, "paid")
        self.assertEqual((self.payment("R1").sense, self.payment("R1").signed_amount), ("payment", -20.0))
        self.assertFalse(self.bring_in(row, name="REG_2.csv").anomaly_ids)
        # the bank sends it back: a payment in, of the reference
        self.bring_in(self.row("X1", "", "20,00", sense="Rejet", cancels="R1"), name="REG_3.csv")
        self.assertDue(note, 20.0, "not_paid")
        self.assertEqual(self.payment("X1").signed_amount, 20.0)

    def test_a_cancellation_that_is_said_in_words_pays_no_credit_note(self):
        note = self.entry("out_refund", 20.0)
        run = self.bring_in(self.row("R1", note, "20,00", sense="Annulation"))
        self.assertEqual(run.anomaly_ids.code, "payment_cancels_unknown")
        self.assertDue(note, 20.0, "not_paid")

    def test_a_part_of_a_payment_of_several_bills_reversed(self):
        """163.72 pays 118.72 and 45.00; 50.00 of it is reversed: the first bill stays paid first."""
        self.bring_in(
            self.row("R1", self.bill, "118,72", letter="AB"),
            self.row("R2", self.other, "0,01", letter="AB"),
        )
        self.bring_in(self.row("X1", "", "118,72", sense="Annulation", cancels="R1"), name="REG_2.csv")
        self.bring_in(self.row("R3", self.bill, "163,71", letter="AB"), name="REG_3.csv")
        self.assertDue(self.bill, 0.0, "paid")
        self.assertDue(self.other, 0.0, "paid")
        self.bring_in(self.row("X3", "", "50,00", sense="Annulation", cancels="R3"), name="REG_4.csv")
        due = self.bill.amount_residual + self.other.amount_residual
        self.assertAlmostEqual(due, 50.0, 2)
        self.assertDue(self.bill, 5.01, "partial")
        self.assertDue(self.other, 44.99, "partial")
        self.assertEqual(self.payment("R3").amount_left, 0.0)

    def test_a_bill_of_the_other_section(self):
        """The number is another company's: the payment waits until its company is corrected."""
        sewerage = self.invoice(30.1, company=self.sewerage)
        number = f"{sewerage.name}-A"
        self.env.cr.execute("UPDATE account_move SET name = %s WHERE id = %s", [number, sewerage.id])
        self.env.invalidate_all()
        run = self.bring_in(self.row("R1", number, "30,10"))
        self.assertEqual((run.unpaid, run.anomaly_ids.code), (1, "payment_document_unknown"))
        self.assertDue(sewerage, 30.1, "not_paid")
        self.bring_in(self.row("R1", number, "30,10", company="ASST"), name="REG_2.csv")
        self.assertDue(sewerage, 0.0, "paid")
        self.assertEqual(self.payment("R1").company_id, self.sewerage)

    def test_a_file_of_one_company(self):
        """Its rows name no company: they are those of the company in the name of the file."""
        sewerage = self.invoice(30.1, company=self.sewerage)
        run = make_run(self.connector, "payments", "manual", self.companies)
        data = HEADER + self.row("R1", sewerage, "30,10", company="")
        rows = list(Reader(self.connector.payments_layout_id._to_core()).rows([data.encode()]))
        self.assertEqual(IncomingPayments(run).take(rows, "asst", "REG_1.csv"), ([], 0))
        self.assertEqual((self.payment("R1").company_id, self.payment("R1").run_id), (self.sewerage, run))

    def test_less_than_a_euro_in_and_out(self):
        """Amounts paid in are received, those paid out are not; a mode that the row lacks is not named."""
        note, vendor = self.entry("out_refund", 0.5), self.entry(amount=0.4)
        self.bring_in(
            self.row("R1", self.bill, "0,30", payment_mode="", date="31/12/2099"),
            self.row("R2", note, "0,50"),
            self.row("R3", vendor, "0,40"),
        )
        payments = self.payment("R1") | self.payment("R2") | self.payment("R3")
        self.assertEqual(payments.mapped("signed_amount"), [0.3, -0.5, -0.4])
        entry = self.payment("R1").entry_id
        self.assertEqual((entry.state, entry.ref), ("posted", f"R1 – {self.bill.name}"), "whatever the day")
        self.assertFalse(self.payment("R1").mode_label)
        self.bring_in(self.row("X2", "", "0,50", sense="Rejet", cancels="R2"), name="REG_2.csv")
        self.assertDue(note, 0.5, "not_paid")
        self.assertEqual(self.payment("X2").signed_amount, 0.5)

    def test_a_cent_short(self):
        self.bring_in(self.row("R1", self.bill, "118,71"))
        self.assertDue(self.bill, 0.01, "partial")

    def test_the_upgrade_turns_what_was_paid_out(self):
        bill = self.entry(amount=80.0)
        self.bring_in(
            self.row("R1", bill, "80,00"), self.row("R2", self.bill, "100,00"), self.row("R3", self.other, "45,00")
        )
        self.bring_in(
            self.row("X1", "", "80,00", sense="Rejet", cancels="R1"),
            self.row("X3", "", "45,00", sense="Rejet", cancels="R3"),
            name="REG_2.csv",
        )
        payments = self.env["ledger.payment"].search([("connector_id", "=", self.connector.id)], order="reference")
        right = payments.mapped("signed_amount")
        self.assertEqual(right, [-80.0, 100.0, 45.0, 80.0, -45.0])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ledger_payment SET signed_amount = CASE sense WHEN 'payment' THEN amount ELSE -amount END"
        )
        path = Path(__file__).resolve().parents[1] / "migrations/19.0.1.5.0/post-payment_amounts.py"
        load_script(str(path), "post_payment_amounts").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual(payments.mapped("signed_amount"), right)
