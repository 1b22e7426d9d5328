from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.billing import Q2, BillingCase


@tagged("post_install", "-at_install")
class TestBillingTypes(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.section.company_id.utility_use_billing_types = True
        # 365 m³ in 2022: a cubic metre a day
        cls.estimated = cls.subscribe(1, {date(2022, 1, 1): 0, date(2023, 1, 1): 365}, billing_type="estimated")

    def test_an_instalment_is_put_right_by_the_measured_bill(self):
        first = self.campaign()
        instalment = self.draw_up(first)
        self.assertEqual((instalment.utility_billing_type, instalment.utility_volume), ("estimated", 90))
        # 9.86; 90 days of 120 m³ a year: 29.59 × 2 = 59.18, 60.41 × 3 = 181.23; 90 × 0.35 = 31.50
        self.assertAlmostEqual(instalment.amount_untaxed, 281.77)
        self.post(first)
        self.enter_readings(self.estimated.meter_id, {date(2023, 7, 1): 465})
        second = self.campaign(Q2)
        measured = self.draw_up(second)
        # 40 × 91/365 = 9.97; 181 days: 59.51 × 2 = 119.02, 40.49 × 3 = 121.47; 100 × 0.35 = 35
        # less the volumes of the instalment: 59.18 + 181.23 + 31.50 = 271.91
        self.assertAlmostEqual(measured.amount_untaxed, 9.97 + 119.02 + 121.47 + 35 - 271.91)
        self.assertEqual(instalment.utility_settled_by_id, measured)
        told = [line.name.endswith(" – charged earlier, deducted") for line in measured.invoice_line_ids]
        self.assertEqual(told, [line.price_subtotal < 0 for line in measured.invoice_line_ids])
        self.post(second)
        third = self.campaign((date(2023, 7, 1), date(2023, 9, 30)))
        self.assertEqual(self.draw_up(third).utility_billing_type, "estimated", "and it starts again")

    def test_a_deduction_larger_than_the_charge_makes_a_credit_note(self):
        first = self.campaign()
        self.draw_up(first)
        self.post(first)
        self.enter_readings(self.estimated.meter_id, {date(2023, 7, 1): 375})
        second = self.campaign(Q2)
        note = self.draw_up(second)
        self.assertEqual(note.move_type, "out_refund")
        # 9.97 + 10 × 2 + 10 × 0.35 - 271.91
        self.assertAlmostEqual(note.amount_untaxed, 238.44)
        self.post(second)
        self.assertEqual(self.estimated.meter_id.reading_ids.sorted("date")[-1].state, "billed")

    def test_thrown_away_the_measured_bill_gives_the_instalment_back(self):
        first = self.campaign()
        instalment = self.draw_up(first)
        self.post(first)
        self.enter_readings(self.estimated.meter_id, {date(2023, 7, 1): 465})
        second = self.campaign(Q2)
        amount = self.draw_up(second).amount_untaxed
        second.action_discard()
        self.work()
        self.assertFalse(instalment.utility_settled_by_id)
        self.assertAlmostEqual(self.draw_up(second).amount_untaxed, amount)

    def test_an_instalment_already_deducted_is_not_credited_on_its_own(self):
        first = self.campaign()
        instalment = self.draw_up(first)
        self.post(first)
        self.enter_readings(self.estimated.meter_id, {date(2023, 7, 1): 465})
        self.draw_up(self.campaign(Q2))
        note = instalment._reverse_moves([{"invoice_date": Q2[1], "date": Q2[1]}])
        with self.assertRaisesRegex(UserError, "instalment"):
            note.action_post()

    def test_a_draft_instalment_waits_before_the_measured_bill(self):
        self.draw_up(self.campaign())
        self.enter_readings(self.estimated.meter_id, {date(2023, 7, 1): 465})
        second = self.campaign(Q2)
        self.assertFalse(self.draw_up(second))
        self.assertEqual(second.finding_ids.reason, "draft")

    def test_nothing_to_estimate_from_is_told(self):
        new = self.subscribe(2, {}, billing_type="estimated")
        run = self.campaign(subscription_ids=new.ids)
        self.draw_up(run)
        self.assertEqual(run.finding_ids.reason, "no_history")

    def test_a_flat_rate_needs_no_reading(self):
        flat = self.subscribe(3, {}, billing_type="flat", flat_volume=100)
        bill = self.draw_up(self.campaign(subscription_ids=flat.ids))
        # 9.86; 100 × 90/365 = 24.66 m³ × 2 = 49.32; 24.66 × 0.35 = 8.63
        self.assertAlmostEqual(bill.amount_untaxed, 67.81)
        self.assertEqual((bill.utility_billing_type, bill.utility_volume), ("flat", 24.66))

    def test_types_count_only_where_the_option_is_on(self):
        self.section.company_id.utility_use_billing_types = False
        run = self.campaign()
        self.assertFalse(self.draw_up(run))
        self.assertEqual(run.finding_ids.reason, "no_reading")

    def test_the_price_per_litre_leaves_the_fixed_part_out(self):
        bill = self.draw_up(self.campaign())
        # (181.23 + 59.18 + 31.50) × 1.055 / 90,000 litres
        self.assertAlmostEqual(bill.utility_price_per_litre, 0.00319, 5)
