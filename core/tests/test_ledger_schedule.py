"""The local time is kept over every clock change: ten years, three zones, an independent computation."""

import functools
import itertools
import os
import time as clock
import unittest
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from ..ledger.findings import ScheduleError
from ..ledger.schedule import next_run
from .sentences import whole

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")
START, END = date(2026, 1, 1), date(2036, 1, 1)


@functools.cache
def minutes_of(day, zone):
    """Every minute of a local day as (wall time, UTC instant), found by walking through UTC minute by
    minute."""
    return tuple(walk(day, zone))


def walk(day, zone):
    place = ZoneInfo(zone)
    moment = datetime.combine(day, time(), UTC) - timedelta(hours=15)
    while moment < datetime.combine(day, time(), UTC) + timedelta(hours=30):
        local = moment.astimezone(place)
        if local.date() == day:
            yield local.time(), moment
        moment += timedelta(minutes=1)


def expected_run(day, hours, zone):
    """The first minute of the day whose wall time is the hour, or else the first minute after it."""
    wall = time(*divmod(round(hours * 60), 60))
    minutes = minutes_of(day, zone)
    exact = [moment for local, moment in minutes if local == wall]
    return exact[0] if exact else next(moment for local, moment in minutes if local > wall)


class TestTenYears(unittest.TestCase):
    def runs(self, zone, hours, frequency="daily", weekday=0):
        moment = datetime.combine(START, time(), UTC)
        end = datetime.combine(END, time(), UTC)
        while (moment := next_run(frequency, weekday, hours, zone, moment)) < end:
            yield moment

    def test_once_a_day_at_the_hour_on_the_wall(self):
        for zone in ZONES:
            place = ZoneInfo(zone)
            for hours in (0.0, 2.0, 2.25, 2.5, 12.0):
                with self.subTest(zone=zone, hours=hours):
                    locals_ = [moment.astimezone(place) for moment in self.runs(zone, hours)]
                    days = [local.date() for local in locals_]
                    self.assertEqual(days, [days[0] + timedelta(days=n) for n in range(len(days))])
                    self.assertGreaterEqual(len(days), 3651)
                    wall = time(*divmod(round(hours * 60), 60))
                    moved = [local for local in locals_ if local.time() != wall]
                    # A clock is put forward once a year, and only hours within the gap move.
                    self.assertLessEqual(len(moved), 10)
                    for local in moved:
                        self.assertEqual(local.astimezone(UTC), expected_run(local.date(), hours, zone))

    def test_days_of_clock_changes_against_a_walk_through_the_minutes(self):
        for zone in ZONES:
            place = ZoneInfo(zone)
            days = [START + timedelta(days=n) for n in range((END - START).days)]
            noon = time(12)
            offsets = [datetime.combine(day, noon, place).utcoffset() for day in days]
            changes = [days[n] for n in range(1, len(days)) if offsets[n] != offsets[n - 1]]
            self.assertEqual(len(changes), 20, zone)
            for day in changes:
                before = datetime.combine(day, time(), place).astimezone(UTC) - timedelta(hours=1)
                for quarter in range(4 * 4):
                    hours = quarter / 4
                    found = next_run("daily", 0, hours, zone, before)
                    self.assertEqual(found, expected_run(day, hours, zone), (zone, day, hours))

    def test_weekly(self):
        for zone in ZONES:
            for weekday in range(7):
                runs = [moment.astimezone(ZoneInfo(zone)) for moment in self.runs(zone, 2.5, "weekly", weekday)]
                self.assertEqual({local.weekday() for local in runs}, {weekday})
                gaps = {(after.date() - before.date()).days for before, after in itertools.pairwise(runs)}
                self.assertEqual(gaps, {7})


