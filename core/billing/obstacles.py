"""Obstacles that prevent a bill, each with the record to correct."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from . import errors as faults
from .cases import Case, Scope
from .errors import BillingError


class ObstacleReason(StrEnum):
    """Why a subscription gets no bill."""

    NO_JOURNAL = "no_journal"
    NO_TARIFF = "no_tariff"
    NO_VERSION = "no_version"
    PRODUCT = "product"
    NO_READING = "no_reading"
    FIRST_INDEX = "first_index"
    TO_CHECK = "to_check"
    MOVE = "move"
    LEFT = "left"
    VACANT = "vacant"
    METER_CHECK = "meter_check"
    NEGATIVE = "negative"
    NO_HISTORY = "no_history"
    DEDUCTION = "deduction"
    OUT_OF_SERVICE = "out_of_service"
    ALREADY_BILLED = "already_billed"
    DRAFT = "draft"
    REFUSED = "refused"


#: Errors raised by the rules, with their reasons.
REASONS = {
    faults.MissingVersion: ObstacleReason.NO_VERSION,
    faults.NegativeVolume: ObstacleReason.NEGATIVE,
    faults.NoHistory: ObstacleReason.NO_HISTORY,
    faults.DeductionNotCovered: ObstacleReason.DEDUCTION,
    faults.OutOfService: ObstacleReason.OUT_OF_SERVICE,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Reason why a case gets no bill.

    :param record: (model, id) of the record to correct
    :param error: error raised by the rules, if any
    """

    case: Case
    reason: ObstacleReason
    record: tuple[str, int]
    error: BillingError | None = None
    day: date | None = None


def find_obstacle(case: Case, scope: Scope, bad_tariffs: Mapping[int, int]) -> Obstacle | None:
    """Return the obstacle that prevents a bill before anything is computed, or None."""
    subscription = ("utility.subscription", case.id)
    if case.bill:
        move_id, run_id, state = case.bill
        waits = state == "draft" and run_id != scope.run_id
        return Obstacle(
            case, ObstacleReason.DRAFT if waits else ObstacleReason.ALREADY_BILLED, ("account.move", move_id)
        )
    if not case.tariffs:
        return Obstacle(case, ObstacleReason.NO_TARIFF, subscription)
    for _start, tariff_id in case.tariffs:
        if tariff_id in bad_tariffs:
            return Obstacle(case, ObstacleReason.PRODUCT, ("product.product", bad_tariffs[tariff_id]))
    if scope.period.clip(case.date_start, case.date_end) is None:
        facts = {"start": scope.period.start, "end": scope.period.end}
        return refusal(case, faults.OutOfService(**facts, moved_in=case.date_start, moved_out=case.date_end))
    return None if case.billing_type == "flat" else _reading_obstacle(case)


def _reading_obstacle(case: Case) -> Obstacle | None:
    meter = ("utility.meter", case.meter_id)
    for reading in case.readings:
        if reading.state == "draft":
            return Obstacle(case, ObstacleReason.TO_CHECK, ("utility.reading", reading.id), day=reading.date)
        if reading.is_outside and reading.consumption:
            return Obstacle(case, ObstacleReason.MOVE, meter, day=reading.date)
        alert = case.alerts.get(reading.id)
        if alert and alert.state == "checking":
            return Obstacle(case, ObstacleReason.METER_CHECK, meter, day=reading.date)
    if case.readings or case.billing_type != "measured":
        return None
    if case.first_index:
        return Obstacle(case, ObstacleReason.FIRST_INDEX, meter, day=case.first_index)
    return Obstacle(case, ObstacleReason.NO_READING, meter)


def refusal(case: Case, error: BillingError) -> Obstacle:
    """Convert an error of the rules to an obstacle."""
    reason = REASONS.get(type(error), ObstacleReason.REFUSED)
    record = ("utility.subscription", case.id)
    if reason is ObstacleReason.NO_VERSION:
        record = ("utility.tariff", _tariff_on(case, error.facts["date"]))
    elif reason in (ObstacleReason.NEGATIVE, ObstacleReason.NO_HISTORY):
        record = ("utility.meter", case.meter_id)
    return Obstacle(case, reason, record, error)


def _tariff_on(case: Case, day: date) -> int:
    """Return the id of a case's tariff on a day; its first tariff for earlier days."""
    known = [tariff_id for start, tariff_id in case.tariffs if start <= day]
    return known[-1] if known else case.tariffs[0][1]
