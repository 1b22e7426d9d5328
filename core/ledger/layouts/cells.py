"""Writes cells: compiles one function per column, from a value to its text."""

import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from ..records import OUTGOING
from ..text import UNWRITABLE, composed, equivalent, is_blank, named, without_invisible
from .model import QUOTE, Column, Layout
from .words import words_out

CACHE_SIZE = 4096
#: Single-byte encoding whose characters count as usual in a multi-byte encoding.
SINGLE_BYTES = "cp1252"

#: What is never cut, whatever the layout says: its beginning stands for something else.
IDENTIFYING = ("company", "number", "document_id", "account", "third_party", "document_third_party")

#: Function from a value of an attribute to the text of its cell.
Cell = Callable[[Any], str]
#: The same, also returning whether the text may be cached.
Making = Callable[[Any], tuple[str, bool]]


class Report(Protocol):
    """Callback that records a problem of a cell."""

    def __call__(self, code: str, column: Column, **params: object) -> None: ...


class CellCache(dict[Any, str]):
    """Cache of a column's cells by value; `make` returns (text, whether it may be cached).

    Values repeat a lot, but the file may be endless, so the cache is cleared when full. Findings are reported each
    time.
    """

    def __init__(self, make: Making) -> None:
        self._make = make

    def __missing__(self, value: object) -> str:
        text, clean = self._make(value)
        if clean:
            if len(self) >= CACHE_SIZE:
                self.clear()
            self[value] = text
        return text


class CellMaker:
    """Compiles the functions value -> cell text of a layout's columns; reports problems by `report(code, column,
    **params)`."""

    def __init__(self, layout: Layout, report: Report) -> None:
        self._layout = layout
        self._words = words_out(layout.words) if layout.flow in OUTGOING else {}
        self._report = report
        self._forbidden = _forbidden(layout)
        self._is_usual = re.compile(f"[{re.escape(usual_characters(layout))}]+").fullmatch
        self._needs_quotes = re.compile(f"[{QUOTE}{layout.delimiter}\r\n\x0b\x0c\x85\u2028\u2029]")

    def make(self, column: Column, kind: str) -> Cell:
        """Return the function from an attribute's value to the text of its cell, quotes and padding included."""
        if kind in ("amount", "rate"):
            return self._amount(column, is_rate=kind == "rate")
        if kind == "any":
            return self._any(column)
        makers = {"date": self._date, "flag": self._flag, "integer": self._text, "text": self._text}
        return CellCache(makers[kind](column)).__getitem__

    def blank(self, column: Column) -> str:
        """Return the text of the column if it is empty."""
        return self._dress(column, "")

    def constant(self, column: Column) -> str:
        """Return the text of a constant column."""
        return self._dress(column, column.constant)

    def _dress(self, column: Column, text: str) -> str:
        if column.pad:
            justify = text.ljust if column.align == "left" else text.rjust
            text = justify(column.width, column.pad)
        quoting = self._layout.quoting
        if quoting == "all" or (quoting == "minimal" and self._needs_quotes.search(text)):
            return QUOTE + text.replace(QUOTE, QUOTE * 2) + QUOTE
        return text

    def _empty(self, column: Column) -> tuple[str, bool]:
        if column.required:
            self._report("required_missing", column)
        return self.blank(column), not column.required

    def _text(self, column: Column) -> Making:
        most = column.width if column.width else sys.maxsize
        free, is_usual = not column.pad and self._layout.quoting != "all", self._is_usual
        words = self._words.get(column.attribute, {})

        def cell(value: Any) -> tuple[str, bool]:
            if value is None or value == "":
                return self._empty(column)
            value = words.get(value, value)
            if free and type(value) is str and len(value) <= most and is_usual(value) and not value.isspace():
                return value, True
            if is_blank(str(value)):
                return self._empty(column)
            text, clean = self._writable(column, str(value))
            return self._dress(column, text), clean

        return cell

    def _writable(self, column: Column, text: str) -> tuple[str, bool]:
        """Return (text as it can be written, whether it is unchanged)."""
        found = text
        text, invisible = without_invisible(composed(text))
        if invisible:
            self._report("text_invisible", column, characters=named(invisible))
        if self._forbidden.search(text):
            bad = "".join(self._forbidden.findall(text))
            text = self._forbidden.sub(lambda match: "'" if match[0] == QUOTE else " ", text)
            self._report("text_replaced", column, characters=named(bad))
        text = self._encodable(column, text)
        if column.width and len(text) > column.width:
            may_cut = column.truncate and column.attribute not in IDENTIFYING
            code = "text_truncated" if may_cut else "text_too_wide"
            self._report(code, column, width=column.width, value=text)
            text = text[: column.width]
        return text, text == found

    def _encodable(self, column: Column, text: str) -> str:
        encoding = self._layout.encoding
        try:
            text.encode(encoding)
            return text
        except UnicodeEncodeError:
            pairs = {char: equivalent(char, encoding) for char in set(text)}
        changed = {char: new for char, new in pairs.items() if new != char}
        for code in ("text_replaced", "text_unwritable"):
            bad = [c for c, new in changed.items() if (new == UNWRITABLE) == (code == "text_unwritable")]
            if bad:
                self._report(code, column, characters=named("".join(bad)), encoding=encoding)
        # An equivalent (o for °, ' for ’) may itself be forbidden in an unquoted file.
        return self._forbidden.sub(" ", "".join(pairs[char] for char in text))

    def _amount(self, column: Column, is_rate: bool) -> Cell:
        """Return the function for amounts, which must be exact, or for rates, which are rounded to their column."""
        unit = Decimal(1).scaleb(-column.decimals)
        sign = self._layout.decimal_sign
        point = -1 - column.decimals
        most = column.width if column.width else sys.maxsize
        free = not column.pad and column.decimals and not self._needs_quotes.search(sign)
        free = free and self._layout.quoting != "all"

        def cell(value: Decimal | None) -> str:
            if value is None:
                return self._empty(column)[0]
            text = str(value)
            # "1234.50", not "1.2E+5"
            if free and value and len(text) <= most and text[point : -column.decimals] == "." and "E" not in text:
                return text.replace(".", sign)
            try:
                rounded = value.quantize(unit, ROUND_HALF_UP)
                exact = rounded == value
                text = format(rounded if rounded else unit * 0, "f").replace(".", sign)
            except ArithmeticError:
                exact, text = False, "NaN"
            if text == "NaN":
                self._report("value_wrong", column, value=str(value), kind="amount")
                return self.blank(column)
            if not exact and not is_rate:
                self._report("amount_too_precise", column, value=str(value))
            if column.width and len(text) > column.width:
                self._report("amount_too_wide", column, value=text, width=column.width)
            if column.pad == "0":
                text = text.zfill(column.width)
            return self._dress(column, text)

        return cell

    def _date(self, column: Column) -> Making:
        form = self._layout.date_format
        return lambda value: (self._dress(column, date_text(value, form)), True) if value else self._empty(column)

    def _flag(self, column: Column) -> Making:
        return lambda value: (self._dress(column, self._layout.yes if value else self._layout.no), True)

    def _any(self, column: Column) -> Cell:
        """Return the function for values of any kind (the new value of an update)."""
        kinds = {bool: "flag", Decimal: "amount", date: "date"}
        by_type, text = {kind: self.make(column, name) for kind, name in kinds.items()}, self.make(column, "text")
        return lambda value: by_type.get(type(value), text)(value)


