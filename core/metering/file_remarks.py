"""What a person should look at in the rows of a file that are taken all the same."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .consumption import ReadingStep
from .findings import ReadingFinding
from .readings import ReadingKind


class RemarkCode(StrEnum):
    """Why a reading that is taken waits to be confirmed."""

    KIND_UNKNOWN = "kind_unknown"
    CONSUMPTION_DIFFERS = "consumption_differs"
    CONSUMPTION_NEGATIVE = "consumption_negative"
    CONSUMPTION_ABSURD = "consumption_absurd"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Remark:
    """One reason.

    :param word: the word that is not known
    :param said: the consumption that the file says (m³)
    :param measured: the consumption that the indexes measure (m³)
    :param lines: the rows of the file that may be right instead
    """

    code: RemarkCode
    word: str = ""
    said: Decimal | None = None
    measured: Decimal | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFinding(ReadingFinding):
    """A finding that other rows of the same file bring about.

    :param lines: these rows
    """

    lines: tuple[int, ...] = ()


def compare_consumption(said: Decimal, step: ReadingStep, index: Decimal, kind: ReadingKind) -> Remark | None:
    """Compare the consumption that a file says with what the indexes measure.

    An absurd one is as high as the index itself, which is all that the device ever measured.
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
    """Tell whether a volume is another one, as precisely as it is written: 45 is 45.2, not 46; 45.0 is not 45.2."""
    exponent = said.as_tuple().exponent
    return isinstance(exponent, int) and abs(said - measured) < Decimal(1).scaleb(min(0, exponent))
