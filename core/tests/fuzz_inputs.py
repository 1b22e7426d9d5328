"""Outside text for the fuzz targets: whole files with a few edits, bytes of any kind, names and layouts of any text."""

import re
from dataclasses import fields

from hypothesis import strategies as st

from ..ledger.layouts import Column
from ..ledger.layouts import model as layout_model
from ..ledger.presets import PRESETS
from ..ledger.records import FLOWS, REFERENTIAL
from ..metering.cell_formats import DECIMAL_SIGNS, DateOrder
from ..metering.delimited import DELIMITERS, ENCODINGS
from ..metering.file_columns import Role
from ..metering.file_detection import FileFormat

_DAYS = range(1, 8)
READINGS = (
    ("Compteur;Date;Index;Type\n" + "".join(f'A{day % 3};{day:02}/03/2023;"{day}2,5";R\n' for day in _DAYS)).encode(),
    ("meter,date,index\n" + "".join(f"É{day % 2},2023-03-{day:02},-{day}9\n" for day in _DAYS)).encode("cp1252"),
    ("compteur|date|index|adresse\n" + "".join(f'A1|{day}/2/23|1 {day}00|"x\ny"\n' for day in _DAYS)).encode("utf-16"),
    (
        "N° de compteur\tDate relève\tIndex\tConso\tNb roues\r\n"
        + "".join(f"A1\t0{day}/02/2023\t1{day}\t1\t5\r\n" for day in _DAYS)
    ).encode(),
)
ANSWERS = (
    "company;number;external_reference;status;code;message\r\nEAU;N1;X;accepted;;\r\n"
    'EAU;N2;;rejected;BALANCE;"Écart ; de ""1""\r\nici"\r\nASST;N1;;accepted;;\r\n'
).encode()
MAX_FILE = 100_000
CELLS = {"type": "G", "rate": "5,5", "company": "EAU", "country": "FR", "name": "Désignation"}
#: What ends texts, cuts cells, misleads the finding of encodings, or is almost a number or a date.
SPICES = (
    b'"', b'""', b'";"', b";", b",", b"|", b"\t", b"\0", b"\r", b"\n", b"\r\n", b"\n\r\n", b"\x0b", b"\x0c",
    b"\x1a", b"\x1f", b"\x7f", b"\x85", b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xc2\xa0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0",
    b"9" * 13, b"9" * 40, b"1e9999", b"NaN", b"Infinity", b"-0", b"0x1F", b"1_000", b"1.234.567,8", b"8,01902E+11",
    "١٢".encode(), "²".encode(), "−5".encode(), "1\u202f000".encode(), "é".encode("cp1252"), "ı".encode(),
    b"00/00/0000", b"31/02/2024", b"29/02/1900", b"0001-01-01", b"9999-12-31", b"20261301", b"1/1/1", b"24:61",
    b"=1+1", b"%s%(x)s{0}", b"\\", b"accepted", b"REJECTED", b"company", b"code", b"date", b"index",
)  # fmt: skip
_CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp850", "utf-7", "utf-8-sig")
_CELL = re.compile(rb"[^;,|\t\r\n]*")


def _insert(data, place, spice):
    return data[:place] + spice + data[place:]


def _overwrite(data, place, spice):
    return data[:place] + spice + data[place + len(spice) :]


def _erase(data, place, spice):
    return data[:place] + data[place + len(spice) :]


