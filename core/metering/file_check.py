"""Checks the readings of a file against those of the meters, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .admission import Admission, admit
from .consumption import ReadingStep, chain
from .file_columns import Role
from .file_remarks import Remark, RemarkCode, RowFinding, compare_consumption, is_same_volume
from .file_thinning import Thinning, thin
from .findings import Code, ReadingFinding
from .readings import Device, Meter, Reading, ReadingKind
from .readings_file import VOLUME_PLACES, ReadingRow

_Moment = tuple[date, int]
#: How many rows of the file a message names at most.
_NAMED_LINES = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of an import, set by the user.

    :param modifies: consumptions of the file replace those computed from the indexes
    :param thinning: which of several readings of one day is kept
    """

    modifies: bool = False
    thinning: Thinning = Thinning.LAST


@dataclass(frozen=True, slots=True)
class Held:
    """A meter and its readings before the import."""

    meter: Meter = field(default_factory=Meter)
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class MeterCheck:
    """Effect of a file on one meter. The keys of its readings are the rows that they come from.

    :param known: the meter exists; otherwise its readings are checked as those of a new meter
    :param new: readings to create
    :param corrected: existing readings to change: new values by key
    :param unchanged: rows that repeat an existing reading
    :param refused: reasons by refused row
    :param remarks: by accepted row, why its reading must be confirmed
    :param thinned: rows left out because another one of the same day is kept
    :param modified: number of consumptions that the file modifies
    :param steps: all readings of the meter after the import, in chronological order
    """

    meter: str
    known: bool
    new: list[Reading] = field(default_factory=list)
    corrected: dict[Any, Reading] = field(default_factory=dict)
    unchanged: list[ReadingRow] = field(default_factory=list)
    refused: dict[ReadingRow, tuple[ReadingFinding, ...]] = field(default_factory=dict)
    remarks: dict[ReadingRow, tuple[Remark, ...]] = field(default_factory=dict)
    thinned: list[ReadingRow] = field(default_factory=list)
    modified: int = 0
    steps: tuple[ReadingStep, ...] = ()


def check_rows(
    rows: Iterable[ReadingRow], present: Mapping[str, Held], today: date, choices: Choices | None = None
) -> list[MeterCheck]:
    """Check the readings of a file meter by meter; accept the good ones, return the others with their reasons.

    Importing the same file again changes nothing: accepted readings are unchanged, refused ones refused again.

    :param present: known meters, by identifier as written in the file
    """
    by_meter: dict[str, list[ReadingRow]] = {}
    for row in rows:
        by_meter.setdefault(row.meter, []).append(row)
    choices = choices or Choices()
    return [_check_meter(meter, group, present.get(meter), today, choices) for meter, group in by_meter.items()]


def _check_meter(meter: str, rows: list[ReadingRow], held: Held | None, today: date, choices: Choices) -> MeterCheck:
    check = MeterCheck(meter, known=held is not None)
    held = held or Held(_new_meter(rows))
    there = {reading.moment: reading for reading in held.readings}
    rows, check.thinned = thin(rows, choices.thinning)
    readings = _first_of_each_moment(check, [_reading(row, there, choices.modifies) for row in rows])
    if any(r.modified is not None for r in readings):
        unmodified = [r for r in held.readings if r.modified is None]
        readings = _without_computed(readings, chain(held.meter, held.readings, today), unmodified)
    check.unchanged = [r.key for r in readings if _is_there(r, there)]
    incoming = [r for r in readings if not _is_there(r, there)]
    admission = admit(held.meter, held.readings, incoming, today)
    check.refused.update(_with_lines(admission))
    check.steps = admission.steps
    admitted = [r for r in incoming if r.key not in admission.refused]
    if any(r.modified is not None for r in admitted):
        admitted = _without_computed(admitted, admission.steps, admitted)
    check.new = [r for r in admitted if r.moment not in there]
    check.corrected = {there[r.moment].key: r for r in admitted if r.moment in there}
    check.modified = sum(_is_modified_here(r, there.get(r.moment)) for r in admitted)
    check.remarks = _remarks(admitted, admission, choices.modifies)
    return check


def _new_meter(rows: list[ReadingRow]) -> Meter:
    digits = next((row.details[Role.DIGITS] for row in rows if Role.DIGITS in row.details), "0")
    return Meter((Device(int(digits)),))


