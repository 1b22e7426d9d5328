"""Cells of a file being written: one function per column, made once, from a value to its text."""

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
#: Of an encoding of several bytes a character, the usual ones are those of this one.
SINGLE_BYTES = "cp1252"


#: From a value of an attribute to the text of its cell.
Cell = Callable[[Any], str]
#: The same, with whether the text may be remembered.
Making = Callable[[Any], tuple[str, bool]]


class Report(Protocol):
    """What takes note of a problem of a cell."""

    def __call__(self, code: str, column: Column, **params: object) -> None: ...


class CellCache(dict[Any, str]):
    """The cells of a column by value, `make` giving (text, whether it may be remembered).

    Values repeat a lot, the file may be endless: emptied when full. What is said of a value is said each time.
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
    """Makes the functions value -> cell text of a layout's columns; problems go to `report(code, column,
    **params)`."""

    def __init__(self, layout: Layout, report: Report) -> None:
        self._layout = layout
        self._words = words_out(layout.words) if layout.flow in OUTGOING else {}
        self._report = report
        self._forbidden = _forbidden(layout)
        self._is_usual = re.compile(f"[{re.escape(usual_characters(layout))}]+").fullmatch
        self._needs_quotes = re.compile(f"[{QUOTE}{layout.delimiter}\r\n\x0b\x0c\x85\u2028\u2029]")

    def make(self, column: Column, kind: str) -> Cell:
        """The function from an attribute's value to the text of its cell, quotes and padding included."""
        if kind in ("amount", "rate"):
            return self._amount(column, is_rate=kind == "rate")
        if kind == "any":
            return self._any(column)
        makers = {"date": self._date, "flag": self._flag, "integer": self._text, "text": self._text}
        return CellCache(makers[kind](column)).__getitem__

    def blank(self, column: Column) -> str:
        """The text of the column when it is left empty."""
        return self._dress(column, "")

    def constant(self, column: Column) -> str:
        """The text of a constant column."""
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
        """(text as the file can hold it, whether it is unchanged)."""
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
            code = "text_truncated" if column.truncate else "text_too_wide"
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
        # An equivalent (o for °, ' for ’) may itself be what an unquoted file cannot hold.
        return self._forbidden.sub(" ", "".join(pairs[char] for char in text))

    def _amount(self, column: Column, is_rate: bool = False) -> Cell:
        """Cells of amounts, which are exact, or of rates, which are rounded to what their column holds."""
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
            if column.pad == "0" and column.align == "right":
                text = text.zfill(column.width)
            return self._dress(column, text)

        return cell

    def _date(self, column: Column) -> Making:
        form = self._layout.date_format
        return lambda value: (self._dress(column, date_text(value, form)), True) if value else self._empty(column)

    def _flag(self, column: Column) -> Making:
        return lambda value: (self._dress(column, self._layout.yes if value else self._layout.no), True)

    def _any(self, column: Column) -> Cell:
        """A cell whose kind is that of each value (the new value of an update)."""
        kinds = {bool: "flag", Decimal: "amount", date: "date"}
        by_type, text = {kind: self.make(column, name) for kind, name in kinds.items()}, self.make(column, "text")
        return lambda value: by_type.get(type(value), text)(value)


def usual_characters(layout: Layout) -> str:
    """What most texts are made of: one look says that there is nothing to replace, encode or quote."""
    usual = "".join(map(chr, range(0x20, 0x100))) + _further_characters(layout.encoding)
    usual = usual.encode(layout.encoding, "ignore").decode(layout.encoding).replace(QUOTE, "")
    # a soft hyphen and a line break of EBCDIC do not show
    return _forbidden(layout).sub("", usual.replace(layout.delimiter, "").replace("\x85", "").replace("\xad", ""))


def _further_characters(encoding: str) -> str:
    """The euro sign, œ, curly quotes and others that a byte stands for in an encoding, or in Windows' own."""
    single = SINGLE_BYTES if encoding.startswith("utf-8") else encoding
    found = bytes(range(0x80, 0x100)).decode(single, "ignore")
    return "".join(char for char in found if ord(char) > 0xFF and char.isprintable() and composed(char) == char)


def _forbidden(layout: Layout) -> re.Pattern[str]:
    # \x1f and the like cut lines in some programs; NUL ends text in others. Line breaks survive in quotes only.
    if layout.quoting != "none":
        return re.compile("[\x00-\x08\x0e-\x1f\x7f]")
    return re.compile(f"[\x00-\x1f\x7f\x85\u2028\u2029{QUOTE}{layout.delimiter}]")


def date_text(day: date, form: str) -> str:
    """A date in one of the layouts' date formats."""
    # strftime does not pad years below 1000, which shifts fixed columns and reads back wrong.
    return day.strftime(form.replace("%Y", f"{day.year:04d}"))
