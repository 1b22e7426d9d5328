"""How sure a pair is."""

from enum import StrEnum


class Confidence(StrEnum):
    """How sure a pair is. Only the certain ones may be attached without a look at each."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    #: One place, two devices: replaced in one section only, or two of them. Listed, never proposed.
    OTHER_DEVICE = "other_device"
