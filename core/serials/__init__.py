"""Serial numbers of meters, as makers engrave them and as people type them.

One set of rules for whoever meets a number that somebody typed: the matching of two sections, files of readings, the
portal. What is here knows nothing of cards, sections or readings.

- `read_serial(text, brand)` takes a number apart; None where the text is no number.
- `compare_serials(one, other)` says how two numbers compare, as a `Likeness`.
- `SerialIndex(numbers).find(text)` finds, among many numbers, those that the text may stand for.
"""

from .comparing import SerialMatch, compare_serials, weigh_serials
from .index import Found, SerialIndex
from .likeness import Likeness
from .reading import Serial, read_serial

__all__ = [
    "Found",
    "Likeness",
    "Serial",
    "SerialIndex",
    "SerialMatch",
    "compare_serials",
    "read_serial",
    "weigh_serials",
]
