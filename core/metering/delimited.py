"""Reads delimited text of any origin: detects its encoding, splits it into rows with their line numbers.

A quote that is never closed invalidates its own line only.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1")
DELIMITERS = (";", ",", "\t", "|")
QUOTE = '"'
MAX_BYTES = 20_000_000
MAX_LINE = 20_000
MAX_LINES_OF_A_ROW = 10
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class FileFault(StrEnum):
    """Why a file as a whole cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    SPREADSHEET = "spreadsheet"
    BINARY = "binary"
    NO_COLUMNS = "no_columns"
    NO_ROWS = "no_rows"
    MISSING_COLUMNS = "missing_columns"
    DUPLICATE_COLUMNS = "duplicate_columns"


class UnreadableFile(Exception):
    """The file as a whole cannot be read; `code` and `params` give the reason."""

    def __init__(self, code: FileFault, **params: Any) -> None:
        self.code = code
        self.params = params
        details = ", ".join(f"{name}: {value}" for name, value in params.items())
        super().__init__(f"{code}: {details}" if details else str(code))


class RowFault(StrEnum):
    """Why a row of a file cannot be used."""

    LINE_TOO_LONG = "line_too_long"
    QUOTE_NOT_CLOSED = "quote_not_closed"
    CELL_COUNT = "cell_count"
    UNREADABLE = "unreadable"
    METER_MISSING = "meter_missing"
    METER_REWRITTEN = "meter_rewritten"
    METER_TOO_LONG = "meter_too_long"
    DATE_MISSING = "date_missing"
    DATE_WRONG = "date_wrong"
    INDEX_MISSING = "index_missing"
    INDEX_WRONG = "index_wrong"
    TIME_WRONG = "time_wrong"
    UNIT_UNKNOWN = "unit_unknown"
    CONSUMPTION_WRONG = "consumption_wrong"
    DIGITS_WRONG = "digits_wrong"


@dataclass(frozen=True, slots=True)
class DelimitedRow:
    """A row of the file, with the number of its first physical line (the first line of the file is 1).

    :param fault: why the row could not be split into the expected cells; `cells` is then what was found
    """

    line: int
    cells: Sequence[str]
    fault: RowFault | None = None


def check_text(data: bytes) -> None:
    """Refuse data that cannot be delimited text in any encoding.

    :raises UnreadableFile: EMPTY; TOO_LARGE; SPREADSHEET for a workbook
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFile(FileFault.TOO_LARGE, megabytes=MAX_BYTES // 1_000_000)
    if not data.strip():
        raise UnreadableFile(FileFault.EMPTY)
    if data.startswith(_SPREADSHEETS):
        raise UnreadableFile(FileFault.SPREADSHEET)


def find_encoding(data: bytes) -> str:
    """Return the encoding of the byte order mark, or UTF-8 if the data is valid UTF-8, or the Western Windows one.

    :raises UnreadableFile: BINARY if the data is not text
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data[: data.find(b"\n") + 1 or MAX_LINE]:
        raise UnreadableFile(FileFault.BINARY)
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    return "latin-1"


def read_cells(data: bytes, encoding: str, delimiter: str, first_line: int = 1) -> Iterator[DelimitedRow]:
    """Split the text into rows of cells, the header first; blank rows are skipped.

    :param encoding: one of ENCODINGS; undecodable bytes become U+FFFD
    :param first_line: physical line of the header; the lines above it are skipped
    """
    lines = _Lines(_open(data, encoding))
    lines.skip(first_line - 1)
    blank = delimiter + " \t\r\n"
    width = 0
    for number, text in lines:
        if not text.strip(blank):
            continue
        row = _cut(lines, number, text, delimiter, width)
        yield row
        width = width or len(row.cells)


def _open(data: bytes, encoding: str) -> io.TextIOWrapper:
    stream = io.BytesIO(data)
    codec = encoding
    if encoding == "utf-8":
        codec = "utf-8-sig"
    elif encoding == "utf-16":
        # Python's "utf-16" codec raises if the byte order mark is missing.
        big = data.startswith(codecs.BOM_UTF16_BE)
        codec = "utf-16-be" if big else "utf-16-le"
        stream.seek(2 if big or data.startswith(codecs.BOM_UTF16_LE) else 0)
    return io.TextIOWrapper(stream, encoding=codec, errors="replace")


class _Lines:
    """Iterator of numbered physical lines; lines read ahead can be pushed back."""

    def __init__(self, stream: Iterable[str]):
        self._stream = iter(stream)
        self._pending: deque[str] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        text = self._pending.popleft() if self._pending else next(self._stream).rstrip("\n")
        self._number += 1
        return self._number, text

    def skip(self, count: int) -> None:
        for _line in islice(self, count):
            pass

    def give_back(self, texts: list[str]) -> None:
        self._pending.extendleft(reversed(texts))
        self._number -= len(texts)


def _cut(lines: _Lines, number: int, text: str, delimiter: str, width: int) -> DelimitedRow:
    if len(text) > MAX_LINE:
        return DelimitedRow(number, (text[:MAX_LINE].split(delimiter, 1)[0],), RowFault.LINE_TOO_LONG)
    cells = _split(text, delimiter)
    if cells is None:
        cells = _split_with_following(lines, text, delimiter, width)
    if cells is None:
        return DelimitedRow(number, text.split(delimiter), RowFault.QUOTE_NOT_CLOSED)
    if width and len(cells) > width and not any(map(str.strip, cells[width:])):
        del cells[width:]
    return DelimitedRow(number, cells, RowFault.CELL_COUNT if width and len(cells) != width else None)


def _split(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one row; None if a quote is not closed or not followed by a delimiter."""
    if QUOTE not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return None


def _split_with_following(lines: _Lines, text: str, delimiter: str, width: int) -> list[str] | None:
    """Return the cells of a row with a quoted cell over several lines, if it then has as many cells as the others."""
    following: list[str] = []
    while _is_open(text) and len(following) < MAX_LINES_OF_A_ROW - 1:
        try:
            _number, line = next(lines)
        except StopIteration:
            break
        following.append(line)
        text = f"{text}\n{line}"
    cells = None if _is_open(text) else _split(text, delimiter)
    if cells is not None and width in (0, len(cells)):
        return cells
    lines.give_back(following)
    return None


def _is_open(text: str) -> bool:
    return text.count(QUOTE) % 2 == 1
