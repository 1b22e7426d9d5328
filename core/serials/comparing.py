"""Compares serial numbers: one number written in two ways, a part of a number, a typing error."""

from typing import NamedTuple

from .likeness import Likeness
from .reading import Serial

#: Number of final digits that count as evidence with an address and a name, but not alone.
SHORTEST_END = 4
#: Minimum length of a number for a single typing error to be recognised.
_LONG_ENOUGH_TO_SLIP = 6
#: A part omitted before the digits has at least the length of a year.
_DIGITS_OF_YEAR = 2
_MISREAD = frozenset(
    pair for couple in ("0O", "0Q", "0D", "1I", "1L", "2Z", "5S", "6G", "8B") for pair in (couple, couple[::-1])
)


class SerialMatch(NamedTuple):
    """Result of comparing two numbers, and how strong it is.

    :param size: characters in common if they are the same number, digits if one is the end of the other
    :param other_maker: they name manufacturers of different groups
    :param other_year: they contain different years
    :param neighbours: only the last digit differs: perhaps two devices that were bought together
    """

    likeness: Likeness
    size: int = 0
    other_maker: bool = False
    other_year: bool = False
    neighbours: bool = False


_UNKNOWN, _DIFFERENT = SerialMatch(Likeness.UNKNOWN), SerialMatch(Likeness.DIFFERENT)


def compare_serials(one: Serial | None, other: Serial | None) -> Likeness:
    """Compare two numbers.

    :return: SAME: equal except for case, spaces, signs; ALIKE: one number written in two ways (zeros, maker, year in
        full, a letter misread for a digit); END: one is the end of the other, or lacks a part of it; CLOSE: one typing
        error; UNKNOWN: one is missing
    """
    return weigh_serials(one, other).likeness


def weigh_serials(one: Serial | None, other: Serial | None) -> SerialMatch:
    """Compare two numbers as `compare_serials` does, with the strength of the result."""
    if one is None or other is None:
        return _UNKNOWN
    likeness, size = _whole(one, other)
    if not size:
        likeness, size = Likeness.END, _common_end(one, other)
    if not size:
        if not _one_slip(one, other):
            return _DIFFERENT
        likeness = Likeness.CLOSE
    return SerialMatch(
        likeness,
        size,
        bool(one.maker and other.maker) and one.maker != other.maker,
        bool(one.year and other.year) and one.year != other.year,
        likeness is Likeness.CLOSE and _are_neighbours(one, other),
    )


def _whole(one: Serial, other: Serial) -> tuple[Likeness, int]:
    """Compare whole numbers; the size is 0 if they are not the same number."""
    if one.code == other.code:
        return (Likeness.SAME if one.written == other.written else Likeness.ALIKE), len(one.code)
    mine, theirs = one.full, other.full
    if len(mine) == len(theirs) and _is_misread(mine, theirs):
        return Likeness.ALIKE, len(mine) - 1
    return Likeness.DIFFERENT, 0


def _is_misread(one: str, other: str) -> bool:
    """Return whether they differ by one letter misread for a digit; letters misread for letters do not count."""
    wrong = [a + b for a, b in zip(one, other, strict=True) if a != b]
    return len(wrong) == 1 and wrong[0] in _MISREAD


def _common_end(one: Serial, other: Serial) -> int:
    """Count the digits in common if one number is the end of the other or lacks a part of it.

    Clerks omit the manufacturer's letter, the year, the two characters, zeros, or all but the last digits; the parts
    that both numbers have must be equal.
    """
    fewer, more = sorted((one, other), key=_size)
    if len(fewer.sequence) < SHORTEST_END:
        return 0
    if not fewer.head:
        return _digits_only(fewer, more)
    if fewer.number != more.number:
        return 0
    if _agree(fewer.letter, more.letter) and _agree(fewer.type, more.type) and _agree(fewer.year, more.year):
        return len(fewer.sequence) + len(fewer.year and more.year)
    return len(fewer.sequence) if more.full.endswith(fewer.full) else 0


def _size(serial: Serial) -> tuple[bool, int, str]:
    return bool(serial.head), len(serial.full), serial.full


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _digits_only(digits: Serial, more: Serial) -> int:
    """Count the digits that a digits-only number has in common with a longer number."""
    number = digits.number
    if more.full.endswith(digits.sequence):
        return len(digits.sequence)
    if len(number) >= SHORTEST_END and more.full.endswith(number):
        return len(number)
    if not more.head or len(more.sequence) < SHORTEST_END:
        return 0
    years = (more.year, f"20{more.year}", f"19{more.year}") if more.year else ()
    all_digits = "".join(filter(str.isdigit, more.full))
    if number in {text.lstrip("0") for text in (*(year + more.sequence for year in years), all_digits)}:
        return len(digits.sequence)
    return 0


def _one_slip(one: Serial, other: Serial) -> bool:
    """Return whether two long enough numbers are one typing error apart."""
    mine, theirs = one.full, other.full
    if min(len(mine), len(theirs)) < _LONG_ENOUGH_TO_SLIP:
        return False
    if is_one_slip(mine, theirs) or is_one_slip(one.code, other.code):
        return True
    # compare the ends only, if one number lacks the part before them
    fewer, more = sorted((one, other), key=_size)
    short = fewer.full
    if not more.head and len(more.full) - len(short) < _DIGITS_OF_YEAR:
        return False  # an additional digit and a wrong one are two errors
    written = {more.full[-len(short) :], more.sequence, more.year + more.sequence}
    return any(len(text) >= _LONG_ENOUGH_TO_SLIP and is_one_slip(short, text) for text in written)


def is_one_slip(one: str, other: str) -> bool:
    """Return whether one typing error separates them: a wrong, missing or extra character, or two swapped ones."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]


def _are_neighbours(one: Serial, other: Serial) -> bool:
    """Return whether only the last digit differs, as between devices delivered in one box."""
    mine, theirs = sorted((one.sequence, other.sequence), key=len)
    return mine[:-1] == theirs[-len(mine) : -1] and mine[-1] != theirs[-1]
