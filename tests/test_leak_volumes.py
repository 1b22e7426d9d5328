from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.billing import H1, LeakCase


@tagged("post_install", "-at_install")
class TestLeakVolumes(LeakCase):
    """What is abnormal, interval by interval, and beside what (CGCT L.2224-12-4 III bis, R.2224-20-1)."""

    def test_an_estimate_and_what_puts_it_right_are_one_interval(self):
        subscription = self.subscribe(1, {date(2022, 1, 1): 0})
        for year, low in ((2022, 0), (2023, 60)):
            self.enter(subscription.meter_id, date(year, 7, 1), low + 100, "estimated")
            self.enter(subscription.meter_id, date(year + 1, 1, 1), low + 60)
        self.enter(subscription.meter_id, date(2025, 1, 1), 320)
        alert = self.preview(subscription)
        self.assertEqual((alert.volume, alert.mean, alert.cap, alert.basis), (200, 60, 120, "past"))

    def test_the_mean_of_three_years(self):
        alert = self.preview(self.years(1, 0, 392, 712, 1004, 2199))
        self.assertEqual((alert.mean, alert.cap), (334.667, 669.333))

    def quarters(self, *last):
        indexes = {
            date(year, month, 1): 30 * (4 * (year - 2021) + rank)
            for year in (2021, 2022, 2023)
            for rank, month in enumerate((1, 4, 7, 10))
        }
        days = date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)
        return self.subscribe(1, indexes | dict(zip(days, (360, *last), strict=True)))

    def test_each_interval_is_compared(self):
        subscription = self.quarters(390, 455)
        alert = self.preview(subscription, H1)
        self.assertEqual((alert.volume, alert.cap, alert.date_start), (65, 60, date(2024, 4, 1)))

    def test_each_interval_is_capped_by_itself(self):
        subscription = self.quarters(380, 580)
        self.preview(subscription, H1).action_certify()
        bill = self.bill(subscription, H1)
        self.assertEqual((bill.utility_volume, bill.utility_reading_ids.mapped("volume")), (80, [20, 60]))

    def test_nobody_is_limited_to_nothing(self):
        subscription = self.years(1, 500, 500, 500, 500, 580)
        alert = self.preview(subscription)
        self.assertEqual((alert.basis, alert.cap), ("unknown", 0))
        self.assertNotIn("0 m³ (", alert.letter)
        with self.assertRaisesRegex(UserError, "never limited to 0"):
            alert.action_certify()
        dialog = self.env["utility.leak.certificate"].create({"alert_id": alert.id, "mean": 30})
        dialog.action_decide()
        self.assertEqual((alert.basis, alert.mean, alert.cap), ("decided", 30, 60))
        self.preview(subscription)
        self.assertEqual(alert.mean, 30, "what a person decided stays")
        alert.action_certify()
        self.assertEqual(self.bill(subscription).utility_volume, 60)

    def test_the_area_stands_for_what_is_not_known(self):
        self.section.area_mean = 35
        alert = self.preview(self.years(1, 500, 500, 500, 500, 580))
        self.assertEqual((alert.basis, alert.mean, alert.cap), ("area", 35, 70))
        new = self.years(2, 0, 900)
        new.dwelling_class_id = self.env["utility.dwelling.class"].create(
            {"section_id": self.section.id, "name": "T5", "area_mean": 110}
        )
        alert = self.preview(new)
        self.assertEqual((alert.mean, alert.cap), (110, 220))
        self.assertIn("comparable dwellings", alert.letter)

    def test_a_new_dwelling_is_for_a_person_where_the_area_is_not_known(self):
        self.assertEqual(self.preview(self.years(1, 0, 900)).basis, "unknown")

    def test_a_relieved_year_counts_at_what_was_billed(self):
        subscription = self.years(1, 0, 60, 120, 520)
        alert = self.preview(subscription)
        self.assertEqual((alert.mean, alert.cap), (60, 120))
        alert.action_certify()
        self.bill(subscription)
        self.enter(subscription.meter_id, date(2026, 1, 1), 720)
        year = date(2025, 1, 1), date(2025, 12, 31)
        # (60 + 60 + 120) / 3
        self.assertEqual(self.preview(subscription, year)[-1].mean, 80)
        self.section.leak_history = "left_out"
        self.assertEqual(self.preview(subscription, year)[-1].mean, 60)
        self.section.leak_history = "measured"
        self.assertEqual(len(self.preview(subscription, year).filtered(lambda a: a.mean == 60)), 2)

    def test_a_year_whose_leak_nobody_certified_counts_at_what_was_measured(self):
        subscription = self.years(1, 0, 60, 120, 520)
        self.assertEqual(self.preview(subscription).state, "detected")
        self.bill(subscription)
        self.enter(subscription.meter_id, date(2026, 1, 1), 1000)
        # (60 + 60 + 400) / 3, and 480 m³ is more than twice that
        alert = self.preview(subscription, (date(2025, 1, 1), date(2025, 12, 31)))[-1]
        self.assertAlmostEqual(alert.mean, 173.333, places=3)
