"""Reads the values of remote readers in one pass: keeps one value per meter and day, and collects the alarms.

Files contain one value per meter and quarter of an hour. Only the values kept and the alarms are held in memory.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import IO

from .cell_formats import DateOrder, Moment, parse_moment, parse_number
from .delimited import QUOTE, FileFault, RowFault, UnreadableFile
from .file_columns import REQUIRED, Role, plain
from .file_detection import Detected, FileFormat, detect, shorten
from .file_thinning import Thinning
from .readings_file import BadReadingRow
from .units import Unit, split_unit

#: Bytes from the beginning of a file from which its format is detected.
HEAD = 256 * 1024
#: Maximum number of unreadable rows listed in a report; the others are counted.
LISTED = 200
#: Maximum characters of a line.
MAX_LINE = 20_000
_DAY = 86_400


class Alarm(StrEnum):
    """Kinds of alarms of a remote reader."""

    LEAK = "leak"
    FRAUD = "fraud"
    BATTERY = "battery"
    BACKFLOW = "backflow"


#: Words, as normalised by `plain`, that identify a column of alarms.
_ALARM_WORDS = {
    Alarm.LEAK: ("fuite", "leak"),
    Alarm.FRAUD: ("fraude", "fraud", "tamper", "magnetique", "magnetic", "demontage"),
    Alarm.BATTERY: ("batterie", "battery", "pile"),
    Alarm.BACKFLOW: ("retour", "backflow", "reverse", "inverse"),
}
#: Cells of a column of alarms that mean there is none.
_QUIET = frozenset({"", "0", "non", "no", "n", "false", "faux", "ok", "-", "0.0", "0,0", "none", "aucune", "absente"})


@dataclass(frozen=True, slots=True)
class KeptValue:
    """The value of a day.

    :param index: m³
    :param line: of the file
    """

    meter: str
    date: date
    index: Decimal
    line: int


@dataclass(slots=True)
class AlarmDays:
    """The days on which a meter gave an alarm."""

    first: date
    last: date
    count: int = 0


@dataclass(slots=True)
class Telemetry:
    """Content of a file of values.

    :param count: values read, those left out included
    :param bad: the first rows that cannot be read; `bad_count`: all of them
    :param alarms: by meter and kind
    """

    kept: list[KeptValue] = field(default_factory=list)
    count: int = 0
    bad: list[BadReadingRow] = field(default_factory=list)
    bad_count: int = 0
    alarms: dict[tuple[str, Alarm], AlarmDays] = field(default_factory=dict)

    def refuse(self, line: int, fault: RowFault, value: str, column: str = "", meter: str = "") -> None:
        self.bad_count += 1
        if len(self.bad) < LISTED:
            self.bad.append(BadReadingRow(line, column, meter, fault, shorten(value)))


def find_format(head: bytes, asked: FileFormat | None = None) -> Detected:
    """Detect the format of a file from its beginning.

    :raises UnreadableFile: as `detect`; MISSING_COLUMNS
    """
    whole = head if len(head) < HEAD else head[: head.rfind(b"\n") + 1] or head
    detected = detect(whole, asked)
    missing = [role for role in REQUIRED if role not in detected.format.columns.values()]
    if missing:
        raise UnreadableFile(FileFault.MISSING_COLUMNS, missing=tuple(missing), found=detected.header)
    return detected


def alarm_columns(header: Sequence[str]) -> dict[int, Alarm]:
    """Return the columns of alarms, by position from 0."""
    found = {}
    for place, name in enumerate(header):
        words = plain(name).split()
        for alarm, known in _ALARM_WORDS.items():
            if any(word in known for word in words):
                found[place] = alarm
                break
    return found


def read_values(
    file: IO[bytes], detected: Detected, thinning: Thinning = Thinning.LAST, zone: tzinfo | None = None
) -> Telemetry:
    """Read a file to its end, in one pass.

    :param file: at its beginning
    :param thinning: which value of a day is kept; of values without an hour, the last line
    :param zone: time zone of the meters, to which an hour with a zone of its own is converted
    """
    return _Reading(detected, thinning, zone).read(file)


class _Reading:
    def __init__(self, detected: Detected, thinning: Thinning, zone: tzinfo | None) -> None:
        form = detected.format
        self._form, self._zone, self._thinning = form, zone, thinning
        self._header, self._width = detected.header, len(detected.header)
        places = {role: place for place, role in form.columns.items()}
        self._meter, self._date, self._index = (places[role] for role in REQUIRED)
        self._time = places.get(Role.TIME)
        self._alarms = tuple(alarm_columns(detected.header).items())
        self._unit = form.unit_of(Role.INDEX)
        #: whether a number has the usual form, which is faster to know than its value
        self._is_plain = re.compile(rf"[0-9]{{1,12}}(?:[{form.decimal_sign}][0-9]{{1,6}})?").fullmatch
        self._moments: dict[str, Moment] = {}
        self._found = Telemetry()

    def read(self, file: IO[bytes]) -> Telemetry:
        """Keep the best value of each meter and day: (rank, line, text of the index) by (meter, day)."""
        best: dict[tuple[str, date], tuple[int, int, str]] = {}
        later = self._thinning is Thinning.LAST
        rank_of = _RANKS[self._thinning]
        meters: dict[str, str] = {}
        for line, cells in self._rows(file):
            stamp = cells[self._date] if self._time is None else f"{cells[self._date]} {cells[self._time]}"
            moment = self._moments.get(stamp) or self._moment(line, stamp, cells)
            if moment is None:
                continue
            meter = cells[self._meter].strip()
            if not meter:
                self._found.refuse(line, RowFault.METER_MISSING, "", self._header[self._meter])
                continue
            meter = meters.setdefault(meter, meter)
            if self._alarms:
                self._warn(meter, moment.day, cells)
            rank = rank_of(moment.seconds or 0)
            key = meter, moment.day
            held = best.get(key)
            if held is None or rank < held[0] or (later and rank == held[0]):
                if self._is_number(line, cells):
                    best[key] = rank, line, cells[self._index]
            else:
                self._found.count += 1
                continue
        for (meter, day), (_rank, line, text) in best.items():
            if (index := self._volume(text)) is not None:
                self._found.kept.append(KeptValue(meter, day, index, line))
        return self._found

    def _rows(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) of the rows below the header; a quote that is not closed spoils its own line only."""
        # the mark of an encoding stands in the header, which is skipped
        text = io.TextIOWrapper(file, encoding=self._form.encoding, errors="replace")
        try:
            delimiter, width = self._form.delimiter, self._width
            for line, row in enumerate(text, start=1):
                if line <= self._form.header_line or row.isspace():
                    continue
                cells = row.rstrip("\n").split(delimiter) if QUOTE not in row else _quoted(row, delimiter)
                if len(cells) == width and len(row) <= MAX_LINE and "\0" not in row:
                    yield line, cells
                elif any(cell.strip() for cell in cells):
                    fault = RowFault.LINE_TOO_LONG if len(row) > MAX_LINE else RowFault.CELL_COUNT
                    self._found.refuse(line, fault, row)
        finally:
            text.detach()

    def _moment(self, line: int, stamp: str, cells: list[str]) -> Moment | None:
        """Parse a moment that is not in the cache; equal ones share the result."""
        text = " ".join(stamp.split())
        moment = self._parse(text)
        if moment is None:
            fault = RowFault.DATE_WRONG if text else RowFault.DATE_MISSING
            self._found.refuse(line, fault, text, self._header[self._date], cells[self._meter].strip())
        else:
            self._moments[stamp] = moment
        return moment

    def _parse(self, text: str) -> Moment | None:
        found = parse_moment(text, self._form.date_order, self._zone)
        if found is None and self._time is not None:
            found = parse_moment(f"{text}:00", self._form.date_order, self._zone)
        return found

    def _warn(self, meter: str, day: date, cells: list[str]) -> None:
        for place, alarm in self._alarms:
            if cells[place].strip().lower() not in _QUIET:
                days = self._found.alarms.setdefault((meter, alarm), AlarmDays(day, day))
                days.first, days.last = min(days.first, day), max(days.last, day)
                days.count += 1

    def _is_number(self, line: int, cells: list[str]) -> bool:
        """Check a value before it replaces another one."""
        text = cells[self._index]
        if not self._is_plain(text) and self._volume(text) is None:
            fault = RowFault.INDEX_WRONG if text.strip() else RowFault.INDEX_MISSING
            self._found.refuse(line, fault, text, self._header[self._index], cells[self._meter].strip())
            return False
        self._found.count += 1
        return True

    def _volume(self, text: str) -> Decimal | None:
        """Return the volume in m³, rounded to the litre."""
        number, unit = parse_number(text.strip(), self._form.decimal_sign), self._unit
        if number is None and (parted := split_unit(text.strip())):
            number, unit = parse_number(parted[0].strip(), self._form.decimal_sign), parted[1]
        if number is None:
            return None
        return round(number if unit is Unit.M3 else number * unit.cubic_metres, 3)


