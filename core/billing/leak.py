"""Abnormal volumes, the relief of a repaired leak, and volumes estimated from the past."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from .consumption import Consumption, Measure
from .errors import NoHistory
from .periods import Period
from .rounding import Rounding, round_half_up

History = Iterable[tuple[Decimal | Fraction, int | Fraction]]
"""Known volumes: (m³, number of days) each."""

#: m³ a year of the bill that the State compares towns by (CGCT D.2224-1, annexe V): a household's.
REFERENCE_VOLUME = 120


class Basis(StrEnum):
    """What a usual volume is known from."""

    PAST = "past"  # the equivalent periods of the three previous years
    AREA = "area"  # the mean of comparable dwellings of the area
    DECIDED = "decided"  # what a person decided, where nothing was known
    UNKNOWN = "unknown"  # a person has to decide


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """A measured volume beside what is usual, in m³: ``mean`` of the past and ``cap``, twice that mean.

    Both are 0 where ``basis`` is unknown: nothing is limited to them.
    """

    volume: Decimal
    mean: Decimal
    cap: Decimal
    abnormal: bool
    basis: Basis = Basis.PAST

    def relieved_volume(self, excludes_leak: bool) -> Decimal:
        """The volume to bill once the plumber's certificate is recorded.

        Twice the mean (CGCT L.2224-12-4 III bis). With ``excludes_leak``, in a sewerage section, the whole leak
        leaves the base and the mean remains (CGCT R.2224-19-2). A volume that is not abnormal, or beside which
        nothing is known, is not relieved.
        """
        if not self.abnormal or self.basis is Basis.UNKNOWN:
            return self.volume
        return self.mean if excludes_leak else self.cap


def check_leak(
    volume: Decimal, days: int, history: History, rounding: Rounding, area: Fraction | Decimal | None = None
) -> LeakCheck | None:
    """Compare ``volume`` m³ over ``days`` days with the equivalent periods of the three previous years.

    ``history``: volumes of those periods, whoever lived there; volumes of the same subscriber and of a
    previous one are both given. They are brought to ``days`` days: total volume over total days. Abnormal
    means strictly above twice the mean ("loi Warsmann", CGCT L.2224-12-4 III bis; décret 2012-1078).
    ``area``: the mean of comparable dwellings of the area over as many days, which the law takes where the past
    is unknown or nothing was drawn.

    None where the past is unknown and the area too. A past in which nothing was drawn, without a mean of the
    area, has no cap: a person decides.
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
    """Compare with the reference consumption of a dwelling where nothing else is known: a person decides.

    ``share``: years that the volume was drawn over, times the number of dwellings.
    """
    return LeakCheck(volume, Decimal(0), Decimal(0), volume > 2 * REFERENCE_VOLUME * share, Basis.UNKNOWN)


def estimate_consumption(period: Period, history: History, rounding: Rounding) -> Consumption:
    """The volume of an instalment over ``period`` from what was drawn before, by days. Raises NoHistory."""
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
