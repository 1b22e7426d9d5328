"""Which cards of two sections are of one device: numbers, addresses and names as different hands write them.

Numbers have their rules in `core.serials`. What is read of a card is in `card`, which cards meet in `groups`, what two
of them say about each other in `evidence`, who goes with whom in `pairing`.
"""

from ..serials import Likeness
from .card import Card
from .confidence import Confidence
from .evidence import Reason
from .pairing import Matching, Pair, match

__all__ = ["Card", "Confidence", "Likeness", "Matching", "Pair", "Reason", "match"]
