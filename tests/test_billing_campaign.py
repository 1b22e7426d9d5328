from datetime import date

from odoo.tests import tagged

from .billing_common import Q1, BillingCase


@tagged("post_install", "-at_install")
class TestCampaign(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.subscribe(1, {date(2023, 1, 1): 100, date(2023, 3, 31): 125})
        cls.second = cls.subscribe(2, {date(2023, 1, 1): 0, date(2023, 3, 31): 40})

    def test_a_bill_charges_fixed_part_blocks_and_levy(self):
        run = self.campaign()
        bills = self.draw_up(run)
        self.assertFalse(run.finding_ids.mapped("message"))
        self.assertEqual(bills.utility_subscription_id, self.first | self.second)
        # first: 40 × 90/365 = 9.86; 25 m³ × 2 = 50; 25 × 0.35 = 8.75 → 68.61
        # second: 9.86; of 120 m³ a year, 89 days hold 29.26: 58.52 + 10.74 × 3 = 32.22; 40 × 0.35 = 14 → 114.60
        self.assertEqual(bills.mapped("amount_untaxed"), [68.61, 114.60])
        self.assertEqual(bills.mapped("amount_total"), [72.38, 120.90])
        self.assertEqual(run.state, "billed")
        self.assertEqual(self.first.meter_id.reading_ids[0].state, "confirmed")
        self.post(run)
        self.assertEqual(run.state, "posted")
        self.assertEqual(set(bills.mapped("state")), {"posted"})
        self.assertEqual(self.first.meter_id.reading_ids[0].state, "billed")
