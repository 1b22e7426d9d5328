"""Intervals between readings of actual consumption."""

import unittest
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D
from fractions import Fraction
from itertools import pairwise

from ..metering.intervals import Interval, drawn_between, intervals, years_before
from ..metering.readings import ReadingKind


@dataclass(frozen=True)
class Read:
    """A reading as `intervals` takes it."""

    key: str
    date: date
    index: D
    kind: ReadingKind
    previous_date: date | None
    consumption: D


def readings(text):
    """`2024-01-01 100 | 2024-07-01 160 estimated`: readings with what each measures."""
    rows = [part.split() for part in text.split("|")]
    parsed = [
        (date.fromisoformat(day), D(index), ReadingKind(kind[0]) if kind else ReadingKind.REAL)
        for day, index, *kind in rows
    ]
    made = []
    for rank, (day, index, kind) in enumerate(parsed):
        before = parsed[rank - 1] if rank else None
        volume = D(0) if before is None or kind is ReadingKind.INSTALLATION else index - before[1]
        made.append(Read(str(rank), day, index, kind, before and before[0], volume))
    return made


def spans(text):
    return [(f"{i.start}..{i.end}", i.volume) for i in intervals(readings(text))]


class TestIntervals(unittest.TestCase):
    def test_each_reading_closes_one(self):
        self.assertEqual(
            spans("2024-01-01 100 | 2024-07-01 150 | 2025-01-01 200 remote"),
            [("2024-01-01..2024-07-01", 50), ("2024-07-01..2025-01-01", 50)],
        )

    def test_an_estimate_and_what_puts_it_right_are_one(self):
        # +100 estimated, then −40: 60 m³ drawn in the year
        self.assertEqual(
            spans("2022-01-01 0 | 2022-07-01 100 estimated | 2023-01-01 60"), [("2022-01-01..2023-01-01", 60)]
        )

    def test_estimates_in_a_row_are_inside_too(self):
        text = "2024-01-01 0 | 2024-04-01 30 estimated | 2024-07-01 60 estimated | 2024-10-01 70"
        self.assertEqual(spans(text), [("2024-01-01..2024-10-01", 70)])

    def test_a_self_reported_index_is_a_reading_that_a_lower_one_joins(self):
        text = "2024-01-01 0 | 2024-04-01 30 self_reported | 2024-07-01 20"
        self.assertEqual(spans(text), [("2024-01-01..2024-07-01", 20)])
        self.assertEqual(len(spans("2024-01-01 0 | 2024-04-01 30 self_reported | 2024-07-01 40")), 2)

    def test_what_is_put_right_may_reach_back_over_several(self):
        text = (
            "2024-01-01 0 | 2024-03-01 10 | 2024-05-01 90 self_reported | 2024-07-01 95 self_reported | 2024-09-01 40"
        )
        self.assertEqual(spans(text), [("2024-01-01..2024-03-01", 10), ("2024-03-01..2024-09-01", 30)])

    def test_nothing_drawn_keeps_its_days(self):
        text = "2024-01-01 100 | 2024-07-01 100 | 2025-01-01 200"
        self.assertEqual(spans(text), [("2024-01-01..2024-07-01", 0), ("2024-07-01..2025-01-01", 100)])

    def test_a_replacement_opens_another(self):
        text = "2024-01-01 100 | 2024-07-01 130 removal | 2024-07-01 0 installation | 2025-01-01 20"
        self.assertEqual(spans(text), [("2024-01-01..2024-07-01", 30), ("2024-07-01..2025-01-01", 20)])

    def test_days_without_a_device_measure_nothing(self):
        text = "2024-01-01 100 | 2024-07-01 130 removal | 2024-07-11 0 installation | 2025-01-01 20"
        gap = intervals(readings(text))[1]
        self.assertEqual(gap, Interval(date(2024, 7, 1), date(2024, 7, 11), D(0), "2", has_device=False))

    def test_an_estimate_before_a_removal_is_put_right_by_it(self):
        text = "2024-01-01 0 | 2024-07-01 100 estimated | 2024-09-01 80 removal | 2024-09-01 5 installation"
        text += " | 2025-01-01 25"
        self.assertEqual(spans(text), [("2024-01-01..2024-09-01", 80), ("2024-09-01..2025-01-01", 20)])

    def test_a_new_device_does_not_put_the_old_one_right(self):
        rows = readings("2024-01-01 0 | 2024-07-01 50 removal | 2024-07-01 9 installation | 2025-01-01 5")
        self.assertEqual([i.volume for i in intervals(rows)], [50, -4])

    def test_a_second_reading_of_a_day_joins_the_interval_that_it_ends(self):
        text = "2024-01-01 0 | 2024-07-01 50 | 2024-07-01 52 removal | 2024-07-01 0 installation | 2025-01-01 9"
        self.assertEqual(spans(text), [("2024-01-01..2024-07-01", 52), ("2024-07-01..2025-01-01", 9)])

    def test_a_volume_without_days_waits_for_the_next_interval(self):
        rows = [
            Read("a", date(2024, 7, 1), D(5), ReadingKind.REMOVAL, date(2024, 7, 1), D(2)),
            Read("b", date(2024, 8, 1), D(5), ReadingKind.REAL, date(2024, 7, 1), D(3)),
        ]
        self.assertEqual(intervals(rows), [Interval(date(2024, 7, 1), date(2024, 8, 1), D(5), "b")])

    def test_a_last_estimate_leaves_an_interval_that_is_not_actual(self):
        last = intervals(readings("2024-01-01 0 | 2024-04-01 30 | 2024-07-01 60 estimated"))[-1]
        self.assertEqual(last, Interval(date(2024, 4, 1), date(2024, 7, 1), D(30), "2", is_actual=False))

    def test_no_day_and_no_volume_is_lost(self):
        text = "2024-01-01 0 | 2024-02-01 40 estimated | 2024-03-01 10 | 2024-04-01 10 | 2024-05-01 90 self_reported"
        text += " | 2024-06-01 30 | 2024-07-01 35 estimated"
        made = intervals(readings(text))
        self.assertEqual(sum(i.volume for i in made), 35)
        self.assertTrue(all(one.end == other.start for one, other in pairwise(made)))
        self.assertEqual((made[0].start, made[-1].end), (date(2024, 1, 1), date(2024, 7, 1)))


