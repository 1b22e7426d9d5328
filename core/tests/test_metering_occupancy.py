"""Departures and arrivals: the index of the day, and what is ended and begun."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..metering.estimating import estimate_index
from ..metering.occupancy import Contract, Hindrance, OccupancyChange, plan_change
from ..metering.readings import Device, Meter, Reading, ReadingKind

TODAY = date(2026, 11, 30)
DEPARTURE = date(2025, 3, 15)


def estimate(day, *rows, meter=None):
    """Return the index of a day; rows are (day, index, kind)."""
    readings = [
        Reading(rank, date.fromisoformat(when), D(index), ReadingKind(kind[0]) if kind else ReadingKind.REAL)
        for rank, (when, index, *kind) in enumerate(rows)
    ]
    found = estimate_index(meter or Meter(), readings, date.fromisoformat(day), TODAY)
    return found and found.index


class TestEstimate(unittest.TestCase):
    def test_between_two_readings(self):
        """Worked: 1,200 on 1 January, 1,320 on 1 July, gone on the evening of 15 March: 1,200 + 120 × 74/181."""
        self.assertEqual(estimate("2025-03-16", ("2025-01-01", 1200), ("2025-07-01", 1320)), D(1249))

    def test_after_the_last_one_the_past_goes_on(self):
        """120 m³ in 365 days; 73 days later: + 24."""
        self.assertEqual(estimate("2025-03-15", ("2024-01-02", 100), ("2025-01-01", 220)), D(244))

    def test_three_years_of_the_past_count(self):
        rows = (
            ("2019-01-01", 0),
            ("2022-01-01", 9000),
            ("2023-01-01", 9365),
            ("2024-01-01", 9730),
            ("2025-01-01", 10096),
        )
        self.assertEqual(estimate("2025-01-11", *rows), D(10106))

    def test_a_leap_over_the_last_digit(self):
        meter = Meter((Device(4),))
        self.assertEqual(estimate("2025-01-11", ("2024-01-02", 9615), ("2025-01-01", 9995), meter=meter), D(5))

    def test_never_below_the_reading_before(self):
        self.assertEqual(estimate("2025-01-02", ("2025-01-01", "12.3"), ("2025-07-01", "12.4")), D("12.3"))

    def test_nothing_tells(self):
        self.assertIsNone(estimate("2025-01-01"))
        self.assertIsNone(estimate("2025-02-01", ("2025-01-01", 10)))
        self.assertIsNone(estimate("2025-02-01", ("2024-01-01", 10), ("2025-01-01", 20, "removal")))

    def test_the_volume_is_that_of_the_device_removed(self):
        rows = ("2025-01-01", 100), ("2025-04-11", 200, "removal"), ("2025-04-11", 0, "installation")
        self.assertEqual(estimate("2025-02-20", *rows), D(150))

    def test_nothing_drawn(self):
        self.assertEqual(estimate("2025-02-01", ("2024-01-01", 10), ("2025-01-01", 10)), D(10))


def contract(key, start, end=None, billed=None, name="Durand"):
    days = (day and date.fromisoformat(day) for day in (start, end, billed))
    return Contract(key, name, *days)


class TestPlan(unittest.TestCase):
    def plan(self, *contracts, followed=True, **options):
        return plan_change(contracts, DEPARTURE, followed, **options)

    def test_one_leaves_and_another_comes(self):
        change = self.plan(contract(1, "2020-01-01", "2024-12-31"), contract(2, "2025-01-01"))
        self.assertEqual((change.leaving.key, change.terms.key, change.hindrance), (2, 2, None))
        self.assertEqual(change.first_day, date(2025, 3, 16))

    def test_an_arrival_in_an_empty_place(self):
        change = self.plan(contract(1, "2020-01-01", "2024-12-31"))
        self.assertEqual((change.leaving, change.terms.key), (None, 1))
        self.assertEqual(change.first_day, DEPARTURE)

    def test_the_first_day_of_another_section(self):
        change = self.plan(contract(1, "2020-01-01", "2025-03-10"), first_day=date(2025, 3, 16))
        self.assertEqual((change.leaving, change.first_day, change.hindrance), (None, date(2025, 3, 16), None))

    def test_ended_on_that_day_already(self):
        self.assertEqual(self.plan(contract(1, "2020-01-01", "2025-03-15"), followed=False).leaving.key, 1)

    def test_the_name_in_another_order(self):
        known = contract(1, "2020-01-01", name="DURAND Marie")
        self.assertIsNone(self.plan(known, expected="Marie Durand").hindrance)

    def test_hindrances(self):
        running = contract(1, "2020-01-01")
        for wanted, found in (
            (Hindrance.NOBODY, self.plan(contract(1, "2020-01-01", "2024-12-31"), followed=False)),
            (Hindrance.OTHER_SUBSCRIBER, self.plan(running, expected="Martin")),
            (Hindrance.BILLED, self.plan(contract(1, "2020-01-01", None, "2025-03-31"))),
            (Hindrance.TAKEN, self.plan(running, contract(2, "2025-05-01"))),
            (Hindrance.TAKEN, self.plan(contract(2, "2025-05-01"))),
            (Hindrance.NO_TERMS, self.plan()),
        ):
            with self.subTest(wanted):
                self.assertIs(found.hindrance, wanted)
        self.assertIsNone(self.plan(contract(1, "2020-01-01", None, "2025-03-15")).hindrance)
        self.assertIsNone(self.plan(running, contract(2, "2025-05-01"), followed=False).hindrance)
        self.assertIsNone(self.plan(has_terms=True).hindrance)

    def test_a_name_with_a_comma(self):
        known = contract(1, "2020-01-01", name="DURAND, Marie")
        self.assertIsNone(self.plan(known, expected="Marie Durand").hindrance)

    def test_a_contract_runs_from_its_first_day(self):
        self.assertEqual(self.plan(contract(1, "2025-03-15"), followed=False).leaving.key, 1)

    def test_a_contract_of_one_day_takes_that_day(self):
        leaving, taken = contract(1, "2020-01-01", "2025-03-15"), contract(2, "2025-03-16", "2025-03-16")
        self.assertIs(self.plan(leaving, taken).hindrance, Hindrance.TAKEN)

    def test_what_hinders_is_named_beside_the_whole_plan(self):
        billed = contract(1, "2020-01-01", None, "2025-03-31")
        expected = OccupancyChange(date(2025, 3, 16), billed, billed, Hindrance.BILLED, billed, date(2025, 3, 31))
        self.assertEqual(self.plan(billed), expected)