class TestClockChanges(unittest.TestCase):
    def test_an_hour_that_does_not_exist_is_the_next_one(self):
        after = datetime(2027, 3, 27, 12, tzinfo=UTC)
        first = next_run("daily", 0, 2.5, "Europe/Paris", after)
        self.assertEqual(first, datetime(2027, 3, 28, 1, 0, tzinfo=UTC))
        self.assertEqual(first.astimezone(ZoneInfo("Europe/Paris")).time(), time(3))
        self.assertEqual(next_run("daily", 0, 2.5, "Europe/Paris", first), datetime(2027, 3, 29, 0, 30, tzinfo=UTC))

    def test_every_minute_of_the_skipped_hour_is_the_first_one_after_it(self):
        after = datetime(2027, 3, 27, 12, tzinfo=UTC)
        for minute in range(60):
            found = next_run("daily", 0, 2 + minute / 60, "Europe/Paris", after)
            self.assertEqual(found, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), minute)

    def test_the_clock_of_the_server_does_not_matter(self):
        self.addCleanup(clock.tzset)
        for zone in ("America/New_York", "Europe/Paris", "Asia/Kathmandu"):
            with mock.patch.dict(os.environ, {"TZ": zone}):
                clock.tzset()
                for month, day, hour in ((3, 27, 1), (10, 24, 0), (6, 1, 0)):
                    found = next_run("daily", 0, 2.5, "Europe/Paris", datetime(2027, month, day, 12, tzinfo=UTC))
                    minute = 0 if month == 3 else 30
                    expected = datetime(2027, month, day + 1, hour, minute, tzinfo=UTC)
                    self.assertEqual((found, found.tzinfo), (expected, UTC), zone)

    def test_a_gap_of_half_an_hour(self):
        first = next_run("daily", 0, 2.25, "Australia/Lord_Howe", datetime(2026, 10, 3, 0, tzinfo=UTC))
        self.assertEqual(first.astimezone(ZoneInfo("Australia/Lord_Howe")).time(), time(2, 30))

    def test_an_hour_that_comes_twice_counts_once(self):
        first = next_run("daily", 0, 2.5, "Europe/Paris", datetime(2026, 10, 24, 12, tzinfo=UTC))
        self.assertEqual(first, datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
        self.assertEqual(next_run("daily", 0, 2.5, "Europe/Paris", first), datetime(2026, 10, 26, 1, 30, tzinfo=UTC))

    def test_strictly_after(self):
        run = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
        self.assertEqual(next_run("daily", 0, 12.0, "Europe/Paris", run - timedelta(seconds=1)), run)
        self.assertEqual(next_run("daily", 0, 12.0, "Europe/Paris", run), run + timedelta(days=1))
        self.assertEqual(next_run("weekly", 5, 12.0, "Europe/Paris", run), run + timedelta(days=7))

    def test_a_whole_day_that_does_not_exist(self):
        runs = [datetime(2011, 12, 28, 0, tzinfo=UTC)]
        for _ in range(5):
            runs.append(next_run("daily", 0, 12.0, "Pacific/Apia", runs[-1]))
        days = [run.astimezone(ZoneInfo("Pacific/Apia")).strftime("%d %H:%M") for run in runs[1:]]
        self.assertEqual(days, ["28 12:00", "29 12:00", "31 00:00", "31 12:00", "01 12:00"])

    def test_the_last_minutes_of_the_day(self):
        after = datetime(2026, 6, 1, 12, tzinfo=UTC)
        for hours, expected in ((23.0, (21, 0)), (23.5, (21, 30)), (23 + 59 / 60, (21, 59)), (0.0, (22, 0))):
            found = next_run("daily", 0, hours, "Europe/Paris", after)
            self.assertEqual((found.day, found.hour, found.minute), (1, *expected), hours)

    def test_mistakes(self):
        now = datetime(2026, 11, 21, tzinfo=UTC)
        for code, value, arguments in (
            ("because_frequency", "monthly", ("monthly", 0, 1.0, "Europe/Paris", now)),
            ("because_weekday", "7", ("weekly", 7, 1.0, "Europe/Paris", now)),
            ("because_weekday", "-1", ("weekly", -1, 1.0, "Europe/Paris", now)),
            ("because_time", "24.0", ("daily", 0, 24.0, "Europe/Paris", now)),
            ("because_time", "23.999", ("daily", 0, 23.999, "Europe/Paris", now)),
            ("because_time", "-0.5", ("daily", 0, -0.5, "Europe/Paris", now)),
            ("because_time", "nan", ("daily", 0, float("nan"), "Europe/Paris", now)),
            ("because_zone", "Europe/Nowhere", ("daily", 0, 1.0, "Europe/Nowhere", now)),
            ("because_zone", "../etc/passwd", ("daily", 0, 1.0, "../etc/passwd", now)),
            ("because_zone", "", ("daily", 0, 1.0, "", now)),
            ("because_naive", None, ("daily", 0, 1.0, "Europe/Paris", datetime(2026, 11, 21))),
        ):
            with self.subTest(arguments), self.assertRaises(ScheduleError) as caught:
                next_run(*arguments)
            reason = whole(caught.exception).params["reason"]
            self.assertEqual((caught.exception.code, reason.code), ("schedule_wrong", code))
            self.assertEqual(whole(reason).params.get("value"), value)
