"""Data from which one subscription is billed: the caller collects it, `decide` uses it."""

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
    """A reading to bill, with the volume since the previous one.

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
    """An earlier reading of the meter, of any subscriber.

    :param relieved: its volume after the relief of a certified leak, None without one
    """

    key: int
    date: datetime.date
    kind: ReadingKind
    previous_date: datetime.date
    consumption: Decimal
    relieved: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """State of the abnormal volume that a reading closes."""

    state: str
    mean: Decimal
    cap: Decimal
    basis: Basis = Basis.PAST


@dataclass(slots=True)
class Charged:
    """A bill that this one may settle: an instalment, or a bill of an estimated reading.

    :param volume: m³ charged
    :param lines: its charges on volumes
    :param readings: readings that it billed; none for an instalment
    """

    volume: Decimal
    lines: list[BillLine] = field(default_factory=list)
    readings: list[Measured] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """One subscription with everything that its bill depends on.

    :param meter_number: serial number of the present device
    :param tariffs: (first day, tariff id) in chronological order
    :param area_mean: m³ a year of a comparable dwelling of the area, None if unknown
    :param first_index: day of the meter's very first reading, if it is in the period, or None
    :param bill: (id, campaign id, state) of a live bill of the same period, or None
    :param instalments: bills not deducted yet
    :param estimates: bills of estimated readings that no bill of an actual reading has settled yet
    :param freed: earlier days of service whose bills were credited or cancelled
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
    """What a campaign bills, and the settings of its section.

    :param period: days of service
    :param excludes_leak: a certified leak is billed at the mean, not at twice the mean (sewerage)
    :param caps_unwarned: bills carry no notice, so nothing above twice the mean is due before the subscriber is warned
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
