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
    """Headings of the bill, in the order of the arrêté of 10 July 1996, article 1."""

    DISTRIBUTION = "distribution"  # Distribution de l'eau
    COLLECTION = "collection"  # Collecte et traitement des eaux usées
    PUBLIC_BODIES = "public_bodies"  # Organismes publics


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One price.

    `key`: identifies the caller's record; opaque to the rules. `price`: per `per` for a
    fixed part, per m³ otherwise. `lower`, `upper`: bounds of a block in m³ per year, `upper` None if
    the block has no limit; a volume equal to `upper` is still inside. Blocks of one heading are
    progressive. `at_invoice`: a levy at the rate in force on the invoice's date, whatever the days of
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
    """Lines in force from `start` until the next version starts.

    `dwellings_in_blocks`, `dwellings_in_fixed`: bounds of blocks, or fixed parts, are per dwelling: for a
    subscription of ten dwellings, they are multiplied by ten.
    """

    start: date
    lines: tuple[TariffLine, ...]
    dwellings_in_blocks: bool = False
    dwellings_in_fixed: bool = False

    def of_kind(self, kind: LineKind) -> list[TariffLine]:
        return [line for line in self.lines if line.kind is kind]

    def ladders(self) -> dict[Heading, list[TariffLine]]:
        """Return the blocks of each heading, from the lowest to the highest."""
        ladders: dict[Heading, list[TariffLine]] = {}
        for line in sorted(self.of_kind(LineKind.BLOCK), key=lambda block: block.lower):
            ladders.setdefault(line.heading, []).append(line)
        return ladders


@dataclass(frozen=True, slots=True)
class Tariff:
    """Versions in the order of their start dates.

    :raises TariffError: the first error of `check_tariff`
    """

    versions: tuple[TariffVersion, ...]

    def __post_init__(self) -> None:
        for error in check_tariff(self.versions):
            raise error
        object.__setattr__(self, "versions", tuple(sorted(self.versions, key=lambda version: version.start)))

    def version_at(self, day: date) -> TariffVersion:
        """Return the version in force on `day`.

        :raises MissingVersion: `day` is before the first one
        """
        position = bisect_right(self.versions, day, key=lambda version: version.start)
        if not position:
            raise MissingVersion(date=day)
        return self.versions[position - 1]

    def cut(self, period: Period) -> list[tuple[TariffVersion, Period]]:
        """Split `period` into parts, each with the version in force.

        :raises MissingVersion: `period` begins before the first one
        """
        parts = period.cut(version.start for version in self.versions)
        return [(self.version_at(part.start), part) for part in parts]

    @classmethod
    def splice(cls, periods: "Sequence[tuple[date, Tariff]]") -> "Tariff":
        """Join the successive tariffs of a subscription into one.

        :param periods: (first day, tariff) in chronological order; the first tariff also applies to earlier days
        :raises MissingVersion: a later tariff has no version on its first day
        """
        (_start, first), *later = periods
        ends = [start for start, _tariff in later] + [date.max]
        versions = [version for version in first.versions if version.start < ends[0]]
        for (start, tariff), end in zip(later, ends[1:], strict=True):
            versions.append(replace(tariff.version_at(start), start=start))
            versions += [version for version in tariff.versions if start < version.start < end]
        return cls(tuple(versions))


def check_tariff(versions: Iterable[TariffVersion]) -> list[TariffError]:
    """Return all errors of these versions; empty if they are valid.

    Two versions must not start on the same day. In each version, the blocks of a heading must cover every
    volume from 0 upwards exactly once.
    """
    versions = list(versions)
    starts = Counter(version.start for version in versions)
    errors: list[TariffError] = [OverlappingVersions(version=start) for start, count in starts.items() if count > 1]
    for version in versions:
        for blocks in version.ladders().values():
            errors.extend(_ladder_errors(version.start, blocks))
    return errors


def _ladder_errors(start: date, blocks: list[TariffLine]) -> Iterator[TariffError]:
    """Yield the errors of one heading's blocks, sorted by lower bound."""
    sound = True
    for error in _bound_errors(start, blocks):
        sound = False
        yield error
    # Gaps and overlaps of faulty blocks would only repeat their faults.
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
