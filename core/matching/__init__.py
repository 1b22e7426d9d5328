"""Which cards of two sections are of one device: numbers, addresses and names as different hands write them."""

from .card import Card
from .likeness import Confidence, Likeness
from .pairing import Pair, match

__all__ = ["Card", "Confidence", "Likeness", "Pair", "match"]
