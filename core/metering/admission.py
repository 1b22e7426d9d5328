"""Decides which new readings can be added to those that a meter already has.

One bad reading never blocks the good ones: each refused reading is returned with its reasons, and what remains is
consistent. An existing reading wins over new ones that contradict it; among new readings that contradict one another,
the longest consistent chain is kept.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .consistent import longest_chain
from .consumption import ReadingStep, chain
from .findings import Code, ReadingFinding
from .readings import UNVERIFIED, Meter, Reading, ReadingKind

_Moment = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Admission:
    """Which new readings of a meter were admitted.

    :param steps: all readings of the meter after the admission, in chronological order
    :param refused: reasons of each refused reading, by key
    :param doubtful: keys of readings, admitted or refused, between which nothing decides
    """

    steps: tuple[ReadingStep, ...]
    refused: Mapping[object, tuple[ReadingFinding, ...]]
    doubtful: frozenset[Any] = frozenset()


def admit(meter: Meter, present: Iterable[Reading], incoming: Iterable[Reading], today: date) -> Admission:
    """Admit every incoming reading that is consistent with the others.

    :param present: readings that the meter has; an incoming one at the same moment replaces it unless it is billed
    :param incoming: new readings; a second one at the same moment is a duplicate
    """
    held = {r.moment: r for r in present}
    refused: dict[object, tuple[ReadingFinding, ...]] = {}
    accepted: dict[_Moment, Reading] = {}
    for reading in incoming:
        reason = _refusal_by_moment(held.get(reading.moment), accepted.get(reading.moment), reading)
        if reason:
            refused[reading.key] = (reason,)
        else:
            accepted[reading.moment] = reading
    steps = chain(meter, {**held, **accepted}.values(), today)
    alone = _wrong_alone(steps, accepted)
    if alone:
        _move_refused(alone, accepted, refused)
        steps = chain(meter, {**held, **accepted}.values(), today)
    if not any(step.blocking for step in steps):
        return Admission(tuple(steps), refused)
    doubtful = _refuse_contradictions(held, accepted, refused)
    return Admission(_settled(meter, held, accepted, refused, today), refused, doubtful)


def _refusal_by_moment(held: Reading | None, accepted: Reading | None, reading: Reading) -> ReadingFinding | None:
    if accepted is not None:
        return ReadingFinding(Code.DUPLICATE, reading.date, reading.index, accepted.date, accepted.index)
    if held is not None and held.billed and held.value != reading.value:
        return ReadingFinding(Code.ALREADY_BILLED, reading.date, reading.index, held.date, held.index)
    return None


def _move_refused(
    found: Mapping[_Moment, tuple[ReadingFinding, ...]],
    accepted: dict[_Moment, Reading],
    refused: dict[object, tuple[ReadingFinding, ...]],
) -> None:
    for moment, findings in found.items():
        refused[accepted.pop(moment).key] = findings


_ALONE = frozenset({Code.NEGATIVE, Code.FUTURE, Code.BEFORE_INSTALLATION, Code.TOO_MANY_DIGITS})


def _wrong_alone(
    steps: Iterable[ReadingStep], accepted: Mapping[_Moment, Reading]
) -> dict[_Moment, tuple[ReadingFinding, ...]]:
    """Return, by moment, the accepted readings that are wrong regardless of the others."""
    by_key = {reading.key: moment for moment, reading in accepted.items()}
    return {
        by_key[step.key]: step.blocking
        for step in steps
        if step.key in by_key and any(f.code in _ALONE for f in step.blocking)
    }


# === CONTRADICTIONS === #


def _refuse_contradictions(
    held: Mapping[_Moment, Reading], accepted: dict[_Moment, Reading], refused: dict[object, tuple[ReadingFinding, ...]]
) -> frozenset[Any]:
    """Refuse what contradicts the longest consistent chain; return the keys of those that could equally be right."""
    _move_refused(_without_device(held, accepted), accepted, refused)
    ordered = sorted({**held, **accepted}.values(), key=lambda r: r.moment)
    standing = {r.key for moment, r in held.items() if moment not in accepted}
    kept = longest_chain(ordered, standing)
    other = longest_chain(ordered, standing, latest=True)
    wrong = [r for r in ordered if r.key not in kept and r.key not in standing]
    chosen = [r for r in ordered if r.key in kept or r.key in standing]
    reasons = _Reasons(chosen)
    _move_refused({r.moment: (reasons.against(r),) for r in wrong}, accepted, refused)
    return frozenset(kept ^ other) if _weight(kept, ordered) == _weight(other, ordered) else frozenset()


def _weight(keys: set[Any], ordered: Sequence[Reading]) -> int:
    return sum(1 if r.kind in UNVERIFIED else 2 for r in ordered if r.key in keys)


def _without_device(
    held: Mapping[_Moment, Reading], accepted: Mapping[_Moment, Reading]
) -> dict[_Moment, tuple[ReadingFinding, ...]]:
    """Return the readings between a removal and an installation, and removals before an existing reading."""
    ordered = sorted({**held, **accepted}.values(), key=lambda r: r.moment)
    found: dict[_Moment, tuple[ReadingFinding, ...]] = {}
    following: Reading | None = None
    for reading in reversed(ordered):
        if reading.kind is ReadingKind.REMOVAL and following and reading.moment in accepted:
            found[reading.moment] = (ReadingFinding.of(Code.NO_DEVICE, following, reading),)
        elif reading.kind is ReadingKind.INSTALLATION:
            following = None
        elif reading.moment not in accepted:
            following = reading
    removal: Reading | None = None
    for reading in ordered:
        if reading.kind is ReadingKind.INSTALLATION:
            removal = None
        elif reading.kind is ReadingKind.REMOVAL:
            removal = None if reading.moment in found else reading
        elif removal and reading.moment in accepted:
            found[reading.moment] = (ReadingFinding.of(Code.NO_DEVICE, reading, removal),)
    return found


class _Reasons:
    """Finds the reading of a consistent chain that contradicts a refused reading."""

    def __init__(self, chosen: Sequence[Reading]) -> None:
        self._chosen = chosen
        self._moments = [r.moment for r in chosen]
        self._floors: list[Reading | None] = [None]
        for reading in chosen:
            self._floors.append(self._floors[-1] if reading.kind in UNVERIFIED else reading)
        # lowest of the readings that follow, up to the next one that sets a floor
        self._lowest: list[Reading | None] = [None] * (len(chosen) + 1)
        for place in range(len(chosen) - 1, -1, -1):
            self._lowest[place] = self._lowest_from(place)

    def _lowest_from(self, place: int) -> Reading | None:
        reading, after = self._chosen[place], self._lowest[place + 1]
        if reading.kind is ReadingKind.INSTALLATION or reading.rollover:
            return None
        if reading.kind not in UNVERIFIED or after is None or reading.index <= after.index:
            return reading
        return after

    def against(self, reading: Reading) -> ReadingFinding:
        place = bisect_left(self._moments, reading.moment)
        floor, lowest = self._floors[place], self._lowest[place]
        if reading.rollover and floor and reading.index >= floor.index:
            return ReadingFinding.of(Code.USELESS_ROLLOVER, reading, floor)
        if (floor and reading.index < floor.index) or lowest is None:
            return ReadingFinding.of(Code.BELOW_PREVIOUS, reading, floor)
        return ReadingFinding.of(Code.BELOW_PREVIOUS, lowest, reading)


def _settled(
    meter: Meter,
    held: Mapping[_Moment, Reading],
    accepted: dict[_Moment, Reading],
    refused: dict[object, tuple[ReadingFinding, ...]],
    today: date,
) -> tuple[ReadingStep, ...]:
    """Refuse what the order of indexes alone does not show (unknown digits, roll-overs); return the final steps."""
    while True:
        steps = chain(meter, {**held, **accepted}.values(), today)
        blamed = _blame(steps, accepted)
        if not blamed:
            return tuple(steps)
        _move_refused(blamed, accepted, refused)


def _blame(
    steps: Iterable[ReadingStep], accepted: Mapping[_Moment, Reading]
) -> dict[_Moment, tuple[ReadingFinding, ...]]:
    """Return the moment and the findings of the first accepted reading that cannot stay.

    If an existing reading is contradicted, the incoming reading just before it is at fault.
    """
    by_key = {reading.key: moment for moment, reading in accepted.items()}
    for step in steps:
        against = tuple(f for f in step.blocking if f.code not in _ALONE)
        moment = by_key.get(step.key, by_key.get(step.previous_key))
        if against and moment is not None:
            return {moment: against}
    return {}


def shifted(reading: Reading, key: object) -> Reading:
    """Return the reading as it would be on another card: under another key, and unbilled."""
    return replace(reading, key=key, billed=False)
