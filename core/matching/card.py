"""A card as it is written, and parsed for comparison."""

from typing import Any, NamedTuple

from ..serials import Serial, read_serial
from .address import Address, read_address
from .subscriber import read_subscriber


class Card(NamedTuple):
    """A section's card of a meter, as its clerks wrote it.

    :param key: identifies the card for the caller; unique over both sections; sortable
    :param diameter: in mm; 0 if unknown
    :param year: year of manufacture; 0 if unknown
    :param former: names of former subscribers
    :param replaced: numbers of former devices
    """

    key: Any
    serial: str = ""
    brand: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    subscriber: str = ""
    diameter: int = 0
    year: int = 0
    former: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


class Facts(NamedTuple):
    """A card, parsed once and compared with many."""

    key: Any
    serial: Serial | None
    address: Address | None
    subscriber: frozenset[str]
    diameter: int
    year: int
    former: tuple[frozenset[str], ...]
    replaced: tuple[Serial, ...]

    @classmethod
    def read(cls, card: Card) -> "Facts":
        """Parse a card."""
        return cls(
            card.key,
            read_serial(card.serial, card.brand),
            read_address(card.street, card.zip, card.city),
            read_subscriber(card.subscriber or ""),
            card.diameter or 0,
            card.year or 0,
            tuple(filter(None, map(read_subscriber, card.former))) if card.former else (),
            tuple(filter(None, map(read_serial, card.replaced))) if card.replaced else (),
        )
