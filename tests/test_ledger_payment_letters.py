"""Letters of payments: the bills that one letter pays, and those that it does not."""

from .support.payments import PaymentCase


class TestPaymentLetters(PaymentCase):
    """A bill of 118.72 and one of 45.00, as in the other tests of payments."""

    def setUp(self):
        super().setUp()
        self.bill, self.other = self.invoice(118.72), self.invoice(45.0)

    def test_an_unknown_number_waits_although_its_letter_is_known(self):
        self.bring_in(self.row("R1", self.bill, "1,00", letter="AB"), self.row("R2", "FAC/99", "10,00", letter="AB"))
        waiting = self.payment("R2")
        self.assertEqual((waiting.state, waiting.reason_code), ("waiting", "payment_document_unknown"))
        self.assertDue(self.bill, 117.72, "partial")
        self.bring_in(self.row("R2", self.bill, "10,00"), name="REG_2.csv")
        self.assertEqual((waiting.state, waiting.reason_code, waiting.reason_params), ("registered", False, False))

    def test_a_letter_of_a_bill_that_went_back_to_draft(self):
        """The bill of the letter is named, as the row names none."""
        self.bring_in(self.row("R1", self.other, "1,00", letter="AB"), self.row("X1", self.other, "-1,00"))
        self.other.button_draft()
        run = self.bring_in(self.row("R2", "", "44,00", letter="AB"), name="REG_2.csv")
        self.assertEqual(run.anomaly_ids.code, "payment_bill_not_posted")
        self.assertIn(self.other.name, run.anomaly_ids.message)

    def test_a_letter_that_is_paid_already(self):
        """Nothing is left to pay: the payment is a credit of the first bill's customer."""
        older = self.invoice(10.0, invoice_date_due="2026-04-09")
        self.bring_in(self.row("R1", self.other, "45,00", letter="AB"), self.row("R2", older, "10,00", letter="AB"))
        self.bring_in(self.row("R3", "", "5,00", letter="AB"), name="REG_2.csv")
        self.assertEqual((self.payment("R3").bill_ids, self.payment("R3").amount_left), (older, 5.0))

    def test_bills_of_a_letter_that_may_be_paid_together(self):
        """Of a letter, only posted bills of the same customer, direction, currency: 60.00 pays 45.00; 15.00 are left.

        The credit note and the other customer's bill have each got 1.00 before.
        """
        note, draft = self.entry("out_refund", 20.0), self.invoice(30.0)
        draft.button_draft()
        self.env.ref("base.USD").active = True
        foreign = self.invoice(30.0, currency_id=self.env.ref("base.USD").id)
        neighbour = self.invoice(30.0, partner_id=self.customer[0].copy({"name": "Autre"}).id)
        others = note, draft, foreign, neighbour
        self.bring_in(*(self.row(f"L{n}", move, "1,00", letter="AB") for n, move in enumerate(others)))
        self.bring_in(self.row("R1", self.other, "60,00", letter="AB"), name="REG_2.csv")
        self.assertEqual((self.payment("R1").bill_ids, self.payment("R1").amount_left), (self.other, 15.0))
        self.assertDue(note, 19.0, "partial")
        self.assertDue(neighbour, 29.0, "partial")
        self.assertDue(self.other, 0.0, "paid")

    def test_the_oldest_bill_of_a_letter_is_paid_first(self):
        """118.72 was due on 10 April, 45.00 on 9 April: 50.00 by the letter pays 44.00 of the latter, then 6.00."""
        older = self.invoice(45.0, invoice_date_due="2026-04-09")
        self.bring_in(self.row("L1", self.bill, "1,00", letter="AB"), self.row("L2", older, "1,00", letter="AB"))
        self.bring_in(self.row("R1", "", "50,00", letter="AB"), name="REG_2.csv")
        self.assertDue(older, 0.0, "paid")
        self.assertDue(self.bill, 111.72, "partial")

    def test_a_letter_is_used_again_for_another_third_party(self):
        self.bring_in(
            self.row("L1", self.bill, "1,00", letter="AB", third_party="C0001"),
            self.row("L2", self.other, "1,00", letter="AB", third_party="C0002"),
            self.row("R1", "", "10,00", letter="AB", third_party="C0002"),
        )
        self.assertDue(self.bill, 117.72, "partial")
        self.assertDue(self.other, 34.0, "partial")

    def test_a_letter_pays_bills_of_the_customer_whose_bill_is_named(self):
        """The letter was given to a bill of another customer too, and to one in another currency."""
        customer = self.bill.partner_id.copy({"name": "Autre client"})
        dollar = self.env.ref("base.USD")
        dollar.active = True
        others = self.invoice(30.0, partner_id=customer.id), self.invoice(20.0, currency_id=dollar.id)
        rows = [self.row(f"L{n}", move, "1,00", letter="AB") for n, move in enumerate((self.bill, *others))]
        self.bring_in(*rows)
        foreign = self.payment("L2")
        self.assertEqual((foreign.state, foreign.reason_code), ("waiting", "payment_bill_foreign"))
        self.bring_in(self.row("R1", self.bill, "200,00", letter="AB"), name="REG_2.csv")
        payment = self.payment("R1")
        self.assertEqual((payment.bill_ids, payment.amount_left), (self.bill, 82.28))  # 200.00 − (118.72 − 1.00)
        self.assertDue(others[0], 29.0, "partial")
        run = self.bring_in(self.row("R2", "", "5,00", letter="AB"), name="REG_3.csv")
        self.assertEqual(run.anomaly_ids.mapped("code"), ["payment_letter_several"])