def usual_characters(layout: Layout) -> str:
    """Return the usual characters: a text of these only needs no replacement, encoding or quoting."""
    usual = "".join(map(chr, range(0x20, 0x100))) + _further_characters(layout.encoding)
    usual = usual.encode(layout.encoding, "ignore").decode(layout.encoding).replace(QUOTE, "")
    # the soft hyphen is invisible; control characters stand for others
    usual = "".join(char for char in usual.replace(layout.delimiter, "") if char.isprintable() or char == "\xa0")
    return _forbidden(layout).sub("", usual)


def _further_characters(encoding: str) -> str:
    """Return the euro sign, œ, curly quotes and other characters of an encoding's single bytes, or of Windows' own."""
    single = SINGLE_BYTES if encoding.startswith("utf-8") else encoding
    found = bytes(range(0x80, 0x100)).decode(single, "ignore")
    return "".join(char for char in found if ord(char) > 0xFF and char.isprintable() and composed(char) == char)


def _forbidden(layout: Layout) -> re.Pattern[str]:
    # \x1f and the like end lines in some programs, NUL ends texts in others. Line breaks are allowed in quotes only.
    if layout.quoting != "none":
        return re.compile("[\x00-\x08\x0e-\x1f\x7f]")
    return re.compile(f"[\x00-\x1f\x7f\x85\u2028\u2029{QUOTE}{layout.delimiter}]")


def date_text(day: date, form: str) -> str:
    """Format a date in one of the layouts' date formats."""
    # strftime does not pad years below 1000, which would shift fixed columns and be read back wrongly.
    return day.strftime(form.replace("%Y", f"{day.year:04d}"))
