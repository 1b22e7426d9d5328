"""From indexes to consumptions, reading by reading along a meter's life.

Sources: the trade's practice (index − previous index; "tour de compteur": + 10^digits; removal and installation
readings add up). The warning above twice the mean follows the spirit of L.2224-12-4 III bis CGCT, on mean daily
volumes; the legal leak procedure itself belongs to billing.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .findings import Code, ReadingFinding
from .intervals import ZERO, Interval, IntervalBuilder, years_before
from .readings import UNVERIFIED, Meter, Reading, ReadingKind

LEAK_FACTOR = 2
MEAN_YEARS = 3


@dataclass(frozen=True, slots=True)
class ReadingStep:
    """Consumption and findings of one reading, computed from the readings before it.

    :param computed: index − previous index, roll-over included (m³), even if a consumption was entered by hand
    :param consumption: the modified consumption if there is one, otherwise the computed one
    """

    key: Any
    previous_key: Any
    previous_index: Decimal
    previous_date: date | None
    computed: Decimal
    consumption: Decimal
    findings: tuple[ReadingFinding, ...] = ()

    @property
    def blocking(self) -> tuple[ReadingFinding, ...]:
        return tuple(f for f in self.findings if f.blocking)


def chain(meter: Meter, readings: Iterable[Reading], today: date) -> list[ReadingStep]:
    """Compute the consumption of each reading of a meter.

    :param readings: all readings of the meter, in any order
    :return: one step per reading, in chronological order; refuses nothing: the steps carry their blocking findings
    """
    ordered = sorted(readings, key=lambda r: r.moment)
    inside_billed = _inside_billed(ordered)
    steps, previous, verified, past = [], None, None, _Past()
    for reading, is_late in zip(ordered, inside_billed, strict=True):
        computed, against_previous = _measure(meter, previous, verified, reading)
        findings = _check_alone(meter, reading, today) + against_previous
        consumption = computed if reading.modified is None else reading.modified
        if previous and not findings:
            findings = past.judge(previous.date, reading, consumption)
        if is_late:
            findings.append(ReadingFinding.of(Code.ALREADY_BILLED, reading, previous))
        steps.append(
            ReadingStep(
                key=reading.key,
                previous_key=previous.key if previous else None,
                previous_index=previous.index if previous else ZERO,
                previous_date=previous.date if previous else None,
                computed=computed,
                consumption=consumption,
                findings=tuple(findings),
            )
        )
        past.add(reading.key, reading.kind, previous.date if previous else None, reading.date, consumption)
        previous = reading
        if reading.kind not in UNVERIFIED:
            verified = reading
    return steps


def _inside_billed(ordered: list[Reading]) -> list[bool]:
    """Return, for each reading, whether it is unbilled and lies inside the days of a billed one.

    The reading that the first bill starts from does not, nor do those before it.
    """
    flags, billed_since = [], date.max
    for reading in reversed(ordered):
        flags.append(not reading.billed and reading.date > billed_since)
        if reading.billed:
            billed_since = min(billed_since, reading.billed_since or date.min)
    return flags[::-1]


def _measure(
    meter: Meter, previous: Reading | None, verified: Reading | None, reading: Reading
) -> tuple[Decimal, list[ReadingFinding]]:
    """Return the computed consumption of a reading and the findings that result from its neighbours."""
    if previous is None or reading.kind is ReadingKind.INSTALLATION:
        return ZERO, _duplicates(previous, reading)
    if previous.kind is ReadingKind.REMOVAL:
        return ZERO, [ReadingFinding.of(Code.NO_DEVICE, reading, previous)]
    findings = _duplicates(previous, reading)
    if reading.rollover:
        return _measure_rollover(meter, previous, reading, findings)
    computed = reading.index - previous.index
    if computed < 0 and not findings:
        floor = verified.index if verified else ZERO
        if previous.kind in UNVERIFIED and reading.index >= floor:
            findings.append(ReadingFinding.of(Code.ESTIMATE_TOO_HIGH, reading, previous))
        else:
            findings.append(ReadingFinding.of(Code.BELOW_PREVIOUS, reading, previous))
    return computed, findings


def _measure_rollover(
    meter: Meter, previous: Reading, reading: Reading, findings: list[ReadingFinding]
) -> tuple[Decimal, list[ReadingFinding]]:
    digits = meter.digits_at(reading.moment)
    if not digits:
        return ZERO, [*findings, ReadingFinding.of(Code.DIGITS_UNKNOWN, reading, previous)]
    if reading.index >= previous.index:
        return reading.index - previous.index, [*findings, ReadingFinding.of(Code.USELESS_ROLLOVER, reading, previous)]
    return reading.index + 10**digits - previous.index, findings


def _duplicates(previous: Reading | None, reading: Reading) -> list[ReadingFinding]:
    if previous is not None and previous.moment == reading.moment:
        return [ReadingFinding.of(Code.DUPLICATE, reading, previous)]
    return []


def _check_alone(meter: Meter, reading: Reading, today: date) -> list[ReadingFinding]:
    findings = []
    if reading.index < 0:
        findings.append(ReadingFinding.of(Code.NEGATIVE, reading))
    if reading.date > today:
        findings.append(ReadingFinding.of(Code.FUTURE, reading))
    if meter.installed_on and reading.date < meter.installed_on:
        findings.append(ReadingFinding(Code.BEFORE_INSTALLATION, reading.date, reading.index, meter.installed_on))
    digits = meter.digits_at(reading.moment)
    if digits and reading.index >= 10**digits:
        findings.append(ReadingFinding.of(Code.TOO_MANY_DIGITS, reading))
    return findings


class _Past(IntervalBuilder):
    """Intervals of the last years, whose daily mean the next interval is compared with."""

    def __init__(self) -> None:
        super().__init__()
        #: intervals already added up, and the running totals after each: days, volume
        self._summed: list[Interval] = []
        self._sums: list[tuple[int, Decimal]] = [(0, ZERO)]

    def judge(self, start: date, reading: Reading, volume: Decimal) -> list[ReadingFinding]:
        """Warn of a possible leak or of a zero consumption, where a device measured the period."""
        if reading.kind is ReadingKind.INSTALLATION or reading.date <= start:
            return []
        if volume == 0:
            return [ReadingFinding.of(Code.ZERO, reading)]
        start, before = self.opening(start)
        since = years_before(reading.date, MEAN_YEARS)
        days, total = self._measured_after(since)
        if total and (before + volume) * days > LEAK_FACTOR * total * (reading.date - start).days:
            return [ReadingFinding.of(Code.HIGH, reading)]
        return []

    def _measured_after(self, since: date) -> tuple[int, Decimal]:
        """Return the days and the volume that devices measured, over the intervals that end after a day."""
        self._sum_up()
        first = bisect_right(self.closed, since, key=lambda interval: interval.end)
        (days, volume), (earlier_days, earlier_volume) = self._sums[-1], self._sums[first]
        return days - earlier_days, volume - earlier_volume

    def _sum_up(self) -> None:
        """Bring the running totals up to date; intervals that a later index has corrected are added up again."""
        while self._summed and (
            len(self._summed) > len(self.closed) or self._summed[-1] is not self.closed[len(self._summed) - 1]
        ):
            self._summed.pop()
            self._sums.pop()
        for interval in self.closed[len(self._summed) :]:
            days, volume = self._sums[-1]
            if interval.has_device:
                days, volume = days + interval.days, volume + interval.volume
            self._summed.append(interval)
            self._sums.append((days, volume))
