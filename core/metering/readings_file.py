"""Files of meter readings: which column is what, and what each row says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from .cell_formats import parse_date, parse_number
from .delimited import Cells, FileFault, FileRefused, RowFault, read_cells
from .file_columns import DETAILS, REQUIRED, Role, kind_named
from .file_detection import Detected, shorten, tidy
from .readings import Kind

MAX_IDENTIFIER = 64
MAX_DIGITS = 12
#: Volumes are kept to the litre.
VOLUME_PLACES = 3
#: "8,01902E+11": a spreadsheet made a number of the identifier, and lost its end.
_REWRITTEN = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{2,}", re.IGNORECASE)
_UNREADABLE = re.compile("[\0\ufffd]")
_NO_DETAILS: Mapping[Role, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One reading as the file says it; two rows are never equal, whatever they say.

    :param kind: None where the file does not say
    :param index: rounded to the litre, as `modified`
    :param modified: the consumption that the file gives (m³), or None
    :param details: what the file says of the meter itself: street, zip, city, digits; no empty value
    """

    line: int
    meter: str
    date: date
    index: Decimal
    kind: Kind | None = None
    modified: Decimal | None = None
    details: Mapping[Role, str] = field(default_factory=lambda: _NO_DETAILS)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read: where, why, and what stands there (shortened).

    :param column: name of the column to correct, empty where the whole row is meant
    :param meter: identifier of the meter where it could be read
    """

    line: int
    column: str
    meter: str
    code: RowFault
    value: str


def read(data: bytes, detected: Detected) -> Iterator[Row | BadRow]:
    """Read every row, in the file's order: readings and, in their place, rows that cannot be read.

    :raise FileRefused: MISSING_COLUMNS, DUPLICATE_COLUMNS, at once
    """
    columns = detected.format.columns
    roles = list(columns.values())
    missing = [role for role in REQUIRED if role not in roles]
    if missing:
        raise FileRefused(FileFault.MISSING_COLUMNS, missing=tuple(missing), found=detected.header)
    doubled = [detected.header[place] for place, role in columns.items() if roles.count(role) > 1]
    if doubled:
        raise FileRefused(FileFault.DUPLICATE_COLUMNS, columns=tuple(doubled))
    reader = _RowReader(detected)
    rows = read_cells(data, detected.format.encoding, detected.format.delimiter)
    return map(reader.read, islice(rows, 1, None))


class _Unusable(Exception):
    """A cell cannot be used: (role of its column, why)."""


class _RowReader:
    def __init__(self, detected: Detected):
        self._order = detected.format.date_order
        self._sign = detected.format.decimal_sign
        self._header = detected.header
        self._places = {role: place for place, role in detected.format.columns.items()}
        self._detail_places = [(role, self._places[role]) for role in DETAILS if role in self._places]
        # A file has few dates, and several readings a meter: what they share is held once.
        self._dates: dict[str, date] = {}
        self._meters: dict[str, str] = {}

    def read(self, row: Cells) -> Row | BadRow:
        if row.fault:
            meter = self._meter_if_any(row.cells)
            return BadRow(row.line, "", meter, row.fault, shorten(" ".join(row.cells)))
        try:
            return Row(
                row.line,
                self._meter(row.cells),
                self._date(row.cells),
                self._index(row.cells),
                self._kind(row.cells),
                self._consumption(row.cells),
                self._details(row.cells),
            )
        except _Unusable as unusable:
            role, fault = unusable.args
            place = self._places[role]
            meter = self._meter_if_any(row.cells)
            return BadRow(row.line, self._header[place], meter, fault, shorten(row.cells[place]))

    def _meter_if_any(self, cells) -> str:
        place = self._places[Role.METER]
        return tidy(cells[place])[:MAX_IDENTIFIER] if place < len(cells) else ""

    def _cell(self, cells, role: Role) -> str:
        place = self._places.get(role)
        text = cells[place].strip() if place is not None else ""
        if _UNREADABLE.search(text):
            raise _Unusable(role, RowFault.UNREADABLE)
        return text

    def _meter(self, cells) -> str:
        text = " ".join(self._cell(cells, Role.METER).split())
        if not text:
            raise _Unusable(Role.METER, RowFault.METER_MISSING)
        if len(text) > MAX_IDENTIFIER:
            raise _Unusable(Role.METER, RowFault.METER_TOO_LONG)
        if _REWRITTEN.fullmatch(text):
            raise _Unusable(Role.METER, RowFault.METER_REWRITTEN)
        return self._meters.setdefault(text, text)

    def _date(self, cells) -> date:
        text = self._cell(cells, Role.DATE)
        if not text:
            raise _Unusable(Role.DATE, RowFault.DATE_MISSING)
        day = self._dates.get(text) or parse_date(text, self._order)
        if not day:
            raise _Unusable(Role.DATE, RowFault.DATE_WRONG)
        self._dates[text] = day
        return day

    def _index(self, cells) -> Decimal:
        text = self._cell(cells, Role.INDEX)
        if not text:
            raise _Unusable(Role.INDEX, RowFault.INDEX_MISSING)
        return self._number(text, Role.INDEX, RowFault.INDEX_WRONG)

    def _number(self, text: str, role: Role, fault: RowFault) -> Decimal:
        number = parse_number(text, self._sign)
        if number is None:
            raise _Unusable(role, fault)
        return round(number, VOLUME_PLACES) if number.as_tuple().exponent < -VOLUME_PLACES else number

    def _kind(self, cells) -> Kind | None:
        text = self._cell(cells, Role.KIND)
        if not text:
            return None
        kind = kind_named(text)
        if kind is None:
            raise _Unusable(Role.KIND, RowFault.KIND_UNKNOWN)
        return kind

    def _consumption(self, cells) -> Decimal | None:
        text = self._cell(cells, Role.CONSUMPTION)
        return self._number(text, Role.CONSUMPTION, RowFault.CONSUMPTION_WRONG) if text else None

    def _details(self, cells) -> Mapping[Role, str]:
        details = {role: self._cell(cells, role) for role, _place in self._detail_places}
        digits = details.get(Role.DIGITS)
        if digits and not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) <= MAX_DIGITS):
            raise _Unusable(Role.DIGITS, RowFault.DIGITS_WRONG)
        return {role: text for role, text in details.items() if text} or _NO_DETAILS
