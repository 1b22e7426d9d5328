"""Writes documents to bytes, in one pass and constant memory; no document is written in part."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

from ..findings import Finding, LayoutError
from ..records import Attribute, Document, EntryLine, Lot
from .cells import Cell, CellMaker
from .model import QUOTE, Column, Layout

REMARKS = frozenset({"text_invisible", "text_replaced", "text_truncated", "text_unwritable"})
CHUNK = 256 * 1024
MAX_FINDINGS = 10_000
RENAMED = {"document_label": "label"}


#: A column with its place and attribute.
Placed = tuple[int, Column, Attribute]
#: Function from a record to its values, and the functions of their cells.
Part = tuple[Callable[[Any], Sequence[Any]], list[Cell]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rows of one document as text without line ends, and the findings of rendering them."""

    rows: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def writable(self) -> bool:
        return not any(finding.blocking for finding in self.findings)


class Writer:
    """Writes documents (or flat records: Update, Acknowledgement, référentiel rows) in a layout.

    Compiled once per layout and lot. After `chunks` is exhausted: `size` in bytes, `sha256` in hex, `rows`,
    the `findings` (at most 10,000 kept, `findings_count` has them all) and `refused`, the numbers of the
    documents left out because a blocking finding (amount too wide, required value missing) makes them
    unwritable.
    """

    def __init__(self, layout: Layout, lot: Lot | None = None) -> None:
        self.layout = layout
        self.findings: list[Finding] = []
        self.findings_count = 0
        self.refused: list[str] = []
        self.size, self.rows, self._hash = 0, 0, hashlib.sha256()
        self._noted: list[Finding] = []
        self._number, self._row = "", 0
        self._attributes = frozenset(column.attribute for column in layout.columns)
        self._is_entry = layout.flow in ("entries", "fec")
        self._codec = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
        self._compile(lot)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def writes(self, attribute: str) -> bool:
        """Return whether a column holds this attribute."""
        return attribute in self._attributes

    @property
    def fixed(self) -> dict[int, str]:
        """Return {position of a column: its text} of the columns that are constant over the file."""
        return dict(zip(self._constant, self._fixed, strict=True))

    def render(self, item: Any) -> Rendered:
        """Render the rows of one document, with every finding, for checks and previews."""
        self._noted, self._row = [], 0
        self._number = getattr(item, "number", "") or getattr(item, "code", "")
        rows = self._entry_rows(item) if self._is_entry else [self._cells_of(item)]
        return Rendered(tuple(rows), tuple(self._noted))

    def chunks(self, items: Iterable[Any]) -> Iterator[bytes]:
        """Yield the file of an iterable of documents, in chunks of about 256 KB."""
        return self.pack(map(self.render, items))

    def opening(self) -> bytes:
        """Return the beginning of a file: the byte order mark of its encoding, and the header."""
        mark = b"\xef\xbb\xbf" if self.layout.encoding == "utf-8-sig" else b""
        titles = self.layout.delimiter.join(self._titles()) if self.layout.header else ""
        return mark + (titles + self.layout.line_end).encode(self._codec) if titles else mark

    def bytes_of(self, rendered: Rendered) -> bytes:
        """Return the rows of a document, each with its line end."""
        return "".join([row + self.layout.line_end for row in rendered.rows]).encode(self._codec)

    def pack(self, parts: Iterable[Rendered]) -> Iterator[bytes]:
        """Yield the file of an iterable of Rendered, each consumed right after this writer has rendered it."""
        buffer, held, separator = [], 0, self.layout.line_end
        start = b"\xef\xbb\xbf" if self.layout.encoding == "utf-8-sig" else b""
        if start:
            yield self._count(start)
        if self.layout.header:
            buffer.append(self.layout.delimiter.join(self._titles()))
        for rendered in parts:
            self._keep(rendered)
            if not rendered.writable:
                self.refused.append(self._number)
                continue
            buffer.extend(rendered.rows)
            self.rows += len(rendered.rows)
            held += sum(map(len, rendered.rows))
            if held >= CHUNK:
                # The last row is held back, since its line end depends on the layout.
                last = buffer.pop()
                if buffer:
                    yield self._encode(separator.join(buffer) + separator)
                buffer, held = [last], len(last)
        if buffer:
            yield self._encode(separator.join(buffer) + (separator if self.layout.trailing_newline else ""))

    def _encode(self, text: str) -> bytes:
        return self._count(text.encode(self._codec))

    def _count(self, data: bytes) -> bytes:
        self.size += len(data)
        self._hash.update(data)
        return data

    def _keep(self, rendered: Rendered) -> None:
        self.findings_count += len(rendered.findings)
        room = MAX_FINDINGS - len(self.findings)
        if room > 0:
            self.findings.extend(rendered.findings[:room])

    def _titles(self) -> list[str]:
        quote = QUOTE if self.layout.quoting == "all" else ""
        return [f"{quote}{column.name}{quote}" for column in self.layout.columns]

    def _report(self, code: str, column: Column, **params: object) -> None:
        self._noted.append(
            Finding(
                code,
                field=column.attribute,
                params={"column": column.name, **params},
                document=self._number,
                line=self._row,
                column=self.layout.columns.index(column) + 1,
                blocking=code not in REMARKS,
            )
        )

    def _compile(self, lot: Lot | None) -> None:
        """Sort the columns by the record that fills them: once per file, per document, per line, or on a document's
        first line only."""
        maker, columns = CellMaker(self.layout, self._report), self.layout.columns
        scopes: dict[str, list[Placed]] = {"head": [], "first": [], "line": []}
        self._fixed: list[str] = []
        self._constant: list[int] = []
        for place, column in enumerate(columns):
            attribute = self.layout.attributes[column.attribute] if column.attribute else None
            if not attribute:
                self._constant.append(place)
                self._fixed.append(maker.constant(column))
            elif attribute.scope == "lot":
                self._constant.append(place)
                self._fixed.append(maker.make(column, attribute.kind)(getattr(lot, attribute.name, None)))
            else:
                part = "head" if attribute.scope != "line" else "first" if column.first_line_only else "line"
                scopes[part].append((place, column, attribute))
        self._head, self._first, self._line = (self._part(maker, scopes[part]) for part in scopes)
        # on further lines
        heads = enumerate(column for _place, column, _attribute in scopes["head"])
        self._emptied = [(rank, maker.blank(column)) for rank, column in heads if column.first_line_only]
        self._blanks = [maker.blank(column) for _place, column, _attribute in scopes["first"]]
        made = self._constant + [place for part in scopes.values() for place, _column, _attribute in part]
        self._in_order = _picker(sorted(range(len(made)), key=made.__getitem__))
        for finding in self._noted:
            if finding.blocking:
                raise LayoutError("layout_wrong", layout=self.layout.name, reason=finding)

    def _part(self, maker: CellMaker, entries: Iterable[Placed]) -> Part:
        """Return (function to the values of a record, functions of their cells) of some columns."""
        names = [RENAMED.get(attribute.name, attribute.name) for _place, _column, attribute in entries]
        cells = [maker.make(column, attribute.kind) for _place, column, attribute in entries]
        return _getter(names), cells

    def _entry_rows(self, document: Document) -> list[str]:
        values, cells = self._head
        fixed = self._fixed + [cell(value) for cell, value in zip(cells, values(document), strict=True)]
        rows, (values, cells), join = [], self._line, self.layout.delimiter.join
        for line in self._written_lines(document):
            self._row += 1
            if self._row == 1:
                get, firsts = self._first
                start = fixed + [cell(value) for cell, value in zip(firsts, get(line), strict=True)]
            elif self._row == 2:
                start = self._emptied_of(fixed) + self._blanks
            rows.append(
                join(self._in_order(start + [cell(value) for cell, value in zip(cells, values(line), strict=True)]))
            )
        return rows

    def _written_lines(self, document: Document) -> Sequence[EntryLine]:
        """Return the lines to write: without zero lines if the layout skips them, but all lines of a zero document."""
        lines = document.lines
        if not self.layout.skip_zero_lines:
            return lines
        return [line for line in lines if line.debit or line.credit or line.currency_balance] or lines

    def _emptied_of(self, fixed: list[str]) -> list[str]:
        """Return the cells of a document on its further lines."""
        fixed = fixed.copy()
        for rank, blank in self._emptied:
            fixed[len(self._fixed) + rank] = blank
        return fixed

    def _cells_of(self, record: object) -> str:
        """Return the row of a flat record."""
        values, cells = self._head
        made = self._fixed + [cell(value) for cell, value in zip(cells, values(record), strict=True)]
        return self.layout.delimiter.join(self._in_order(made))


def _getter(names: list[str]) -> Callable[[Any], Sequence[Any]]:
    """Return a function from a record to the tuple of its attributes."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda record: (getattr(record, names[0]),)) if names else (lambda _record: ())


def _picker(places: list[int]) -> Callable[[list[str]], Iterable[str]]:
    """Return a function from a list to the tuple of some of its items."""
    return itemgetter(*places) if len(places) > 1 else tuple
