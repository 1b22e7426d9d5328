"""A layout as an administrator edits it; it is validated on creation, so that every existing Layout can be used."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..findings import Finding, LayoutError
from ..records import FLOWS, Attribute, Lot
from ..remote_files import is_partial, name_unmatched, not_a_file
from .file_names import MAX_NAME, match_pattern, pattern_mistakes
from .words import Word, known_values

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso8859-15", "iso8859-1", "cp850", "ascii")
DELIMITERS = (";", "|", "\t", ",")
QUOTINGS = ("none", "minimal", "all")
LINE_ENDS = ("\r\n", "\n")
DECIMAL_SIGNS = (",", ".")
DATE_FORMATS = ("%d/%m/%Y", "%d%m%Y", "%d%m%y", "%Y%m%d", "%Y-%m-%d")
ALIGNMENTS = ("left", "right")

#: Attributes that a layout of payments must require.
PAYMENT_COLUMNS = ("reference", "date", "amount")

QUOTE = '"'
#: Folders to which files are moved once they are read.
PUT_AWAY = ("done", "error")
_UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: an `attribute` of the layout's flow, or else a `constant` (possibly empty).

    `width` is in characters (0: no limit); `pad` fills up to it, on the right of left-aligned text;
    `truncate` truncates longer text, with a remark, instead of refusing the document. Amounts
    are never truncated. `decimals` applies to amounts and rates. `first_line_only` leaves the column empty after a
    document's first line.
    """

    name: str
    attribute: str = ""
    constant: str = ""
    width: int = 0
    align: str = "left"
    pad: str = ""
    truncate: bool = False
    required: bool = False
    decimals: int = 2
    first_line_only: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A delimited text file: its flow (see records.FLOWS), its columns in order, and its form.

    `file_name` is a pattern with {lot}, {company}, {origin}, {siren}, {date}; in an incoming flow, where it
    selects the files to read, `*` matches any text. Without quoting, a delimiter, quote or line break
    inside the data is replaced and reported; with quoting, it is written as it is.

    :raises LayoutError: layout_wrong
    """

    name: str
    flow: str
    columns: tuple[Column, ...]
    file_name: str
    delimiter: str = ";"
    quoting: str = "none"
    encoding: str = "utf-8"
    line_end: str = "\r\n"
    date_format: str = "%d/%m/%Y"
    decimal_sign: str = ","
    header: bool = False
    trailing_newline: bool = True
    yes: str = "OUI"
    no: str = "NON"
    words: tuple[Word, ...] = ()
    skip_zero_lines: bool = False

    def __post_init__(self) -> None:
        for reason in _mistakes(self):
            raise LayoutError("layout_wrong", layout=self.name, reason=reason)

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """The attributes that columns may hold, by name."""
        return FLOWS[self.flow]

    @property
    def amounts(self) -> str:
        """How lines show debit and credit: `direction`, `debit_credit`, `signed`, or "" in a flow without amounts."""
        used = {column.attribute for column in self.columns}
        if {"debit", "credit"} <= used:
            return "debit_credit"
        if {"amount", "direction"} <= used:
            return "direction"
        return "signed" if "balance" in used else ""

    def name_for(self, lot: Lot, company: str = "") -> str:
        """Return the final file name of a lot; characters other than letters, digits, dots and dashes become dashes."""
        values = {
            "lot": lot.lot,
            "company": company or lot.company,
            "origin": lot.origin,
            "siren": lot.siren,
            "date": lot.lot_date.strftime("%Y%m%d"),
        }
        safe = {key: _UNSAFE_IN_NAME.sub("-", value).lstrip(".") for key, value in values.items()}
        return self.file_name.format_map(safe)[:MAX_NAME]


def match_name(layout: Layout, name: str) -> dict[str, str] | None:
    """Return the fields ({lot}, {company}…) of a file name, None if it does not match the layout's pattern."""
    return match_pattern(layout.file_name, name)


def unread_names(
    folder: str, names: Iterable[str], not_files: Iterable[str], layouts: Sequence[Layout]
) -> list[Finding]:
    """Return the findings of entries of a folder that none of the layouts reads there.

    :param names: names of its files
    :param not_files: names of its folders and links
    """

    def is_read(name: str) -> bool:
        return any(match_name(layout, name) is not None for layout in layouts)

    patterns = [layout.file_name for layout in layouts]
    unmatched = (name for name in names if not (is_read(name) or is_partial(name) or name in PUT_AWAY))
    return [not_a_file(folder, name) for name in not_files if is_read(name)] + [
        name_unmatched(folder, name, patterns) for name in unmatched
    ]


