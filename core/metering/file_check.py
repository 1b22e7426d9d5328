"""What the readings of a file would change on the meters, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .admission import admit
from .consumption import Step, chain
from .file_columns import Role
from .findings import Code, Finding
from .readings import Device, Kind, Meter, Reading
from .readings_file import Row


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a meter before the file."""

    meter: Meter = field(default_factory=Meter)
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class MeterCheck:
    """What a file makes of one meter. The keys of its readings are the rows they come from.

    :param known: the meter is there; otherwise its readings are checked as those of a new meter
    :param new: readings to create
    :param corrected: per reading that is there, by its key, what it becomes
    :param unchanged: rows that say what is there already
    :param refused: per row, why
    :param steps: all readings of the meter as they will be, in order
    """

    meter: str
    known: bool
    new: list[Reading] = field(default_factory=list)
    corrected: dict[Any, Reading] = field(default_factory=dict)
    unchanged: list[Row] = field(default_factory=list)
    refused: dict[Row, tuple[Finding, ...]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def check_rows(rows: Iterable[Row], present: Mapping[str, Held], today: date) -> list[MeterCheck]:
    """Check a file's readings meter by meter; good ones pass, each other one is named.

    The same file again changes nothing: what it brought is unchanged, what was refused is refused again.

    :param present: per identifier of a meter as the file writes it, what is known of it
    """
    by_meter: dict[str, list[Row]] = {}
    for row in rows:
        by_meter.setdefault(row.meter, []).append(row)
    return [_check_meter(meter, group, present.get(meter), today) for meter, group in by_meter.items()]


def _check_meter(meter: str, rows: list[Row], held: Held | None, today: date) -> MeterCheck:
    check = MeterCheck(meter, known=held is not None)
    held = held or Held(_new_meter(rows))
    there = {reading.moment: reading for reading in held.readings}
    readings = _first_of_each_moment(check, [_reading(row, there) for row in rows])
    if any(r.modified is not None for r in readings):
        unmodified = [r for r in held.readings if r.modified is None]
        readings = _without_computed(readings, chain(held.meter, held.readings, today), unmodified)
    check.unchanged = [r.key for r in readings if _is_there(r, there)]
    incoming = [r for r in readings if not _is_there(r, there)]
    admission = admit(held.meter, held.readings, incoming, today)
    check.refused.update(admission.refused)
    check.steps = admission.steps
    admitted = [r for r in incoming if r.key not in admission.refused]
    if any(r.modified is not None for r in admitted):
        admitted = _without_computed(admitted, admission.steps, admitted)
    check.new = [r for r in admitted if r.moment not in there]
    check.corrected = {there[r.moment].key: r for r in admitted if r.moment in there}
    return check


def _new_meter(rows: list[Row]) -> Meter:
    digits = next((row.details[Role.DIGITS] for row in rows if Role.DIGITS in row.details), "0")
    return Meter((Device(int(digits)),))


def _reading(row: Row, there: Mapping) -> Reading:
    """The reading that a row tells. What the file does not say stays as it is where a reading is there."""
    reading = Reading(row, row.date, row.index, row.kind or Kind.REAL, modified=row.modified)
    held = there.get(reading.moment)
    if held is None:
        return reading
    kind = held.kind if row.kind is None and held.index == row.index else reading.kind
    modified = held.modified if row.modified is None else row.modified
    return Reading(row, row.date, row.index, kind, held.rollover, modified)


def _first_of_each_moment(check: MeterCheck, readings: list[Reading]) -> list[Reading]:
    """Refuse the rows of a file that come back to a moment: the first one counts, at each import."""
    first: dict[tuple, Reading] = {}
    for reading in readings:
        other = first.setdefault(reading.moment, reading)
        if other is not reading:
            finding = Finding(Code.DUPLICATE, reading.date, reading.index, other.date, other.index)
            check.refused[reading.key] = (finding,)
    return list(first.values())


def _is_there(reading: Reading, there: Mapping) -> bool:
    held = there.get(reading.moment)
    return held is not None and held.value == reading.value


def _without_computed(readings: list[Reading], steps: Iterable[Step], measured: Iterable[Reading]) -> list[Reading]:
    """A consumption that only repeats what the indexes make is no modified one: many programs write it so.

    :param steps: of the `measured` readings, among others
    """
    by_key = {step.key: step.computed for step in steps}
    computed = {(r.moment, r.index): by_key[r.key] for r in measured}
    return [replace(r, modified=None) if r.modified == computed.get((r.moment, r.index)) else r for r in readings]
