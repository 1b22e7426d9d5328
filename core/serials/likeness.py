"""How two ways of writing one thing compare."""

from enum import StrEnum


class Likeness(StrEnum):
    """How two ways of writing one thing compare."""

    SAME = "same"
    ALIKE = "alike"  # one thing written in two ways
    END = "end"  # one is the end of the other, or lacks a part of it, and nothing contradicts
    CLOSE = "close"  # one slip of the hand apart
    UNKNOWN = "unknown"  # one of the cards says nothing
    DIFFERENT = "different"

    @property
    def is_one(self) -> bool:
        """Both are the same thing, in one writing or in two."""
        return self in (Likeness.SAME, Likeness.ALIKE)