def _swell(data, place, spice):
    """A very long line or cell, or very many."""
    return _insert(data, place, spice * (24_000 // len(spice)))


def _repeat(data, place, spice):
    return _insert(data, place, data[: place // 2])


def _cut(data, place, spice):
    return data[:place]


def _recode(data, place, spice):
    return data.decode("utf-8", "replace").encode(_CODECS[place % len(_CODECS)], "replace")


def _cell(data, place, spice):
    """Another value in a cell, which stays a cell."""
    cells = [match.span() for match in _CELL.finditer(data)]
    start, end = cells[place % len(cells)]
    return data[:start] + spice + data[end:]


#: The byte of a script that is above all of them changes a cell; very long inputs are rare, because they are slow.
_EDITS = (_insert, _overwrite, _erase, _repeat, _cut, _recode) * 8 + (_swell,)
#: Four bytes an edit: what, where, which spice. One choice of hypothesis: it spends its time on choices.
SCRIPTS = st.binary(min_size=4, max_size=20)


def edited(data, script):
    """The file after its edits, of MAX_FILE bytes at most."""
    for action, high, low, spice in zip(*[iter(script)] * 4, strict=False):
        edit = _EDITS[action] if action < len(_EDITS) else (_cell, _insert)[action % 2]
        data = edit(data, high + low, SPICES[spice % len(SPICES)])[:MAX_FILE]
    return data


def _joined(*pieces):
    """Texts made of pieces."""
    return st.binary(max_size=40).map(lambda places: "".join(pieces[place % len(pieces)] for place in places))


def files_like(*seeds):
    """Mutations of whole files, and, once in four, bytes of any kind."""
    return st.builds(_file, st.integers(0, 255), SCRIPTS, st.just(seeds))


def _file(choice, script, seeds):
    return script * (choice % 8) if choice % 4 == 3 else edited(seeds[choice // 4 % len(seeds)], script)


def referential_files():
    """(kind, file): a file of two codes in the layout that is shipped for the kind, mutated as the others."""
    kinds = tuple(REFERENTIAL)
    whole = {kind: referential_file(kind) for kind in kinds}
    return st.builds(
        lambda choice, script, kind: (kind, _file(choice, script, (whole[kind],))),
        st.integers(0, 255),
        SCRIPTS,
        st.sampled_from(kinds),
    )


def referential_file(kind):
    """A file of two codes in the layout that is shipped for a kind."""
    names = list(REFERENTIAL[kind])
    rows = (CELLS | {"code": code} for code in ("1", "000002"))
    lines = [";".join(names), *(";".join(row.get(name, "") for name in names) for row in rows)]
    return "\r\n".join([*lines, ""]).encode()


def reading_formats():
    """What a user may ask of a file, mostly nothing."""
    places = st.dictionaries(st.integers(0, 6), st.sampled_from(Role), max_size=5)
    choices = (ENCODINGS, DELIMITERS, tuple(DateOrder), DECIMAL_SIGNS)
    names = ("encoding", "delimiter", "date_order", "decimal_sign")
    asked = {name: st.sampled_from((None, None, *values)) for name, values in zip(names, choices, strict=True)}
    nothing = st.just(FileFormat())
    return st.one_of(nothing, nothing, st.builds(FileFormat, **asked, columns=st.none() | places))


#: Any text, lone surrogates included: JSON carries them.
TEXT = st.text(st.characters(exclude_categories=()), max_size=24)
NAMES = TEXT | _joined("AR_", "L0001", ".txt", "..", "/", "\\", "*", "-", "a", "_", "\0", "\n", "é")
PATTERNS = _joined(
    "{lot}", "{company}", "{date}", "{siren}", "{origin}", "*", "*", "_", ".", "a", "AR", "a", "_", "{", "{lot!r}", "é"
)  # fmt: skip


_PRESET_VALUES = [{field.name: getattr(preset, field.name) for field in fields(preset)} for preset in PRESETS.values()]
#: What an administrator may choose for a layout and for a column, and, of each, what no screen offers.
_FORMS = {
    "delimiter": (*layout_model.DELIMITERS, "", ";;", "\n"),
    "quoting": (*layout_model.QUOTINGS, "some"),
    "encoding": (*layout_model.ENCODINGS, "", "utf-16", "rot13", "base64", "é"),
    "line_end": (*layout_model.LINE_ENDS, "\r"),
    "date_format": (*layout_model.DATE_FORMATS, "", "%Z%%"),
    "decimal_sign": (*layout_model.DECIMAL_SIGNS, "", "\\"),
    "header": (True, False),
    "trailing_newline": (True, False),
    "yes": ("OUI", "NON", "", "ſ"),
    "no": ("NON", "0", "S"),
    "flow": (*FLOWS, "none"),
}
_COLUMNS = {
    "name": ("Code", "code", "Libellé", ""),
    "attribute": ("", *sorted({name for flow in FLOWS.values() for name in flow}), "none"),
    "constant": ("", "", "X", "€"),
    "width": (0, 0, 1, 3, 10, 1000, 1001, -1),
    "align": (*layout_model.ALIGNMENTS, "center"),
    "pad": ("", "", "0", " ", ".", "00"),
    "truncate": (True, False),
    "required": (True, False),
    "decimals": (2, 0, 8, 9, -1),
    "first_line_only": (True, False),
}


def _layout(preset, script, columns, text, pattern):
    """The values of a shipped layout after a few changes, one of which may be any text."""
    values = dict(_PRESET_VALUES[preset])
    names = [*_FORMS, "file_name"]
    for name, choice in zip(*[iter(script)] * 2, strict=False):
        name = names[name % len(names)]
        choices = (*_FORMS.get(name, (pattern,)), text)
        values[name] = choices[choice % len(choices)]
    size = len(_COLUMNS)
    added = [_column(columns[place : place + size], text) for place in range(0, len(columns) - size + 1, size)]
    values["columns"] = (*values["columns"][len(added) > 2 and len(values["columns"]) :], *added)
    return values


def _column(script, text):
    values = {name: values[byte % len(values)] for byte, (name, values) in zip(script, _COLUMNS.items(), strict=True)}
    return Column(**values | ({"name": text} if script[0] > 200 else {"constant": text} if script[2] > 200 else {}))


LAYOUTS = st.builds(
    _layout,
    st.integers(0, len(PRESETS) - 1),
    st.binary(max_size=8),
    st.binary(max_size=4 * len(_COLUMNS)),
    TEXT,
    PATTERNS,
)
