"""What one subscription is billed from: plain data that a caller collects and `decide` judges."""

import datetime
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..metering.readings import ReadingKind
from .bill import BillLine
from .leak import Basis
from .periods import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """A reading to bill, with the volume since the one before.

    :param previous_date: None for the first index of the meter
    :param is_outside: some of its days are before the subscription's first one
    """

    id: int
    date: datetime.date
    index: Decimal
    kind: ReadingKind
    previous_date: datetime.date | None
    previous_index: Decimal
    consumption: Decimal
    state: str = "confirmed"
    is_outside: bool = False

    @property
    def key(self) -> int:
        return self.id


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading of the meter, whoever lived there.

    :param relieved: what remained of its volume once a leak was certified, None where none was
    """

    key: int
    date: datetime.date
    kind: ReadingKind
    previous_date: datetime.date
    consumption: Decimal
    relieved: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What is known of the abnormal volume that a reading closes."""

    state: str
    mean: Decimal
    cap: Decimal
    basis: Basis = Basis.PAST


@dataclass(slots=True)
class Charged:
    """A bill that this one may settle: an instalment, or a bill of an estimated reading.

    :param volume: m³ charged
    :param lines: what it charged for volumes
    :param readings: those that it billed; none for an instalment
    """

    volume: Decimal
    lines: list[BillLine] = field(default_factory=list)
    readings: list[Measured] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """One subscription with everything that its bill depends on.

    :param meter_number: of the device that stands there now
    :param tariffs: (first day, tariff id) in the order of the days
    :param area_mean: m³ a year of a comparable dwelling of the area, None where nobody gave it
    :param first_index: day of a reading of the period that opens the meter's life, None where there is none
    :param bill: (id, campaign id, state) of a live bill that stands in the way, or None
    :param instalments: bills not yet deducted
    :param estimates: bills of estimated readings that no actual reading followed on a bill
    :param freed: days of service before the campaign's whose bills were credited or cancelled
    :param history: the meter's readings of the last four years, those of the campaign included
    :param alerts: abnormal volumes by id of their closing reading
    """

    id: int
    meter_id: int
    partner_id: int
    payer_id: int | None
    date_start: date
    date_end: date | None
    billing_type: str
    flat_volume: Decimal
    is_dwelling: bool
    meter_number: str = ""
    dwellings: int = 1
    area_mean: Decimal | None = None
    tariffs: list[tuple[date, int]] = field(default_factory=list)
    readings: list[Measured] = field(default_factory=list)
    first_index: date | None = None
    bill: tuple[int, int, str] | None = None
    instalments: dict[int, Charged] = field(default_factory=dict)
    estimates: dict[int, Charged] = field(default_factory=dict)
    freed: tuple[Period, ...] = ()
    history: list[PastReading] = field(default_factory=list)
    alerts: dict[int, Alert] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a campaign bills, and its section's choices.

    :param period: days of service
    :param excludes_leak: a certified leak leaves the mean, not twice the mean (sewerage)
    :param caps_unwarned: bills carry no notice: nothing above twice the mean is due before the subscriber is warned
    :param leak_history: how a year with a certified leak counts in later means
    """

    run_id: int
    section_id: int
    period: Period
    reading_start: date
    reading_end: date
    use_billing_types: bool
    invoice_date: date | None = None
    excludes_leak: bool = False
    caps_unwarned: bool = False
    leak_history: str = "relieved"
