"""The longest consistent chain: of a meter's readings that contradict one another, which ones agree with the most.

A reading that somebody of the service saw sets a floor: what comes later is not lower. An index that nobody saw
(estimated, told by the subscriber) sets none. So a chain is judged by its floor alone, and of two chains the one with
the lower floor that weighs as much is as good as the other: what is kept are the floors at which weight is gained, and
each reading costs one search among them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from .readings import UNVERIFIED, Reading, ReadingKind

#: What a reading weighs: two that nobody saw are worth one that somebody did.
_SEEN, _NOT_SEEN = 2, 1
_LOWEST = Decimal("-Infinity")

_Node = tuple[Any, Any] | None


def longest_chain(ordered: Sequence[Reading], held: Collection[Any], latest: bool = False) -> set[Any]:
    """Return the keys of the readings that can be kept together, of those that are not held; in n log n.

    :param ordered: readings in the order of their moments
    :param held: keys of those that stay whatever contradicts them
    :param latest: of chains that weigh the same, take the one with the later readings instead of the earlier ones
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
    """The best chains so far, one a floor, in the order of their floors: each weighs more than the one before.

    :param count: number of readings that come
    """

    def __init__(self, count: int) -> None:
        # the bonus of an early (or late) reading only decides between chains that weigh the same
        self._unit = count * count + 1
        self._floors: list[Decimal] = [_LOWEST]
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
        """Put a reading that sets a floor after each chain whose floor it reaches."""
        place = bisect_right(self._floors, reading.index)
        if not place:
            return
        self._insert(place, reading, weight, self._nodes[place - 1])
        self._lose(place + 1, weight)

    def pass_over(self, index: Decimal, weight: int) -> None:
        """Put a reading that sets no floor after each chain whose floor it reaches."""
        place = bisect_right(self._floors, index)
        if place:
            self._gains[0] += weight
            self._lose(place, weight)

    def restart(self, reading: Reading, weight: int) -> None:
        """Put a reading after which indexes begin anew behind the best chain."""
        if reading.rollover and reading.index >= self._floors[-1] > _LOWEST:
            return
        place = bisect_left(self._floors, reading.index)
        gained = sum(self._gains[place:]) + weight
        node = self._nodes[-1]
        del self._floors[place:], self._gains[place:], self._nodes[place:]
        self._insert(place, reading, gained, node)

    def stand(self, reading: Reading) -> None:
        """Give up the chains that a reading which stays contradicts."""
        if reading.kind is ReadingKind.INSTALLATION or reading.rollover:
            place = len(self._floors)
        else:
            # where even what stands contradicts it, no chain is to blame
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
        """Take from the chains with higher floors what the lower ones have gained on them."""
        end = place
        while end < len(self._gains) and weight >= self._gains[end]:
            weight -= self._gains[end]
            end += 1
        if end < len(self._gains):
            self._gains[end] -= weight
        del self._floors[place:end], self._gains[place:end], self._nodes[place:end]


def _kept(ordered: Sequence[Reading], held: Collection[Any], seen: Collection[Any]) -> set[Any]:
    """Add, to the readings that set floors, those that reach them without setting any."""
    kept, floor = set(seen), _LOWEST
    for reading in ordered:
        sets_floor = reading.kind not in UNVERIFIED
        if reading.key in held or reading.key in kept:
            floor = reading.index if sets_floor else floor
        elif not sets_floor and reading.index >= floor:
            kept.add(reading.key)
    return kept
