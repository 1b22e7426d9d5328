"""Abnormal volumes, the relief of a repaired leak, and volumes estimated from the past."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .consumption import Consumption, Measure
from .errors import NoHistory
from .periods import Period
from .rounding import Rounding, round_half_up

History = Iterable[tuple[Decimal, int]]
"""Known volumes: (m³, number of days) each."""


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """A measured volume beside what is usual, in m³: ``mean`` of the past and ``cap``, twice that mean."""

    volume: Decimal
    mean: Decimal
    cap: Decimal
    abnormal: bool

    def relieved_volume(self, excludes_leak: bool) -> Decimal:
        """The volume to bill once the plumber's certificate is recorded.

        Twice the mean (CGCT L.2224-12-4 III bis). With ``excludes_leak``, for a sewerage section set so, the
        whole leak leaves the base and the mean remains (CGCT R.2224-19-2). A volume that is not abnormal is
        not relieved.
        """
        if not self.abnormal:
            return self.volume
        return self.mean if excludes_leak else self.cap


def check_leak(volume: Decimal, days: int, history: History, rounding: Rounding) -> LeakCheck | None:
    """Compare ``volume`` m³ over ``days`` days with the equivalent periods of the three previous years.

    ``history``: volumes of those periods, whoever lived there; volumes of the same subscriber and of a
    previous one are both given. They are brought to ``days`` days: total volume over total days. Abnormal
    means strictly above twice the mean ("loi Warsmann", CGCT L.2224-12-4 III bis; décret 2012-1078).

    None where the past is unknown: the law then takes the mean of similar dwellings of the area, which the
    caller gives as history.
    """
    mean = _mean(history, days)
    if mean is None:
        return None
    return LeakCheck(
        volume,
        round_half_up(mean, rounding.volume),
        round_half_up(2 * mean, rounding.volume),
        abnormal=Fraction(volume) > 2 * mean,
    )


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
    return Fraction(sum(volume for volume, _days in known)) * days / known_days
