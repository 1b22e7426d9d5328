"""Abnormal volumes, the relief of a repaired leak, and estimates from past volumes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from .consumption import Consumption, Measure
from .errors import NoHistory
from .periods import Period
from .reference_price import REFERENCE_VOLUME
from .rounding import Rounding, round_half_up

History = Iterable[tuple[Decimal | Fraction, int | Fraction]]
"""Known volumes: (m³, number of days) each."""


class Basis(StrEnum):
    """Source of the usual volume."""

    PAST = "past"  # the equivalent periods of the three previous years
    AREA = "area"  # the mean of comparable dwellings of the area
    DECIDED = "decided"  # a person's decision, without any other source
    UNKNOWN = "unknown"  # a person has to decide


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """A measured volume compared with the usual one, in m³: `mean` of the past and `cap`, twice that mean.

    Both are 0 if `basis` is unknown: they then limit nothing.
    """

    volume: Decimal
    mean: Decimal
    cap: Decimal
    abnormal: bool
    basis: Basis = Basis.PAST

    def relieved_volume(self, excludes_leak: bool) -> Decimal:
        """Return the volume to bill once the plumber's certificate is recorded.

        Twice the mean (CGCT L.2224-12-4 III bis). With `excludes_leak`, in a sewerage section, the whole leak
        is excluded and the mean is billed (CGCT R.2224-19-2). A volume that is not abnormal, or that nothing can be
        compared with, is not relieved.
        """
        if not self.abnormal or self.basis is Basis.UNKNOWN:
            return self.volume
        return self.mean if excludes_leak else self.cap


def check_leak(
    volume: Decimal, days: int, history: History, rounding: Rounding, area: Fraction | Decimal | None = None
) -> LeakCheck | None:
    """Compare `volume` m³ over `days` days with the equivalent periods of the three previous years.

    `history`: volumes of those periods, including those of previous subscribers. Their mean is prorated to `days`
    days: total volume over total days. Abnormal means strictly above twice the mean ("loi Warsmann",
    CGCT L.2224-12-4 III bis; décret 2012-1078). `area`: the mean of comparable dwellings of the area over as many
    days, which the law prescribes if the past is unknown or without consumption.

    None if both the past and the area's mean are unknown. A past without consumption, and no mean of the area, gives
    no cap: a person decides.
    """
    mean, basis = _mean(history, days), Basis.PAST
    if not mean and area:
        mean, basis = Fraction(area), Basis.AREA
    if mean is None:
        return None
    if not mean:
        return LeakCheck(volume, Decimal(0), Decimal(0), abnormal=volume > 0, basis=Basis.UNKNOWN)
    return LeakCheck(
        volume,
        round_half_up(mean, rounding.volume),
        round_half_up(2 * mean, rounding.volume),
        abnormal=Fraction(volume) > 2 * mean,
        basis=basis,
    )


def check_without_past(volume: Decimal, share: Fraction) -> LeakCheck:
    """Compare with the reference consumption of a dwelling if nothing else is known: a person decides.

    `share`: years of the consumption, times the number of dwellings.
    """
    return LeakCheck(volume, Decimal(0), Decimal(0), volume > 2 * Fraction(REFERENCE_VOLUME) * share, Basis.UNKNOWN)


def estimate_consumption(period: Period, history: History, rounding: Rounding) -> Consumption:
    """Estimate the volume of an instalment over `period` from past volumes, by days.

    :raises NoHistory: no past volume is known
    """
    mean = _mean(history, period.days)
    if mean is None:
        raise NoHistory(start=period.start, end=period.end)
    return Consumption(period, round_half_up(mean, rounding.volume), Measure.ESTIMATED)


def _mean(history: History, days: int) -> Fraction | None:
    known = list(history)
    known_days = sum(part_days for _volume, part_days in known)
    if not known_days:
        return None
    return sum((Fraction(volume) for volume, _days in known), Fraction()) * days / known_days
