"""Rules of billing: Decimal amounts in the tariff's currency, volumes in m³, periods of days.

A caller describes tariffs (`TariffLine`, `TariffVersion`, `Tariff`), volumes (`Consumption`) and
subscriptions to bill (`BillRequest`); `compute_bills` returns bills and refusals.
"""

from .bill import (
    Bill,
    BillLine,
    BillRequest,
    Nature,
    compute_bill,
    compute_bills,
    price_per_litre,
)
from .consumption import Consumption, Measure, flat_consumption, limit_volume
from .errors import BillingError, TariffError
from .leak import LeakCheck, check_leak, estimate_consumption
from .periods import Per, Period
from .rounding import Rounding, allocate, round_half_up
from .tariff import Heading, LineKind, Tariff, TariffLine, TariffVersion, check_tariff

__all__ = [
    "Bill",
    "BillLine",
    "BillRequest",
    "BillingError",
    "Consumption",
    "Heading",
    "LeakCheck",
    "LineKind",
    "Measure",
    "Nature",
    "Per",
    "Period",
    "Rounding",
    "Tariff",
    "TariffError",
    "TariffLine",
    "TariffVersion",
    "allocate",
    "check_leak",
    "check_tariff",
    "compute_bill",
    "compute_bills",
    "estimate_consumption",
    "flat_consumption",
    "limit_volume",
    "price_per_litre",
    "round_half_up",
]
