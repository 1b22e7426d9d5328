"""Abnormal volumes, interval by interval, and what is billed of them."""

import unittest
from decimal import Decimal as D

from ..billing.cases import Alert
from ..billing.leak import Basis
from .decide_samples import (
    H1,
    H2,
    YEAR,
    draft,
    subscription,
)


class Leaks(unittest.TestCase):
    #: 30 m³ a quarter for three years
    QUARTERS = " | ".join(
        f"{year}-{month:02}-01 {30 * (4 * (year - 2021) + rank)}"
        for year in (2021, 2022, 2023)
        for rank, month in enumerate((1, 4, 7, 10))
    )

    def leaks(self, text, since, days=YEAR, **more):
        options = {name: more.pop(name) for name in ("leak_history", "excludes_leak", "caps_unwarned") if name in more}
        return draft(subscription(text, since=since, **more), days, **options)

    def test_estimates_do_not_count_in_the_mean(self):
        text = "2022-01-01 0 | 2022-07-01 100 estimated | 2023-01-01 60 | 2023-07-01 160 estimated | 2024-01-01 120"
        (leak,) = self.leaks(f"{text} | 2025-01-01 320", "2024-01-01").leaks
        self.assertEqual((leak.check.volume, leak.check.mean, leak.check.cap), (200, 60, 120))

    def test_the_mean_is_that_of_the_years(self):
        # 392, 320, 292 m³, then 1,195: mean 334.667, twice 669.333
        text = "2021-01-01 0 | 2022-01-01 392 | 2023-01-01 712 | 2024-01-01 1004 | 2025-01-01 2199"
        (leak,) = self.leaks(text, "2024-01-01").leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (D("334.667"), D("669.333")))

    def test_each_interval_is_compared(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 455"
        (leak,) = self.leaks(text, "2024-01-01", H1).leaks
        self.assertEqual((leak.check.volume, leak.check.cap), (65, 60))

    def test_each_interval_is_capped_by_itself(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 380 | 2024-07-01 580"
        alerts = {15: Alert("certified", D(30), D(60))}
        made = self.leaks(text, "2024-01-01", H1, alerts=alerts)
        self.assertEqual((made.volume, made.volumes), (80, (20, 60)))

    def test_a_cap_counts_what_an_estimate_charged_of_the_interval(self):
        # 200 m³ since 1 January, of which 40 were billed on an estimate: the cap of 120 leaves 80
        text = "2022-01-01 0 | 2023-01-01 60 | 2024-01-01 120 | 2024-07-01 160 estimated | 2025-01-01 320"
        made = self.leaks(text, "2024-07-01", H2, alerts={5: Alert("certified", D(60), D(120))})
        self.assertEqual((made.volume, made.leaks[0].interval.volume), (80, 200))

    def test_sewerage_charges_the_mean(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 455"
        alerts = {15: Alert("certified", D(30), D(60))}
        self.assertEqual(self.leaks(text, "2024-01-01", H1, alerts=alerts, excludes_leak=True).volume, 60)

    def test_what_was_certified_is_what_was_written_to_the_subscriber(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 590"
        alerts = {15: Alert("certified", D("31.5"), D(63))}
        self.assertEqual(self.leaks(text, "2024-01-01", H1, alerts=alerts).volume, 93)

    def test_nobody_is_limited_to_nothing(self):
        # 80 m³ after years without any: no cap, whatever is certified
        text = "2020-01-01 500 | 2021-01-01 500 | 2022-01-01 500 | 2023-01-01 500 | 2024-01-01 580"
        made = self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31")
        self.assertEqual((made.leaks[0].check.basis, made.leaks[0].check.cap, made.volume), (Basis.UNKNOWN, 0, 80))
        alerts = {5: Alert("certified", D(0), D(0), Basis.UNKNOWN)}
        self.assertEqual(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", alerts=alerts).volume, 80)
        by_hand = {5: Alert("certified", D(30), D(60), Basis.AREA)}
        self.assertEqual(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", alerts=by_hand).volume, 60)

    def test_the_area_stands_for_a_past_without_volume(self):
        text = "2020-01-01 500 | 2021-01-01 500 | 2022-01-01 500 | 2023-01-01 500 | 2024-01-01 580"
        (leak,) = self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", area_mean=D(35)).leaks
        self.assertEqual((leak.check.basis, leak.check.mean, leak.check.cap), (Basis.AREA, 35, 70))
        self.assertFalse(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", area_mean=D(40)).leaks)

    def test_a_new_dwelling_is_compared_with_the_area(self):
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110)).leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (110, 220))
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110), dwellings=3).leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (330, 660))

    def test_a_person_decides_of_a_new_dwelling_where_nothing_is_known(self):
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None).leaks
        self.assertEqual((leak.check.basis, leak.check.cap, leak.limit), (Basis.UNKNOWN, 0, None))
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 200", None).leaks, "not twice a household's 120 m³")
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900", None, dwellings=4).leaks)

    def test_a_past_that_covers_too_little_is_not_compared_with(self):
        # the first reading is of 1 December 2023: 31 days of an equivalent year say nothing of a year
        text = "2023-12-01 0 | 2024-01-01 1 | 2025-01-01 41"
        self.assertFalse(self.leaks(text, "2024-01-01").leaks)
        # from 20 January: 346 of 366 days are 9 in 10
        text = "2023-01-20 0 | 2024-01-01 10 | 2025-01-01 61"
        self.assertTrue(self.leaks(text, "2024-01-01").leaks)

    def test_a_leak_counts_in_later_means_at_its_relieved_volume(self):
        text = "2021-01-01 0 | 2022-01-01 60 | 2023-01-01 1020 | 2024-01-01 1080 | 2025-01-01 1280"
        relieved = {"r3": D(120)}
        # (60 + 120 + 60) / 3, whatever the number of days of a year
        (leak,) = self.leaks(text, "2024-01-01", relieved=relieved).leaks
        self.assertEqual(leak.check.mean, 80)
        self.assertFalse(self.leaks(text, "2024-01-01", relieved=relieved, leak_history="measured").leaks)
        (leak,) = self.leaks(text, "2024-01-01", relieved=relieved, leak_history="left_out").leaks
        self.assertEqual(leak.check.mean, 60)

    def test_only_dwellings_are_concerned(self):
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110), is_dwelling=False).leaks)

    def test_an_estimate_is_no_leak(self):
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900 estimated", None, area_mean=D(110)).leaks)

    def test_nothing_above_twice_the_mean_is_due_before_the_warning(self):
        text = "2024-01-01 0 | 2025-01-01 900"
        for state, volume in (("detected", 220), ("warned", 900), ("dismissed", 900)):
            alerts = {2: Alert(state, D(110), D(220))}
            made = self.leaks(text, None, area_mean=D(110), alerts=alerts, caps_unwarned=True)
            self.assertEqual((made.volume, len(made.leaks)), (volume, 1), state)
        self.assertEqual(self.leaks(text, None, area_mean=D(110), caps_unwarned=True).volume, 220)
        self.assertEqual(self.leaks(text, None, area_mean=D(110)).volume, 900, "the bill itself warns")

    def test_what_was_drawn_before_the_subscription_is_no_leak_of_its(self):
        # entry by an estimate on 1 July: 80 m³ since, of 900 since 1 January
        text = "2022-01-01 0 | 2023-01-01 100 | 2024-01-01 200 | 2024-07-01 1020 estimated | 2025-01-01 1100"
        self.assertFalse(self.leaks(text, "2024-07-01", H2, date_start="2024-07-01").leaks)
