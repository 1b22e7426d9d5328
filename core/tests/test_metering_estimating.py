"""An estimated index names the readings that it was worked out from; its edges are worked out by hand."""

import unittest
from datetime import date, timedelta
from decimal import Decimal as D

from ..metering.estimating import Estimate, estimate_index
from ..metering.readings import Device, Meter, Reading, ReadingKind

TODAY = date(2026, 1, 31)
FIRST = date(2025, 1, 1)


def read(days, index, kind=ReadingKind.REAL):
    """A reading so many days after 1 January 2025."""
    return Reading(days, FIRST + timedelta(days), D(index), kind)


def estimate(days, *readings, meter=None):
    return estimate_index(meter or Meter(), readings, FIRST + timedelta(days), TODAY)


class TestEstimates(unittest.TestCase):
    def test_between_two_readings_both_are_named(self):
        """31 m³ in 31 days: 10 of them in ten days."""
        first, second = read(0, 100), read(31, 131)
        self.assertEqual(estimate(10, first, second), Estimate(D(110), first, second))

    def test_nothing_drawn_between_them(self):
        first, second = read(0, 100), read(31, 100)
        self.assertEqual(estimate(10, first, second), Estimate(D(100), first, second))

    def test_on_the_day_of_a_reading_it_is_that_reading(self):
        first, second = read(0, 100), read(31, "131.2")
        self.assertEqual(estimate(31, first, second), Estimate(D("131.2"), second))

    def test_after_the_last_reading_the_mean_goes_on(self):
        """10 m³ in 10 days; a hundred days later: 10 + 100."""
        first, last = read(0, 0), read(10, 10)
        self.assertEqual(estimate(110, first, last), Estimate(D(110), last))

    def test_half_a_cubic_metre_is_rounded_up(self):
        """10 m³ in 20 days, one day later: 10.5."""
        self.assertEqual(estimate(21, read(0, 0), read(20, 10)).index, D(11))

    def test_an_estimate_measures_nothing(self):
        """100 m³ in 100 days, then 100 estimated in 10 days: ten days later, one m³ a day."""
        rows = read(0, 0), read(100, 100), read(110, 200, ReadingKind.ESTIMATED)
        self.assertEqual(estimate(120, *rows).index, D(210))

    def test_between_an_estimate_and_a_lower_index_nothing_is_known(self):
        """The meter showed 0, 100 by estimate, then 60: what was drawn before the estimate is not known."""
        rows = read(0, 0), read(31, 100, ReadingKind.ESTIMATED), read(59, 60)
        self.assertIsNone(estimate(41, *rows))

    def test_past_the_last_digit(self):
        """One m³ a day on five digits, after a device of three: ten days after 99,990 it shows zero."""
        rows = read(-100, 99_890), read(0, 99_990)
        for days, index in ((9, 99_999), (10, 0), (20, 10)):
            meter = Meter((Device(3, date(2020, 1, 1)), Device(5)))
            self.assertEqual(estimate(days, *rows, meter=meter).index, D(index))
