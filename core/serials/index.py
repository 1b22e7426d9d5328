"""Index of many serial numbers, searched by what somebody typed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from .comparing import SHORTEST_END, compare_serials
from .likeness import Likeness
from .reading import Serial, read_serial
from .words import words

_RANK = {Likeness.SAME: 0, Likeness.ALIKE: 1, Likeness.END: 2}


class Found(NamedTuple):
    """A number that a text may mean; `key` identifies it for the caller."""

    key: Any
    likeness: Likeness


class SerialIndex:
    """Finds the numbers that a text may mean, in a few microseconds per search.

    :param numbers: (key, number as written, brand of the device or "")
    """

    def __init__(self, numbers: Iterable[tuple[Any, str | None, str | None]]):
        self._written = defaultdict(list)
        self._by_end = defaultdict(list)
        for key, text, brand in numbers:
            self._written["".join(words(text))].append(key)
            serial = read_serial(text, brand)
            for end in _ends(serial):
                self._by_end[end].append((key, serial))

    def find(self, text: str | None, brand: str | None = None) -> list[Found]:
        """Return the numbers that are equal except for case, spaces and signs; otherwise those written in another way;
        otherwise those that share their end. If there are several, only a person can choose.

        >>> index = SerialIndex([(1, "C19SB053747", ""), (2, "AB 99 ", "")])
        >>> index.find("053747")
        [Found(key=1, likeness=<Likeness.END: 'end'>)]
        """
        written = "".join(words(text))
        if written in self._written and written:
            return [Found(key, Likeness.SAME) for key in self._written[written]]
        serial, found = read_serial(text, brand), {}
        for end in _ends(serial):
            for key, other in self._by_end.get(end, ()):
                found[key] = compare_serials(serial, other)
        best = min((_RANK[likeness] for likeness in found.values() if likeness in _RANK), default=None)
        return [Found(key, likeness) for key, likeness in found.items() if _RANK.get(likeness, -1) == best]


def _ends(serial: Serial | None) -> tuple[str, ...]:
    """Return the keys under which a number meets every number that it may be the same as."""
    if serial is None:
        return ()
    if len(serial.sequence) < SHORTEST_END:
        return (serial.code,)
    return serial.end[-SHORTEST_END:], serial.code
