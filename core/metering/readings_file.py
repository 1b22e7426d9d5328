"""Parses files of meter readings, row by row, in the format that was detected."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from .cell_formats import DateOrder, Moment, parse_moment, parse_number
from .delimited import DelimitedRow, FileFault, RowFault, UnreadableFile, read_cells
from .file_columns import DETAILS, MEASURED, REQUIRED, Role, kind_named
from .file_detection import Detected, shorten, tidy
from .readings import ReadingKind
from .units import Unit, split_unit, unit_named

MAX_IDENTIFIER = 64
MAX_DIGITS = 12
#: Volumes are kept to the litre.
VOLUME_PLACES = 3
#: "8,01902E+11": a spreadsheet converted the identifier to a number, and lost its last digits.
_REWRITTEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{2,}", re.IGNORECASE)
_UNREADABLE = re.compile("[\0\ufffd]")
_NO_DETAILS: Mapping[Role, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class ReadingRow:
    """One reading of the file, compared by identity.

    :param index: m³, rounded to the litre
    :param kind: None if the file does not give it, or in an unknown word
    :param consumption: consumption given by the file (m³, as precise as it is written), or None
    :param details: description of the meter itself: street, zip, city, digits; no empty values
    :param seconds: hour of the reading, in seconds since midnight, if the file gives it
    :param unknown_kind: unknown word in the column of the kind
    """

    line: int
    meter: str
    date: date
    index: Decimal
    kind: ReadingKind | None = None
    consumption: Decimal | None = None
    details: Mapping[Role, str] = field(default_factory=lambda: _NO_DETAILS)
    seconds: int | None = None
    unknown_kind: str = ""


@dataclass(frozen=True, slots=True)
class BadReadingRow:
    """A row that cannot be read: place, reason, and the faulty value (shortened).

    :param column: name of the column to correct, empty for the whole row
    :param meter: identifier of the meter, if it could be read
    """

    line: int
    column: str
    meter: str
    code: RowFault
    value: str


def read(data: bytes, detected: Detected, zone: tzinfo | None = None) -> Iterator[ReadingRow | BadReadingRow]:
    """Parse every row, in the order of the file, into a reading or a bad row.

    :param zone: time zone of the meters, to which an hour with a zone of its own is converted
    :raises UnreadableFile: MISSING_COLUMNS, DUPLICATE_COLUMNS, before any row is read
    """
    form, columns = detected.format, detected.format.columns
    roles = list(columns.values())
    missing = [role for role in REQUIRED if role not in roles]
    if missing:
        raise UnreadableFile(FileFault.MISSING_COLUMNS, missing=tuple(missing), found=detected.header)
    doubled = [detected.header[place] for place, role in columns.items() if roles.count(role) > 1]
    if doubled:
        raise UnreadableFile(FileFault.DUPLICATE_COLUMNS, columns=tuple(doubled))
    reader = _RowReader(detected, zone)
    rows = read_cells(data, form.encoding, form.delimiter, form.header_line)
    return map(reader.read, islice(rows, 1, None))


class _Unusable(Exception):
    """A cell cannot be used; its arguments are the role of the cell and the fault."""


class _RowReader:
    def __init__(self, detected: Detected, zone: tzinfo | None) -> None:
        self._order = detected.format.date_order
        self._sign = detected.format.decimal_sign
        self._zone = zone
        self._words = detected.format.words
        self._header = detected.header
        self._units = {role: detected.format.unit_of(role) for role in MEASURED}
        self._places = {role: place for place, role in detected.format.columns.items()}
        self._detail_places = [(role, self._places[role]) for role in DETAILS if role in self._places]
        # A file has few distinct days and meters: equal values share one object, to save memory.
        self._moments: dict[str, Moment] = {}
        self._meters: dict[str, str] = {}

    def read(self, row: DelimitedRow) -> ReadingRow | BadReadingRow:
        if row.fault:
            meter = self._meter_if_any(row.cells)
            return BadReadingRow(row.line, "", meter, row.fault, shorten(" ".join(row.cells)))
        try:
            return self._row(row.line, row.cells)
        except _Unusable as unusable:
            role, fault = unusable.args
            place = self._places[role]
            meter = self._meter_if_any(row.cells)
            return BadReadingRow(row.line, self._header[place], meter, fault, shorten(row.cells[place]))

    def _row(self, line: int, cells: Sequence[str]) -> ReadingRow:
        meter, moment = self._meter(cells), self._moment(cells)
        unit = self._unit(cells)
        index = self._index(cells, unit)
        word = self._cell(cells, Role.KIND)
        kind = kind_named(word, self._words) if word else None
        return ReadingRow(
            line,
            meter,
            moment.day,
            index,
            kind,
            self._consumption(cells, unit),
            self._details(cells),
            moment.seconds,
            "" if kind else shorten(word),
        )

    def _meter_if_any(self, cells: Sequence[str]) -> str:
        place = self._places[Role.METER]
        return tidy(cells[place])[:MAX_IDENTIFIER] if place < len(cells) else ""

    def _cell(self, cells: Sequence[str], role: Role) -> str:
        place = self._places.get(role)
        text = cells[place].strip() if place is not None else ""
        if _UNREADABLE.search(text):
            raise _Unusable(role, RowFault.UNREADABLE)
        return text

    def _meter(self, cells: Sequence[str]) -> str:
        text = " ".join(self._cell(cells, Role.METER).split())
        if not text:
            raise _Unusable(Role.METER, RowFault.METER_MISSING)
        if len(text) > MAX_IDENTIFIER:
            raise _Unusable(Role.METER, RowFault.METER_TOO_LONG)
        if _REWRITTEN.fullmatch(text):
            raise _Unusable(Role.METER, RowFault.METER_REWRITTEN)
        return self._meters.setdefault(text, text)

    def _moment(self, cells: Sequence[str]) -> Moment:
        text = self._cell(cells, Role.DATE)
        if not text:
            raise _Unusable(Role.DATE, RowFault.DATE_MISSING)
        hour = self._cell(cells, Role.TIME)
        moment = self._moments.get(text) or parse_moment(text, self._order, self._zone)
        if not moment:
            raise _Unusable(Role.DATE, RowFault.DATE_WRONG)
        if moment.seconds is None:
            self._moments[text] = moment
            return self._at(moment, hour) if hour else moment
        return moment

    def _at(self, moment: Moment, hour: str) -> Moment:
        """Add the hour from its own column."""
        written = f"{moment.day.isoformat()} {hour}"
        found = parse_moment(written, DateOrder.YMD, self._zone) or parse_moment(f"{written}:00", DateOrder.YMD)
        if not found:
            raise _Unusable(Role.TIME, RowFault.TIME_WRONG)
        return found

    def _unit(self, cells: Sequence[str]) -> Unit | None:
        """Return the unit in the row's own cell, or None."""
        text = self._cell(cells, Role.UNIT)
        unit = unit_named(text)
        if text and not unit:
            raise _Unusable(Role.UNIT, RowFault.UNIT_UNKNOWN)
        return unit

    def _index(self, cells: Sequence[str], unit: Unit | None) -> Decimal:
        text = self._cell(cells, Role.INDEX)
        if not text:
            raise _Unusable(Role.INDEX, RowFault.INDEX_MISSING)
        volume = self._volume(text, Role.INDEX, unit, RowFault.INDEX_WRONG)
        rounded = round(volume, VOLUME_PLACES)
        return volume if volume == rounded else rounded

    def _volume(self, text: str, role: Role, unit: Unit | None, fault: RowFault) -> Decimal:
        """Parse a volume in m³; the unit of the cell takes precedence over the row's, and that over the column's."""
        number = parse_number(text, self._sign)
        if number is None and (parted := split_unit(text)):
            text, unit = parted
            number = parse_number(text.strip(), self._sign)
        if number is None:
            raise _Unusable(role, fault)
        unit = unit or self._units[role]
        return number if unit is Unit.M3 else number * unit.cubic_metres

    def _consumption(self, cells: Sequence[str], unit: Unit | None) -> Decimal | None:
        text = self._cell(cells, Role.CONSUMPTION)
        return self._volume(text, Role.CONSUMPTION, unit, RowFault.CONSUMPTION_WRONG) if text else None

    def _details(self, cells: Sequence[str]) -> Mapping[Role, str]:
        details = {role: self._cell(cells, role) for role, _place in self._detail_places}
        digits = details.get(Role.DIGITS)
        if digits and not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) <= MAX_DIGITS):
            raise _Unusable(Role.DIGITS, RowFault.DIGITS_WRONG)
        return {role: text for role, text in details.items() if text} or _NO_DETAILS
