"""How sure a pair is."""

from enum import StrEnum


class Confidence(StrEnum):
    """How sure a pair is. Only the certain ones may be attached without a look at each."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
