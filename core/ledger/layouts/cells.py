"""Cells of a file being written: one function per column, made once, from a value to its text."""

import re
import sys
import unicodedata
from datetime import date
from decimal import Decimal

from .model import QUOTE

# What has an equivalent everywhere; accents are dealt with by decomposition.
EQUIVALENTS = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "€": "EUR", "’": "'", "‘": "'",
    "“": "'", "”": "'", "«": "'", "»": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " ",
    "°": "o", "²": "2", "³": "3", "•": "-", "ł": "l", "Ł": "L",
}  # fmt: skip
UNWRITABLE = "?"
CACHE_SIZE = 4096


class Cells(dict):
    """The cells of a column by value, `make` giving (text, whether it may be remembered).

    Values repeat a lot, the file may be endless: emptied when full. What is said of a value is said each time.
    """

    def __init__(self, make):
        self._make = make

    def __missing__(self, value):
        text, clean = self._make(value)
        if clean:
            if len(self) >= CACHE_SIZE:
                self.clear()
            self[value] = text
        return text


class CellMaker:
    """Makes the functions value -> cell text of a layout's columns; problems go to `report(code, column,
    **params)`."""

    def __init__(self, layout, report):
        self._layout = layout
        self._report = report
        self._forbidden = _forbidden(layout)
        self._is_usual = re.compile(f"[{re.escape(usual_characters(layout))}]+").fullmatch
        self._needs_quotes = re.compile(f"[{QUOTE}{layout.delimiter}\r\n\x0b\x0c\x85\u2028\u2029]")

    def make(self, column, kind):
        """The function from an attribute's value to the text of its cell, quotes and padding included."""
        if kind in ("amount", "rate"):
            return self._amount(column)
        if kind == "any":
            return self._any(column)
        makers = {"date": self._date, "flag": self._flag, "integer": self._text, "text": self._text}
        return Cells(makers[kind](column)).__getitem__

    def blank(self, column):
        """The text of the column when it is left empty."""
        return self._dress(column, "")

    def constant(self, column):
        """The text of a constant column."""
        return self._dress(column, column.constant)

    def _dress(self, column, text):
        if column.pad:
            justify = text.ljust if column.align == "left" else text.rjust
            text = justify(column.width, column.pad)
        quoting = self._layout.quoting
        if quoting == "all" or (quoting == "minimal" and self._needs_quotes.search(text)):
            return QUOTE + text.replace(QUOTE, QUOTE * 2) + QUOTE
        return text

    def _empty(self, column):
        if column.required:
            self._report("required_missing", column)
        return self.blank(column), not column.required

    def _text(self, column):
        most = column.width if column.width else sys.maxsize
        free, is_usual = not column.pad and self._layout.quoting != "all", self._is_usual

        def cell(value):
            if value is None or value == "":
                return self._empty(column)
            if free and type(value) is str and len(value) <= most and is_usual(value):
                return value, True
            text, clean = self._writable(column, str(value))
            return self._dress(column, text), clean

        return cell

    def _writable(self, column, text):
        """(text as the file can hold it, whether it is unchanged)."""
        found = text
        if self._forbidden.search(text):
            bad = "".join(sorted(set(self._forbidden.findall(text))))
            text = self._forbidden.sub(lambda match: "'" if match[0] == QUOTE else " ", text)
            self._report("text_replaced", column, characters=repr(bad))
        text = self._encodable(column, text)
        if column.width and len(text) > column.width:
            code = "text_truncated" if column.truncate else "text_too_wide"
            self._report(code, column, width=column.width, value=text)
            text = text[: column.width]
        return text, text == found

    def _encodable(self, column, text):
        encoding = self._layout.encoding
        try:
            text.encode(encoding)
            return text
        except UnicodeEncodeError:
            pairs = {char: _equivalent(char, encoding) for char in set(text)}
        for code in ("text_replaced", "text_unwritable"):
            bad = [c for c, new in pairs.items() if new != c and (new == UNWRITABLE) == (code == "text_unwritable")]
            if bad:
                shown = repr("".join(sorted(bad)).encode("utf-8", "backslashreplace").decode())
                self._report(code, column, characters=shown, encoding=encoding)
        # An equivalent (o for °, ' for ’) may itself be what an unquoted file cannot hold.
        return self._forbidden.sub(" ", "".join(pairs[char] for char in text))

    def _amount(self, column):
        unit = Decimal(1).scaleb(-column.decimals)
        sign = self._layout.decimal_sign
        point = -1 - column.decimals
        most = column.width if column.width else sys.maxsize
        free = not column.pad and column.decimals and not self._needs_quotes.search(sign)
        free = free and self._layout.quoting != "all"

        def cell(value):
            if value is None:
                return self._empty(column)[0]
            text = str(value)
            # "1234.50", not "1.2E+5"
            if free and value and len(text) <= most and text[point : -column.decimals] == "." and "E" not in text:
                return text.replace(".", sign)
            try:
                rounded = value.quantize(unit)
                exact = rounded == value
                text = format(rounded if rounded else unit * 0, "f").replace(".", sign)
            except ArithmeticError:
                exact, text = False, "NaN"
            if text == "NaN":
                self._report("value_wrong", column, value=str(value), kind="amount")
                return self.blank(column)
            if not exact:
                self._report("amount_too_precise", column, value=str(value))
            if column.width and len(text) > column.width:
                self._report("amount_too_wide", column, value=text, width=column.width)
            if column.pad == "0" and column.align == "right":
                text = text.zfill(column.width)
            return self._dress(column, text)

        return cell

    def _date(self, column):
        form = self._layout.date_format
        return lambda value: (self._dress(column, date_text(value, form)), True) if value else self._empty(column)

    def _flag(self, column):
        return lambda value: (self._dress(column, self._layout.yes if value else self._layout.no), True)

    def _any(self, column):
        """A cell whose kind is that of each value (the new value of an update)."""
        kinds = {bool: "flag", Decimal: "amount", date: "date"}
        by_type, text = {kind: self.make(column, name) for kind, name in kinds.items()}, self.make(column, "text")
        return lambda value: by_type.get(type(value), text)(value)


def usual_characters(layout):
    """What most texts are made of: one look says that there is nothing to replace, encode or quote."""
    usual = "".join(map(chr, range(0x20, 0x100)))
    usual = usual.encode(layout.encoding, "ignore").decode(layout.encoding).replace(QUOTE, "")
    return _forbidden(layout).sub("", usual.replace(layout.delimiter, "").replace("\x85", ""))


def _forbidden(layout):
    # \x1f and the like cut lines in some programs; NUL ends text in others. Line breaks survive in quotes only.
    if layout.quoting != "none":
        return re.compile("[\x00-\x08\x0e-\x1f\x7f]")
    return re.compile(f"[\x00-\x1f\x7f\x85\u2028\u2029{QUOTE}{layout.delimiter}]")


def date_text(day, form):
    """A date in one of the layouts' date formats."""
    # strftime does not pad years below 1000, which shifts fixed columns and reads back wrong.
    return day.strftime(form.replace("%Y", f"{day.year:04d}"))


def _equivalent(char, encoding):
    for new in (char, EQUIVALENTS.get(char, ""), unicodedata.normalize("NFKD", char)):
        kept = "".join(part for part in new if not unicodedata.combining(part)) if new != char else new
        try:
            kept.encode(encoding)
        except UnicodeEncodeError:
            continue
        if kept:
            return kept
    return UNWRITABLE
