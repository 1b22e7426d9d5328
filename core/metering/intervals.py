"""Intervals between readings of actual consumption, the basis of daily means, leak detection, bills and graphs.

An estimate measures nothing: it belongs to the interval that the next actual reading closes (CGCT R.2224-20-1 II: the
reading "enregistrant la consommation d'eau effective"). An interval without any consumption keeps its days.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from .readings import ReadingKind

ZERO = Decimal(0)


class Drawn(Protocol):
    """A reading with the consumption since the previous one."""

    @property
    def key(self) -> Any: ...

    @property
    def date(self) -> datetime.date: ...

    @property
    def kind(self) -> ReadingKind: ...

    @property
    def previous_date(self) -> datetime.date | None: ...

    @property
    def consumption(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Interval:
    """Consumption between two readings.

    :param start: day of the opening reading, included
    :param end: day of the closing reading, excluded
    :param volume: m³
    :param key: key of the closing reading
    :param is_actual: False if it ends with an estimate that no later reading has corrected yet
    :param has_device: False for the days between a removal and an installation
    """

    start: date
    end: date
    volume: Decimal
    key: Any = None
    is_actual: bool = True
    has_device: bool = True

    @property
    def days(self) -> int:
        return (self.end - self.start).days


class IntervalBuilder:
    """Builds the intervals of one meter from its readings, given one by one in the order of their moments."""

    def __init__(self) -> None:
        self.closed: list[Interval] = []
        self._open: tuple[date, Decimal] | None = None
        #: number of intervals of earlier devices, which no reading of the present one can correct
        self._of_earlier_devices = 0

    def opening(self, previous_date: date) -> tuple[date, Decimal]:
        """Return the first day, and the volume so far, of the interval that the next reading continues."""
        return self._open or (previous_date, ZERO)

    def add(self, key: Any, kind: ReadingKind, previous_date: date | None, day: date, consumption: Decimal) -> None:
        """Continue or close the interval that is open."""
        if previous_date is None:
            return
        if kind is ReadingKind.INSTALLATION:
            self._install(key, previous_date, day)
            return
        start, volume = self.opening(previous_date)
        self._open = start, volume + consumption
        if kind is not ReadingKind.ESTIMATED:
            self._close(Interval(start, day, volume + consumption, key))

    def all(self, last: Any = None) -> list[Interval]:
        """Return all intervals, including the one that an estimate leaves open.

        :param last: (key, day) of the last reading
        """
        if self._open is None or last is None:
            return self.closed
        start, volume = self._open
        key, day = last
        return [*self.closed, Interval(start, day, volume, key, is_actual=False)]

    def _install(self, key: Any, previous_date: date, day: date) -> None:
        self._open = None
        if day > previous_date:
            self.closed.append(Interval(previous_date, day, ZERO, key, has_device=False))
        self._of_earlier_devices = len(self.closed)

    def _close(self, interval: Interval) -> None:
        """Close an interval; merge it into the previous one if it has no days or corrects an unverified index."""
        while len(self.closed) > self._of_earlier_devices and (interval.volume < 0 or not interval.days):
            before = self.closed.pop()
            interval = replace(interval, start=before.start, volume=before.volume + interval.volume)
        if interval.days:
            self._open = None
            self.closed.append(interval)


def intervals(readings: Iterable[Drawn]) -> list[Interval]:
    """Return the intervals between one meter's readings, which come in chronological order."""
    builder, last = IntervalBuilder(), None
    for reading in readings:
        builder.add(reading.key, reading.kind, reading.previous_date, reading.date, reading.consumption)
        last = reading.key, reading.date
    return builder.all(last)


def drawn_between(past: Sequence[Interval], first: date, after: date) -> Iterator[tuple[Fraction, int]]:
    """Yield (m³, days) actually measured in a period; an interval that it cuts counts in proportion to its days.

    :param first: first day of the period
    :param after: first day after the period
    """
    for interval in past:
        days = (min(interval.end, after) - max(interval.start, first)).days
        if days > 0 and interval.is_actual and interval.has_device:
            yield Fraction(interval.volume) * days / interval.days, days


def years_before(day: date, years: int) -> date:
    """Return the same calendar day some years before; the 28th for a 29th of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
