"""Which cards of two sections are of one device: numbers, addresses and names as different hands write them."""

from ..serials import Likeness
from .card import Card
from .confidence import Confidence
from .pairing import Pair, match

__all__ = ["Card", "Confidence", "Likeness", "Pair", "match"]
