"""Plans what a synchronisation changes on the other cards of a meter, for the user to confirm (notice 1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .admission import admit, shifted
from .consumption import ReadingStep
from .findings import Code, ReadingFinding
from .readings import Meter, Reading


class Outcome(StrEnum):
    """What happens to a reading on another card."""

    CREATE = "create"
    CORRECT = "correct"
    SAME = "same"
    BLOCKED = "blocked"
    ONLY_THERE = "only_there"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """Change of one reading on one other card.

    :param source: the reading that is sent; None if the reading exists on the other card only
    :param target: the other card's reading of the same moment, or None
    :param reasons: findings that block it
    """

    card: Any
    outcome: Outcome
    source: Reading | None
    target: Reading | None
    reasons: tuple[ReadingFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingKey:
    """Key of an incoming reading in a plan's steps, distinct from the keys of the card's own readings."""

    source: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes on one card, and its readings after them."""

    card: Any
    changes: tuple[ReadingChange, ...]
    steps: tuple[ReadingStep, ...]


def plan(
    card: Any,
    meter: Meter,
    sources: Iterable[Reading],
    targets: Iterable[Reading],
    today: date,
    complete: bool = False,
    remove: bool = False,
) -> Plan:
    """Plan the changes that `sources` cause on a card whose readings are `targets`.

    :param complete: the sources are all readings of their card, which prevails: report readings that only `targets` has
    :param remove: remove those, unless they are billed
    """
    held = {r.moment: r for r in targets}
    sources = list(sources)
    extra = _extra(card, sources, held, remove) if complete else []
    kept = [r for r in held.values() if not any(c.target is r and c.outcome is Outcome.REMOVE for c in extra)]
    incoming = {IncomingKey(s.key): s for s in sources if _differs(s, held.get(s.moment))}
    admission = admit(meter, kept, [shifted(s, key) for key, s in incoming.items()], today)
    refused = {key.source: findings for key, findings in admission.refused.items() if isinstance(key, IncomingKey)}
    changes = [_change(card, s, held.get(s.moment), refused) for s in sources]
    return Plan(card, (*changes, *extra), admission.steps)


def _differs(source: Reading, target: Reading | None) -> bool:
    return target is None or (not target.billed and target.value != source.value)


def _change(
    card: Any, source: Reading, target: Reading | None, refused: Mapping[Any, tuple[ReadingFinding, ...]]
) -> ReadingChange:
    if target is not None and target.value == source.value:
        return ReadingChange(card, Outcome.SAME, source, target)
    if target is not None and target.billed:
        billed = ReadingFinding(Code.ALREADY_BILLED, source.date, source.index, target.date, target.index)
        return ReadingChange(card, Outcome.BLOCKED, source, target, (billed,))
    if source.key in refused:
        return ReadingChange(card, Outcome.BLOCKED, source, target, refused[source.key])
    return ReadingChange(card, Outcome.CREATE if target is None else Outcome.CORRECT, source, target)


def _extra(
    card: Any, sources: list[Reading], held: Mapping[tuple[date, int], Reading], remove: bool
) -> list[ReadingChange]:
    moments = {s.moment for s in sources}
    return [
        ReadingChange(card, Outcome.REMOVE if remove and not t.billed else Outcome.ONLY_THERE, None, t)
        for moment, t in sorted(held.items(), key=lambda item: item[0])
        if moment not in moments
    ]
