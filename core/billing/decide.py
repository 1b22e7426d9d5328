"""Decides, for each case, on a bill or on the obstacle that prevents it: plain data in, plain data out, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..metering.intervals import Interval, intervals
from .bill import Bill, BillRequest, compute_bills
from .cases import Case, Charged, Measured, Scope
from .consumption import Consumption, Measure, flat_consumption
from .errors import BillingError
from .leak import estimate_consumption
from .leaks import Leak, find_leaks, known_past
from .obstacles import Obstacle, find_obstacle, refusal
from .periods import ONE_DAY, Period
from .rounding import Rounding
from .tariff import Tariff


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill to write.

    :param volume: billed, in m³
    :param volumes: volume billed for each reading, in the order of `readings`
    :param settles: ids of the bills that it deducts
    :param leaks: its abnormal volumes
    :param reference: days from whose volumes an estimate was computed
    """

    case: Case
    bill: Bill
    billing_type: str
    volume: Decimal
    readings: tuple[Measured, ...] = ()
    volumes: tuple[Decimal, ...] = ()
    settles: tuple[int, ...] = ()
    leaks: tuple[Leak, ...] = ()
    reference: Period | None = None


@dataclass(slots=True)
class Batch:
    drafts: list[Draft] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """Request to the rules for one case.

    :param parts: intervals of a measured bill, each with its billed volume
    """

    slices: tuple[Consumption, ...] = ()
    billing_type: str = "measured"
    parts: tuple[tuple[Interval, Decimal], ...] = ()
    settled: Mapping[int, Charged] = field(default_factory=dict)
    leaks: tuple[Leak, ...] = ()
    reference: Period | None = None


def decide(
    cases: list[Case],
    scope: Scope,
    tariffs: Mapping[int, Tariff],
    rounding: Rounding,
    bad_tariffs: Mapping[int, int],
) -> Batch:
    """Return the bills and the obstacles of a batch: a subscription in error does not stop the others.

    :param bad_tariffs: tariff id → id of its product that cannot be billed
    """
    batch, requests, plans, pricing = Batch(), {}, {}, _Pricing(tariffs)
    for case in cases:
        obstacle = find_obstacle(case, scope, bad_tariffs)
        if obstacle:
            batch.obstacles.append(obstacle)
            continue
        try:
            plans[case.id] = plan = _plan(case, scope, rounding)
            requests[case.id] = _request(case, scope, plan, pricing.of(case), rounding)
        except BillingError as error:
            batch.obstacles.append(refusal(case, error))
    bills, refusals = compute_bills(requests)
    by_id = {case.id: case for case in cases}
    batch.obstacles += [refusal(by_id[id_], error) for id_, error in refusals.items()]
    batch.drafts = [_draft(by_id[id_], bill, plans[id_]) for id_, bill in bills.items()]
    return batch


class _Pricing:
    """Tariffs of the cases; those spliced from several periods are computed once."""

    def __init__(self, tariffs: Mapping[int, Tariff]):
        self.tariffs = tariffs
        self.spliced: dict[tuple[Any, ...], Tariff] = {}

    def of(self, case: Case) -> Tariff:
        if len(case.tariffs) == 1:
            return self.tariffs[case.tariffs[0][1]]
        periods = tuple(case.tariffs)
        if periods not in self.spliced:
            self.spliced[periods] = Tariff.splice([(start, self.tariffs[id_]) for start, id_ in periods])
        return self.spliced[periods]


# === PLANS === #


def _request(case: Case, scope: Scope, plan: _Plan, tariff: Tariff, rounding: Rounding) -> BillRequest:
    return BillRequest(
        scope.period,
        tariff,
        plan.slices,
        case.date_start,
        case.date_end,
        tuple(line for bill in plan.settled.values() for line in bill.lines),
        rounding,
        case.dwellings,
        scope.invoice_date,
        case.freed,
        {id_: bill.volume for id_, bill in plan.settled.items()},
    )


def _plan(case: Case, scope: Scope, rounding: Rounding) -> _Plan:
    service = scope.period.clip(case.date_start, case.date_end) or scope.period
    if case.billing_type == "flat":
        flat = flat_consumption(case.flat_volume, service, rounding)
        return _Plan((flat,) if flat.volume else (), "flat")
    if not case.readings:
        return _estimated(case, scope, service, rounding)
    return _measured(case, scope, rounding)


def _estimated(case: Case, scope: Scope, service: Period, rounding: Rounding) -> _Plan:
    past = [part for part in known_past(case, scope.leak_history) if part.is_actual and part.has_device]
    estimate = estimate_consumption(service, [(part.volume, part.days) for part in past], rounding)
    return _Plan((estimate,), "estimated", reference=Period(past[0].start, past[-1].end - ONE_DAY))


def _measured(case: Case, scope: Scope, rounding: Rounding) -> _Plan:
    """Return the intervals of the bill, those with a relieved leak limited.

    If an actual index is below an estimate that was billed, the bills of the estimate are settled: their days and
    volumes are billed again, and their charges are deducted.
    """
    settled, drawn = dict(case.instalments), intervals(case.readings)
    if case.estimates and any(part.volume < 0 for part in drawn):
        settled |= case.estimates
        rows = [row for bill in case.estimates.values() for row in bill.readings]
        drawn = intervals(sorted([*rows, *case.readings], key=lambda row: (row.date, row.kind.slot)))
    leaks = {leak.interval.key: leak for leak in find_leaks(case, scope, drawn, rounding)}
    parts = tuple((part, _billed(part, leaks.get(part.key))) for part in drawn)
    slices = tuple(_slice(case, part, volume) for part, volume in parts if part.days or volume)
    return _Plan(slices, "measured", parts, dict(sorted(settled.items())), tuple(leaks.values()))


def _billed(part: Interval, leak: Leak | None) -> Decimal:
    """Return the billed volume of an interval; a relieved leak limits it, volumes billed before included."""
    if leak is None or leak.limit is None:
        return part.volume
    before = leak.interval.volume - part.volume
    return min(part.volume, max(leak.limit - before, Decimal(0)))


def _slice(case: Case, part: Interval, volume: Decimal) -> Consumption:
    first = part.start if volume else max(part.start, case.date_start)
    measure = Measure.MEASURED if part.is_actual else Measure.ESTIMATED
    return Consumption(Period(first, max(first, part.end - ONE_DAY)), volume, measure)


def _draft(case: Case, bill: Bill, plan: _Plan) -> Draft:
    measured = plan.billing_type == "measured"
    return Draft(
        case,
        bill,
        plan.billing_type,
        sum((part.volume for part in plan.slices), Decimal(0)),
        tuple(case.readings) if measured else (),
        tuple(_reading_volumes(case.readings, plan.parts)) if measured else (),
        tuple(plan.settled),
        plan.leaks,
        plan.reference,
    )


def _reading_volumes(readings: Sequence[Measured], parts: Sequence[tuple[Interval, Decimal]]) -> Iterator[Decimal]:
    """Return the billed volume of each reading: its consumption, reduced in proportion if its interval is limited."""
    for reading in readings:
        limited = [
            Fraction(volume) / Fraction(part.volume)
            for part, volume in parts
            if volume != part.volume and part.start < reading.date <= part.end
        ]
        yield _scaled(reading.consumption, limited[0]) if limited else reading.consumption


def _scaled(volume: Decimal, share: Fraction) -> Decimal:
    exact = Fraction(volume) * share
    return Decimal(exact.numerator) / Decimal(exact.denominator)
