"""Computes the bill of one subscription, or of many."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from .charges import Charge, fixed_charges, volume_charges
from .consumption import Consumption
from .errors import BillingError, DeductionNotCovered, OutOfService
from .periods import Period
from .rounding import Rounding, allocate, round_half_up
from .tariff import Heading, LineKind, Tariff, TariffLine

HEADING_ORDER = {heading: position for position, heading in enumerate(Heading)}
KIND_ORDER = {kind: position for position, kind in enumerate(LineKind)}
LITRES = 1000
ZERO = Decimal(0)

Key = TypeVar("Key", bound=Hashable)
LITRE_PRICE_STEP = Decimal("0.00001")


class Nature(StrEnum):
    """Why a line is on the bill: due now, or deduction of an earlier charge."""

    CHARGE = "charge"
    DEDUCTION = "deduction"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line, before tax. `amount` is authoritative: rounded once, half up.

    `quantity`: m³, or the number of years or half-years served for a fixed part (6 decimals, for display).
    `period`: the days paid for. `slices`: the dated volumes of a block or levy. `bounds`: the
    block's bounds prorated to those days, in m³. `at_invoice`: see `TariffLine`. `document`: the bill of a line
    charged earlier, as the caller identifies it.
    """

    key: Hashable
    kind: LineKind
    heading: Heading
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    period: Period
    nature: Nature = Nature.CHARGE
    slices: tuple[Consumption, ...] = ()
    bounds: tuple[Decimal, Decimal | None] | None = None
    at_invoice: bool = False
    document: Hashable = None

    def terms(self, rounding: Rounding) -> tuple[Decimal, Decimal]:
        """Return (quantity, unit price), whose product rounds to `amount`, for a ledger that multiplies them itself.

        These are the line's own terms if their product does so and the quantity is a multiple of the volume's step,
        otherwise (1, amount).
        """
        multiple = round_half_up(self.quantity, rounding.volume) == self.quantity
        product = round_half_up(self.quantity * self.unit_price, rounding.money)
        if multiple and product == self.amount:
            return self.quantity, self.unit_price
        return Decimal(1), self.amount


@dataclass(frozen=True, slots=True)
class BillRequest:
    """Input of one subscription's bill.

    `period`: period of the campaign; service runs over its days from `moved_in` to `moved_out`, both included
    (None: before, after). `slices`: the volumes, measured, estimated or flat; their days need not be those
    of the service, since a fixed part is often billed in advance and a volume afterwards. `billed`: the
    lines of the bills that this one settles; `period` and `slices` then span theirs. `invoiced`: the volume of
    each of those bills, oldest first, by `BillLine.document`. `freed`: days of service outside `period` that
    were charged by bills cancelled since. `invoice_date`: see `volume_charges`.
    """

    period: Period
    tariff: Tariff
    slices: tuple[Consumption, ...] = ()
    moved_in: date | None = None
    moved_out: date | None = None
    billed: tuple[BillLine, ...] = ()
    rounding: Rounding = field(default_factory=Rounding)
    dwellings: int = 1
    invoice_date: date | None = None
    freed: tuple[Period, ...] = ()
    invoiced: Mapping[Hashable, Decimal] = field(default_factory=dict)

    @property
    def volume(self) -> Decimal:
        """m³ to bill."""
        return sum((part.volume for part in self.slices), Decimal(0))

    @property
    def service(self) -> Period:
        """Days of service to bill.

        :raises OutOfService: there are none
        """
        service = self.period.clip(self.moved_in, self.moved_out)
        if service is None:
            raise OutOfService(
                start=self.period.start, end=self.period.end, moved_in=self.moved_in, moved_out=self.moved_out
            )
        return service


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill: lines by heading of the decree, then fixed parts, blocks, levies, by date; deductions last.

    `price_changes`: days inside the bill on which new prices come into force.
    """

    service: Period
    lines: tuple[BillLine, ...]
    price_changes: tuple[date, ...] = ()

    @property
    def total(self) -> Decimal:
        """Amount before tax."""
        return sum((line.amount for line in self.lines), Decimal(0))


def compute_bill(request: BillRequest) -> Bill:
    """Compute the bill of one subscription.

    Fixed parts are charged by days of service; volumes at the version in force when they were consumed, in blocks
    prorated to their days; levies per m³; then the charges of `request.billed` are deducted line by line. Lines
    without volume are left out.

    :raises OutOfService: the subscription has no day of service in the period
    :raises MissingVersion: the tariff has no version on a day to bill
    :raises DeductionNotCovered: a charge of `request.billed` begins outside what is billed again
    """
    service = request.service
    served = sorted((service, *request.freed))
    charges = [
        *(charge for days in served for charge in fixed_charges(request.tariff, days, request.dwellings)),
        *volume_charges(request.tariff, request.slices, request.rounding, request.dwellings, request.invoice_date),
    ]
    lines = sorted(_round_charges(charges, request.rounding), key=_line_order)
    _check_covered(request, service)
    return Bill(service, (*lines, *_deductions(request, lines)), _price_changes(request, served))


def _price_changes(request: BillRequest, served: list[Period]) -> tuple[date, ...]:
    """Return the days of this bill on which a new version comes into force; its levies may be those of a later day."""
    days = [*served, *(part.period for part in request.slices)]
    first, last = min(days).start, max(part.end for part in days)
    if request.invoice_date:
        last = max(last, request.invoice_date)
    starts = [version.start for version in request.tariff.versions[1:]]
    return tuple(start for start in starts if first <= start <= last)


def _deductions(request: BillRequest, lines: list[BillLine]) -> list[BillLine]:
    """Deduct the charges of the bills that are settled.

    A levy at invoice is due once, at the rate of the day on which its volume was invoiced: volumes invoiced before stay
    charged as they were, and reduce the volume charged today; an excess is deducted as it was charged.
    """
    levied = [line for line in request.billed if line.at_invoice and request.invoice_date]
    others = [line for line in request.billed if not (line.at_invoice and request.invoice_date)]
    before = sum(request.invoiced.values(), Decimal(0))
    today = [line for line in lines if line.at_invoice and request.invoice_date]
    covered = min(before, request.volume)
    return [
        *_reverse(others),
        *_reverse(filter(None, (_part(line, covered, line.quantity, request.rounding) for line in today))),
        *_reverse(_excess(request, levied, before - covered)),
    ]


def _excess(request: BillRequest, levied: list[BillLine], excess: Decimal) -> Iterator[BillLine]:
    """Return the parts of levies charged in excess of the consumption, the latest bills first."""
    for document, volume in reversed(list(request.invoiced.items())):
        part = min(excess, volume)
        excess -= part
        for line in levied:
            if line.document == document and part:
                yield from filter(None, [_part(line, part, volume, request.rounding)])


def _part(line: BillLine, part: Decimal, whole: Decimal, rounding: Rounding) -> BillLine | None:
    """Return the share `part` / `whole` of a line, None if it is zero."""
    if part == whole:
        return line
    quantity = round_half_up(Fraction(line.quantity) * Fraction(part) / Fraction(whole), rounding.volume)
    amount = round_half_up(quantity * line.unit_price, rounding.money)
    return replace(line, quantity=quantity, amount=amount) if quantity else None


def compute_bills(requests: Mapping[Key, BillRequest]) -> tuple[dict[Key, Bill], dict[Key, BillingError]]:
    """Compute the bills of a batch, and its refusals, by the caller's key: one in error does not stop the others."""
    bills, refusals = {}, {}
    for key, request in requests.items():
        try:
            bills[key] = compute_bill(request)
        except BillingError as error:
            refusals[key] = error
    return bills, refusals


