"""Readings, devices and meters as the rules see them."""

import datetime
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any


class ReadingKind(StrEnum):
    """How an index was obtained."""

    REAL = "real"
    ESTIMATED = "estimated"
    SELF_REPORTED = "self_reported"
    REMOTE = "remote"
    REMOVAL = "removal"
    INSTALLATION = "installation"

    @property
    def slot(self) -> int:
        """Place of a reading within its day: ordinary, removal, installation."""
        return SLOTS.get(self, 0)


#: Indexes that no agent of the service has seen: a later, verified index may be lower, and corrects them.
UNVERIFIED = frozenset({ReadingKind.ESTIMATED, ReadingKind.SELF_REPORTED})

#: On the day a device is replaced, its last index comes before the first index of the new one.
SLOTS = {ReadingKind.REMOVAL: 1, ReadingKind.INSTALLATION: 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """A dated index on a meter.

    :param key: identifies the caller's record; opaque to the rules
    :param index: what the meter showed, in the meter's unit (m³)
    :param rollover: the meter passed its last digit since the previous reading ("tour de compteur")
    :param modified: consumption entered by hand in place of the computed one, or None
    :param billed: an invoice uses the reading, so it is never recomputed
    :param billed_since: day of the reading that the billed volume starts from, where there was one
    """

    key: Any
    date: datetime.date
    index: Decimal
    kind: ReadingKind = ReadingKind.REAL
    rollover: bool = False
    modified: Decimal | None = None
    billed: bool = False
    billed_since: datetime.date | None = None

    @property
    def slot(self) -> int:
        """Place of the reading within its day: ordinary, removal, installation."""
        return self.kind.slot

    @property
    def moment(self) -> tuple[datetime.date, int]:
        """Identify the reading on its meter, which has at most one per day and slot."""
        return self.date, self.slot

    @property
    def value(self) -> tuple[Decimal, ReadingKind, bool, Decimal | None]:
        """Values that must be equal for two sections to agree on a reading.

        The computed consumption is not among them: it depends on the earlier readings of each section.
        """
        return self.index, self.kind, self.rollover, self.modified


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a connection point.

    :param digits: number of digits of its register; 0 if unknown
    :param removed_on: last day on which it measured; None while it is in place
    """

    digits: int
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """The properties of a meter that its readings depend on.

    :param devices: every device that the point has had, in any order; at least the present one
    :param installed_on: day of the first known installation at the point, or None
    """

    devices: tuple[Device, ...] = (Device(0),)
    installed_on: date | None = None

    def digits_at(self, moment: tuple[date, int]) -> int:
        """Return the number of digits of the device in place at that moment; 0 if unknown."""
        gone = [(d.removed_on, d.digits) for d in self.devices if d.removed_on and moment < (d.removed_on, 2)]
        if gone:
            return min(gone, key=itemgetter(0))[1]
        return next((d.digits for d in self.devices if d.removed_on is None), 0)
