"""Two serial numbers compared: what is one number in two writings, what is a part of it, what is a slip."""

from typing import NamedTuple

from .likeness import Likeness
from .reading import Serial

#: Digits at the end that mean something beside an address and a name, not by themselves.
SHORTEST_END = 4
#: Characters that a number must have for one slip in it to mean something.
_LONG_ENOUGH_TO_SLIP = 6
#: What is left out before digits is a year at least.
_DIGITS_OF_YEAR = 2
_MISREAD = frozenset(
    pair for couple in ("0O", "0Q", "0D", "1I", "1L", "2Z", "5S", "6G", "8B") for pair in (couple, couple[::-1])
)


class SerialMatch(NamedTuple):
    """How two numbers compare, and how much that says.

    :param size: characters in common where they are one number, digits where one is the end of the other
    :param other_maker: the two name makers of different groups
    :param other_year: the two bear different years
    :param neighbours: the slip is in the last digit: as much, two devices that were bought together
    """

    likeness: Likeness
    size: int = 0
    other_maker: bool = False
    other_year: bool = False
    neighbours: bool = False


_UNKNOWN, _DIFFERENT = SerialMatch(Likeness.UNKNOWN), SerialMatch(Likeness.DIFFERENT)


def compare_serials(one: Serial | None, other: Serial | None) -> Likeness:
    """Compare two numbers.

    :return: SAME: but for case, spaces, signs; ALIKE: one number in two writings (zeros, maker, year in full, a letter
        read for a digit); END: one is the end of the other, or lacks a part of it; CLOSE: one slip; UNKNOWN: one is
        missing
    """
    return weigh_serials(one, other).likeness


def weigh_serials(one: Serial | None, other: Serial | None) -> SerialMatch:
    """Compare two numbers as `compare_serials` does, and say what else can be told from them."""
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
    """Compare numbers as a whole; no character in common where they are not one number."""
    if one.code == other.code:
        return (Likeness.SAME if one.written == other.written else Likeness.ALIKE), len(one.code)
    mine, theirs = one.full, other.full
    if len(mine) == len(theirs) and _is_misread(mine, theirs):
        return Likeness.ALIKE, len(mine) - 1
    return Likeness.DIFFERENT, 0


def _is_misread(one: str, other: str) -> bool:
    """Tell whether they differ by a letter that was read for a digit: never by a letter read for another one."""
    wrong = [a + b for a, b in zip(one, other, strict=True) if a != b]
    return len(wrong) == 1 and wrong[0] in _MISREAD


def _common_end(one: Serial, other: Serial) -> int:
    """Count the digits that both end with, where one of the two is the end of the other or lacks a part of it.

    A clerk leaves out the maker's letter, the year, the two characters, zeros, or all but the last digits; what both
    give has to be the same.
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
    """Count the digits in common of a number that is digits only with one that is longer."""
    number, whole = digits.number, more.number
    if more.full.endswith(digits.sequence):
        return len(digits.sequence)
    if len(number) >= SHORTEST_END and (number == whole or more.full.endswith(number)):
        return len(number)
    if not more.head or len(more.sequence) < SHORTEST_END:
        return 0
    years = (more.year, f"20{more.year}", f"19{more.year}") if more.year else ()
    all_digits = "".join(filter(str.isdigit, more.full))
    if number in {text.lstrip("0") for text in (*(year + more.sequence for year in years), all_digits)}:
        return len(digits.sequence)
    return 0


def _one_slip(one: Serial, other: Serial) -> bool:
    """One character wrong, missing or too many, or two neighbours exchanged, in a number that is long enough."""
    mine, theirs = one.full, other.full
    if min(len(mine), len(theirs)) < _LONG_ENOUGH_TO_SLIP:
        return False
    if is_one_slip(mine, theirs) or is_one_slip(one.code, other.code):
        return True
    # of the end alone, where one lacks what stands before it
    fewer, more = sorted((one, other), key=_size)
    short = fewer.full
    if not more.head and len(more.full) - len(short) < _DIGITS_OF_YEAR:
        return False  # a digit more and another one wrong: two slips
    written = {more.full[-len(short) :], more.sequence, more.year + more.sequence}
    return any(len(text) >= _LONG_ENOUGH_TO_SLIP and is_one_slip(short, text) for text in written)


def is_one_slip(one: str, other: str) -> bool:
    """Tell whether they are one slip apart: a character wrong, missing or too many, or two neighbours exchanged."""
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
    """Tell whether these may be numbers of devices that left the factory in one box: the last digit alone differs."""
    mine, theirs = sorted((one.sequence, other.sequence), key=len)
    return mine[:-1] == theirs[-len(mine) : -1] and mine[-1] != theirs[-1]
