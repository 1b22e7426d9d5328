"""Recognises units of volume in headings and cells."""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    """Unit of an index or of a consumption."""

    M3 = "m3"
    HECTOLITRE = "hl"
    DECALITRE = "dal"
    LITRE = "l"

    @property
    def cubic_metres(self) -> Decimal:
        return _SIZES[self]


_SIZES = {
    Unit.M3: Decimal(1),
    Unit.HECTOLITRE: Decimal("0.1"),
    Unit.DECALITRE: Decimal("0.01"),
    Unit.LITRE: Decimal("0.001"),
}
_WORDS = {
    Unit.M3: "m3|mc|kl|metre cube|metres cubes|metre cubes|m cube|m cubes|cubic metre|cubic metres|cubic meter"
    "|cubic meters|kilolitre|kilolitres|kiloliter|kiloliters",
    Unit.HECTOLITRE: "hl|hectolitre|hectolitres|hectoliter|hectoliters",
    Unit.DECALITRE: "dal|decalitre|decalitres|decaliter|decaliters",
    Unit.LITRE: "l|lt|ltr|litre|litres|liter|liters|dm3|decimetre cube|decimetres cubes",
}
_BY_NAME = {name: unit for unit, names in _WORDS.items() for name in names.split("|")}
#: Units that a column may have, but that cannot be converted to a volume of water, or not with certainty.
_FOREIGN = frozenset(
    [
        "ml",
        "cl",
        "dl",
        "cm3",
        "mm3",
        "dam3",
        "hm3",
        "km3",
        "gal",
        "gallon",
        "gallons",
        "ft3",
        "cf",
        "ccf",
        "in3",
        "kwh",
        "mwh",
        "wh",
        "kw",
        "imp",
        "impulsion",
        "impulsions",
        "pulse",
        "pulses",
        "pls",
        "tick",
        "ticks",
    ]
)
_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")
_SPLIT = re.compile(r"[\s_.\-:,;]+")
_IN = frozenset({"en", "in", "unite", "unites", "unit", "units"})
_NUMBER_THEN_UNIT = re.compile(r"(.*[0-9])\s*([^\W\d_][^\d]*[0-9]?)")


class ColumnHeading(NamedTuple):
    """Name and unit of a column.

    :param name: heading without its unit
    :param unit: None if it has no known unit
    :param unknown: text in place of a unit that is not a known one
    """

    name: str
    unit: Unit | None = None
    unknown: str = ""


def read_heading(text: str) -> ColumnHeading:
    """Separate the unit from the name of a column: "Index (L)", "index_m3", "Volume en litres"."""
    for bracket in _BRACKETS.finditer(text):
        inside = [word for word in _words(bracket[1]) if word not in _IN]
        name = text[: bracket.start()] + " " + text[bracket.end() :]
        if unit := _BY_NAME.get(" ".join(inside)):
            return ColumnHeading(name, unit)
        if inside and (set(inside) & _FOREIGN or "/" in bracket[1] or _has_factor(inside)):
            return ColumnHeading(name, None, bracket[1].strip())
    words = _words(text)
    for count in (2, 1):
        unit = _BY_NAME.get(" ".join(words[-count:])) if len(words) > count else None
        if unit:
            return ColumnHeading(" ".join(words[:-count]), unit)
    if len(words) > 1 and words[-1] in _FOREIGN:
        return ColumnHeading(" ".join(words[:-1]), None, words[-1])
    return ColumnHeading(text)


def _has_factor(words: list[str]) -> bool:
    """Return whether a unit has a multiplier: "10 L", "x 0,1 m3"."""
    return words[-1] in _BY_NAME and any(any(map(str.isdigit, word)) for word in words[:-1])


def unit_named(text: str) -> Unit | None:
    """Return the unit that a cell names, or None."""
    return _BY_NAME.get(" ".join(_words(text)))


def split_unit(text: str) -> tuple[str, Unit] | None:
    """Separate the number from the unit, as in "57 300 L"; None if the cell has no unit."""
    match = _NUMBER_THEN_UNIT.fullmatch(text)
    unit = unit_named(match[2]) if match else None
    return (match[1], unit) if match and unit else None


def _words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return [word for word in _SPLIT.split(letters) if word]
