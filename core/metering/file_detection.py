"""How a file of readings is written: encoding, delimiter, columns, dates, decimals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .cell_formats import DateOrder, find_date_order, find_decimal_sign
from .delimited import Cells, FileFault, FileRefused, check_text, find_delimiter, find_encoding, read_cells
from .file_columns import Role, kind_named, match_columns

MAX_VALUE_SHOWN = 80
_SAMPLED_ROWS = 20
_SURVEYED = (Role.DATE, Role.INDEX, Role.CONSUMPTION, Role.KIND)


class Doubt(StrEnum):
    """What was decided without proof, and should be confirmed by the user."""

    DATE_ORDER = "date_order"
    DECIMAL_SIGN = "decimal_sign"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file is written; what is None is found out.

    :param columns: what the columns hold, by position from 0; a column that is not named there is not used
    """

    encoding: str | None = None
    delimiter: str | None = None
    date_order: DateOrder | None = None
    decimal_sign: str | None = None
    columns: Mapping[int, Role] | None = None


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found out of a file.

    :param format: complete: what was asked, and the rest as found
    :param header: names of the columns, as written
    :param samples: per column, its first value
    :param row_count: rows under the header, bad ones included
    """

    format: FileFormat
    header: tuple[str, ...]
    samples: tuple[str, ...]
    row_count: int
    doubts: frozenset[Doubt] = frozenset()

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of the columns that nothing is taken from."""
        return tuple(name for place, name in enumerate(self.header) if place not in self.format.columns)


def detect(data: bytes, asked: FileFormat | None = None) -> Detected:
    """Find out what is not asked; the whole file is looked at to tell dates and decimals.

    :raise FileRefused: EMPTY, TOO_LARGE, SPREADSHEET, BINARY, NO_COLUMNS, NO_ROWS
    """
    asked = asked or FileFormat()
    check_text(data)
    encoding = asked.encoding or find_encoding(data)
    delimiter = asked.delimiter or find_delimiter(data, encoding)
    rows = read_cells(data, encoding, delimiter)
    header = _header(next(rows, None))
    columns = match_columns(header) if asked.columns is None else dict(asked.columns)
    columns = {place: role for place, role in columns.items() if place < len(header)}
    survey = _Survey(rows, len(header), columns)
    if not survey.count:
        raise FileRefused(FileFault.NO_ROWS, found=header)
    if asked.columns is None:
        columns = _without_other_kinds(columns, survey.values[Role.KIND])
    date_order, date_doubt = find_date_order(survey.values[Role.DATE])
    sign, sign_doubt = find_decimal_sign(survey.values[Role.INDEX] | survey.values[Role.CONSUMPTION])
    doubts = {
        Doubt.DATE_ORDER: date_doubt and not asked.date_order,
        Doubt.DECIMAL_SIGN: sign_doubt and not asked.decimal_sign,
    }
    return Detected(
        FileFormat(encoding, delimiter, asked.date_order or date_order, asked.decimal_sign or sign, columns),
        header,
        tuple(survey.samples),
        survey.count,
        frozenset(doubt for doubt, is_so in doubts.items() if is_so),
    )


def _header(first: Cells | None) -> tuple[str, ...]:
    if first is None:
        raise FileRefused(FileFault.EMPTY)
    if first.fault:
        raise FileRefused(FileFault.NO_COLUMNS, found=shorten(first.cells[0]))
    return tuple(shorten(name) for name in first.cells)


def _without_other_kinds(columns: Mapping[int, Role], values: set[str]) -> dict[int, Role]:
    """A column named "type" may tell something else: it is used only where it names kinds of readings."""
    if any(map(kind_named, values)):
        return dict(columns)
    return {place: role for place, role in columns.items() if role is not Role.KIND}


class _Survey:
    """What a file shows: a first value of each column, all values where their writing is to be told."""

    def __init__(self, rows: Iterator[Cells], width: int, columns: Mapping[int, Role]):
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
    """On one line, without the characters that databases refuse."""
    return " ".join(text.replace("\0", "\ufffd").split())


def shorten(text: str) -> str:
    """Tidy, and short enough to be shown."""
    text = tidy(text)
    return text if len(text) <= MAX_VALUE_SHOWN else text[: MAX_VALUE_SHOWN - 1] + "…"