def price_per_litre(total: Decimal, fixed: Decimal, volume: Decimal) -> Decimal | None:
    """Return the price of a litre in euros, with 5 decimals, to be printed with "(hors abonnement)".

    `total` and `fixed`: the bill and its fixed part, all taxes included; `volume` in m³. The price is the bill
    less its fixed part, over the litres consumed (arrêté of 10 July 1996 as changed by the arrêté of 28 April 2016,
    in force since 1 January 2017). None without any consumption.
    """
    if not volume:
        return None
    return round_half_up((total - fixed) / (volume * LITRES), LITRE_PRICE_STEP)


def _reverse(lines: Iterable[BillLine]) -> tuple[BillLine, ...]:
    return tuple(replace(line, quantity=-line.quantity, amount=-line.amount, nature=Nature.DEDUCTION) for line in lines)


def _line_order(line: BillLine) -> tuple[int, int, date, Decimal]:
    lower = line.bounds[0] if line.bounds else ZERO
    return HEADING_ORDER[line.heading], KIND_ORDER[line.kind], line.period.start, lower


def _round_charges(charges: list[Charge], rounding: Rounding) -> list[BillLine]:
    """Round each charge once.

    A new version with an unchanged price splits a charge: the whole is rounded, then shared out, so that the split
    does not move a cent.
    """
    lines: list[BillLine] = []
    for parts in _continued(charges):
        exact = [part.exact for part in parts]
        whole = round_half_up(sum(exact, Fraction(0)), rounding.money)
        amounts = allocate(whole, [abs(part) for part in exact], rounding.money)
        lines.extend(_line(part, amount) for part, amount in zip(parts, amounts, strict=True))
    return lines


def _continued(charges: list[Charge]) -> Iterable[list[Charge]]:
    """Group each charge with those that continue it, unchanged, in another version."""
    groups: dict[tuple[Hashable, int], list[Charge]] = {}
    seen: Counter[tuple[Hashable, date]] = Counter()
    for charge in charges:
        terms = _terms_of(charge.line)
        seen[terms, charge.version.start] += 1
        # Two equal lines of one version are two charges: the rank keeps them apart.
        rank = seen[terms, charge.version.start]
        groups.setdefault((terms, rank), []).append(charge)
    return groups.values()


def _terms_of(line: TariffLine) -> Hashable:
    return line.kind, line.heading, line.price, line.per, line.lower, line.upper, line.at_invoice


def _line(charge: Charge, amount: Decimal) -> BillLine:
    line = charge.line
    return BillLine(
        key=line.key,
        kind=line.kind,
        heading=line.heading,
        quantity=charge.quantity,
        unit_price=line.price,
        amount=amount,
        period=charge.period,
        slices=charge.slices,
        bounds=charge.bounds,
        at_invoice=line.at_invoice,
    )


def _check_covered(request: BillRequest, service: Period) -> None:
    """Check that what is settled begins inside what is billed again: otherwise its deduction would lose money."""
    if not request.billed:
        return
    drawn = [part.period for part in request.slices]
    measured = Period(min(drawn).start, max(part.end for part in drawn)) if drawn else service
    for line in request.billed:
        known = service if line.kind is LineKind.FIXED else measured
        if not known.start <= line.period.start <= known.end:
            raise DeductionNotCovered(start=line.period.start, end=line.period.end, first=known.start, last=known.end)
