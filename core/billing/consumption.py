"""Volumes and the days over which they were consumed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from .errors import NegativeVolume
from .periods import Period
from .rounding import Rounding, allocate, round_half_up
from .tariff import Tariff, TariffVersion


class Measure(StrEnum):
    """Where a volume comes from."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Consumption:
    """A volume in m³ consumed over the days of `period`: a slice between two readings.

    A reading closes a slice and opens the next one: of two readings on the 1st of March and the 1st of June,
    the slice runs from 1 March to 31 May, so that consecutive slices share no day. A replaced meter gives two
    slices, one per device.

    :raises NegativeVolume: the volume is negative
    """

    period: Period
    volume: Decimal
    measure: Measure = Measure.MEASURED

    def __post_init__(self) -> None:
        if self.volume < 0:
            raise NegativeVolume(start=self.period.start, end=self.period.end, volume=self.volume)

    def cut(self, tariff: Tariff, rounding: Rounding) -> list[tuple[TariffVersion, "Consumption"]]:
        """Split this slice by the versions of `tariff`; the volumes sum exactly to the whole.

        If a version starts inside the slice, on a day without a reading, the volume is split in proportion to the days
        (arrêté of 20 November 2018).

        :raises MissingVersion: the slice begins before the first version
        """
        parts = tariff.cut(self.period)
        if len(parts) == 1:
            return [(parts[0][0], self)]
        volumes = allocate(self.volume, [period.days for _version, period in parts], rounding.volume)
        return [
            (version, replace(self, period=period, volume=volume))
            for (version, period), volume in zip(parts, volumes, strict=True)
        ]


def flat_consumption(volume_per_year: Decimal, period: Period, rounding: Rounding) -> Consumption:
    """Return a flat volume, in m³ per year, prorated by days to `period`.

    A flat *amount* per year needs no volume: it is a tariff whose only lines are fixed parts.
    """
    volume = round_half_up(Fraction(volume_per_year) * period.share(), rounding.volume)
    return Consumption(period, volume, Measure.FLAT)


def limit_volume(slices: Sequence[Consumption], volume: Decimal, rounding: Rounding) -> tuple[Consumption, ...]:
    """Reduce `slices` to `volume` m³ in all, each in proportion to its own volume.

    Slices that already hold no more than `volume` are returned as they are.
    """
    if sum(part.volume for part in slices) <= volume:
        return tuple(slices)
    volumes = allocate(volume, [part.volume for part in slices], rounding.volume)
    return tuple(replace(part, volume=share) for part, share in zip(slices, volumes, strict=True))
