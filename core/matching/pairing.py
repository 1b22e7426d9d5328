"""Cards of two sections put in pairs: what to compare, what it weighs, who goes with whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..serials import Likeness, compare_serials
from .address import compare_addresses
from .card import Card, Facts
from .confidence import Confidence
from .subscriber import compare_subscribers

#: What each agreement weighs. A number names a device, so that without one nothing is certain; an address holds
#: several devices, a subscriber has several; an owner in one section and a tenant in the other are no surprise.
_SERIAL = {
    Likeness.SAME: 60,
    Likeness.ALIKE: 50,
    Likeness.END: 40,
    Likeness.CLOSE: 15,
    Likeness.UNKNOWN: 0,
    Likeness.DIFFERENT: -100,
}
_ADDRESS = {Likeness.SAME: 30, Likeness.ALIKE: 15, Likeness.UNKNOWN: 0, Likeness.DIFFERENT: -20}
_SUBSCRIBER = {Likeness.SAME: 25, Likeness.ALIKE: 15, Likeness.UNKNOWN: 0, Likeness.DIFFERENT: -10}
_SAME_DIAMETER, _OTHER_DIAMETER = 5, -20
#: A number of three characters is that of many devices.
_SHORT_SERIAL = 20

_CERTAIN, _PROBABLE, _POSSIBLE = 80, 60, 45
#: A card that could as well go with another one: less than this apart, somebody has to look.
_MARGIN = 15
#: Comparisons in one group. More cards than this share a number that is none (« 1000 ») or an owner of a whole street:
#: what tells them apart is in their other groups.
_LARGEST_GROUP = 400


class Pair(NamedTuple):
    """Two cards that look like one device.

    :param score: how much they agree, higher is surer
    :param ambiguous: one of them looks as much like a third card: never certain
    """

    left: Any
    right: Any
    score: int
    confidence: Confidence
    ambiguous: bool
    serial: Likeness
    address: Likeness
    subscriber: Likeness


class _Candidate(NamedTuple):
    left: Any
    right: Any
    score: int
    serial: Likeness
    address: Likeness
    subscriber: Likeness

    @property
    def rank(self) -> tuple:
        """The best first; between equals, an order that depends neither on the sides nor on who came first."""
        one, other = self.left, self.right
        return (-self.score, one, other) if one < other else (-self.score, other, one)


def match(left: Iterable[Card], right: Iterable[Card]) -> list[Pair]:
    """Pair the cards of one section with those of another; a card is in one pair at most.

    The result does not depend on the order of the cards, and exchanging the sides exchanges the pairs' sides.

    :return: the pairs, surest first
    """
    candidates = sorted(_candidates(left, right), key=lambda candidate: candidate.rank)
    by_card = defaultdict(list)
    for candidate in candidates:
        by_card[candidate.left].append(candidate.score)
        by_card[candidate.right].append(candidate.score)
    taken, pairs = set(), []
    for candidate in candidates:
        if candidate.left in taken or candidate.right in taken:
            continue
        taken.update((candidate.left, candidate.right))
        rivals = max(_rivals(by_card[key], candidate.score) for key in (candidate.left, candidate.right))
        pairs.append(_pair(candidate, ambiguous=rivals > 0))
    return pairs


def _rivals(scores: list[int], score: int) -> int:
    """Count the other candidates of a card that are as good, or nearly."""
    return sum(other > score - _MARGIN for other in scores) - 1


def _pair(candidate: _Candidate, ambiguous: bool) -> Pair:
    sure = candidate.serial in (Likeness.SAME, Likeness.ALIKE) and not ambiguous
    if candidate.score >= _CERTAIN and sure:
        confidence = Confidence.CERTAIN
    elif candidate.score >= _PROBABLE and not ambiguous:
        confidence = Confidence.PROBABLE
    else:
        confidence = Confidence.POSSIBLE
    return Pair(
        candidate.left,
        candidate.right,
        candidate.score,
        confidence,
        ambiguous,
        candidate.serial,
        candidate.address,
        candidate.subscriber,
    )


def _candidates(left: Iterable[Card], right: Iterable[Card]) -> Iterator[_Candidate]:
    """Compare the cards that share a group, each couple once, and keep those that may be one device."""
    sides = [[Facts.read(card) for card in cards] for cards in (left, right)]
    groups = [_groups(facts) for facts in sides]
    couples = {
        (one, other)
        for block, ones in groups[0].items()
        if block in groups[1] and len(ones) * len(groups[1][block]) <= _LARGEST_GROUP
        for one in ones
        for other in groups[1][block]
    }
    for one, other in couples:
        candidate = _compare(sides[0][one], sides[1][other])
        if candidate.score >= _POSSIBLE:
            yield candidate


def _compare(one: Facts, other: Facts) -> _Candidate:
    serial = compare_serials(one.serial, other.serial)
    address = compare_addresses(one.address, other.address)
    subscriber = compare_subscribers(one.subscriber, other.subscriber)
    score = _SERIAL[serial] + _ADDRESS[address] + _SUBSCRIBER[subscriber]
    if serial in (Likeness.SAME, Likeness.ALIKE) and not (one.serial.is_telling and other.serial.is_telling):
        score += _SHORT_SERIAL - _SERIAL[serial]
    if one.diameter and other.diameter:
        score += _SAME_DIAMETER if one.diameter == other.diameter else _OTHER_DIAMETER
    return _Candidate(one.key, other.key, score, serial, address, subscriber)


def _groups(cards: list[Facts]) -> dict[tuple, list[int]]:
    """Return, for each thing that cards may have in common, the places of those that have it."""
    groups = defaultdict(list)
    for place, facts in enumerate(cards):
        for block in facts.blocks():
            groups[block].append(place)
    return groups