def _reading(row: ReadingRow, there: Mapping[_Moment, Reading], modifies: bool) -> Reading:
    """Return the reading of a row; what the file does not contain is taken from the existing reading, if any."""
    said = row.consumption if modifies and row.consumption is not None and row.consumption >= 0 else None
    said = said if said is None else round(said, VOLUME_PLACES)
    reading = Reading(row, row.date, row.index, row.kind or ReadingKind.REAL, modified=said)
    held = there.get(reading.moment)
    if held is None:
        return reading
    kind = held.kind if row.kind is None and held.index == row.index else reading.kind
    return Reading(row, row.date, row.index, kind, held.rollover, held.modified if said is None else said)


def _first_of_each_moment(check: MeterCheck, readings: list[Reading]) -> list[Reading]:
    """Refuse duplicate rows of one moment: the first row wins, at every import."""
    first: dict[_Moment, Reading] = {}
    for reading in readings:
        other = first.setdefault(reading.moment, reading)
        if other is not reading:
            lines = (other.key.line,)
            finding = RowFinding(Code.DUPLICATE, reading.date, reading.index, other.date, other.index, lines)
            check.refused[reading.key] = (finding,)
    return list(first.values())


def _is_there(reading: Reading, there: Mapping[_Moment, Reading]) -> bool:
    held = there.get(reading.moment)
    return held is not None and held.value == reading.value


def _is_modified_here(reading: Reading, held: Reading | None) -> bool:
    return reading.modified is not None and (held is None or held.modified != reading.modified)


def _without_computed(
    readings: list[Reading], steps: Iterable[ReadingStep], measured: Iterable[Reading]
) -> list[Reading]:
    """Drop modified consumptions that equal the computed ones, which many programs export.

    :param steps: steps of at least the `measured` readings
    """
    by_key = {step.key: step.computed for step in steps}
    computed = {(r.moment, r.index): by_key[r.key] for r in measured}
    return [
        replace(r, modified=None) if _repeats(r.modified, computed.get((r.moment, r.index))) else r for r in readings
    ]


def _repeats(said: Decimal | None, computed: Decimal | None) -> bool:
    return said is not None and computed is not None and is_same_volume(said, computed)


# === REMARKS === #


def _with_lines(admission: Admission) -> dict[ReadingRow, tuple[ReadingFinding, ...]]:
    """Return the reasons of refused rows; where nothing shows which row is wrong, name the other rows too."""
    refused: dict[ReadingRow, tuple[ReadingFinding, ...]] = {}
    kept = _lines(key for key in admission.doubtful if key not in admission.refused)
    for row, (finding, *others) in admission.refused.items():
        assert isinstance(row, ReadingRow)
        if row in admission.doubtful:
            found = (finding.code, finding.date, finding.index, finding.previous_date, finding.previous_index)
            finding = RowFinding(*found, kept)
        refused[row] = (finding, *others)
    return refused


def _remarks(admitted: list[Reading], admission: Admission, modifies: bool) -> dict[ReadingRow, tuple[Remark, ...]]:
    steps = {step.key: step for step in admission.steps}
    refused = _lines(key for key in admission.doubtful if key in admission.refused)
    remarks: dict[ReadingRow, tuple[Remark, ...]] = {}
    for reading in admitted:
        row = reading.key
        found: list[Remark | None] = []
        if row.unknown_kind:
            found.append(Remark(RemarkCode.KIND_UNKNOWN, word=row.unknown_kind))
        if row in admission.doubtful and refused:
            found.append(Remark(RemarkCode.CONTRADICTED, lines=refused))
        if row.consumption is not None:
            found.append(_remark_on_consumption(reading, row.consumption, steps[row], modifies))
        if kept := tuple(remark for remark in found if remark):
            remarks[row] = kept
    return remarks


def _remark_on_consumption(reading: Reading, said: Decimal, step: ReadingStep, modifies: bool) -> Remark | None:
    remark = compare_consumption(said, step, reading.index, reading.kind)
    if remark and remark.code is RemarkCode.CONSUMPTION_DIFFERS and reading.modified is not None:
        # as the user chose, or as modified earlier
        return None if modifies or is_same_volume(said, reading.modified) else remark
    return remark


def _lines(rows: Iterable[Any]) -> tuple[int, ...]:
    return tuple(sorted(row.line for row in rows if isinstance(row, ReadingRow))[:_NAMED_LINES])
