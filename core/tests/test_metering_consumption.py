"""From indexes to consumptions: the arithmetic, and the findings of readings."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..metering.consumption import chain
from ..metering.findings import Code
from ..metering.readings import Device, Meter, Reading, ReadingKind

TODAY = date(2026, 1, 31)
FIVE_DIGITS = Meter((Device(5),))


def reading(key, day, index, **more):
    return Reading(key, date.fromisoformat(day), D(index), **more)


def codes(step):
    return [f.code for f in step.findings]


class ChainCase(unittest.TestCase):
    def steps(self, *readings, meter=FIVE_DIGITS):
        return {s.key: s for s in chain(meter, readings, TODAY)}


class TestChain(ChainCase):
    def test_consumption_is_the_difference_of_indexes(self):
        steps = self.steps(reading("b", "2025-06-30", "152.5"), reading("a", "2025-03-31", 100))
        self.assertEqual(steps["a"].computed, D(0), "the first index measures nothing yet")
        self.assertEqual(steps["b"].computed, D("52.5"))
        self.assertEqual(steps["b"].previous_index, D(100))
        self.assertEqual(steps["b"].previous_key, "a")
        self.assertEqual(steps["b"].previous_date, date(2025, 3, 31))

    def test_modified_consumption_keeps_the_computed_one(self):
        steps = self.steps(reading("a", "2025-03-31", 100), reading("b", "2025-06-30", 152, modified=D(40)))
        self.assertEqual((steps["b"].computed, steps["b"].consumption), (D(52), D(40)))

    def test_rollover_adds_the_number_of_digits(self):
        steps = self.steps(reading("a", "2025-03-31", 99990), reading("b", "2025-06-30", 12, rollover=True))
        self.assertEqual(steps["b"].computed, D(22))
        self.assertEqual(steps["b"].findings, ())

    def test_rollover_is_never_guessed(self):
        steps = self.steps(reading("a", "2025-03-31", 99990), reading("b", "2025-06-30", 12))
        self.assertEqual(codes(steps["b"]), [Code.BELOW_PREVIOUS])

    def test_rollover_without_a_known_number_of_digits(self):
        a, b = reading("a", "2025-03-31", 990), reading("b", "2025-06-30", 12, rollover=True)
        self.assertEqual(codes(self.steps(a, b, meter=Meter())["b"]), [Code.DIGITS_UNKNOWN])

    def test_rollover_above_the_previous_index_is_a_mistake(self):
        steps = self.steps(reading("a", "2025-03-31", 10), reading("b", "2025-06-30", 12, rollover=True))
        self.assertEqual(codes(steps["b"]), [Code.USELESS_ROLLOVER])

    def test_replacement_adds_up(self):
        """100 → 130 on the old device, 5 → 25 on the new one: 30 + 20."""
        meter = Meter((Device(4, removed_on=date(2025, 5, 10)), Device(5)))
        steps = self.steps(
            reading("a", "2025-03-31", 100),
            reading("off", "2025-05-10", 130, kind=ReadingKind.REMOVAL),
            reading("on", "2025-05-10", 5, kind=ReadingKind.INSTALLATION),
            reading("b", "2025-06-30", 25),
            meter=meter,
        )
        self.assertEqual([steps[k].computed for k in ("off", "on", "b")], [D(30), D(0), D(20)])
        self.assertEqual(sum(s.computed for s in steps.values()), D(50))
        self.assertFalse(any(s.blocking for s in steps.values()))

    def test_rollover_of_a_device_that_is_gone_uses_its_own_digits(self):
        meter = Meter((Device(4, removed_on=date(2025, 9, 1)), Device(6)))
        steps = self.steps(reading("a", "2025-03-31", 9990), reading("b", "2025-06-30", 10, rollover=True), meter=meter)
        self.assertEqual(steps["b"].computed, D(20))

    def test_a_roll_over_on_the_day_of_removal_is_the_old_device_s(self):
        meter = Meter((Device(4, removed_on=date(2025, 6, 30)), Device(6)))
        for kind in (ReadingKind.REAL, ReadingKind.REMOVAL):
            last = reading("b", "2025-06-30", 10, rollover=True, kind=kind)
            steps = self.steps(reading("a", "2025-03-31", 9990), last, meter=meter)
            self.assertEqual(steps["b"].computed, D(20), kind)

    def test_a_roll_over_after_the_installation_is_the_new_device_s(self):
        meter = Meter((Device(6, removed_on=date(2025, 3, 31)), Device(4)))
        start = reading("a", "2025-03-31", 9990, kind=ReadingKind.INSTALLATION)
        steps = self.steps(start, reading("b", "2025-06-30", 10, rollover=True), meter=meter)
        self.assertEqual(steps["b"].computed, D(20))

    def test_nothing_is_read_on_a_removed_device(self):
        steps = self.steps(
            reading("a", "2025-03-31", 100),
            reading("off", "2025-05-10", 130, kind=ReadingKind.REMOVAL),
            reading("b", "2025-06-30", 140),
        )
        self.assertEqual(codes(steps["b"]), [Code.NO_DEVICE])

    def test_true_index_puts_a_too_high_estimate_right(self):
        steps = self.steps(
            reading("a", "2025-03-31", 100),
            reading("e", "2025-06-30", 160, kind=ReadingKind.ESTIMATED),
            reading("b", "2025-09-30", 150),
        )
        self.assertEqual(steps["b"].computed, D(-10))
        self.assertEqual(codes(steps["b"]), [Code.ESTIMATE_TOO_HIGH])

    def test_true_index_below_the_last_verified_one_is_refused(self):
        steps = self.steps(
            reading("a", "2025-03-31", 100),
            reading("e", "2025-06-30", 160, kind=ReadingKind.SELF_REPORTED),
            reading("b", "2025-09-30", 99),
        )
        self.assertEqual(codes(steps["b"]), [Code.BELOW_PREVIOUS])


class TestFindings(ChainCase):
    def test_refusals(self):
        late = Meter((Device(3),), installed_on=date(2025, 1, 1))
        for name, meter, rows, expected in (
            ("negative", late, [reading("x", "2025-02-01", -1)], Code.NEGATIVE),
            ("future", late, [reading("x", "2026-02-01", 1)], Code.FUTURE),
            ("before the installation", late, [reading("x", "2024-12-31", 1)], Code.BEFORE_INSTALLATION),
            ("more digits than the device shows", late, [reading("x", "2025-02-01", 1000)], Code.TOO_MANY_DIGITS),
            (
                "twice on a day",
                late,
                [reading("w", "2025-02-01", 5), reading("x", "2025-02-01", 6)],
                Code.DUPLICATE,
            ),
            (
                "below the previous",
                late,
                [reading("w", "2025-02-01", 9), reading("x", "2025-03-01", 8)],
                Code.BELOW_PREVIOUS,
            ),
        ):
            with self.subTest(name):
                step = self.steps(*rows, meter=meter)["x"]
                self.assertEqual(codes(step), [expected])
                self.assertTrue(step.blocking)

    def test_today_is_not_the_future(self):
        self.assertEqual(codes(self.steps(reading("x", "2026-01-31", 1))["x"]), [])

    def test_finding_names_both_readings(self):
        finding = self.steps(reading("a", "2025-02-01", 9), reading("b", "2025-03-01", 8))["b"].findings[0]
        self.assertEqual((finding.previous_date, finding.previous_index), (date(2025, 2, 1), D(9)))
        self.assertEqual((finding.date, finding.index), (date(2025, 3, 1), D(8)))

    def test_twice_the_mean_is_the_limit(self):
        """10 m³ in 10 days, then 20 m³ in 10 days: exactly twice. One more litre is a possible leak."""
        start = [reading("a", "2025-01-01", 0), reading("b", "2025-01-11", 10)]
        self.assertEqual(codes(self.steps(*start, reading("c", "2025-01-21", 30))["c"]), [])
        step = self.steps(*start, reading("c", "2025-01-21", "30.001"))["c"]
        self.assertEqual(codes(step), [Code.HIGH])
        self.assertFalse(step.blocking)

    def test_mean_is_per_day(self):
        """10 m³ in 10 days, then 60 m³ in 60 days: the same daily mean."""
        steps = self.steps(
            reading("a", "2025-01-01", 0), reading("b", "2025-01-11", 10), reading("c", "2025-03-12", 70)
        )
        self.assertEqual(codes(steps["c"]), [])

    def test_mean_forgets_after_three_years(self):
        old = [reading("a", "2020-01-01", 0), reading("b", "2020-02-01", 31)]
        between = reading("n", "2025-01-01", 31, modified=D(0))
        steps = self.steps(*old, between, reading("c", "2025-02-01", 1031))
        self.assertEqual(codes(steps["c"]), [], "nothing but an empty period is younger than three years")

    def test_an_estimate_put_right_counts_for_what_was_drawn(self):
        """Each year 100 m³ estimated, then 40 less: a mean of 60, so that 200 is more than twice it."""
        years = [
            reading(f"{kind}{year}", f"{year}{day}", index, kind=kind)
            for year, low in ((2022, 0), (2023, 60))
            for day, index, kind in (
                ("-07-01", low + 100, ReadingKind.ESTIMATED),
                ("-12-31", low + 60, ReadingKind.REAL),
            )
        ]
        steps = self.steps(reading("a", "2022-01-01", 0), *years, reading("x", "2024-12-31", 320))
        self.assertEqual(codes(steps["x"]), [Code.HIGH])
        steps = self.steps(reading("a", "2022-01-01", 0), *years, reading("x", "2024-12-31", 220))
        self.assertEqual(codes(steps["x"]), [], "100 m³ is less than twice 60")

    def test_a_reading_after_an_estimate_is_compared_over_both(self):
        """10 m³ in 10 days; then 5 estimated in 10 days and 17 in 10 days: 22 in 20 days, not twice the mean."""
        start = [reading("a", "2025-01-01", 0), reading("b", "2025-01-11", 10)]
        estimate = reading("e", "2025-01-21", 15, kind=ReadingKind.ESTIMATED)
        self.assertEqual(codes(self.steps(*start, estimate, reading("c", "2025-01-31", 37))["c"]), [])
        self.assertEqual(codes(self.steps(*start, estimate, reading("c", "2025-01-31", 51))["c"]), [Code.HIGH])

    def test_three_years_are_counted_by_the_calendar(self):
        old = [reading("a", "2021-12-01", 0), reading("b", "2022-01-01", 31)]
        more = [reading("n", "2024-12-02", 31, modified=D(0))]
        on_the_day = self.steps(*old, *more, reading("c", "2025-01-01", 1031))["c"]
        self.assertEqual(codes(on_the_day), [], "31 m³ of an interval that ended three years before are forgotten")
        self.assertEqual(codes(self.steps(*old, *more, reading("c", "2024-12-31", 1031))["c"]), [Code.HIGH])

    def test_a_useless_roll_over_measures_the_difference(self):
        steps = self.steps(reading("a", "2025-03-31", 10), reading("b", "2025-06-30", 12, rollover=True))
        self.assertEqual(steps["b"].computed, D(2))

    def test_a_second_reading_of_a_day_adds_no_day_and_its_volume(self):
        """10 m³ in 10 days, of which 4 between two readings of the last day: then 21 in 10 days are too many."""
        start = [
            reading("a", "2025-01-01", 0),
            reading("b", "2025-01-11", 6),
            reading("off", "2025-01-11", 10, kind=ReadingKind.REMOVAL),
            reading("on", "2025-01-11", 0, kind=ReadingKind.INSTALLATION),
        ]
        self.assertEqual(codes(self.steps(*start, reading("c", "2025-01-21", 20))["c"]), [])
        self.assertEqual(codes(self.steps(*start, reading("c", "2025-01-21", 21))["c"]), [Code.HIGH])

    def test_days_of_older_years_do_not_lower_the_mean(self):
        """1 m³ a day since 2018; then 46.5 in 31 days, less than twice as much."""
        steps = self.steps(
            reading("a", "2018-01-01", 0),
            reading("b", "2022-01-01", 1461),
            reading("c", "2024-12-31", 2556),
            reading("d", "2025-01-31", "2602.5"),
        )
        self.assertEqual(codes(steps["d"]), [])

    def test_an_index_that_puts_earlier_ones_right_lowers_the_mean(self):
        """10 told in January and in February, 5 found in April: 5 m³ in 90 days; 4 in 30 days are more than twice."""
        told = {"kind": ReadingKind.SELF_REPORTED}
        rows = [
            reading("a", "2025-01-01", 0),
            reading("b", "2025-02-01", 10, **told),
            reading("c", "2025-03-01", 20, **told),
            reading("d", "2025-04-01", 5),
        ]
        self.assertEqual(codes(self.steps(*rows, reading("e", "2025-05-01", 9))["e"]), [Code.HIGH])
        self.assertEqual(codes(self.steps(*rows, reading("e", "2025-05-01", 8))["e"]), [])

    def test_nothing_consumed(self):
        steps = self.steps(reading("a", "2025-01-01", 7), reading("b", "2025-01-11", 7))
        self.assertEqual(codes(steps["b"]), [Code.ZERO])

    def test_a_volume_given_back_is_not_nothing(self):
        """A correction of −5 m³ by hand is neither “nothing consumed” nor high."""
        steps = self.steps(reading("a", "2025-01-01", 7), reading("b", "2025-01-11", 7, modified=D(-5)))
        self.assertEqual(codes(steps["b"]), [])

    def test_inserted_before_a_billed_reading(self):
        steps = self.steps(
            reading("a", "2025-01-01", 100),
            reading("x", "2025-02-01", 150),
            reading("b", "2025-03-01", 200, billed=True),
        )
        self.assertIn(Code.ALREADY_BILLED, codes(steps["x"]))
        self.assertFalse(steps["x"].blocking)
        self.assertEqual(codes(steps["b"]), [])

    def test_what_the_first_bill_starts_from_is_not_late(self):
        """Billed: from 31 January to 31 March. What was read before is older than any bill; February's was billed."""
        steps = self.steps(
            reading("a", "2024-12-31", 100),
            reading("b", "2025-01-31", 110),
            reading("late", "2025-02-28", 115),
            reading("c", "2025-03-31", 120, billed=True, billed_since=date(2025, 1, 31)),
            reading("d", "2025-04-30", 130, billed=True, billed_since=date(2025, 3, 31)),
        )
        self.assertEqual([key for key, step in steps.items() if codes(step)], ["late"])


if __name__ == "__main__":
    unittest.main()
