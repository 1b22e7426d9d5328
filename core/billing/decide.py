"""From a case to a bill or to what prevents it: plain data in, plain data out, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from . import errors as faults
from .bill import Bill, BillLine, BillRequest, compute_bills
from .cases import Case, Measured, Scope
from .consumption import Consumption, flat_consumption, limit_volume
from .errors import BillingError
from .leak import LeakCheck, check_leak, estimate_consumption
from .periods import ONE_DAY, Period
from .rounding import Rounding
from .tariff import Tariff

LEAK_YEARS = (1, 2, 3)


class Reason(StrEnum):
    """Why a subscription gets no bill."""

    NO_JOURNAL = "no_journal"
    NO_TARIFF = "no_tariff"
    NO_VERSION = "no_version"
    PRODUCT = "product"
    NO_READING = "no_reading"
    TO_CHECK = "to_check"
    MOVE = "move"
    NEGATIVE = "negative"
    NO_HISTORY = "no_history"
    DEDUCTION = "deduction"
    OUT_OF_SERVICE = "out_of_service"
    ALREADY_BILLED = "already_billed"
    DRAFT = "draft"
    REFUSED = "refused"


#: The rules' own refusals.
REASONS = {
    faults.MissingVersion: Reason.NO_VERSION,
    faults.NegativeVolume: Reason.NEGATIVE,
    faults.NoHistory: Reason.NO_HISTORY,
    faults.DeductionNotCovered: Reason.DEDUCTION,
    faults.OutOfService: Reason.OUT_OF_SERVICE,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What prevents the bill of a case.

    :param record: (model, id) of the record to correct
    :param error: the rule's own refusal, where it is one
    """

    case: Case
    reason: Reason
    record: tuple[str, int]
    error: BillingError | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill to write.

    :param volume: billed, in m³
    :param volumes: what is billed of each reading, in the order of `readings`
    :param settles: ids of the instalments that it deducts
    :param leak: the comparison with the past where the volume is abnormal
    """

    case: Case
    bill: Bill
    billing_type: str
    volume: Decimal
    readings: tuple[Measured, ...] = ()
    volumes: tuple[Decimal, ...] = ()
    settles: tuple[int, ...] = ()
    leak: LeakCheck | None = None


@dataclass(slots=True)
class Batch:
    drafts: list[Draft] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """What is asked of the rules for a case."""

    slices: tuple[Consumption, ...] = ()
    billing_type: str = "measured"
    readings: tuple[Measured, ...] = ()
    settles: tuple[int, ...] = ()
    billed: tuple[BillLine, ...] = ()
    leak: LeakCheck | None = None


def decide(
    cases: list[Case],
    scope: Scope,
    tariffs: Mapping[int, Tariff],
    rounding: Rounding,
    excludes_leak: bool,
    bad_tariffs: Mapping[int, int],
) -> Batch:
    """Bills and obstacles of a batch: a subscription in error stops nobody else.

    :param bad_tariffs: tariff id → id of the product of it that can't be billed
    """
    batch, requests, plans = Batch(), {}, {}
    for case in cases:
        obstacle = _obstacle(case, scope, bad_tariffs)
        if obstacle:
            batch.obstacles.append(obstacle)
            continue
        try:
            plan = _plan(case, scope, rounding, excludes_leak)
        except BillingError as error:
            batch.obstacles.append(_refusal(case, error))
            continue
        plans[case.id] = plan
        requests[case.id] = BillRequest(
            scope.period, tariffs[case.tariff_id], plan.slices, case.date_start, case.date_end, plan.billed, rounding
        )
    bills, refusals = compute_bills(requests)
    by_id = {case.id: case for case in cases}
    batch.obstacles += [_refusal(by_id[id_], error) for id_, error in refusals.items()]
    batch.drafts = [_draft(by_id[id_], bill, plans[id_]) for id_, bill in bills.items()]
    return batch


def _obstacle(case: Case, scope: Scope, bad_tariffs) -> Obstacle | None:
    subscription = ("utility.subscription", case.id)
    if case.bill:
        move_id, run_id, state = case.bill
        waits = state == "draft" and run_id != scope.run_id
        return Obstacle(case, Reason.DRAFT if waits else Reason.ALREADY_BILLED, ("account.move", move_id))
    if not case.tariff_id:
        return Obstacle(case, Reason.NO_TARIFF, subscription)
    if case.tariff_id in bad_tariffs:
        return Obstacle(case, Reason.PRODUCT, ("product.product", bad_tariffs[case.tariff_id]))
    if case.billing_type == "flat":
        return None
    for reading in case.readings:
        if reading.state == "draft":
            return Obstacle(case, Reason.TO_CHECK, ("utility.reading", reading.id), day=reading.date)
        if reading.foreign:
            return Obstacle(case, Reason.MOVE, ("utility.meter", case.meter_id), day=reading.date)
    if not case.readings and case.billing_type == "measured":
        return Obstacle(case, Reason.NO_READING, ("utility.meter", case.meter_id))
    return None


def _refusal(case: Case, error: BillingError) -> Obstacle:
    reason = REASONS.get(type(error), Reason.REFUSED)
    record = {
        Reason.NO_VERSION: ("utility.tariff", case.tariff_id),
        Reason.NEGATIVE: ("utility.meter", case.meter_id),
        Reason.NO_HISTORY: ("utility.meter", case.meter_id),
    }.get(reason, ("utility.subscription", case.id))
    return Obstacle(case, reason, record, error)


def _plan(case: Case, scope: Scope, rounding: Rounding, excludes_leak: bool) -> _Plan:
    service = scope.period.clip(case.date_start, case.date_end) or scope.period
    if case.billing_type == "flat":
        flat = flat_consumption(case.flat_volume, service, rounding)
        return _Plan((flat,) if flat.volume else (), "flat")
    if not case.readings:
        past = [(volume, (after - first).days) for first, after, volume in case.history]
        return _Plan((estimate_consumption(service, past, rounding),), "estimated")
    slices = _slices(case.readings)
    leak = _leak(case, slices, rounding)
    if leak and case.certified & {reading.id for reading in case.readings}:
        slices = limit_volume(slices, leak.relieved_volume(excludes_leak), rounding)
    return _Plan(
        tuple(slices),
        "measured",
        tuple(case.readings),
        tuple(case.instalments),
        tuple(line for lines in case.instalments.values() for line in lines),
        leak,
    )


def _slices(readings) -> list[Consumption]:
    """Dated volumes between readings.

    A true index below an estimate gives a negative difference: it puts the slice before right, and the two are one.
    """
    slices: list[tuple[date, date, Decimal]] = []
    for reading in readings:
        first, volume = reading.previous_date, reading.consumption
        if volume < 0 and slices:
            first, _last, before = slices.pop()
            volume += before
        slices.append((first, max(first, reading.date - ONE_DAY), volume))
    return [Consumption(Period(first, last), volume) for first, last, volume in slices if volume]


def _leak(case: Case, slices, rounding: Rounding) -> LeakCheck | None:
    """Compare what was drawn with the same days of the three years before; None where nothing is abnormal."""
    if not slices or not case.is_dwelling:
        return None
    first, last = min(s.period.start for s in slices), max(s.period.end for s in slices)
    past = [
        part
        for years in LEAK_YEARS
        for part in _drawn(case.history, _years_before(first, years), _years_before(last, years))
    ]
    check = check_leak(sum(s.volume for s in slices), (last - first).days + 1, past, rounding)
    return check if check and check.abnormal else None


def _drawn(history, first: date, last: date):
    """Volumes of the past between two days, by days where a reading stands inside: (m³, days)."""
    for start, after, volume in history:
        days = (min(after, last + ONE_DAY) - max(start, first)).days
        if days > 0:
            yield Fraction(volume) * days / (after - start).days, days


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)


def _draft(case: Case, bill: Bill, plan: _Plan) -> Draft:
    billed, measured = sum(s.volume for s in plan.slices), sum(r.consumption for r in plan.readings)
    volumes = tuple(r.consumption for r in plan.readings)
    if plan.readings and billed != measured:
        volumes = tuple(r.consumption * billed / measured for r in plan.readings)
    return Draft(case, bill, plan.billing_type, Decimal(billed), plan.readings, volumes, plan.settles, plan.leak)
