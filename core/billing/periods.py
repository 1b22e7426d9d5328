"""Periods of days, and the share of a year or half-year that they cover."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from .errors import BackwardsPeriod

ONE_DAY = timedelta(days=1)


class Per(StrEnum):
    """Unit of time that a fixed part is priced for."""

    YEAR = "year"
    HALF_YEAR = "half_year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` to `end`, both included.

    :raises BackwardsPeriod: `end` is before `start`
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BackwardsPeriod(start=self.start, end=self.end)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def clip(self, first: date | None, last: date | None) -> "Period | None":
        """Return the days of this period from `first` to `last` (None: no limit), or None if there are none."""
        start = max(self.start, first or self.start)
        end = min(self.end, last or self.end)
        return Period(start, end) if start <= end else None

    def cut(self, starts: Iterable[date]) -> "list[Period]":
        """Split this period into consecutive parts at those `starts` that fall inside it."""
        firsts = [self.start, *sorted(day for day in set(starts) if self.start < day <= self.end)]
        lasts = [*(day - ONE_DAY for day in firsts[1:]), self.end]
        return [Period(first, last) for first, last in zip(firsts, lasts, strict=True)]

    def share(self, per: Per = Per.YEAR) -> Fraction:
        """Return the exact number of years (or half-years) that the period covers.

        Each day counts for 1/n of its own calendar year or half-year of n days: 365 or 366; 181 or 182 from January to
        June, 184 from July to December.
        """
        return _share(self.start, self.end, per)


# A campaign has few distinct periods.
@lru_cache(maxsize=4096)
def _share(start: date, end: date, per: Per) -> Fraction:
    total = Fraction()
    while start <= end:
        first, last = _unit(start, per)
        stop = min(last, end)
        total += Fraction((stop - start).days + 1, (last - first).days + 1)
        start = stop + ONE_DAY
    return total


def _unit(day: date, per: Per) -> tuple[date, date]:
    """Return the first and last day of the calendar year or half-year of `day`."""
    if per is Per.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def merge(periods: Iterable[Period]) -> list[Period]:
    """Merge periods that overlap or touch; the result is in chronological order."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end + ONE_DAY:
            last = merged.pop()
            period = Period(last.start, max(last.end, period.end))
        merged.append(period)
    return merged


def subtract(periods: Iterable[Period], others: Iterable[Period]) -> list[Period]:
    """Return the days of `periods` that are in none of `others`, as disjoint periods in chronological order."""
    left = merge(periods)
    for other in merge(others):
        before = (part.clip(None, other.start - ONE_DAY) for part in left)
        after = (part.clip(other.end + ONE_DAY, None) for part in left)
        left = sorted(part for part in (*before, *after) if part)
    return left
