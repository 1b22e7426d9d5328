"""From indexes to consumptions, reading by reading along a meter's life.

Sources: the trade's practice (index − previous index; "tour de compteur": + 10^digits; removal and installation
readings add up). The warning above twice the mean follows the spirit of L.2224-12-4 III bis CGCT, on mean daily
volumes; the legal leak procedure itself belongs to billing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .findings import Code, Finding
from .intervals import ZERO, IntervalBuilder, years_before
from .readings import UNVERIFIED, Kind, Meter, Reading

LEAK_FACTOR = 2
MEAN_YEARS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """What the readings before it make of one reading.

    :param computed: index − previous index, roll-over included (m³); what a modified consumption departs from
    :param consumption: the modified consumption where there is one, else the computed one
    """

    key: Any
    previous_key: Any
    previous_index: Decimal
    previous_date: date | None
    computed: Decimal
    consumption: Decimal
    findings: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.blocking)


def chain(meter: Meter, readings: Iterable[Reading], today: date) -> list[Step]:
    """Compute one meter's readings in the order of their moments.

    :param readings: all readings of the meter, in any order
    :return: one step a reading; nothing is refused here: blocking findings are on the steps
    """
    ordered = sorted(readings, key=lambda r: r.moment)
    billed_after = _billed_after(ordered)
    steps, previous, verified, past = [], None, None, _Past()
    for reading, later_is_billed in zip(ordered, billed_after, strict=True):
        computed, against_previous = _measure(meter, previous, verified, reading)
        findings = _check_alone(meter, reading, today) + against_previous
        consumption = computed if reading.modified is None else reading.modified
        if previous and not findings:
            findings += past.judge(previous.date, reading, consumption)
        if later_is_billed:
            findings.append(_finding(Code.ALREADY_BILLED, reading, previous))
        steps.append(
            Step(
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


def _billed_after(ordered: list[Reading]) -> list[bool]:
    """For each reading not billed: does a billed one come later on the same meter?"""
    flags, billed = [], False
    for reading in reversed(ordered):
        flags.append(billed and not reading.billed)
        billed = billed or reading.billed
    return flags[::-1]


def _measure(
    meter: Meter, previous: Reading | None, verified: Reading | None, reading: Reading
) -> tuple[Decimal, list[Finding]]:
    """Return the computed consumption of a reading and what its neighbours say against it."""
    if previous is None or reading.kind is Kind.INSTALLATION:
        return ZERO, _duplicates(previous, reading)
    if previous.kind is Kind.REMOVAL:
        return ZERO, [_finding(Code.NO_DEVICE, reading, previous)]
    findings = _duplicates(previous, reading)
    if reading.rollover:
        return _measure_rollover(meter, previous, reading, findings)
    computed = reading.index - previous.index
    if computed < 0 and not findings:
        floor = verified.index if verified else ZERO
        if previous.kind in UNVERIFIED and reading.index >= floor:
            findings.append(_finding(Code.ESTIMATE_TOO_HIGH, reading, previous))
        else:
            findings.append(_finding(Code.BELOW_PREVIOUS, reading, previous))
    return computed, findings


def _measure_rollover(
    meter: Meter, previous: Reading, reading: Reading, findings: list[Finding]
) -> tuple[Decimal, list[Finding]]:
    digits = meter.digits_at(reading.moment)
    if not digits:
        return ZERO, [*findings, _finding(Code.DIGITS_UNKNOWN, reading, previous)]
    if reading.index >= previous.index:
        return reading.index - previous.index, [*findings, _finding(Code.USELESS_ROLLOVER, reading, previous)]
    return reading.index + 10**digits - previous.index, findings


def _duplicates(previous: Reading | None, reading: Reading) -> list[Finding]:
    if previous is not None and previous.moment == reading.moment:
        return [_finding(Code.DUPLICATE, reading, previous)]
    return []


def _check_alone(meter: Meter, reading: Reading, today: date) -> list[Finding]:
    findings = []
    if reading.index < 0:
        findings.append(_finding(Code.NEGATIVE, reading))
    if reading.date > today:
        findings.append(_finding(Code.FUTURE, reading))
    if meter.installed_on and reading.date < meter.installed_on:
        findings.append(Finding(Code.BEFORE_INSTALLATION, reading.date, reading.index, meter.installed_on))
    digits = meter.digits_at(reading.moment)
    if digits and reading.index >= 10**digits:
        findings.append(_finding(Code.TOO_MANY_DIGITS, reading))
    return findings


def _finding(code: Code, reading: Reading, previous: Reading | None = None) -> Finding:
    return Finding(
        code,
        reading.date,
        reading.index,
        previous.date if previous else None,
        previous.index if previous else None,
    )


class _Past(IntervalBuilder):
    """The intervals of the last years, to compare the next one with their daily mean."""

    def judge(self, start: date, reading: Reading, volume: Decimal) -> list[Finding]:
        """Possible leak, or nothing consumed: for a period that a device measured."""
        if reading.kind is Kind.INSTALLATION or reading.date <= start:
            return []
        if volume == 0:
            return [_finding(Code.ZERO, reading)]
        start, before = self.opening(start)
        since = years_before(reading.date, MEAN_YEARS)
        recent = [past for past in self.closed if past.end > since and past.has_device]
        days, total = sum(past.days for past in recent), sum(past.volume for past in recent)
        if total and (before + volume) * days > LEAK_FACTOR * total * (reading.date - start).days:
            return [_finding(Code.HIGH, reading)]
        return []
