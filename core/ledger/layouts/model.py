"""A layout as an administrator edits it, validated when it is made: a Layout that exists can be used."""

import re
import string
from dataclasses import dataclass
from datetime import date

from ..findings import LayoutError
from ..records import FLOWS, OUTGOING

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso8859-15", "iso8859-1", "cp850", "ascii")
DELIMITERS = (";", "|", "\t", ",")
QUOTINGS = ("none", "minimal", "all")
LINE_ENDS = ("\r\n", "\n")
DECIMAL_SIGNS = (",", ".")
DATE_FORMATS = ("%d/%m/%Y", "%d%m%Y", "%d%m%y", "%Y%m%d", "%Y-%m-%d")
ALIGNMENTS = ("left", "right")
NAME_FIELDS = ("lot", "company", "origin", "siren", "date")
MAX_NAME = 120
#: What file systems hold; a server may say anything.
MAX_FOUND_NAME = 255
#: Characters of a field that a file name pattern holds twice.
MAX_REPEATED = 64

QUOTE = '"'
_UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9.-]+")
_FIELD_TEXT = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: an `attribute` of the layout's flow, or else a `constant` (possibly empty).

    `width` is in characters (0: no limit); `pad` fills up to it, on the right of left-aligned text;
    `truncate` cuts text that is too long, with a remark, where otherwise the document is set aside. Amounts
    are never cut. `decimals` is for amounts and rates. `first_line_only` leaves the column empty after a
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
    """A delimited text file: its flow (see records.FLOWS), columns in order and form.

    `file_name` is a pattern with {lot}, {company}, {origin}, {siren}, {date}; in an incoming flow, where it
    selects the files to read, `*` stands for any text. Without quoting, a delimiter, quote or line break
    inside the data is replaced and reported; with it, it is carried as it is. Raises LayoutError
    (layout_wrong).
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

    def __post_init__(self):
        for reason in _mistakes(self):
            raise LayoutError("layout_wrong", layout=self.name, reason=reason)

    @property
    def attributes(self):
        """The attributes that the columns may take, by name."""
        return FLOWS[self.flow]

    @property
    def amounts(self):
        """How the lines say debit and credit: `direction`, `debit_credit`, `signed`, or "" in a flow without
        amounts."""
        used = {column.attribute for column in self.columns}
        if {"debit", "credit"} <= used:
            return "debit_credit"
        if {"amount", "direction"} <= used:
            return "direction"
        return "signed" if "balance" in used else ""

    def name_for(self, lot, company=""):
        """The final file name of a lot (records.Lot); what is not a letter, digit, dot or dash becomes a
        dash."""
        values = {
            "lot": lot.lot,
            "company": company or lot.company,
            "origin": lot.origin,
            "siren": lot.siren,
            "date": lot.lot_date.strftime("%Y%m%d"),
        }
        safe = {key: _UNSAFE_IN_NAME.sub("-", value).lstrip(".") for key, value in values.items()}
        return self.file_name.format_map(safe)[:MAX_NAME]


def match_name(layout, name):
    """The fields ({lot}, {company}…) that a file name holds according to the layout's pattern, None if it
    differs. Each field takes as much as it can, the first one first.

    A server chooses its names: nothing is tried twice, so that no name keeps a pattern busy. A field that the pattern
    holds twice has at most `MAX_REPEATED` characters, each possible text of which is tried once.
    """
    if len(name) > MAX_FOUND_NAME:
        return None
    parts = _name_parts(layout.file_name)
    repeated = _repeated_fields(parts)
    if not repeated:
        found = _fields(parts, name)
        return None if found is None else {part[1:-1]: text for part, text in found.items()}
    start = sum(map(len, parts[: parts.index(repeated[0])]))
    longest = min(_FIELD_TEXT.match(name, start).end(), start + MAX_REPEATED)
    for end in range(longest, start, -1):
        text = name[start:end]
        found = _fields([text if part == repeated[0] else part for part in parts], name)
        if found is not None:
            return {part[1:-1]: found_text for part, found_text in {repeated[0]: text, **found}.items()}
    return None


def _fields(parts, name):
    """Return {field: its text} of a name, None where it differs: one pass over the name for each part, from the last.

    Whether the rest of the pattern fits from a place of the name is worked out once.
    """
    fits, ends = [place == len(name) for place in range(len(name) + 1)], []
    for part in reversed(parts):
        ends.append(_farthest_ends(part, name, fits))
        fits = [end >= 0 for end in ends[-1]]
    if not fits[0]:
        return None
    found, place = {}, 0
    for part, farthest in zip(parts, reversed(ends), strict=True):
        if part[0] == "{":
            found[part] = name[place : farthest[place]]
        place = farthest[place]
    return found


def _farthest_ends(part, name, fits):
    """Return, for each place of the name, the farthest one where a part that begins there may end; -1 for none.

    :param fits: for each place, whether the rest of the pattern fits from there
    """
    places = range(len(name) + 1)
    if part != "*" and part[0] != "{":
        return [p + len(part) if name.startswith(part, p) and fits[p + len(part)] else -1 for p in places]
    ends, farthest = [], -1
    for place in reversed(places):
        taken = name[place : place + 1]
        goes_on = bool(taken) and (taken != "\n" if part == "*" else bool(_FIELD_TEXT.fullmatch(taken)))
        longer = farthest if goes_on else -1
        farthest = longer if longer >= 0 or not fits[place] else place
        # a field holds a character at least
        ends.append(farthest if part == "*" else longer)
    return ends[::-1]


def _name_parts(pattern):
    """A file name pattern as {fields}, `*` and texts."""
    parts = []
    for text, field, _spec, _conversion in string.Formatter().parse(pattern):
        parts += filter(None, re.split(r"(\*)", text))
        parts += [f"{{{field}}}"] if field else []
    return parts


def _repeated_fields(parts):
    return sorted({part for part in parts if part[0] == "{" and parts.count(part) > 1}, key=parts.index)


def _mistakes(layout):
    """The reasons, in sentences, why a layout cannot be used."""
    yield from _form_mistakes(layout)
    if layout.flow not in FLOWS:
        yield f"the flow {layout.flow!r} does not exist"
        return
    if not layout.columns:
        yield "it has no column"
    for column in layout.columns:
        yield from _column_mistakes(layout, column)
    names = [column.name for column in layout.columns]
    if layout.header and len(set(names)) < len(names):
        yield "two columns have the same name in the header"
    if layout.flow in ("entries", "fec") and not layout.amounts:
        yield "it needs amount and direction, or debit and credit, or the signed balance"
    yield from _name_mistakes(layout)


def _form_mistakes(layout):
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
            yield f"the {what} {value!r} is not one of {allowed}"
    if layout.quoting == "none" and layout.delimiter == layout.decimal_sign:
        yield "without quoting, the decimal sign cannot be the delimiter"
    if layout.yes == layout.no or not _plain(layout, layout.yes + layout.no):
        yield "yes and no must differ and be plain text"


def _column_mistakes(layout, column):
    where = f"column {column.name!r}"
    if column.attribute and column.attribute not in layout.attributes:
        yield f"{where}: {column.attribute!r} is not an attribute of {layout.flow}"
    if column.attribute and column.constant:
        yield f"{where}: an attribute or a constant, not both"
    if not _plain(layout, column.constant + column.name):
        yield f"{where}: name and constant are plain text without delimiter, that the encoding can write"
    if column.width and len(column.constant) > column.width:
        yield f"{where}: the constant is wider than the column"
    if column.align not in ALIGNMENTS:
        yield f"{where}: the alignment {column.align!r} is not one of {ALIGNMENTS}"
    if column.pad and (len(column.pad) != 1 or not column.width or not _plain(layout, column.pad)):
        yield f"{where}: padding is one plain character and needs a width"
    yield from _width_mistakes(layout, column, where)
    if not (0 <= column.width <= 1000 and 0 <= column.decimals <= 8):
        yield f"{where}: the width goes from 0 to 1000, the decimals from 0 to 8"


def _width_mistakes(layout, column, where):
    """Dates and flags have a known length, an update's new value has none: no surprise is left to the
    writing."""
    attribute = layout.attributes.get(column.attribute)
    if not (attribute and column.width):
        return
    lengths = {
        "date": len(date(2000, 1, 1).strftime(layout.date_format)),
        "flag": max(len(layout.yes), len(layout.no)),
        "any": column.width + 1,
    }
    if column.width < lengths.get(attribute.kind, 0):
        yield f"{where}: {column.width} characters are too few"


def _plain(layout, text):
    if QUOTE in text or layout.delimiter in text or any(not char.isprintable() for char in text):
        return False
    try:
        text.encode(layout.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _name_mistakes(layout):
    try:
        parsed = list(string.Formatter().parse(layout.file_name))
    except ValueError as error:
        yield f"the file name pattern is wrong: {error}"
        return
    literal = "".join(text for text, _field, _spec, _conversion in parsed)
    fields = [(field, spec, conversion) for _text, field, spec, conversion in parsed if field is not None]
    if any(field not in NAME_FIELDS or spec or conversion for field, spec, conversion in fields):
        yield f"the file name pattern may hold {NAME_FIELDS} only"
    else:
        yield from _ambiguities(layout)
    allowed = r"[A-Za-z0-9._*-]*" if layout.flow not in OUTGOING else r"[A-Za-z0-9._-]*"
    if len(layout.file_name) > MAX_NAME:
        yield f"the file name pattern has more than {MAX_NAME} characters"
    if not re.fullmatch(allowed, literal) or not (literal or fields) or literal.startswith("."):
        yield "the file name pattern is made of letters, digits, dots, dashes and underscores"
    if layout.flow in ("entries", "updates") and "lot" not in {field for field, _spec, _conversion in fields}:
        yield "the file name must hold {lot}, so that a lot delivered twice is one file"


def _ambiguities(layout):
    """Why names could not be compared with the pattern in the time that their length takes."""
    if layout.flow in OUTGOING:
        return
    parts = _name_parts(layout.file_name)
    repeated = _repeated_fields(parts)
    if len(repeated) > 1:
        yield f"the file name pattern holds {' and '.join(repeated)} twice: one field may come twice, no more"
    elif repeated and any(part[0] in "{*" for part in parts[: parts.index(repeated[0])]):
        yield f"in the file name pattern, {repeated[0]} comes twice: before it there may be plain text only"
