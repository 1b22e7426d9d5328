"""The bill of one subscription, or of many."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .charges import Charge, fixed_charges, volume_charges
from .consumption import Consumption
from .errors import BillingError, DeductionNotCovered, OutOfService
from .periods import Period
from .rounding import Rounding, allocate, round_half_up
from .tariff import Heading, Kind, Tariff, TariffLine

HEADING_ORDER = {heading: position for position, heading in enumerate(Heading)}
KIND_ORDER = {kind: position for position, kind in enumerate(Kind)}
LITRES = 1000
LITRE_PRICE_STEP = Decimal("0.00001")


class Nature(StrEnum):
    """Why a line is on the bill: due now, an instalment given back, a bill cancelled."""

    CHARGE = "charge"
    DEDUCTION = "deduction"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line, before tax. ``amount`` is the truth: rounded once, half-up.

    ``quantity``: m³, or the number of years or half-years served for a fixed part (6 decimals, to be shown).
    ``period``: the days paid for. ``slices``: the dated volumes behind a block or levy. ``bounds``: the
    block's bounds prorated to those days, in m³.
    """

    key: Hashable
    kind: Kind
    heading: Heading
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    period: Period
    nature: Nature = Nature.CHARGE
    slices: tuple[Consumption, ...] = ()
    bounds: tuple[Decimal, Decimal | None] | None = None

    def terms(self, rounding: Rounding) -> tuple[Decimal, Decimal]:
        """(quantity, unit price) for a ledger that multiplies by itself: their product rounds to ``amount``.

        The line's own terms where they do so with a quantity that is a multiple of the volume's step, else
        (1, amount).
        """
        multiple = round_half_up(self.quantity, rounding.volume) == self.quantity
        product = round_half_up(self.quantity * self.unit_price, rounding.money)
        if multiple and product == self.amount:
            return self.quantity, self.unit_price
        return Decimal(1), self.amount


@dataclass(frozen=True, slots=True)
class BillRequest:
    """What is needed to bill one subscription.

    ``period``: of the campaign; the service is its days from ``moved_in`` to ``moved_out``, both included
    (None: before, after). ``slices``: the volumes, measured, estimated or flat; their days need not be those
    of the service, since a fixed part is often billed in advance and a volume afterwards. ``billed``: the
    lines of the instalments that this bill puts right; ``period`` and ``slices`` then span theirs.
    """

    period: Period
    tariff: Tariff
    slices: tuple[Consumption, ...] = ()
    moved_in: date | None = None
    moved_out: date | None = None
    billed: tuple[BillLine, ...] = ()
    rounding: Rounding = field(default_factory=Rounding)

    @property
    def service(self) -> Period:
        """Days of service to bill. Raises OutOfService where there are none."""
        service = self.period.clip(self.moved_in, self.moved_out)
        if service is None:
            raise OutOfService(
                start=self.period.start, end=self.period.end, moved_in=self.moved_in, moved_out=self.moved_out
            )
        return service


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines by heading of the decree, then fixed parts, blocks, levies, by date; deductions last."""

    service: Period
    lines: tuple[BillLine, ...]

    @property
    def total(self) -> Decimal:
        """Amount before tax."""
        return sum((line.amount for line in self.lines), Decimal(0))


def compute_bill(request: BillRequest) -> Bill:
    """The bill of one subscription.

    Fixed parts by days of service; volumes by the version in force when they were drawn, in blocks prorated
    to their days; levies per m³; then what ``request.billed`` already charged, given back line by line. Lines
    without volume are left out.

    Raises OutOfService, MissingVersion, DeductionNotCovered.
    """
    service = request.service
    charges = [
        *fixed_charges(request.tariff, service),
        *volume_charges(request.tariff, request.slices, request.rounding),
    ]
    lines = sorted(_round_charges(charges, request.rounding), key=_line_order)
    _check_covered(request, service)
    return Bill(service, (*lines, *_reverse(request.billed, Nature.DEDUCTION)))


def compute_bills(
    requests: Mapping[Hashable, BillRequest],
) -> tuple[dict[Hashable, Bill], dict[Hashable, BillingError]]:
    """Bills and refusals of a batch, by the caller's key: a subscription in error stops nobody else."""
    bills, refusals = {}, {}
    for key, request in requests.items():
        try:
            bills[key] = compute_bill(request)
        except BillingError as error:
            refusals[key] = error
    return bills, refusals


def credit_bill(bill: Bill) -> Bill:
    """The bill that cancels ``bill``: the same lines, quantities and amounts reversed."""
    return Bill(bill.service, _reverse(bill.lines, Nature.CREDIT))


def price_per_litre(total: Decimal, fixed: Decimal, volume: Decimal) -> Decimal | None:
    """Price of a litre in euros, 5 decimals, to be shown with "(hors abonnement)".

    ``total`` and ``fixed``: the bill and its fixed part, all taxes included; ``volume`` in m³. The bill less
    its fixed part, over the litres drawn (arrêté of 10 July 1996 as changed by the arrêté of 28 April 2016,
    in force since 1 January 2017). None where nothing was drawn.
    """
    if not volume:
        return None
    return round_half_up((total - fixed) / (volume * LITRES), LITRE_PRICE_STEP)


def _reverse(lines: Iterable[BillLine], nature: Nature) -> tuple[BillLine, ...]:
    return tuple(replace(line, quantity=-line.quantity, amount=-line.amount, nature=nature) for line in lines)


def _line_order(line: BillLine):
    lower = line.bounds[0] if line.bounds else 0
    return HEADING_ORDER[line.heading], KIND_ORDER[line.kind], line.period.start, lower


def _round_charges(charges: list[Charge], rounding: Rounding) -> list[BillLine]:
    """Round each charge once.

    A version that leaves a price as it was cuts that charge in parts: the whole is rounded, then shared, so
    that the new version does not move a cent of it.
    """
    lines = []
    for parts in _continued(charges):
        exact = [part.exact for part in parts]
        whole = round_half_up(sum(exact), rounding.money)
        amounts = allocate(whole, [abs(part) for part in exact], rounding.money)
        lines.extend(_line(part, amount) for part, amount in zip(parts, amounts, strict=True))
    return lines


def _continued(charges: list[Charge]) -> Iterable[list[Charge]]:
    """Charges grouped with those that continue them, unchanged, in another version."""
    groups: dict[tuple, list[Charge]] = {}
    seen: Counter = Counter()
    for charge in charges:
        terms = _terms_of(charge.line)
        seen[terms, charge.version.start] += 1
        # Two equal lines of one version are two charges: the rank keeps them apart.
        rank = seen[terms, charge.version.start]
        groups.setdefault((terms, rank), []).append(charge)
    return groups.values()


def _terms_of(line: TariffLine) -> tuple:
    return line.kind, line.heading, line.price, line.per, line.lower, line.upper


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
    )


def _check_covered(request: BillRequest, service: Period):
    """An instalment must begin inside what is billed again, else its deduction gives money away."""
    if not request.billed:
        return
    drawn = [part.period for part in request.slices]
    measured = Period(min(drawn).start, max(part.end for part in drawn)) if drawn else service
    for line in request.billed:
        known = service if line.kind is Kind.FIXED else measured
        if not known.start <= line.period.start <= known.end:
            raise DeductionNotCovered(start=line.period.start, end=line.period.end, first=known.start, last=known.end)
