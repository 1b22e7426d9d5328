"""Abnormal volumes at their limits: one litre or day more or less changes the decision."""

import unittest
from datetime import date
from decimal import Decimal as D
from fractions import Fraction

from ..billing import Rounding
from ..billing.cases import Alert
from ..billing.decide import decide
from ..billing.errors import NoHistory
from ..billing.leak import Basis, check_leak, check_without_past, estimate_consumption
from .decide_samples import H1, H2, TARIFFS, draft, scope, subscription
from .test_billing_tariff import period

ROUNDING = Rounding()
YEAR = "2024-01-01..2024-12-31"


class LeakChecks(unittest.TestCase):
    def test_a_drop_after_nothing_is_for_a_person(self):
        check = check_leak(D("0.5"), 90, [(D(0), 270)], ROUNDING)
        self.assertEqual((check.volume, check.mean, check.cap, check.abnormal), (D("0.5"), 0, 0, True))

    def test_without_a_past_twice_a_household_is_the_limit(self):
        for volume, abnormal in ((240, False), (D("240.001"), True), (300, True)):
            check = check_without_past(D(volume), Fraction(1))
            self.assertEqual((check.volume, check.mean, check.cap, check.abnormal), (volume, 0, 0, abnormal))

    def test_nothing_to_estimate_from_names_its_days(self):
        with self.assertRaises(NoHistory) as refused:
            estimate_consumption(period(H1), [], ROUNDING)
        self.assertEqual(refused.exception.facts, {"start": period(H1).start, "end": period(H1).end})


class Leaks(unittest.TestCase):
    def leaks(self, text, since, days=YEAR, rounding=ROUNDING, **more):
        batch = decide([subscription(text, since=since, **more)], scope(days), TARIFFS, rounding, {})
        return batch.drafts[0].leaks

    def test_means_are_told_to_the_litre_whatever_a_bill_s_precision(self):
        years = "2021-01-01 0 | 2022-01-01 392 | 2023-01-01 712 | 2024-01-01 1004 | 2025-01-01 2199"
        (leak,) = self.leaks(years, "2024-01-01", rounding=Rounding(volume=D("0.01")))
        self.assertEqual(leak.check.mean, D("334.667"))

    def test_an_interval_that_opens_on_the_eve_of_the_contract_is_the_contract_s(self):
        text = "2024-01-01 0 | 2024-07-01 40 estimated | 2025-01-01 200"
        more = {"area_mean": D(60)}
        for start, volume in (("2024-01-02", 200), ("2024-01-03", 160)):
            (leak,) = self.leaks(text, "2024-07-01", H2, date_start=start, **more)
            self.assertEqual(leak.interval.volume, volume, start)

    def test_days_without_a_device_hide_no_leak(self):
        text = "2024-01-01 0 | 2024-02-01 5 removal | 2024-02-05 0 installation | 2025-01-01 900"
        (leak,) = self.leaks(text, None, area_mean=D(60))
        self.assertEqual(leak.interval.start, date(2024, 2, 5))

    def test_what_is_certified_says_all_of_its_alert(self):
        alerts = {2: Alert("certified", D(30), D(60), Basis.AREA)}
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None, alerts=alerts)
        self.assertEqual((leak.check.volume, leak.check.basis, leak.check.abnormal), (900, Basis.AREA, True))
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 60", None, alerts=alerts), "the cap itself is due")

    def test_a_cap_that_an_estimate_used_up_leaves_nothing(self):
        text = "2022-01-01 0 | 2023-01-01 60 | 2024-01-01 120 | 2024-07-01 250 estimated | 2025-01-01 320"
        case = subscription(text, since="2024-07-01", alerts={5: Alert("certified", D(60), D(120))})
        self.assertEqual(draft(case, H2).volume, 0)

    def test_a_relieved_interval_is_shared_between_its_readings(self):
        text = "2022-01-01 0 | 2023-01-01 15 | 2024-01-01 30 | 2024-07-01 100 estimated | 2025-01-01 130"
        case = subscription(text, since="2024-01-01", alerts={5: Alert("certified", D(15), D(33))})
        made = draft(case)
        self.assertEqual((made.volume, made.volumes), (33, (D("23.1"), D("9.9"))))
