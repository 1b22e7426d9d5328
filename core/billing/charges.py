"""Computes exact charges, not yet rounded, from a tariff and volumes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .consumption import Consumption
from .periods import Period, merge
from .rounding import Rounding, round_half_up
from .tariff import LineKind, Tariff, TariffLine, TariffVersion

SHARE_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Charge:
    """An exact amount under one tariff line.

    `slices`: the volumes charged; `bounds`: prorated bounds of a block.
    """

    line: TariffLine
    version: TariffVersion
    period: Period
    quantity: Decimal
    exact: Fraction
    slices: tuple[Consumption, ...] = ()
    bounds: tuple[Decimal, Decimal | None] | None = None


def fixed_charges(tariff: Tariff, service: Period, dwellings: int = 1) -> Iterator[Charge]:
    """Charge fixed parts by days of service, split on the day a version starts.

    :raises MissingVersion: the service begins before the first version
    """
    for version, period in tariff.cut(service):
        times = dwellings if version.dwellings_in_fixed else 1
        for line in version.of_kind(LineKind.FIXED):
            share = period.share(line.per) * times
            quantity = round_half_up(share, SHARE_STEP)
            yield Charge(line, version, period, quantity, Fraction(line.price) * share)


def volume_charges(
    tariff: Tariff,
    slices: Iterable[Consumption],
    rounding: Rounding,
    dwellings: int = 1,
    invoice_date: date | None = None,
) -> Iterator[Charge]:
    """Charge blocks and levies, each version on the volume consumed under it.

    :param invoice_date: day whose levies "at invoice" are charged on the whole volume; None: all levies are those of
        the days of consumption
    :raises MissingVersion: the consumption, or `invoice_date`, is before the first version
    """
    parts: dict[date, tuple[TariffVersion, list[Consumption]]] = {}
    slices = tuple(slices)
    for whole in slices:
        for version, part in whole.cut(tariff, rounding):
            parts.setdefault(version.start, (version, []))[1].append(part)
    for _start, (version, drawn) in sorted(parts.items(), key=lambda item: item[0]):
        yield from _version_charges(version, tuple(drawn), rounding, dwellings, invoice_date)
    volume = sum(part.volume for part in slices)
    if invoice_date and volume:
        version = tariff.version_at(invoice_date)
        yield from _levy_charges(version, [line for line in _levies(version) if line.at_invoice], slices, volume)


def _version_charges(
    version: TariffVersion,
    slices: tuple[Consumption, ...],
    rounding: Rounding,
    dwellings: int,
    invoice_date: date | None,
) -> Iterator[Charge]:
    volume = sum(part.volume for part in slices)
    if not volume:
        return
    days = merge(part.period for part in slices)
    period = Period(days[0].start, days[-1].end)
    share = sum((part.share() for part in days), Fraction(0)) * (dwellings if version.dwellings_in_blocks else 1)
    for blocks in version.ladders().values():
        for line, quantity, bounds in fill_blocks(blocks, volume, share, rounding):
            yield Charge(line, version, period, quantity, Fraction(line.price * quantity), slices, bounds)
    dated = [line for line in _levies(version) if not (line.at_invoice and invoice_date)]
    yield from _levy_charges(version, dated, slices, volume)


def _levies(version: TariffVersion) -> list[TariffLine]:
    return version.of_kind(LineKind.LEVY)


def _levy_charges(
    version: TariffVersion, lines: Iterable[TariffLine], slices: tuple[Consumption, ...], volume: Decimal
) -> Iterator[Charge]:
    period = Period(min(part.period.start for part in slices), max(part.period.end for part in slices))
    for line in lines:
        yield Charge(line, version, period, volume, Fraction(line.price * volume), slices)


def fill_blocks(
    blocks: Sequence[TariffLine], volume: Decimal, share: Fraction, rounding: Rounding
) -> Iterator[tuple[TariffLine, Decimal, tuple[Decimal, Decimal | None]]]:
    """Distribute `volume` m³ over `blocks`, lowest first, with bounds prorated to `share` years.

    Yields (line, its volume, prorated bounds) for each block with a volume; the volumes sum to `volume`. Bounds are
    rounded to the volume's step, so that quantity × price can be checked on the bill.
    """
    for line in blocks:
        lower = round_half_up(Fraction(line.lower) * share, rounding.volume)
        upper = None if line.upper is None else round_half_up(Fraction(line.upper) * share, rounding.volume)
        filled = (volume if upper is None else min(volume, upper)) - lower
        if filled > 0:
            yield line, filled, (lower, upper)
