"""Estimates the index of a meter on a day without a reading, by days: between its readings, or from its past."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .consumption import chain
from .intervals import Interval, drawn_between, intervals, years_before
from .readings import Meter, Reading, ReadingKind

#: Years of the past that count in the mean, as for leaks.
YEARS = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """An index, and the readings from which it was computed.

    :param before: last reading before the day
    :param after: next reading, None if it was computed from the past
    """

    index: Decimal
    before: Reading
    after: Reading | None = None


@dataclass(frozen=True, slots=True)
class _Drawn:
    key: object
    date: datetime.date
    kind: ReadingKind
    previous_date: datetime.date | None
    consumption: Decimal


def estimate_index(meter: Meter, readings: Iterable[Reading], day: date, today: date) -> Estimate | None:
    """Estimate the index of a day, in whole units.

    Between two readings, the volume is split by days (arrêté of 20 November 2018); after the last one, the mean of the
    last three years continues.

    :param day: the index is that of its morning, so consumption of earlier days is counted
    :return: None if it cannot be estimated: no reading before, no device, no measured past
    """
    ordered = sorted(readings, key=lambda reading: reading.moment)
    before = next((reading for reading in reversed(ordered) if reading.date <= day), None)
    if before is None or before.kind is ReadingKind.REMOVAL:
        return None
    steps = chain(meter, ordered, today)
    rank = ordered.index(before)
    after = ordered[rank + 1] if rank + 1 < len(ordered) else None
    if after is not None and steps[rank + 1].computed >= 0 and after.kind is not ReadingKind.INSTALLATION:
        share = Fraction((day - before.date).days, (after.date - before.date).days)
        return Estimate(_index(meter, before, Fraction(steps[rank + 1].computed) * share), before, after)
    past = intervals(
        _Drawn(reading.key, reading.date, reading.kind, step.previous_date, step.consumption)
        for reading, step in zip(ordered[: rank + 1], steps, strict=False)
    )
    drawn = _mean(past, before.date)
    return None if drawn is None else Estimate(_index(meter, before, drawn * (day - before.date).days), before)


def _mean(past: list[Interval], until: date) -> Fraction | None:
    """Return the daily mean in m³; None if no device measured anything."""
    parts = list(drawn_between(past, years_before(until, YEARS), until))
    days = sum(count for _volume, count in parts)
    return sum((volume for volume, _count in parts), Fraction(0)) / days if days else None


def _index(meter: Meter, before: Reading, drawn: Fraction) -> Decimal:
    exact = Fraction(before.index) + max(drawn, Fraction(0))
    digits = meter.digits_at((before.date, before.slot))
    if digits and exact >= 10**digits:
        exact -= 10**digits
    whole = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    return max(whole, before.index) if exact >= before.index else whole
