"""Serial numbers of meters, as manufacturers engrave them and as people type them.

The same rules serve wherever a number was typed by hand: the matching of two sections, files of readings, the portal.
This package knows nothing of cards, sections or readings.

- `read_serial(text, brand)` parses a number; None if the text is not a number.
- `compare_serials(one, other)` compares two numbers and returns a `Likeness`.
- `SerialIndex(numbers).find(text)` finds, among many numbers, those that the text may mean.
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
