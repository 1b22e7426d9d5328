"""What is known of a card, as it is written and as it is compared."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..serials import Serial, read_serial
from .address import Address, read_address
from .subscriber import TELLING, read_subscriber


class Card(NamedTuple):
    """A section's card of a meter, as its clerks wrote it.

    :param key: what the caller knows the card by; no two cards have the same, on either side; sortable
    :param diameter: in mm; 0: not known
    """

    key: Any
    serial: str = ""
    brand: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    subscriber: str = ""
    diameter: int = 0


class Facts(NamedTuple):
    """A card read once, ready to be compared with many."""

    key: Any
    serial: Serial | None
    address: Address | None
    subscriber: frozenset[str]
    diameter: int

    @classmethod
    def read(cls, card: Card) -> "Facts":
        return cls(
            card.key,
            read_serial(card.serial, card.brand),
            read_address(card.street, card.zip, card.city),
            read_subscriber(card.subscriber or ""),
            card.diameter or 0,
        )

    def blocks(self) -> Iterator[tuple]:
        """Yield what this card shares with every card that may be of the same device.

        Two cards that have none of these in common are not compared: that is what makes fifty thousand against
        fifty thousand take seconds. The number finds what was written differently; the address with a word of the
        name finds what has no number, or another one by a slip.
        """
        if self.serial:
            yield ("serial", self.serial.end)
        if self.address and self.address.number:
            number, _repeat, street, *_town = self.address
            for word in self.subscriber:
                if len(word) >= TELLING:
                    yield (number, street, word)
