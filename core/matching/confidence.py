"""Confidence in a pair."""

from enum import StrEnum


class Confidence(StrEnum):
    """How sure a pair is. Only certain pairs may be attached without checking each one."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    #: One place, two devices: one was replaced in one section only, or there are two. Listed, never proposed.
    OTHER_DEVICE = "other_device"
