"""Reads bytes into typed rows; bad rows are returned with their findings. Its only error is FileRefused."""

import hashlib
import re
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..findings import FileRefused, Finding
from ..text import composed, without_invisible
from .encodings import BYTE_ORDER_MARKS, HEAD, is_utf8, odd_letter, wide, word_at
from .lines import Line, physical_lines
from .model import QUOTE, Column, Layout
from .parse import CellWrong, Parser, parser_of, split_quoted

MARK = 12
MAX_LINE = 1 << 20
MAX_BYTES = 1 << 30
MAX_JOINED_LINES = 50
MAX_JOINED_BYTES = 64 * 1024
#: End of a text file for some programs.
END_MARK = "\x1a"
#: A text that a spreadsheet must not take for a number: ="00123".
_PROTECTED = re.compile('="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: attribute -> value (text, date, Decimal, bool; None for an empty date or amount).

    `mark` is a digest of its cells: with the same layout and header, equal marks are equal rows.
    """

    line: int
    values: dict[str, Any]
    mark: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A good row whose mark the caller knows, so that it was not parsed."""

    line: int
    mark: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its findings, and the values that could be read."""

    line: int
    findings: tuple[Finding, ...]
    values: dict[str, Any]


#: First line of a record, its cells, its fault as a whole.
Record = tuple[int, list[str], Finding | None]
#: Position of a cell in its row, its column, its parser.
PlacedParser = tuple[int, Column, Parser]


class Reader:
    """Reads files of a layout. With a header, columns are found by name, in any order; others are ignored,
    and only required ones must be present. Without one, the number of columns must be exact. Empty cells at the end
    of a row, rows without any text and repeated headers are ignored. Rows with one of the `known` marks are not parsed
    (KnownRow); `owner`, the owner of the file, is part of the marks. If rows need not be recognised later, they are not
    `marked`."""

    def __init__(
        self,
        layout: Layout,
        max_line: int = MAX_LINE,
        max_bytes: int = MAX_BYTES,
        known: Container[str] = frozenset(),
        owner: str = "",
        marked: bool = True,
    ) -> None:
        self.layout, self._marked = layout, marked
        self._known, self._marks = known, hashlib.blake2b(owner.encode(), digest_size=MARK)
        self._max_line, self._max_bytes = max_line, max_bytes
        self._nothing = f"{layout.delimiter}{QUOTE}{END_MARK} \t\r"
        self._utf8 = layout.encoding.startswith("utf-8")
        self._codec = "utf-8" if self._utf8 else layout.encoding

    def rows(self, chunks: Iterable[bytes]) -> Iterator[Row | KnownRow | BadRow]:
        """Yield the Row and BadRow of an iterable of bytes, in order; lines without text are skipped.

        :raises FileRefused: encoding_wrong, file_empty, file_too_large, column_missing, column_duplicate,
            header_unreadable
        """
        lines = physical_lines(self._checked(chunks), self._max_line, self._max_bytes)
        records = _after_separator(self._records(lines), self.layout.delimiter)
        titles: list[str] = []
        if self.layout.header:
            titles, places = self._header(next(records, None))
            widths = len(_filled(titles)), len(titles)
        else:
            places, widths = dict(enumerate(self.layout.columns)), (len(self.layout.columns),) * 2
        parsers = self._parsers(places)
        self._marks.update(repr((self.layout, places)).encode())
        for number, cells, finding in records:
            if finding:
                yield BadRow(number, (finding,), {})
            elif cells != titles:
                mark = self._mark(cells) if self._marked else ""
                known = mark in self._known
                yield KnownRow(number, mark) if known else self._row(number, cells, parsers, widths, mark)

    def _checked(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the same bytes after a check of the first ones."""
        chunks, head = iter(chunks), b""
        for chunk in chunks:
            head += chunk
            if len(head) >= HEAD:
                break
        for mark, found in BYTE_ORDER_MARKS:
            if head.startswith(mark):
                if not (self._utf8 and found == "UTF-8"):
                    raise FileRefused("encoding_wrong", encoding=self.layout.encoding, found=found)
                head = head[len(mark) :]
        if found := wide(head[:HEAD]):
            raise FileRefused("encoding_wrong", encoding=self.layout.encoding, found=found)
        if head:
            yield head
        yield from chunks

    def _records(self, lines: Iterator[Line]) -> Iterator[Record]:
        """Yield (line number, cells, finding) of each record; a quoted cell may span several lines."""
        waiting: deque[Line] = deque()
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            text, finding = self._decode(line)
            if finding:
                yield line.number, [], finding
            elif text.strip(self._nothing):
                yield self._cut_record(line, text, lines, waiting)

    def _cut_record(self, line: Line, text: str, lines: Iterator[Line], waiting: deque[Line]) -> Record:
        if self.layout.quoting == "none" or QUOTE not in text:
            return self._whole(line, line.number, text.split(self.layout.delimiter))
        cells, place, code = split_quoted(text, self.layout.delimiter)
        taken: list[Line] = []
        last = line
        while code == "quote_open" and len(taken) < MAX_JOINED_LINES and len(text) < MAX_JOINED_BYTES:
            following = waiting.popleft() if waiting else next(lines, None)
            if following is None:
                break
            taken.append(following)
            more, wrong = self._decode(following)
            if wrong:
                break
            text, last = f"{text}\n{more}", following
            cells, place, code = split_quoted(text, self.layout.delimiter)
        if code:
            # Nothing is lost: reading continues right after the line with the opening quote.
            waiting.extendleft(reversed(taken))
            return line.number, [], self._finding(code, line.number, place)
        return self._whole(last, line.number, [_unprotected(cell) for cell in cells])

    def _whole(self, last: Line, number: int, cells: list[str]) -> Record:
        cut = self.layout.trailing_newline and not last.ended
        return number, cells, self._finding("line_truncated", number) if cut else None

    def _decode(self, line: Line) -> tuple[str, Finding | None]:
        """Return (text, finding) of a line."""
        if line.data is None:
            return "", self._finding("line_too_long", line.number, limit=self._max_line)
        if b"\0" in line.data:
            return "", self._finding("line_nul", line.number, line.data.index(b"\0") + 1)
        try:
            text = line.data.decode(self._codec)
        except UnicodeDecodeError as error:
            encoding = self.layout.encoding
            return "", self._finding("line_undecodable", line.number, error.start + 1, encoding=encoding)
        if not self._utf8 and not line.data.isascii():
            finding = self._other_encoding(line.number, line.data, text)
            if finding:
                return "", finding
        return without_invisible(composed(text))[0], None

    def _other_encoding(self, number: int, data: bytes, text: str) -> Finding | None:
        """Return the finding of a line whose letters are those of another encoding than the layout's."""
        encoding = self.layout.encoding
        if is_utf8(data):
            return self._finding("line_other_encoding", number, encoding=encoding)
        if odd := odd_letter(data, self._codec):
            return self._finding("line_odd_letters", number, encoding=encoding, word=word_at(text, odd))
        return None

    def _finding(self, code: str, line: int, column: int = 0, field: str = "", **params: object) -> Finding:
        return Finding(code, field, {"line": line, "column": column, **params}, line=line, column=column)

    def _header(self, record: Record | None) -> tuple[list[str], dict[int, Column]]:
        """Return (cells of the header, columns by their place)."""
        if record is None:
            raise FileRefused("file_empty")
        _number, cells, finding = record
        if finding:
            raise FileRefused("header_unreadable", reason=finding)
        titles = [cell.strip().casefold() for cell in cells]
        known = {column.name.casefold(): column for column in self.layout.columns}
        for title in known:
            if titles.count(title) > 1:
                raise FileRefused("column_duplicate", column=title[:60])
        places = {place: known[title] for place, title in enumerate(titles) if title in known}
        for column in self.layout.columns:
            if column.required and column not in places.values():
                raise FileRefused("column_missing", column=column.name)
        return cells, places

    def _parsers(self, places: Mapping[int, Column]) -> list[PlacedParser]:
        kinds, seen, parsers = self.layout.attributes, set(), []
        for place, column in places.items():
            if column.attribute and column.attribute not in seen:
                seen.add(column.attribute)
                parser = parser_of(self.layout, column, kinds[column.attribute].kind)
                parsers.append((place, column, parser))
        return parsers

    def _mark(self, cells: list[str]) -> str:
        digest = self._marks.copy()
        digest.update("\0".join(cells).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _row(
        self, number: int, cells: list[str], parsers: list[PlacedParser], widths: tuple[int, int], mark: str
    ) -> Row | BadRow:
        """Return a row with at least and at most so many cells (`widths`), besides empty ones at its end."""
        least, width = widths
        if len(cells) < least or _filled(cells[width:]):
            code = "row_short" if len(cells) < least else "cell_too_many"
            finding = self._finding(code, number, count=len(cells), expected=width)
            return BadRow(number, (finding,), {})
        try:
            return Row(number, {column.attribute: parse(cells[place]) for place, column, parse in parsers}, mark)
        except CellWrong:
            return self._bad_row(number, cells, parsers)

    def _bad_row(self, number: int, cells: list[str], parsers: list[PlacedParser]) -> BadRow:
        """Return a BadRow with the findings of its wrong cells, and its good values."""
        values, wrong = {}, []
        for place, column, parse in parsers:
            try:
                values[column.attribute] = parse(cells[place])
            except CellWrong as error:
                finding = self._finding(error.code, number, place + 1, column.attribute)
                # The name of the column is for people, its number for programs.
                params = {**finding.params, **error.params, "column": column.name}
                wrong.append(replace(finding, params=params))
        return BadRow(number, tuple(wrong), values)


def _after_separator(records: Iterator[Record], delimiter: str) -> Iterator[Record]:
    """Yield the records without a first line that tells spreadsheets the delimiter: sep=;"""
    for place, (number, cells, finding) in enumerate(records):
        if place or delimiter.join(cells).strip(" ").casefold() != f"sep={delimiter}":
            yield number, cells, finding


def _filled(cells: list[str]) -> list[str]:
    """Return cells up to the last one with a text."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)
    return cells[:last]


def _unprotected(cell: str) -> str:
    """Return the text of a cell that is protected from spreadsheets."""
    found = _PROTECTED.fullmatch(cell.strip()) if cell.lstrip().startswith('="') else None
    return found[1] if found else cell
