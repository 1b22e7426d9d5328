"""Finds the abnormal volumes of a bill, interval by interval between actual readings ("depuis le dernier relevé")."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from ..metering.intervals import Interval, drawn_between, intervals, years_before
from .cases import Alert, Case, Scope
from .leak import Basis, LeakCheck, check_leak, check_without_past
from .periods import ONE_DAY, Period
from .rounding import Rounding

LEAK_YEARS = (1, 2, 3)

#: Share of an equivalent period that past readings must cover: read some days earlier or later from one year to the
#: next, they rarely cover exactly the same days.
COVERED = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Leak:
    """An abnormal volume.

    :param interval: from an actual reading to the next one, including volumes already billed on estimates
    :param limit: m³ to bill at most; None: all
    """

    interval: Interval
    check: LeakCheck
    limit: Decimal | None = None


#: Means and caps are rounded to the litre, whatever the precision of a bill's quantities.
LITRE = Decimal("0.001")


def find_leaks(case: Case, scope: Scope, drawn: Sequence[Interval], rounding: Rounding) -> Iterator[Leak]:
    """Yield the abnormal volumes of dwellings (CGCT L.2224-12-4 III bis, R.2224-20-1).

    :param drawn: the intervals on the bill
    """
    if not case.is_dwelling:
        return
    rounding = replace(rounding, volume=min(rounding.volume, LITRE))
    since = case.date_start - ONE_DAY
    whole = {part.key: part for part in intervals(case.history) if part.start >= since}
    past = known_past(case, scope.leak_history)
    for part in drawn:
        if not (part.is_actual and part.has_device):
            continue
        part = whole.get(part.key, part)
        alert = case.alerts.get(part.key)
        check = _check(case, part, past, rounding)
        if alert and alert.state == "certified" and alert.basis is not Basis.UNKNOWN:
            check = LeakCheck(part.volume, alert.mean, alert.cap, part.volume > alert.cap, alert.basis)
        if check.abnormal:
            yield Leak(part, check, _limit(check, alert, scope))


def known_past(case: Case, leak_history: str) -> list[Interval]:
    """Return the intervals of the meter with the volumes that count in later means.

    :param leak_history: how intervals with a certified leak count: "relieved", "measured" or "left_out"
    """
    relieved = {row.key: row.relieved for row in case.history if row.relieved is not None}
    past = intervals(case.history)
    if leak_history == "measured" or not relieved:
        return past
    if leak_history == "left_out":
        return [part for part in past if part.key not in relieved]
    return [replace(part, volume=min(part.volume, relieved.get(part.key, part.volume))) for part in past]


def _check(case: Case, part: Interval, past: Sequence[Interval], rounding: Rounding) -> LeakCheck:
    equivalent = [_equivalent(part, past, years) for years in LEAK_YEARS]
    if sum(days for _volume, days in equivalent) < COVERED * part.days:
        equivalent = []
    share = Period(part.start, part.end - timedelta(days=1)).share() * case.dwellings
    area = Fraction(case.area_mean) * share if case.area_mean else None
    check = check_leak(part.volume, part.days, equivalent, rounding, area)
    return check or check_without_past(part.volume, share)


def _equivalent(part: Interval, past: Sequence[Interval], years: int) -> tuple[Fraction, Fraction]:
    """Return (m³, days of `part` covered) of the consumption between the same calendar dates some years before.

    A year covered by readings counts as the whole of `part`, even if 29 February makes a day's difference.
    """
    first, after = years_before(part.start, years), years_before(part.end, years)
    drawn = list(drawn_between(past, first, after))
    covered = Fraction(sum(days for _volume, days in drawn), (after - first).days or 1)
    return sum((volume for volume, _days in drawn), Fraction()), covered * part.days


def _limit(check: LeakCheck, alert: Alert | None, scope: Scope) -> Decimal | None:
    """Return the most that is billed of an abnormal volume, or None.

    Once the repair is certified, the cap, or the mean in a sewerage section. Before the subscriber is warned, if bills
    carry no notice, nothing above the cap is due (Cass. civ. 1re, 21 March 2018, 17-13.031).
    """
    if check.basis is Basis.UNKNOWN:
        return None
    if alert and alert.state == "certified":
        return check.relieved_volume(scope.excludes_leak)
    if scope.caps_unwarned and (alert is None or alert.state == "detected"):
        return check.cap
    return None
