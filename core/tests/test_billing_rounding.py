"""Days, shares of a year, rounding and sharing."""

import unittest
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..billing import (
    Consumption,
    Measure,
    Per,
    Rounding,
    allocate,
    check_leak,
    estimate_consumption,
    flat_consumption,
    limit_volume,
    round_half_up,
)
from ..billing.errors import NoHistory, NothingToShare
from ..billing.leak import Basis
from ..billing.periods import merge
from .test_billing_bill import drawn
from .test_billing_tariff import period

CENT = Decimal("0.01")


class Periods(unittest.TestCase):
    def test_days_are_inclusive(self):
        self.assertEqual(period("2026-02-28..2026-03-01").days, 2)
        self.assertEqual(period("2024-02-28..2024-03-01").days, 3)
        self.assertEqual(period("2026-05-04..2026-05-04").days, 1)

    def test_share_of_a_year(self):
        self.assertEqual(period("2026-01-01..2026-03-31").share(), Fraction(90, 365))
        self.assertEqual(period("2023-12-01..2024-01-31").share(), Fraction(31, 365) + Fraction(31, 366))
        self.assertEqual(period("2024-01-01..2026-12-31").share(), 3)

    def test_share_of_a_half_year(self):
        self.assertEqual(period("2026-06-01..2026-07-31").share(Per.HALF_YEAR), Fraction(30, 181) + Fraction(31, 184))
        self.assertEqual(period("2024-01-01..2024-03-31").share(Per.HALF_YEAR), Fraction(91, 182))
        self.assertEqual(period("2024-01-01..2026-12-31").share(Per.HALF_YEAR), 6)

    def test_cut(self):
        starts = [date(2026, 2, 1), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 2, 1)]
        self.assertEqual(
            period("2026-01-01..2026-03-31").cut(starts),
            [
                period("2026-01-01..2026-01-31"),
                period("2026-02-01..2026-03-30"),
                period("2026-03-31..2026-03-31"),
            ],
        )

    def test_merge(self):
        parts = [
            "2026-03-01..2026-03-31",
            "2026-01-01..2026-01-31",
            "2026-02-01..2026-02-10",
            "2026-01-05..2026-01-09",
        ]
        self.assertEqual(
            merge(map(period, parts)), [period("2026-01-01..2026-02-10"), period("2026-03-01..2026-03-31")]
        )


class RoundHalfUp(unittest.TestCase):
    def assertRounds(self, value, expected, step=CENT):
        self.assertEqual(str(round_half_up(value, step)), expected)

    def test_halves_go_away_from_zero(self):
        self.assertRounds(Decimal("1.005"), "1.01")
        self.assertRounds(Decimal("-1.005"), "-1.01")
        self.assertRounds(Fraction(1, 200), "0.01")
        self.assertRounds(Decimal("1.00499999999999999999999"), "1.00")

    def test_other_steps(self):
        self.assertRounds(Decimal("2.5"), "3", Decimal(1))
        self.assertRounds(Decimal("0.12"), "0.10", Decimal("0.05"))


class Allocate(unittest.TestCase):
    def assertShares(self, total, weights, expected, step=CENT):
        self.assertEqual(allocate(Decimal(total), weights, step), [Decimal(part) for part in expected.split()])

    def test_largest_remainder(self):
        self.assertShares("0.05", [1, 1, 1], "0.02 0.02 0.01")
        # 0.10 × 1/7 = 0.0143, 2/7 = 0.0286, 4/7 = 0.0571: the largest remainders are 0.86 and 0.71 cent
        self.assertShares("0.10", [1, 2, 4], "0.01 0.03 0.06")

    def test_the_earlier_of_equals_first(self):
        self.assertShares("0.01", [1, 1], "0.01 0.00")

    def test_negative_total(self):
        self.assertShares("-0.05", [1, 1, 1], "-0.02 -0.02 -0.01")

    def test_exact_weights(self):
        self.assertShares("1.00", [Fraction(1, 3), Fraction(2, 3), Decimal("1.0")], "0.17 0.33 0.50")

    def test_a_step_that_is_no_power_of_ten(self):
        self.assertShares("1.00", [1, 1, 1], "0.35 0.35 0.30", Decimal("0.05"))

    def test_a_total_finer_than_the_step(self):
        self.assertShares("0.005", [1, 1], "0.003 0.002")

    def test_nothing_to_weigh(self):
        self.assertShares("0", [0, 0], "0 0")
        with self.assertRaises(NothingToShare):
            allocate(Decimal(1), [0, 0], CENT)


class SourcesOfVolumes(unittest.TestCase):
    """A bill says which volumes nobody measured."""

    quarter = period("2026-01-01..2026-03-31")

    def test_flat(self):
        volume = flat_consumption(Decimal(365), self.quarter, Rounding())
        self.assertEqual(volume, Consumption(self.quarter, Decimal(90), Measure.FLAT))

    def test_estimated(self):
        volume = estimate_consumption(self.quarter, [(Decimal(60), 180), (Decimal(30), 90)], Rounding())
        self.assertEqual(volume, Consumption(self.quarter, Decimal(30), Measure.ESTIMATED))


class Leaks(unittest.TestCase):
    def test_unknown_past(self):
        self.assertIsNone(check_leak(Decimal(100), 90, [], Rounding()))
        with self.assertRaises(NoHistory):
            estimate_consumption(period("2026-01-01..2026-03-31"), [], Rounding())

    def test_nobody_is_limited_to_nothing(self):
        check = check_leak(Decimal(80), 90, [(Decimal(0), 270)], Rounding())
        self.assertEqual((check.abnormal, check.basis, check.cap), (True, Basis.UNKNOWN, 0))
        self.assertEqual(check.relieved_volume(excludes_leak=False), 80)
        self.assertEqual(check.relieved_volume(excludes_leak=True), 80)
        self.assertFalse(check_leak(Decimal(0), 90, [(Decimal(0), 270)], Rounding()).abnormal)

    def test_the_area_stands_for_an_unknown_past(self):
        for past in ([], [(Decimal(0), 270)]):
            check = check_leak(Decimal(100), 90, past, Rounding(), area=Decimal(30))
            self.assertEqual((check.basis, check.mean, check.cap, check.abnormal), (Basis.AREA, 30, 60, True))
        known = check_leak(Decimal(100), 90, [(Decimal(150), 270)], Rounding(), area=Decimal(30))
        self.assertEqual((known.basis, known.cap), (Basis.PAST, 100))

    def test_twice_is_compared_exactly(self):
        # 100 m³ over 300 days is 33.333… over 100 days; twice is 66.666…, its rounding 66.667
        past = [(Decimal(100), 300)]
        self.assertTrue(check_leak(Decimal("66.667"), 100, past, Rounding()).abnormal)
        self.assertFalse(check_leak(Decimal("66.666"), 100, past, Rounding()).abnormal)

    def test_a_normal_volume_is_not_relieved(self):
        check = check_leak(Decimal(60), 90, [(Decimal(30), 90)], Rounding())
        self.assertEqual(check.relieved_volume(excludes_leak=True), 60)

    def test_the_cap_is_shared_by_the_slices(self):
        slices = drawn("2026-01-01..2026-02-09", 40), drawn("2026-02-10..2026-03-31", 60)
        limited = limit_volume(slices, Decimal(60), Rounding())
        self.assertEqual([part.volume for part in limited], [24, 36])
        self.assertEqual([part.period for part in limited], [part.period for part in slices])

    def test_nothing_to_limit(self):
        slices = (drawn("2026-01-01..2026-02-09", 40),)
        self.assertEqual(limit_volume(slices, Decimal(40), Rounding()), slices)
