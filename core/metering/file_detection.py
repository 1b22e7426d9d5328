"""Detects the format of a file of readings: encoding, delimiter, header line, columns, units, dates, decimals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from .cell_formats import DateOrder, find_date_order, find_decimal_sign
from .delimited import DELIMITERS, DelimitedRow, FileFault, UnreadableFile, check_text, find_encoding, read_cells
from .file_columns import REQUIRED, Role, headings, kind_named, match_columns, plain
from .readings import ReadingKind
from .units import Unit

MAX_VALUE_SHOWN = 80
_SAMPLED_ROWS = 20
#: Number of lines searched for the header.
_TITLE_LINES = 50
#: A header names at least so many of the required columns.
_TELLING = 2
#: Column names that often mean something other than the kind of a reading.
_VAGUE_KINDS = frozenset({"kind", "nature", "type"})
_SURVEYED = (Role.DATE, Role.INDEX, Role.CONSUMPTION, Role.KIND)


class Doubt(StrEnum):
    """What could not be detected with certainty, and should be confirmed by the user."""

    DATE_ORDER = "date_order"
    DECIMAL_SIGN = "decimal_sign"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """Format of a file; what is None is detected.

    :param columns: roles of the columns, by position from 0; columns without a role are not used
    :param header_line: physical line of the header; titles may precede it
    :param units: units of the columns of volumes, by position from 0
    :param words: the section's words for kinds of readings, normalised by `plain`
    """

    encoding: str | None = None
    delimiter: str | None = None
    date_order: DateOrder | None = None
    decimal_sign: str | None = None
    columns: Mapping[int, Role] | None = None
    header_line: int | None = None
    units: Mapping[int, Unit] | None = None
    words: Mapping[str, ReadingKind] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """Return values that can be stored as JSON."""
        columns = (
            self.columns if self.columns is None else [[place, role.value] for place, role in self.columns.items()]
        )
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "date_order": self.date_order and self.date_order.value,
            "decimal_sign": self.decimal_sign,
            "columns": columns,
            "header_line": self.header_line,
            "units": [[place, unit.value] for place, unit in (self.units or {}).items()],
            "words": [[word, kind.value] for word, kind in self.words.items()],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "FileFormat":
        """Return the format from its stored values."""
        columns = plain["columns"]
        order = plain["date_order"]
        return cls(
            encoding=plain["encoding"],
            delimiter=plain["delimiter"],
            date_order=DateOrder(order) if order else None,
            decimal_sign=plain["decimal_sign"],
            columns=columns if columns is None else {place: Role(role) for place, role in columns},
            header_line=plain["header_line"],
            units={place: Unit(unit) for place, unit in plain["units"]},
            words={word: ReadingKind(kind) for word, kind in plain["words"]},
        )


@dataclass(frozen=True, slots=True)
class FoundFormat:
    """Complete format of a file: see `FileFormat`."""

    encoding: str
    delimiter: str
    date_order: DateOrder
    decimal_sign: str
    columns: Mapping[int, Role]
    header_line: int
    units: Mapping[int, Unit]
    words: Mapping[str, ReadingKind] = field(default_factory=dict)

    def unit_of(self, role: Role) -> Unit:
        """Return the unit of a column of volumes."""
        return next((self.units[place] for place, held in self.columns.items() if held is role), Unit.M3)


@dataclass(frozen=True, slots=True)
class Detected:
    """Result of the detection.

    :param format: what was requested, completed by what was detected
    :param header: names of the columns, as written
    :param samples: first value of each column
    :param row_count: rows below the header, bad ones included
    """

    format: FoundFormat
    header: tuple[str, ...]
    samples: tuple[str, ...]
    row_count: int
    doubts: frozenset[Doubt] = frozenset()

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of the columns that are not used."""
        return tuple(name for place, name in enumerate(self.header) if place not in self.format.columns)


def detect(data: bytes, asked: FileFormat | None = None) -> Detected:
    """Detect what is not requested; the formats of dates and decimals are detected from the whole file.

    :raises UnreadableFile: EMPTY, TOO_LARGE, SPREADSHEET, BINARY, NO_COLUMNS, NO_ROWS
    """
    asked = asked or FileFormat()
    check_text(data)
    encoding = asked.encoding or find_encoding(data)
    delimiter, header_line = _find_table(data, encoding, asked)
    rows = read_cells(data, encoding, delimiter, header_line)
    header = _header(next(rows))
    columns = match_columns(header) if asked.columns is None else dict(asked.columns)
    columns = {place: role for place, role in columns.items() if place < len(header)}
    survey = _Survey(rows, len(header), columns)
    if not survey.count:
        raise UnreadableFile(FileFault.NO_ROWS, found=header)
    named = any(kind_named(value, asked.words) for value in survey.values[Role.KIND])
    if asked.columns is None and not named:
        columns = _without_vague_kinds(header, columns)
    date_order, date_doubt = find_date_order(survey.values[Role.DATE])
    sign, sign_doubt = find_decimal_sign(survey.values[Role.INDEX] | survey.values[Role.CONSUMPTION])
    units, unit_doubt = _units(header, columns, asked.units or {})
    doubts = {
        Doubt.DATE_ORDER: date_doubt and not asked.date_order,
        Doubt.DECIMAL_SIGN: sign_doubt and not asked.decimal_sign,
        Doubt.UNIT: unit_doubt,
    }
    found = FoundFormat(
        encoding,
        delimiter,
        asked.date_order or date_order,
        asked.decimal_sign or sign,
        columns,
        header_line,
        units,
        asked.words,
    )
    shown = frozenset(doubt for doubt, is_so in doubts.items() if is_so)
    return Detected(found, header, tuple(survey.samples), survey.count, shown)


