"""Finds the longest consistent chain among readings of a meter that contradict one another.

A verified reading sets a floor: no later index may be lower. An unverified one (estimated, self-reported) sets none. So
only the floor of a chain matters for what may follow it, and of two chains with the same weight, the one with the lower
floor is at least as good. The algorithm therefore keeps the best chain for each floor at which weight is gained, sorted
by floor, and each reading takes one binary search.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from .readings import UNVERIFIED, Reading, ReadingKind

#: Weight of a reading: two unverified ones count as much as one verified.
_SEEN, _NOT_SEEN = 2, 1
_LOWEST = Decimal("-Infinity")

_Node = tuple[Any, Any] | None


def longest_chain(ordered: Sequence[Reading], held: Collection[Any], latest: bool = False) -> set[Any]:
    """Return the keys of the new readings that can be kept together, in O(n log n).

    :param ordered: new and existing readings, in chronological order
    :param held: keys of existing readings, which stay whatever contradicts them
    :param latest: prefer later readings among chains of equal weight, instead of earlier ones
    """
    chains = _Chains(len(ordered))
    for place, reading in enumerate(ordered):
        weight = chains.weigh(reading, place if latest else len(ordered) - 1 - place)
        if reading.key in held:
            chains.stand(reading)
        elif reading.kind is ReadingKind.INSTALLATION or reading.rollover:
            chains.restart(reading, weight)
        elif reading.kind in UNVERIFIED:
            chains.pass_over(reading.index, weight)
        else:
            chains.extend(reading, weight)
    return _kept(ordered, held, chains.seen())


class _Chains:
    """Best chain so far for each floor, sorted by floor: each one weighs more than the one before.

    :param count: number of readings to come
    """

    def __init__(self, count: int) -> None:
        # the bonus of early (or late) readings is too small to decide except between chains of equal weight
        self._unit = count * count + 1
        self._floors: list[Decimal] = [_LOWEST]
        #: by how much each chain weighs more than the one before; not used for the first one
        self._gains: list[int] = [0]
        self._nodes: list[_Node] = [None]

    def weigh(self, reading: Reading, bonus: int) -> int:
        return (_NOT_SEEN if reading.kind in UNVERIFIED else _SEEN) * self._unit + bonus

    def seen(self) -> set[Any]:
        """Return the keys of the readings that set the floors of the best chain."""
        keys, node = set(), self._nodes[-1]
        while node:
            key, node = node
            keys.add(key)
        return keys

    def extend(self, reading: Reading, weight: int) -> None:
        """Append a reading that sets a floor to the best chain whose floor it reaches."""
        place = bisect_right(self._floors, reading.index)
        if not place:
            return
        self._insert(place, reading, weight, self._nodes[place - 1])
        self._lose(place + 1, weight)

    def pass_over(self, index: Decimal, weight: int) -> None:
        """Append a reading that sets no floor to every chain whose floor it reaches."""
        place = bisect_right(self._floors, index)
        if place:
            self._lose(place, weight)

    def restart(self, reading: Reading, weight: int) -> None:
        """Append a reading that restarts the indexes (installation, roll-over) to the best chain."""
        if reading.rollover and reading.index >= self._floors[-1] > _LOWEST:
            return
        place = bisect_left(self._floors, reading.index)
        gained = sum(self._gains[place:]) + weight
        node = self._nodes[-1]
        del self._floors[place:], self._gains[place:], self._nodes[place:]
        self._insert(place, reading, gained, node)

    def stand(self, reading: Reading) -> None:
        """Drop the chains that contradict an existing reading."""
        if reading.kind is ReadingKind.INSTALLATION or reading.rollover:
            place = len(self._floors)
        else:
            # if existing readings contradict each other, no chain is at fault
            place = bisect_right(self._floors, reading.index) or 1
        if reading.kind in UNVERIFIED:
            del self._floors[place:], self._gains[place:], self._nodes[place:]
        else:
            self._floors, self._gains, self._nodes = [reading.index], [0], [self._nodes[place - 1]]

    def _insert(self, place: int, reading: Reading, gain: int, parent: _Node) -> None:
        self._floors.insert(place, reading.index)
        self._gains.insert(place, gain)
        self._nodes.insert(place, (reading.key, parent))

    def _lose(self, place: int, weight: int) -> None:
        """Subtract a gain of the lower chains from those with higher floors; drop those that no longer weigh more."""
        end = place
        while end < len(self._gains) and weight >= self._gains[end]:
            weight -= self._gains[end]
            end += 1
        if end < len(self._gains):
            self._gains[end] -= weight
        del self._floors[place:end], self._gains[place:end], self._nodes[place:end]


def _kept(ordered: Sequence[Reading], held: Collection[Any], seen: Collection[Any]) -> set[Any]:
    """Add the unverified readings that are consistent with the floors of the chain."""
    kept, floor = set(seen), _LOWEST
    for reading in ordered:
        sets_floor = reading.kind not in UNVERIFIED
        if reading.key in held or reading.key in kept:
            floor = reading.index if sets_floor else floor
        elif not sets_floor and reading.index >= floor:
            kept.add(reading.key)
    return kept
