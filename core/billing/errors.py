"""Errors that prevent a bill or a tariff, one type per rule.

`str(error)` is an English sentence: what is wrong, where, what to do. To translate it, a caller
uses its template, `error.sentence`, and its values, `error.facts` (None is shown as "…").
"""

from typing import Any


class BillingError(ValueError):
    """Base of every refusal of this package."""

    sentence = ""
    facts: dict[str, Any]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        shown = {name: "…" if value is None else value for name, value in facts.items()}
        super().__init__(self.sentence.format(**shown))


class BackwardsPeriod(BillingError):
    sentence = "The period from {start} to {end} runs backwards: its last day must not precede its first."


class OutOfService(BillingError):
    sentence = (
        "Nothing is served from {start} to {end}: the subscription runs from {moved_in} to {moved_out}."
        " Leave it out of the campaign or correct its dates."
    )


class NegativeVolume(BillingError):
    sentence = "The volume from {start} to {end} is negative ({volume} m³): correct the reading."


class NoHistory(BillingError):
    sentence = "No volume is known from which to estimate {start} to {end}: enter a reading or a volume."


class NothingToShare(BillingError):
    sentence = "{total} cannot be shared between parts that all weigh nothing."


class DeductionNotCovered(BillingError):
    sentence = (
        "The instalment from {start} to {end} begins outside the period billed again ({first} to {last}):"
        " deducting it would give back an amount that is not charged."
    )


class MissingVersion(BillingError):
    sentence = "The tariff has no version on {date}: add a version that starts on or before that day."


class TariffError(BillingError):
    """A tariff that cannot be saved; `facts['version']` is the start date of the faulty version."""


class OverlappingVersions(TariffError):
    sentence = "Two versions of the tariff start on {version}: keep one or change a start date."


class BlockError(TariffError):
    """A fault of one block; facts: version, heading, lower and upper (m³ per year, upper None = no limit)."""


class NegativeBlock(BlockError):
    sentence = "Version of {version}, {heading}: the block from {lower} to {upper} m³ has a negative bound."


class BackwardsBlock(BlockError):
    sentence = "Version of {version}, {heading}: the block from {lower} to {upper} m³ runs backwards."


class FirstBlockNotZero(BlockError):
    sentence = "Version of {version}, {heading}: the first block ({lower} to {upper} m³) must start at 0."


class BlockHole(BlockError):
    sentence = "Version of {version}, {heading}: no block covers the volumes from {lower} to {upper} m³."


class LastBlockClosed(BlockError):
    sentence = (
        "Version of {version}, {heading}: no block covers the volumes above {upper} m³:"
        " leave the upper bound of the last block empty."
    )


class BlockOverlap(BlockError):
    sentence = "Version of {version}, {heading}: two blocks cover the volumes from {lower} to {upper} m³."


class OpenBlockNotLast(BlockError):
    sentence = "Version of {version}, {heading}: the block from {lower} m³ without limit must be last."
