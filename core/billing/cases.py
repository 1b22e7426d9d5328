"""What one subscription is billed from: plain data that a caller collects and `decide` judges."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .bill import BillLine
from .periods import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """A reading to bill, with the volume since the one before.

    :param foreign: some of its days belong to the subscriber before
    """

    id: int
    date: date
    index: Decimal
    kind: str
    previous_date: date
    previous_index: Decimal
    consumption: Decimal
    state: str
    foreign: bool


@dataclass(slots=True)
class Case:
    """One subscription with everything that its bill depends on.

    :param bill: (id, campaign id, state) of a live bill that stands in the way, or None
    :param instalments: bills not yet deducted, with their lines for volumes
    :param history: known volumes of the meter over three years: (first day, day after the last, m³)
    :param certified: ids of the readings for which a leak certificate is recorded
    """

    id: int
    meter_id: int
    partner_id: int
    payer_id: int | None
    tariff_id: int | None
    date_start: date
    date_end: date | None
    billing_type: str
    flat_volume: Decimal
    is_dwelling: bool
    readings: list[Measured] = field(default_factory=list)
    bill: tuple | None = None
    instalments: dict[int, list[BillLine]] = field(default_factory=dict)
    history: list[tuple[date, date, Decimal]] = field(default_factory=list)
    certified: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a campaign bills: its service period and the days on which its readings were taken."""

    run_id: int
    section_id: int
    period: Period
    reading_start: date
    reading_end: date
    use_billing_types: bool
