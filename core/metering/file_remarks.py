"""Remarks on rows of a file that are accepted, but that a person should check."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .consumption import ReadingStep
from .findings import ReadingFinding
from .readings import ReadingKind


class RemarkCode(StrEnum):
    """Why an accepted reading must be confirmed."""

    KIND_UNKNOWN = "kind_unknown"
    CONSUMPTION_DIFFERS = "consumption_differs"
    CONSUMPTION_NEGATIVE = "consumption_negative"
    CONSUMPTION_ABSURD = "consumption_absurd"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark.

    :param word: the unknown word
    :param said: consumption in the file (m³)
    :param measured: consumption computed from the indexes (m³)
    :param lines: rows of the file that may be right instead
    """

    code: RemarkCode
    word: str = ""
    said: Decimal | None = None
    measured: Decimal | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFinding(ReadingFinding):
    """A finding caused by other rows of the same file.

    :param lines: lines of those rows
    """

    lines: tuple[int, ...] = ()


def compare_consumption(said: Decimal, step: ReadingStep, index: Decimal, kind: ReadingKind) -> Remark | None:
    """Compare the consumption in a file with the one computed from the indexes.

    It is absurd if it reaches the index itself, which is all that the device ever measured.
    """
    if said < 0:
        return Remark(RemarkCode.CONSUMPTION_NEGATIVE, said=said, measured=step.computed)
    measured = step.computed
    measurable = step.previous_date is not None and kind is not ReadingKind.INSTALLATION
    if not measurable or is_same_volume(said, measured):
        return None
    absurd = said >= index and step.previous_index > 0
    code = RemarkCode.CONSUMPTION_ABSURD if absurd else RemarkCode.CONSUMPTION_DIFFERS
    return Remark(code, said=said, measured=measured)


def is_same_volume(said: Decimal, measured: Decimal) -> bool:
    """Return whether two volumes are equal to the precision of the first: 45 equals 45.2, not 46; 45.0 is not 45.2."""
    exponent = said.as_tuple().exponent
    return isinstance(exponent, int) and abs(said - measured) < Decimal(1).scaleb(min(0, exponent))
