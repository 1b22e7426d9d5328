"""Finds the cards of two sections that are the same device, from numbers, addresses and names typed by hand.

Serial numbers have their rules in `core.serials`. `card` parses a card, `groups` chooses which cards to compare,
`evidence` compares two cards, `pairing` assigns the pairs.
"""

from ..serials import Likeness
from .card import Card
from .confidence import Confidence
from .evidence import Reason
from .pairing import Matching, Pair, match

__all__ = ["Card", "Confidence", "Likeness", "Matching", "Pair", "Reason", "match"]
