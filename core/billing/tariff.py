"""Tariffs: versions with a start date, each with its fixed parts, blocks of volume and levies."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from .errors import (
    BackwardsBlock,
    BlockHole,
    BlockOverlap,
    FirstBlockNotZero,
    LastBlockClosed,
    MissingVersion,
    NegativeBlock,
    OpenBlockNotLast,
    OverlappingVersions,
    TariffError,
)
from .periods import Per, Period


class LineKind(StrEnum):
    FIXED = "fixed"
    BLOCK = "block"
    LEVY = "levy"


class Heading(StrEnum):
    """Headings of the bill, in its order (arrêté of 10 July 1996, article 1)."""

    DISTRIBUTION = "distribution"  # Distribution de l'eau
    COLLECTION = "collection"  # Collecte et traitement des eaux usées
    PUBLIC_BODIES = "public_bodies"  # Organismes publics


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One price.

    ``key``: whatever lets the caller find its own record back; never looked at. ``price``: per ``per`` for a
    fixed part, per m³ otherwise. ``lower``, ``upper``: bounds of a block in m³ per year, ``upper`` None where
    the block has no limit; a volume equal to ``upper`` is still inside. Blocks of one heading are
    progressive. ``at_invoice``: a levy whose rate is the one in force on the invoice's date, whatever the days of
    consumption (code de l'environnement, L.213-10-4: invoicing is the taxable event).
    """

    key: Hashable
    kind: LineKind
    heading: Heading
    price: Decimal
    per: Per = Per.YEAR
    lower: Decimal = Decimal(0)
    upper: Decimal | None = None
    at_invoice: bool = False


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """The lines in force from ``start`` until the next version starts.

    ``dwellings_in_blocks``, ``dwellings_in_fixed``: the bounds of blocks, the fixed parts, are those of one
    dwelling: a subscription of ten has them tenfold.
    """

    start: date
    lines: tuple[TariffLine, ...]
    dwellings_in_blocks: bool = False
    dwellings_in_fixed: bool = False

    def of_kind(self, kind: LineKind) -> list[TariffLine]:
        return [line for line in self.lines if line.kind is kind]

    def ladders(self) -> dict[Heading, list[TariffLine]]:
        """The blocks of each heading, from the lowest to the highest."""
        ladders: dict[Heading, list[TariffLine]] = {}
        for line in sorted(self.of_kind(LineKind.BLOCK), key=lambda block: block.lower):
            ladders.setdefault(line.heading, []).append(line)
        return ladders


@dataclass(frozen=True, slots=True)
class Tariff:
    """Versions in the order of their start. Raises the first error of ``check_tariff``."""

    versions: tuple[TariffVersion, ...]

    def __post_init__(self) -> None:
        for error in check_tariff(self.versions):
            raise error
        object.__setattr__(self, "versions", tuple(sorted(self.versions, key=lambda version: version.start)))

    def version_at(self, day: date) -> TariffVersion:
        """The version in force on ``day``. Raises MissingVersion before the first one."""
        position = bisect_right(self.versions, day, key=lambda version: version.start)
        if not position:
            raise MissingVersion(date=day)
        return self.versions[position - 1]

    def cut(self, period: Period) -> list[tuple[TariffVersion, Period]]:
        """The parts of ``period``, each with the version in force. Raises MissingVersion."""
        parts = period.cut(version.start for version in self.versions)
        return [(self.version_at(part.start), part) for part in parts]

    @classmethod
    def splice(cls, periods: "Sequence[tuple[date, Tariff]]") -> "Tariff":
        """The tariff of a subscription that changes tariff: each from its day until the next one's.

        ``periods``: (first day, tariff) in the order of the days; days before the first are the first one's.
        Raises MissingVersion where a later tariff has no version on its first day.
        """
        (_start, first), *later = periods
        ends = [start for start, _tariff in later] + [date.max]
        versions = [version for version in first.versions if version.start < ends[0]]
        for (start, tariff), end in zip(later, ends[1:], strict=True):
            versions.append(replace(tariff.version_at(start), start=start))
            versions += [version for version in tariff.versions if start < version.start < end]
        return cls(tuple(versions))


def check_tariff(versions: Iterable[TariffVersion]) -> list[TariffError]:
    """Everything that forbids to save these versions; empty where they are sound.

    Two versions must not start on the same day. In each version, the blocks of a heading must cover every
    volume from 0 without limit, once.
    """
    versions = list(versions)
    starts = Counter(version.start for version in versions)
    errors: list[TariffError] = [OverlappingVersions(version=start) for start, count in starts.items() if count > 1]
    for version in versions:
        for blocks in version.ladders().values():
            errors.extend(_ladder_errors(version.start, blocks))
    return errors


def _ladder_errors(start: date, blocks: list[TariffLine]) -> Iterator[TariffError]:
    """Faults of one heading's blocks, sorted by lower bound."""
    sound = True
    for error in _bound_errors(start, blocks):
        sound = False
        yield error
    # Holes and overlaps of blocks that are themselves wrong would only repeat the fault.
    if sound:
        yield from _chain_errors(start, blocks)


def _bound_errors(start: date, blocks: list[TariffLine]) -> Iterator[TariffError]:
    for block in blocks:
        if block.lower < 0 or (block.upper is not None and block.upper < 0):
            yield NegativeBlock(**_facts(start, block, block.lower, block.upper))
        elif block.upper is not None and block.upper <= block.lower:
            yield BackwardsBlock(**_facts(start, block, block.lower, block.upper))


def _chain_errors(start: date, blocks: list[TariffLine]) -> Iterator[TariffError]:
    first, last = blocks[0], blocks[-1]
    if first.lower:
        yield FirstBlockNotZero(**_facts(start, first, first.lower, first.upper))
    for block, following in pairwise(blocks):
        if block.upper is None:
            yield OpenBlockNotLast(**_facts(start, block, block.lower, None))
        elif block.upper < following.lower:
            yield BlockHole(**_facts(start, block, block.upper, following.lower))
        elif block.upper > following.lower:
            uppers = [upper for upper in (block.upper, following.upper) if upper is not None]
            yield BlockOverlap(**_facts(start, block, following.lower, min(uppers)))
    if last.upper is not None:
        yield LastBlockClosed(**_facts(start, last, last.lower, last.upper))


def _facts(start: date, block: TariffLine, lower: Decimal, upper: Decimal | None) -> dict[str, object]:
    return {"version": start, "heading": block.heading, "lower": lower, "upper": upper}
