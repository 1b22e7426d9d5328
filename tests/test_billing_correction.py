from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.billing import Q1, Q2, BillingCase


@tagged("post_install", "-at_install")
class TestCorrection(BillingCase):
    """A billed reading is corrected by a credit note, with the trace of both bills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2023, 1, 1): 100, date(2023, 3, 31): 125, date(2023, 6, 30): 150})
        cls.reading = cls.subscription.meter_id.reading_ids.filtered(lambda r: r.date == Q1[1])

    def setUp(self):
        super().setUp()
        self.run = self.campaign()
        self.bill = self.draw_up(self.run)
        self.post(self.run)

    def credit(self, bill, **values):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "date": bill.date} | values)
        )
        return self.env["account.move"].browse(wizard.refund_moves()["res_id"])

    def test_a_credit_note_frees_the_reading_and_the_new_bill_is_right(self):
        note = self.credit(self.bill)
        self.assertEqual(self.reading.state, "billed", "a draft credit note changes nothing")
        note.action_post()
        self.assertEqual(self.reading.state, "confirmed")
        self.assertTrue(self.bill.utility_credited)
        for name in ("subscription_id", "section_id", "meter_id", "meter_number", "date_start", "date_end"):
            self.assertTrue(note[f"utility_{name}"], name)
            self.assertEqual(note[f"utility_{name}"], self.bill[f"utility_{name}"])
        self.assertEqual((note.utility_billing_type, note.utility_billing_run_id.id), ("measured", False))
        self.reading.index = 120
        second = self.draw_up(self.run) - self.bill
        # 9.86 + 20 m³ × 2 + 20 × 0.35
        self.assertAlmostEqual(second.amount_untaxed, 56.86)
        self.assertEqual(self.bill.utility_reading_ids.index, 125, "the first bill still says what it billed")
        self.assertEqual(self.reading.billed_reading_ids.move_id, self.bill | second)

    def test_a_partial_credit_note_frees_nothing(self):
        note = self.credit(self.bill)
        note.invoice_line_ids[0].unlink()
        note.action_post()
        self.assertEqual(self.reading.state, "billed")
        self.assertFalse(self.bill.utility_credited)
        rest = self.credit(self.bill)
        rest.invoice_line_ids[1:].unlink()
        rest.action_post()
        self.assertTrue(self.bill.utility_credited, "two partial credit notes make a whole")
        self.assertEqual(self.reading.state, "confirmed")

    def test_a_credit_note_of_all_but_some_cents_frees_nothing(self):
        note = self.credit(self.bill)
        note.invoice_line_ids[-1].price_unit -= 0.01
        note.action_post()
        self.assertLess(note.amount_total, self.bill.amount_total)
        self.assertFalse(self.bill.utility_credited)

    def test_a_credit_note_put_back_to_draft_takes_the_reading_again(self):
        note = self.credit(self.bill)
        note.action_post()
        note.button_draft()
        self.assertEqual(self.reading.state, "billed")
        self.assertFalse(self.bill.utility_credited)

    def test_a_credit_note_put_back_to_draft_after_its_bill(self):
        """The bill, itself a draft by then, reserves its reading and does not lock it."""
        note = self.credit(self.bill)
        note.action_post()
        self.bill.button_draft()
        note.button_draft()
        self.assertEqual((self.bill.utility_credited, self.reading.state), (False, "confirmed"))
        self.assertFalse(self.bill.utility_reading_ids.released)

    def test_a_credited_bill_does_not_come_back_once_its_reading_is_billed_again(self):
        note = self.credit(self.bill)
        note.action_post()
        self.draw_up(self.run)
        with self.assertRaises(UserError):
            note.button_draft()

    def test_a_bill_put_back_to_draft_gives_its_reading_back_until_it_is_posted(self):
        self.bill.button_draft()
        self.assertEqual(self.reading.state, "confirmed")
        self.bill.action_post()
        self.assertEqual(self.reading.state, "billed")

    def test_a_cancelled_bill_frees_its_reading(self):
        self.bill.button_draft()
        self.bill.button_cancel()
        self.assertEqual((self.reading.state, self.bill.utility_reading_ids.released), ("confirmed", True))
        self.assertEqual(len(self.draw_up(self.run)), 2)
        with self.assertRaises(UserError):
            self.bill.button_draft()

    def test_a_changed_reading_prevents_posting_by_hand_too(self):
        bill = self.draw_up(self.campaign(Q2))
        self.subscription.meter_id.reading_ids.filtered(lambda r: r.date == Q2[1]).index = 151
        with self.assertRaisesRegex(UserError, "changed since the bill was created"):
            bill.action_post()

    def test_a_forgotten_reading_is_billed_with_the_next(self):
        late = self.campaign(Q2, reading_start=date(2023, 7, 1), reading_end=date(2023, 9, 30))
        self.enter_readings(self.subscription.meter_id, {date(2023, 9, 30): 180})
        bill = self.draw_up(late)
        self.assertEqual(bill.utility_volume, 55, "25 m³ forgotten in June, 30 since")
