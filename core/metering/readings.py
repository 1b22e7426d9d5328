"""What is known of one reading, in the terms of the trade."""

import datetime
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any


class ReadingKind(StrEnum):
    """How an index came to be known."""

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


#: Indexes that nobody of the service has seen: a later, true index may be lower and puts them right.
UNVERIFIED = frozenset({ReadingKind.ESTIMATED, ReadingKind.SELF_REPORTED})

#: On the day a device is replaced, its last index comes before the first index of the new one.
SLOTS = {ReadingKind.REMOVAL: 1, ReadingKind.INSTALLATION: 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """A dated index on a meter.

    :param key: what the caller finds its record back with; never looked into
    :param index: what the meter showed, in the meter's unit (m³)
    :param rollover: the meter passed its last digit since the previous reading ("tour de compteur")
    :param modified: the consumption that a person put in place of the computed one, or None
    :param billed: an invoice uses it: it is never recomputed
    """

    key: Any
    date: datetime.date
    index: Decimal
    kind: ReadingKind = ReadingKind.REAL
    rollover: bool = False
    modified: Decimal | None = None
    billed: bool = False

    @property
    def slot(self) -> int:
        """Place of the reading within its day: ordinary, removal, installation."""
        return self.kind.slot

    @property
    def moment(self) -> tuple[datetime.date, int]:
        """What identifies a reading on a meter: there is one per day and slot."""
        return self.date, self.slot

    @property
    def value(self) -> tuple[Decimal, ReadingKind, bool, Decimal | None]:
        """What two sections must hold alike to agree on a reading.

        The computed consumption is left out: it follows from the readings that each section holds before this one.
        """
        return self.index, self.kind, self.rollover, self.modified


@dataclass(frozen=True, slots=True)
class Device:
    """A device that measured at a point until a day (None: it still does), with its number of digits (0: unknown)."""

    digits: int
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """What of a meter bears on its readings.

    :param devices: every device the point had, in any order; at least the present one
    :param installed_on: day of the first known installation at the point, or None
    """

    devices: tuple[Device, ...] = (Device(0),)
    installed_on: date | None = None

    def digits_at(self, moment: tuple[date, int]) -> int:
        """Number of digits of the device that a reading of that moment was taken on."""
        gone = [(d.removed_on, d.digits) for d in self.devices if d.removed_on and moment < (d.removed_on, 2)]
        if gone:
            return min(gone, key=itemgetter(0))[1]
        return next((d.digits for d in self.devices if d.removed_on is None), 0)
