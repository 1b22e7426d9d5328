"""Price of 120 m³, used to compare water services (decree of 2 May 2007, indicators D102.0 and D204.0)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .bill import BillLine, BillRequest, compute_bill
from .consumption import Consumption, Measure
from .periods import Period
from .rounding import Rounding
from .tariff import Tariff

#: m³ a year of a household in the official reference bill, by which towns are compared (CGCT D.2224-1, annexe V).
REFERENCE_VOLUME = Decimal(120)


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """Lines of the bill of a reference year, before tax."""

    lines: tuple[BillLine, ...]

    @property
    def total(self) -> Decimal:
        """Amount before tax."""
        return sum((line.amount for line in self.lines), Decimal(0))


def reference_price(tariff: Tariff, year: int, rounding: Rounding | None = None) -> ReferencePrice:
    """Return the bill of 120 m³ at the prices in force on 1 January, as if they applied all year.

    :raises MissingVersion: the tariff has no version on that day
    """
    first = date(year, 1, 1)
    whole = Period(first, date(year, 12, 31))
    request = BillRequest(
        whole,
        Tariff((tariff.version_at(first),)),
        (Consumption(whole, REFERENCE_VOLUME, Measure.MEASURED),),
        rounding=rounding or Rounding(),
        invoice_date=first,
    )
    return ReferencePrice(compute_bill(request).lines)