def _find_table(data: bytes, encoding: str, asked: FileFormat) -> tuple[str, int]:
    """Find the delimiter and the header line: one that names known columns, otherwise the first with several cells.

    :raises UnreadableFile: EMPTY; NO_COLUMNS if no line has several cells
    """
    found = []
    for delimiter in [asked.delimiter] if asked.delimiter else DELIMITERS:
        line, named = _find_header(data, encoding, delimiter, asked.header_line)
        if line and (asked.delimiter or _regularity(data, encoding, delimiter, line)):
            found.append((named, _regularity(data, encoding, delimiter, line), delimiter, line))
    if not found:
        first = next(read_cells(data, encoding, DELIMITERS[0]), None)
        if first is None:
            raise UnreadableFile(FileFault.EMPTY)
        raise UnreadableFile(FileFault.NO_COLUMNS, found=first.cells[0][:MAX_VALUE_SHOWN])
    _named, _regular, delimiter, line = max(found, key=lambda one: one[:2])
    return delimiter, line


def _find_header(data: bytes, encoding: str, delimiter: str, asked_line: int | None) -> tuple[int, int]:
    """Return the header line (0 if there is none) and how many of the required columns it names."""
    rows = list(islice(read_cells(data, encoding, delimiter, asked_line or 1), 1 if asked_line else _TITLE_LINES))
    named = [sum(role in REQUIRED for role in set(match_columns(row.cells).values())) for row in rows]
    most = max(named, default=0)
    if most >= _TELLING:
        return rows[named.index(most)].line, most
    wide = next((row.line for row in rows if len(row.cells) > 1), rows[0].line if rows else 0)
    return wide, 0


def _regularity(data: bytes, encoding: str, delimiter: str, line: int) -> float:
    """Return the number of cells of the header, weighted by the share of the first rows that have as many."""
    rows = list(islice(read_cells(data, encoding, delimiter, line), _TITLE_LINES))
    width = len(rows[0].cells)
    if width < 2:
        return 0
    return width * sum(row.fault is None for row in rows) / len(rows)


def _units(
    header: tuple[str, ...], columns: Mapping[int, Role], asked: Mapping[int, Unit]
) -> tuple[dict[int, Unit], bool]:
    """Return the units of the columns of volumes (m³ by default), and whether one is unknown."""
    read = headings(header, columns)
    units = {place: asked.get(place) or heading.unit or Unit.M3 for place, heading in read.items()}
    return units, any(heading.unknown and place not in asked for place, heading in read.items())


def _header(first: DelimitedRow) -> tuple[str, ...]:
    if first.fault:
        raise UnreadableFile(FileFault.NO_COLUMNS, found=shorten(first.cells[0]))
    return tuple(shorten(name) for name in first.cells)


def _without_vague_kinds(header: tuple[str, ...], columns: Mapping[int, Role]) -> dict[int, Role]:
    """Drop a column with a vague name, such as "type", which may hold something else."""
    return {
        place: role
        for place, role in columns.items()
        if role is not Role.KIND or plain(header[place]) not in _VAGUE_KINDS
    }


class _Survey:
    """First value of each column, and all values of the columns whose format is detected."""

    def __init__(self, rows: Iterator[DelimitedRow], width: int, columns: Mapping[int, Role]) -> None:
        self.samples = [""] * width
        self.values: dict[Role, set[str]] = {role: set() for role in _SURVEYED}
        self.count = 0
        places = [(place, self.values[role]) for place, role in columns.items() if role in _SURVEYED]
        for row in rows:
            self.count += 1
            if row.fault:
                continue
            for place, seen in places:
                seen.add(row.cells[place].strip())
            if self.count <= _SAMPLED_ROWS:
                self.samples = [s or shorten(cell) for s, cell in zip(self.samples, row.cells, strict=True)]


def tidy(text: str) -> str:
    """Return the text on one line, without the characters that PostgreSQL refuses."""
    return " ".join(text.replace("\0", "\ufffd").split())


def shorten(text: str) -> str:
    """Return the text tidied, and short enough to be displayed."""
    text = tidy(text)
    return text if len(text) <= MAX_VALUE_SHOWN else text[: MAX_VALUE_SHOWN - 1] + "…"
