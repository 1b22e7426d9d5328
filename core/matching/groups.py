"""Chooses which cards to compare: those that share something that two cards of one device would share.

Fifty thousand cards against fifty thousand make 2.5 billion couples; only some hundred thousand of them have one of
these things in common. The kinds of groups are processed one after the other, so that only one is in memory.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from ..serials.comparing import SHORTEST_END
from .card import Facts
from .subscriber import TELLING

#: Most couples in one group. Larger groups share a placeholder (« 1000 »), the owner of a whole street, a tower block:
#: their cards are compared in their other groups.
_LARGEST_GROUP = 2_500

Keys = Callable[[Facts], Iterable[Hashable]]


def by_end_of_number(facts: Facts) -> Iterator[Hashable]:
    """Yield the last five digits of the number, and of the numbers of replaced devices."""
    for serial in (facts.serial, *facts.replaced):
        if serial and len(serial.sequence) >= SHORTEST_END:
            yield serial.end


def by_number(facts: Facts) -> Iterator[Hashable]:
    """Yield the whole number: equal numbers meet even if half a section's numbers end alike."""
    if facts.serial:
        yield facts.serial.code


def by_house(facts: Facts) -> Iterator[Hashable]:
    """Yield the house, with any subscriber."""
    if facts.address and facts.address.number:
        yield facts.address.number, facts.address.street


def by_house_number_and_name(facts: Facts) -> Iterator[Hashable]:
    """Yield the house number with the name, however the street is written."""
    if facts.address and facts.address.number:
        for word in _telling_words(facts):
            yield facts.address.number, word


def by_street_and_name(facts: Facts) -> Iterator[Hashable]:
    """Yield the street or the hamlet with the name, if the house number is unknown."""
    if facts.address:
        for word in _telling_words(facts):
            yield facts.address.street, word


def by_full_name(facts: Facts) -> Iterator[Hashable]:
    """Yield the full name, whatever the address."""
    for name in (facts.subscriber, *facts.former):
        if len(name) > 1:
            yield name


def _telling_words(facts: Facts) -> set[str]:
    return {word for name in (facts.subscriber, *facts.former) for word in name if len(word) >= TELLING}


NUMBER_GROUPS: tuple[Keys, ...] = (by_end_of_number, by_number)
PLACE_GROUPS: tuple[Keys, ...] = (by_house, by_house_number_and_name, by_street_and_name, by_full_name)


def couples(left: list[Facts], right: list[Facts], kinds: Iterable[Keys]) -> set[tuple[int, int]]:
    """Return the couples of cards that share a group of one of these kinds, as positions in the two lists."""
    found: set[tuple[int, int]] = set()
    for keys in kinds:
        ones, others = _groups(left, keys), _groups(right, keys)
        for key, mine in ones.items():
            theirs = others.get(key)
            if theirs and len(mine) * len(theirs) <= _LARGEST_GROUP:
                found.update((one, other) for one in mine for other in theirs)
    return found


def _groups(cards: list[Facts], keys: Keys) -> dict[object, list[int]]:
    groups = defaultdict(list)
    for place, facts in enumerate(cards):
        for key in keys(facts):
            groups[key].append(place)
    return groups
