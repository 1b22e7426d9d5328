"""Pairs the cards of two sections, each pair with a confidence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..serials import Likeness
from .address import compare_addresses
from .card import Card, Facts
from .confidence import Confidence
from .evidence import Crowds, Evidence, Reason, compare_names, weigh
from .groups import NUMBER_GROUPS, PLACE_GROUPS, Keys, by_house, by_street_and_name, couples

#: Below this difference of score, a card could equally belong to another pair: a person decides.
_MARGIN = 15
#: Most cards of one section that may share a number: a device entered twice, or a neighbour's number by mistake.
_MOST_BEARERS = 2


class Pair(NamedTuple):
    """Two cards that may be the same device.

    :param score: degree of agreement, higher is surer
    :param ambiguous: a third card matches one of them as well: never certain
    :param reasons: evidence for or against the pair, besides the three likenesses
    :param third: key of that third card
    """

    left: Any
    right: Any
    score: int
    confidence: Confidence
    ambiguous: bool
    serial: Likeness
    address: Likeness
    subscriber: Likeness
    reasons: frozenset[Reason] = frozenset()
    third: Any = None


class _Candidate(NamedTuple):
    left: Any
    right: Any
    evidence: Evidence

    @property
    def rank(self) -> tuple[int, Any, Any]:
        return _rank(self.left, self.right, self.evidence.score)


def _rank(left: Any, right: Any, score: int) -> tuple[int, Any, Any]:
    """Sort key: best first; among equals, independent of the sides and of the order of the cards."""
    return (-score, left, right) if left < right else (-score, right, left)


def match(left: Iterable[Card], right: Iterable[Card], refused: Iterable[tuple[Any, Any]] = ()) -> list[Pair]:
    """Pair the cards of one section with those of another; a card is in one pair at most.

    The result does not depend on the order of the cards, and swapping the two sections swaps the sides of the pairs.

    :param refused: (key, key) of cards that a person marked as different devices
    :return: the pairs, surest first
    """
    return Matching(left, right, refused).pairs


class Matching:
    """Comparison of the cards of two sections.

    Numbers come first, and certain pairs are final. The remaining cards are then compared by place and name as well.

    :param refused: (key, key) of cards that a person marked as different devices
    """

    def __init__(self, left: Iterable[Card], right: Iterable[Card], refused: Iterable[tuple[Any, Any]] = ()):
        self._refused = set(refused)
        self._refused |= {(other, one) for one, other in self._refused}
        read = [[Facts.read(card) for card in cards] for cards in (left, right)]
        self._crowds = Crowds.of(*read)
        sides = [_without_fillers(side) for side in read]

        left_side, right_side = sides
        by_number = list(self._candidates(left_side, right_side, NUMBER_GROUPS))
        settled = [pair for pair in _assign(by_number) if pair.confidence is Confidence.CERTAIN]
        rest = _left(sides, settled)
        keys = {facts.key for side in rest for facts in side}
        unsettled = {(c.left, c.right): c for c in by_number if c.left in keys and c.right in keys}
        unsettled |= {(c.left, c.right): c for c in self._candidates(rest[0], rest[1], PLACE_GROUPS)}
        found = settled + _assign(unsettled.values())
        #: Pairs, surest first.
        self.pairs: list[Pair] = sorted(found, key=lambda pair: _rank(pair.left, pair.right, pair.score))
        self._alone = _left(rest, self.pairs)

    def same_place(self) -> list[Pair]:
        """Return couples of unpaired cards at one place with different numbers; a card is in one couple at most.

        Either a device was replaced in one section only, or there are two devices and each section has another one.
        """
        left, right = self._alone
        found = []
        for one, other in couples(left, right, (by_house, by_street_and_name)):
            mine, theirs = left[one], right[other]
            address, subscriber = compare_addresses(mine.address, theirs.address), compare_names(mine, theirs)
            if mine.serial and theirs.serial and _is_one_place(address, subscriber):
                score = 2 * (address is Likeness.SAME) + subscriber.is_one
                found.append((_rank(mine.key, theirs.key, score), mine.key, theirs.key, score, address, subscriber))
        taken: set[Any] = set()
        pairs: list[Pair] = []
        for _rank_of, one_key, other_key, score, address, subscriber in sorted(found, key=lambda row: row[0]):
            if not {one_key, other_key} & taken and (one_key, other_key) not in self._refused:
                taken |= {one_key, other_key}
                how = Confidence.OTHER_DEVICE, False, Likeness.DIFFERENT, address, subscriber
                pairs.append(Pair(one_key, other_key, score, *how))
        return pairs

    def _candidates(self, left: list[Facts], right: list[Facts], kinds: Iterable[Keys]) -> Iterator[_Candidate]:
        """Compare the cards that share a group, each couple once; keep those that may be the same device."""
        for one, other in couples(left, right, kinds):
            mine, theirs = left[one], right[other]
            if self._refused and (mine.key, theirs.key) in self._refused:
                continue
            evidence = weigh(mine, theirs, self._crowds)
            if evidence:
                yield _Candidate(mine.key, theirs.key, evidence)


def _without_fillers(cards: list[Facts]) -> list[Facts]:
    """Remove placeholders: numbers that too many cards of one section share (« 123456 »)."""
    borne = Counter(facts.serial.code for facts in cards if facts.serial)
    fillers = {code for code, count in borne.items() if count > _MOST_BEARERS}
    if not fillers:
        return cards
    return [facts._replace(serial=None) if facts.serial and facts.serial.code in fillers else facts for facts in cards]


def _left(sides: list[list[Facts]], pairs: list[Pair]) -> list[list[Facts]]:
    keys = {key for pair in pairs for key in (pair.left, pair.right)}
    return [[facts for facts in side if facts.key not in keys] for side in sides]


def _is_one_place(address: Likeness, subscriber: Likeness) -> bool:
    return address is Likeness.SAME or (address is Likeness.ALIKE and subscriber.is_one)


def _assign(candidates: Iterable[_Candidate]) -> list[Pair]:
    """Assign each card to its best candidate; if two are equally good, only on strong evidence."""
    candidates = sorted(candidates, key=lambda candidate: candidate.rank)
    by_card = defaultdict(list)
    for candidate in candidates:
        by_card[candidate.left].append(candidate)
        by_card[candidate.right].append(candidate)
    taken: set[Any] = set()
    pairs: list[Pair] = []
    for candidate in candidates:
        if candidate.left in taken or candidate.right in taken:
            continue
        rivals = _rivals(candidate, by_card)
        free = [rival for rival in rivals if rival.left not in taken and rival.right not in taken]
        if free and candidate.evidence.confidence is Confidence.POSSIBLE:
            continue
        taken.update((candidate.left, candidate.right))
        pairs.append(_pair(candidate, rivals, free))
    return pairs


def _rivals(candidate: _Candidate, by_card: Mapping[Any, list[_Candidate]]) -> list[_Candidate]:
    """Return the other candidates of either card that are as good, or nearly so."""
    least = candidate.evidence.score - _MARGIN
    return [
        other
        for key in (candidate.left, candidate.right)
        for other in by_card[key]
        if other.evidence.score > least and other is not candidate
    ]


def _pair(candidate: _Candidate, rivals: list[_Candidate], free: list[_Candidate]) -> Pair:
    """Lower the confidence because of rivals: all of them if the pair would be certain, otherwise the free ones."""
    left, right, evidence = candidate
    confidence, reasons, third = evidence.confidence, evidence.reasons, None
    if rivals and confidence is Confidence.CERTAIN:
        confidence = Confidence.PROBABLE
    if free:
        confidence, reasons = Confidence.POSSIBLE, reasons | {Reason.RIVAL}
        best = min(free, key=lambda rival: rival.rank)
        third = best.right if best.left == left else best.left
    likenesses = evidence.serial, evidence.address, evidence.subscriber
    return Pair(left, right, evidence.score, confidence, bool(free), *likenesses, reasons, third)
