"""What is known of a card, as it is written and as it is compared."""

from typing import Any, NamedTuple

from ..serials import Serial, read_serial
from .address import Address, read_address
from .subscriber import read_subscriber


class Card(NamedTuple):
    """A section's card of a meter, as its clerks wrote it.

    :param key: what the caller knows the card by; no two cards have the same, on either side; sortable
    :param diameter: in mm; 0: not known
    :param year: of manufacture; 0: not known
    :param former: names of the subscribers before the present one
    :param replaced: numbers of the devices that stood there before the present one
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
    """A card read once, ready to be compared with many."""

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
        """Take apart what is written on a card."""
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
