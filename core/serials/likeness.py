"""Degrees of likeness between two texts that may denote the same thing."""

from enum import StrEnum


class Likeness(StrEnum):
    """How likely two texts are to denote the same thing."""

    SAME = "same"
    ALIKE = "alike"  # the same, written in another way
    END = "end"  # one is the end of the other, or lacks a part of it, and nothing contradicts
    CLOSE = "close"  # one typing error apart
    UNKNOWN = "unknown"  # missing on one side
    DIFFERENT = "different"

    @property
    def is_one(self) -> bool:
        """Return whether both are the same thing, even if written in two ways."""
        return self in (Likeness.SAME, Likeness.ALIKE)