def _quoted(row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=delimiter, strict=True))
    except csv.Error:
        return [row]


_RANKS: Mapping[Thinning, Callable[[int], int]] = MappingProxyType(
    {
        Thinning.LAST: lambda seconds: -seconds,
        Thinning.FIRST: lambda seconds: seconds,
        Thinning.MIDNIGHT: lambda seconds: min(seconds, _DAY - seconds),
    }
)


def format_to_json(detected: Detected) -> dict[str, object]:
    """Return a format and its header as JSON, to be kept for the next files."""
    form = detected.format
    return {
        "encoding": form.encoding,
        "delimiter": form.delimiter,
        "date_order": form.date_order.value,
        "decimal_sign": form.decimal_sign,
        "header": list(detected.header),
        "columns": {str(place): role.value for place, role in form.columns.items()},
        "units": {str(place): unit.value for place, unit in form.units.items()},
    }


def format_from_json(kept: Mapping[str, object], header: Sequence[str]) -> FileFormat | None:
    """Return a kept format if the header is the same; None if it must be detected again."""
    if list(header) != kept.get("header"):
        return None
    columns, units = kept["columns"], kept["units"]
    assert isinstance(columns, dict) and isinstance(units, dict)
    return FileFormat(
        delimiter=str(kept["delimiter"]),
        date_order=DateOrder(str(kept["date_order"])),
        decimal_sign=str(kept["decimal_sign"]),
        columns={int(place): Role(role) for place, role in columns.items()},
        units={int(place): Unit(unit) for place, unit in units.items()},
    )
