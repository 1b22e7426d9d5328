"""Which of a set of new readings can join the readings that a meter already holds.

One bad reading never stops the good ones: each refused reading is named with its reasons, and what remains is
consistent. Readings that are already there, and earlier ones, win over those that contradict them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from .consumption import Step, chain
from .findings import Code, Finding
from .readings import Meter, Reading


@dataclass(frozen=True, slots=True)
class Admission:
    """What came of a meter's new readings.

    :param steps: the meter's readings as they will be, in order, the admitted ones included
    :param refused: per key of a refused reading, why
    """

    steps: tuple[Step, ...]
    refused: Mapping[object, tuple[Finding, ...]]


def admit(meter: Meter, present: Iterable[Reading], incoming: Iterable[Reading], today: date) -> Admission:
    """Take every incoming reading that the others allow.

    :param present: what the meter holds; a reading of the same moment is replaced by the incoming one, unless billed
    :param incoming: new values; two of one moment: the second is a duplicate
    """
    held = {r.moment: r for r in present}
    refused: dict[object, tuple[Finding, ...]] = {}
    accepted: dict[tuple[date, int], Reading] = {}
    for reading in incoming:
        reason = _refusal_by_moment(held.get(reading.moment), accepted.get(reading.moment), reading)
        if reason:
            refused[reading.key] = (reason,)
        else:
            accepted[reading.moment] = reading
    while True:
        steps = chain(meter, {**held, **accepted}.values(), today)
        blamed = _blame(steps, accepted)
        if not blamed:
            return Admission(tuple(steps), refused)
        for moment, findings in blamed.items():
            refused[accepted.pop(moment).key] = findings


def _refusal_by_moment(held: Reading | None, accepted: Reading | None, reading: Reading) -> Finding | None:
    if accepted is not None:
        return Finding(Code.DUPLICATE, reading.date, reading.index, accepted.date, accepted.index)
    if held is not None and held.billed and held.value != reading.value:
        return Finding(Code.ALREADY_BILLED, reading.date, reading.index, held.date, held.index)
    return None


def _blame(
    steps: list[Step], accepted: Mapping[tuple[date, int], Reading]
) -> dict[tuple[date, int], tuple[Finding, ...]]:
    """Return the accepted readings that cannot stay, by moment, with their findings.

    Those that are wrong by themselves go together; then one contradiction between neighbours is settled at a time,
    since what follows may be right once it is gone. Where a reading that was already there is contradicted, the
    incoming one just before it is to blame.
    """
    by_key = {reading.key: moment for moment, reading in accepted.items()}
    alone = {by_key[s.key]: s.blocking for s in steps if s.key in by_key and _is_wrong_alone(s)}
    if alone:
        return alone
    for step in steps:
        against = tuple(f for f in step.blocking if f.code not in _ALONE)
        moment = by_key.get(step.key, by_key.get(step.previous_key))
        if against and moment is not None:
            return {moment: against}
    return {}


_ALONE = frozenset({Code.NEGATIVE, Code.FUTURE, Code.BEFORE_INSTALLATION, Code.TOO_MANY_DIGITS})


def _is_wrong_alone(step: Step) -> bool:
    return any(f.code in _ALONE for f in step.blocking)


def shifted(reading: Reading, key: object) -> Reading:
    """The same reading under another key, not billed: how it would stand on another card."""
    return replace(reading, key=key, billed=False)
