"""Compares two cards: what agrees, what contradicts, and how sure it is that they are the same device."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from itertools import product
from typing import Any, NamedTuple

from ..serials import Likeness, SerialMatch, weigh_serials
from .address import compare_addresses
from .card import Facts
from .confidence import Confidence
from .subscriber import compare_subscribers

CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE


class Reason(StrEnum):
    """Evidence for or against a pair, besides the likeness of number, address and name."""

    SHORT = "short"  # the number has fewer than five digits: no evidence by itself
    REPEATED = "repeated"  # several cards of one section have this number
    OTHER_MAKER = "other_maker"
    OTHER_YEAR = "other_year"
    OTHER_DIAMETER = "other_diameter"
    NEIGHBOURS = "neighbours"  # only the last digit differs: perhaps two devices bought together
    REPLACED = "replaced"  # the number of a device replaced since
    FORMER = "former"  # the name of a former subscriber
    RIVAL = "rival"  # a third card matches as well


#: Reasons for which a pair is never certain, whatever agrees.
DOUBTS = frozenset(
    (Reason.REPEATED, Reason.OTHER_MAKER, Reason.OTHER_YEAR, Reason.OTHER_DIAMETER, Reason.REPLACED, Reason.RIVAL)
)


class Number(Enum):
    """Evidence from two numbers, with its contribution to the score."""

    LONG = 60  # the same, of seven characters or more
    WHOLE = 50  # the same, of five or six
    YEAR_END = 44  # one is the end of the other, of eight digits: with the year, or a whole number
    SIX_END = 40
    FIVE_END = 34
    FOUR_END = 22
    SLIP = 20
    TWIN = 8  # a typing error, or the neighbouring number of a device bought together
    NONE = 0  # one of the cards has no usable number


class Agreement(Enum):
    """Whether place and subscriber agree."""

    BOTH = "both"
    PLACE = "place"
    NAME = "name"
    NEITHER = "neither"


#: Highest confidence of a pair; None: not a pair. Only a number identifies a device, so that without one a pair is at
#: most possible: an address or a subscriber may have several devices, and often an owner stands in one section, a
#: tenant in the other. Columns: both agree, the place alone, the name alone, neither.
_TABLE = {
    Number.LONG: (CERTAIN, CERTAIN, CERTAIN, PROBABLE),
    Number.WHOLE: (CERTAIN, PROBABLE, PROBABLE, POSSIBLE),
    Number.YEAR_END: (CERTAIN, PROBABLE, PROBABLE, PROBABLE),
    Number.SIX_END: (CERTAIN, PROBABLE, PROBABLE, POSSIBLE),
    Number.FIVE_END: (CERTAIN, PROBABLE, PROBABLE, None),
    Number.FOUR_END: (PROBABLE, POSSIBLE, POSSIBLE, None),
    Number.SLIP: (PROBABLE, POSSIBLE, POSSIBLE, None),
    Number.TWIN: (POSSIBLE, None, None, None),
    Number.NONE: (POSSIBLE, None, None, None),
}
_AT_MOST = {
    (number, agreement): found
    for number, row in _TABLE.items()
    for agreement, found in zip(Agreement, row, strict=True)
}
_ADDRESS = {
    Likeness.SAME: 30,
    Likeness.ALIKE: 20,
    Likeness.CLOSE: 18,
    Likeness.UNKNOWN: 0,
    Likeness.DIFFERENT: -12,
}
_SUBSCRIBER = {
    Likeness.SAME: 25,
    Likeness.ALIKE: 20,
    Likeness.CLOSE: 8,
    Likeness.UNKNOWN: 0,
    Likeness.DIFFERENT: -8,
}
_DOUBT = 15
_LONG, _YEAR_END = 7, 8
#: A difference of one year: the year of manufacture is often taken from the invoice.
_YEARS_APART = 1


class Evidence(NamedTuple):
    """Result of comparing two cards.

    :param score: degree of agreement, by which the candidates of a card are ranked
    :param confidence: highest confidence, if no third card competes
    """

    serial: Likeness
    address: Likeness
    subscriber: Likeness
    reasons: frozenset[Reason]
    number: Number
    agreement: Agreement
    score: int
    confidence: Confidence


class Crowds(NamedTuple):
    """What several cards of one section share, and therefore identifies none of them.

    In a block of flats, a typing error easily gives the number of a neighbour's meter, bought together: there, neither
    the house nor the name of its manager confirms a pair.
    """

    numbers: frozenset[str] = frozenset()
    houses: frozenset[tuple[str, ...]] = frozenset()
    names: frozenset[frozenset[str]] = frozenset()

    @classmethod
    def of(cls, *sides: list[Facts]) -> "Crowds":
        """Count what the cards of each side share."""
        return cls(
            _several(sides, lambda facts: facts.serial and facts.serial.code),
            _several(sides, lambda facts: facts.address and facts.address.house),
            _several(sides, lambda facts: facts.subscriber),
        )

    def has_number(self, *cards: Facts) -> bool:
        """Return whether another card of one of their sections has one of these numbers."""
        return bool(self.numbers) and any(facts.serial and facts.serial.code in self.numbers for facts in cards)

    def confirms(self, agreement: Agreement, one: Facts, other: Facts) -> bool:
        """Return whether what agrees is theirs alone."""
        if agreement is Agreement.PLACE:
            here, there = one.address, other.address
            if here is None or there is None:
                return False
            is_flat = bool(here.flat) and here.flat == there.flat
            return is_flat or not (here.house in self.houses or there.house in self.houses)
        if agreement is Agreement.NAME:
            return not (one.subscriber in self.names or other.subscriber in self.names)
        return True


def _several(sides: Iterable[list[Facts]], what: Callable[[Facts], Any]) -> frozenset[Any]:
    counters = [Counter(filter(None, map(what, side))) for side in sides]
    return frozenset(value for counter in counters for value, count in counter.items() if count > 1)


def weigh(one: Facts, other: Facts, crowds: Crowds) -> Evidence | None:
    """Compare two cards; None if nothing suggests that they are the same device."""
    serial, reasons = _compare_numbers(one, other)
    if serial.likeness is Likeness.DIFFERENT:
        return None
    number = _number(serial, Reason.SHORT in reasons)
    address = compare_addresses(one.address, other.address)
    subscriber = compare_names(one, other)
    if (one.former or other.former) and subscriber is not compare_subscribers(one.subscriber, other.subscriber):
        reasons.add(Reason.FORMER)
    agreement = _agreement(address, subscriber)
    most = _AT_MOST[number, agreement]
    if most is None:
        return None
    if crowds.has_number(one, other):
        reasons.add(Reason.REPEATED)
    _add_doubts(reasons, serial, one, other)
    doubts = len(DOUBTS & reasons)
    score = number.value + _ADDRESS[address] + _SUBSCRIBER[subscriber] - _DOUBT * doubts
    if most is CERTAIN and (doubts or not crowds.confirms(agreement, one, other)):
        most = PROBABLE
    return Evidence(serial.likeness, address, subscriber, frozenset(reasons), number, agreement, score, most)


def _compare_numbers(one: Facts, other: Facts) -> tuple[SerialMatch, set[Reason]]:
    """Compare the numbers; if the present ones differ, those of replaced devices too."""
    serial = weigh_serials(one.serial, other.serial)
    if serial.likeness is Likeness.UNKNOWN or serial.likeness is Likeness.DIFFERENT:
        if one.replaced or other.replaced:
            found = _replaced(one, other)
            if found:
                return found, {Reason.REPLACED}
        if serial.likeness is Likeness.UNKNOWN:
            return serial, set()
    mine, theirs = one.serial, other.serial
    if mine is None or theirs is None:
        return serial, set()
    if mine.is_telling and theirs.is_telling:
        return serial, set()
    if serial.likeness is Likeness.END:
        return serial, set()
    if serial.likeness is Likeness.DIFFERENT and not (mine.is_telling or theirs.is_telling):
        return serial, set()
    likeness = serial.likeness if serial.likeness.is_one else Likeness.UNKNOWN
    return SerialMatch(likeness), {Reason.SHORT}


def _replaced(one: Facts, other: Facts) -> SerialMatch | None:
    """Compare a number with those of devices replaced on the other card; return the match, if any."""
    found = [
        weigh_serials(mine, theirs)
        for mine, theirs in (
            *((serial, other.serial) for serial in one.replaced),
            *((one.serial, serial) for serial in other.replaced),
        )
    ]
    return next((match for match in found if match.likeness.is_one or match.likeness is Likeness.END), None)


def _number(serial: SerialMatch, is_short: bool) -> Number:
    if is_short or serial.likeness is Likeness.UNKNOWN:
        return Number.NONE
    if serial.likeness is Likeness.CLOSE:
        return Number.TWIN if serial.neighbours else Number.SLIP
    if serial.likeness.is_one:
        return Number.LONG if serial.size >= _LONG else Number.WHOLE
    if serial.size >= _YEAR_END:
        return Number.YEAR_END
    return {4: Number.FOUR_END, 5: Number.FIVE_END}.get(serial.size, Number.SIX_END)


def compare_names(one: Facts, other: Facts) -> Likeness:
    """Compare the subscribers; ALIKE if a former one of one section is the present one of the other."""
    present = compare_subscribers(one.subscriber, other.subscriber)
    if present.is_one or not (one.former or other.former):
        return present
    couples = product((one.subscriber, *one.former), (other.subscriber, *other.former))
    return Likeness.ALIKE if any(compare_subscribers(*couple).is_one for couple in couples) else present


def _agreement(address: Likeness, subscriber: Likeness) -> Agreement:
    place = address in (Likeness.SAME, Likeness.ALIKE, Likeness.CLOSE)
    if subscriber.is_one:
        return Agreement.BOTH if place else Agreement.NAME
    return Agreement.PLACE if place else Agreement.NEITHER


def _add_doubts(reasons: set[Reason], serial: SerialMatch, one: Facts, other: Facts) -> None:
    if serial.other_maker:
        reasons.add(Reason.OTHER_MAKER)
    if serial.other_year or (one.year and other.year and abs(one.year - other.year) > _YEARS_APART):
        reasons.add(Reason.OTHER_YEAR)
    if one.diameter and other.diameter and one.diameter != other.diameter:
        reasons.add(Reason.OTHER_DIAMETER)
    if serial.neighbours:
        reasons.add(Reason.NEIGHBOURS)
