"""How much two cards agree on one thing, and how sure that makes us that they are of one device."""

from enum import StrEnum


class Likeness(StrEnum):
    """How two ways of writing one thing compare."""

    SAME = "same"
    ALIKE = "alike"  # one thing written in two ways
    CLOSE = "close"  # one slip of the hand apart
    UNKNOWN = "unknown"  # one of the cards says nothing
    DIFFERENT = "different"


class Confidence(StrEnum):
    """How sure a pair is. Only the certain ones may be attached without a look at each."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