class TestDrawnBetween(unittest.TestCase):
    PAST = intervals(readings("2023-01-01 0 | 2023-04-11 100 | 2023-07-01 100 | 2023-10-01 130 estimated"))

    def test_an_interval_is_cut_by_days(self):
        # 100 m³ over 100 days: 31 days of January
        self.assertEqual(list(drawn_between(self.PAST, date(2023, 1, 1), date(2023, 2, 1))), [(Fraction(31), 31)])

    def test_a_single_day_counts(self):
        self.assertEqual(list(drawn_between(self.PAST, date(2023, 1, 1), date(2023, 1, 2))), [(Fraction(1), 1)])

    def test_days_in_which_nothing_was_drawn_count(self):
        self.assertEqual(list(drawn_between(self.PAST, date(2023, 4, 11), date(2023, 7, 1))), [(Fraction(0), 81)])

    def test_an_open_estimate_does_not_count(self):
        self.assertEqual(list(drawn_between(self.PAST, date(2023, 7, 1), date(2023, 12, 31))), [])

    def test_days_without_a_device_do_not_count(self):
        past = [Interval(date(2023, 1, 1), date(2023, 2, 1), D(0), has_device=False)]
        self.assertEqual(list(drawn_between(past, date(2023, 1, 1), date(2023, 2, 1))), [])

    def test_the_same_calendar_day(self):
        self.assertEqual(years_before(date(2024, 2, 29), 1), date(2023, 2, 28))
        self.assertEqual(years_before(date(2025, 3, 1), 1), date(2024, 3, 1))
