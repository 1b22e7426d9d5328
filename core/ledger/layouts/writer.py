"""Documents in, bytes out: one pass, flat memory, nothing half written."""

import hashlib
from dataclasses import dataclass
from operator import attrgetter

from ..findings import Finding, LayoutError
from .cells import CellMaker
from .model import QUOTE

REMARKS = frozenset({"text_replaced", "text_truncated", "text_unwritable"})
CHUNK = 256 * 1024
MAX_FINDINGS = 10_000
RENAMED = {"document_label": "label"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The rows of one document as text without line ends, and what was found while making them."""

    rows: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def writable(self):
        return not any(finding.blocking for finding in self.findings)


class Writer:
    """Writes documents (or flat records: Update, Acknowledgement, référentiel rows) in a layout.

    Compiled once per layout and lot. After `chunks` is exhausted: `size` in bytes, `sha256` in hex, `rows`,
    the `findings` (at most 10,000 kept, `findings_count` has them all) and `refused`, the numbers of the
    documents left out because a blocking finding (amount too wide, required value missing) makes them
    unwritable.
    """

    def __init__(self, layout, lot=None):
        self.layout = layout
        self.findings, self.findings_count, self.refused = [], 0, []
        self.size, self.rows, self._hash = 0, 0, hashlib.sha256()
        self._noted, self._number, self._row, self._foreign = [], "", 0, False
        self._is_entry = layout.flow in ("entries", "fec")
        self._codec = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
        self._compile(lot)

    @property
    def sha256(self):
        return self._hash.hexdigest()

    def render(self, item):
        """The rows of one document as they would be written, with every finding: for checks and previews."""
        self._noted, self._row = [], 0
        self._number = getattr(item, "number", "") or getattr(item, "code", "")
        rows = self._entry_rows(item) if self._is_entry else [self._cells_of(item, self._head_cells)]
        return Rendered(tuple(rows), tuple(self._noted))

    def chunks(self, items):
        """The file of an iterable of documents, as an iterator of bytes of some 256 KB."""
        return self.pack(map(self.render, items))

    def pack(self, parts):
        """The file of an iterable of Rendered, each taken right after this writer has made it."""
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
                # The last row waits: whether a line end follows it is only known at the end.
                last = buffer.pop()
                if buffer:
                    yield self._encode(separator.join(buffer) + separator)
                buffer, held = [last], len(last)
        if buffer:
            yield self._encode(separator.join(buffer) + (separator if self.layout.trailing_newline else ""))

    def _encode(self, text):
        return self._count(text.encode(self._codec))

    def _count(self, data):
        self.size += len(data)
        self._hash.update(data)
        return data

    def _keep(self, rendered):
        self.findings_count += len(rendered.findings)
        room = MAX_FINDINGS - len(self.findings)
        if room > 0:
            self.findings.extend(rendered.findings[:room])

    def _titles(self):
        quote = QUOTE if self.layout.quoting == "all" else ""
        return [f"{quote}{column.name}{quote}" for column in self.layout.columns]

    def _report(self, code, column, **params):
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

    def _compile(self, lot):
        """Sorts the columns by the record that fills them: once per file, per document or per line."""
        maker = CellMaker(self.layout, self._report)
        attributes = self.layout.attributes
        self._template = [maker.constant(column) for column in self.layout.columns]
        self._head_cells, self._first_cells, self._line_cells, self._blanks = [], [], [], []
        for place, column in enumerate(self.layout.columns):
            if not column.attribute:
                continue
            attribute = attributes[column.attribute]
            cell = maker.make(column, attribute.kind)
            if attribute.scope == "lot":
                self._template[place] = cell(getattr(lot, attribute.name, None))
                continue
            entry = (place, cell, self._getter(attribute))
            if column.first_line_only:
                self._blanks.append((place, maker.blank(column)))
            if attribute.scope != "line":
                self._head_cells.append(entry)
            elif column.first_line_only:
                self._first_cells.append(entry)
            else:
                self._line_cells.append(entry)
        for finding in self._noted:
            if finding.blocking:
                raise LayoutError("layout_wrong", layout=self.layout.name, reason=finding.message)

    def _getter(self, attribute):
        if attribute.name == "foreign_balance":
            return lambda line: line.currency_balance if self._foreign else None
        name = RENAMED.get(attribute.name, attribute.name)
        return attrgetter(name)

    def _entry_rows(self, document):
        self._foreign = document.is_foreign
        cells, rows, delimiter = self._template.copy(), [], self.layout.delimiter
        for place, cell, get in self._head_cells:
            cells[place] = cell(get(document))
        for line in document.lines:
            self._row += 1
            if self._row == 1:
                for place, cell, get in self._first_cells:
                    cells[place] = cell(get(line))
            elif self._row == 2:
                for place, blank in self._blanks:
                    cells[place] = blank
            for place, cell, get in self._line_cells:
                cells[place] = cell(get(line))
            rows.append(delimiter.join(cells))
        return rows

    def _cells_of(self, record, entries):
        cells = self._template.copy()
        for place, cell, get in entries:
            cells[place] = cell(get(record))
        return self.layout.delimiter.join(cells)
