"""Serial numbers: what is engraved on the device, as two sections typed it."""

import re
from functools import lru_cache
from typing import NamedTuple

from .likeness import Likeness
from .text import words

#: Letters that are read for a digit on a worn dial, and the other way round.
_LOOKALIKES = str.maketrans("OIL", "011")
_HEAD = re.compile(r"([A-Z]*)0*(.*)", re.DOTALL)
_TAIL = re.compile(r"[1-9][0-9]*$")

#: Makers whose name some people type before the number, and words that say that a number follows.
MAKERS = frozenset(
    words(
        "ACTARIS ARAD BADGER DIEHL ELSTER HONEYWELL HYDROMETER ITRON KAMSTRUP MADDALENA SAPPEL SCHLUMBERGER SENSUS "
        "SOCAM WATEAU WEHRLE ZENNER"
    )
)
_ANNOUNCED = frozenset(words("N NO NR NUM NUMERO NUMBER SN SERIE COMPTEUR CPT"))

#: Digits that a number must have for a prefix to be left out of it, and characters for it to tell devices apart.
_LONG_ENOUGH = 5
_TELLING = 4


class Serial(NamedTuple):
    """A serial number in three readings.

    :param written: letters and digits as typed, without case, spaces and dashes
    :param canonical: without the maker's name and leading zeros, look-alike letters read as digits
    :param key: the same for all numbers that may be alike; groups the cards to compare
    """

    written: str
    canonical: str
    key: str


def read_serial(text: str | None, brand: str | None = None) -> Serial | None:
    """Read a serial number; None where there is none (« inconnu », 0000).

    :param brand: the maker that the card names: it may stand before the number
    """
    parts = words(text)
    written = "".join(parts)
    if written.isdecimal() and written.isascii():  # as most are: no maker, nothing to read for a digit
        head, body = "", written.lstrip("0")
    elif any(map(str.isdigit, written)):
        head, body = _HEAD.match(_without_maker(parts, brand).translate(_LOOKALIKES)).groups()
    else:
        return None
    if len(set(body)) < 2 and len(head) + len(body) != 1:
        return None  # 0000, 9999, X: somebody filled the box
    canonical = head + body
    tail = _TAIL.search(canonical)
    return Serial(written, canonical, tail[0] if tail and len(tail[0]) >= _TELLING else canonical)


def _without_maker(parts: list[str], brand: str | None) -> str:
    """Join what follows the maker's name. A name alone is kept: it would be the number itself."""
    if parts[0][0].isdigit():
        return "".join(parts)
    makers = _makers(brand)
    rest = list(parts)
    while len(rest) > 1 and (rest[0] in makers or rest[0] in _ANNOUNCED):
        rest = rest[1:]
    joined = "".join(rest)
    glued = next((m for m in makers if joined.startswith(m) and joined[len(m) :][:1].isdigit()), "")
    return joined[len(glued) :]


@lru_cache(maxsize=1000)
def _makers(brand: str | None) -> frozenset[str]:
    return MAKERS.union(words(brand))


def compare_serials(one: Serial | None, other: Serial | None) -> Likeness:
    """Compare two numbers. Same: but for case, spaces, dashes. Alike: zeros, maker, O for 0. Close: one slip."""
    if one is None or other is None:
        return Likeness.UNKNOWN
    if one.canonical == other.canonical:
        return Likeness.SAME if one.written == other.written else Likeness.ALIKE
    if _is_prefixed(one.canonical, other.canonical) or _is_prefixed(other.canonical, one.canonical):
        return Likeness.ALIKE
    return Likeness.CLOSE if _one_slip(one.canonical, other.canonical) else Likeness.DIFFERENT


def is_telling(serial: Serial) -> bool:
    """Tell whether the number is long enough to mean one device among thousands."""
    return len(serial.canonical) >= _TELLING


def _is_prefixed(longer: str, shorter: str) -> bool:
    """AB123456 and 123456: the letters are the maker's or the model's."""
    if len(shorter) < _LONG_ENOUGH or len(longer) <= len(shorter) or not shorter.isdigit():
        return False
    return longer.endswith(shorter) and longer[: -len(shorter)].isalpha()


def _one_slip(one: str, other: str) -> bool:
    """One character read wrong, or two neighbours swapped, in a number long enough for it to mean something."""
    if len(one) != len(other) or len(one) <= _LONG_ENOUGH:
        return False
    wrong = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(wrong) == 1