def _mistakes(layout: Layout) -> Iterator[Finding]:
    """Yield the reasons why a layout cannot be used."""
    yield from _form_mistakes(layout)
    if layout.flow not in FLOWS:
        yield Finding("because_flow", params={"value": layout.flow})
        return
    if not layout.columns:
        yield Finding("because_no_column")
    for column in layout.columns:
        yield from _column_mistakes(layout, column)
    names = [column.name for column in layout.columns]
    if layout.header and len(set(names)) < len(names):
        yield Finding("because_column_twice")
    if layout.flow in ("entries", "fec") and not layout.amounts:
        yield Finding("because_no_amount")
    yield from _payment_mistakes(layout)
    for word in layout.words:
        yield from _word_mistakes(layout, word)
    yield from pattern_mistakes(layout.file_name, layout.flow)


def _payment_mistakes(layout: Layout) -> Iterator[Finding]:
    """Yield a mistake for each of the columns that identify a payment and that the layout does not require."""
    if layout.flow == "payments":
        required = {column.attribute for column in layout.columns if column.required}
        for name in PAYMENT_COLUMNS:
            if name not in required:
                yield Finding("because_payment_column", params={"column": name})


def _word_mistakes(layout: Layout, word: Word) -> Iterator[Finding]:
    attribute = layout.attributes.get(word.attribute)
    if attribute is None or attribute.kind != "text":
        yield Finding("because_word_attribute", params={"column": word.attribute})
    known = known_values(layout.flow, word.attribute)
    if known and word.here.strip() not in known:
        yield Finding("because_word_value", params={"value": word.here, "known": ", ".join(known)})
    if not word.there.strip():
        yield Finding("because_word_empty", params={"value": word.here})


def _form_mistakes(layout: Layout) -> Iterator[Finding]:
    choices = (
        (layout.delimiter, DELIMITERS, "delimiter"),
        (layout.quoting, QUOTINGS, "quoting"),
        (layout.encoding, ENCODINGS, "encoding"),
        (layout.line_end, LINE_ENDS, "line end"),
        (layout.date_format, DATE_FORMATS, "date format"),
        (layout.decimal_sign, DECIMAL_SIGNS, "decimal sign"),
    )
    for value, allowed, what in choices:
        if value not in allowed:
            params = {"what": what, "value": repr(value), "known": ", ".join(map(repr, allowed))}
            yield Finding("because_form", params=params)
    if layout.quoting == "none" and layout.delimiter == layout.decimal_sign:
        yield Finding("because_decimal_sign")
    if layout.yes == layout.no or not _plain(layout, layout.yes + layout.no):
        yield Finding("because_yes_no")


def _column_mistakes(layout: Layout, column: Column) -> Iterator[Finding]:
    where = {"column": column.name}
    if column.attribute and column.attribute not in layout.attributes:
        yield Finding("because_attribute", params={**where, "value": column.attribute})
    if column.attribute and column.constant:
        yield Finding("because_both", params=where)
    if not _plain(layout, column.constant + column.name):
        yield Finding("because_not_plain", params=where)
    if column.width and len(column.constant) > column.width:
        yield Finding("because_constant_wide", params=where)
    if column.align not in ALIGNMENTS:
        yield Finding("because_alignment", params=where)
    if column.pad and (len(column.pad) != 1 or not column.width or not _plain(layout, column.pad)):
        yield Finding("because_padding", params=where)
    if column.pad == "0" and column.align == "left" and _is_number(layout, column):
        yield Finding("because_padding_zeros", params=where)
    yield from _width_mistakes(layout, column, where)
    if not (0 <= column.width <= 1000 and 0 <= column.decimals <= 8):
        yield Finding("because_width", params=where)


def _width_mistakes(layout: Layout, column: Column, where: Mapping[str, str]) -> Iterator[Finding]:
    """Check widths in advance: dates and flags have a known length, the new value of an update has none."""
    attribute = layout.attributes.get(column.attribute)
    if not (attribute and column.width):
        return
    lengths = {
        "date": len(date(2000, 1, 1).strftime(layout.date_format)),
        "flag": max(len(layout.yes), len(layout.no)),
        "any": column.width + 1,
    }
    if column.width < lengths.get(attribute.kind, 0):
        yield Finding("because_too_few", params={**where, "width": column.width})


def _is_number(layout: Layout, column: Column) -> bool:
    attribute = layout.attributes.get(column.attribute)
    return attribute is not None and attribute.kind in ("amount", "rate", "integer")


def _plain(layout: Layout, text: str) -> bool:
    if QUOTE in text or layout.delimiter in text or any(not char.isprintable() for char in text):
        return False
    try:
        text.encode(layout.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
