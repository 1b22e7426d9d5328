"""Cells of a file being written: one function per column, made once, from a value to its text."""

import re
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


class Bounded(dict):
    """Memory of the cells already made, emptied when full: values repeat a lot, the file may be endless."""

    def __init__(self, make):
        self._make = make

    def __missing__(self, key):
        if len(self) >= CACHE_SIZE:
            self.clear()
        value = self[key] = self._make(key)
        return value


class CellMaker:
    """Makes the functions value -> cell text of a layout's columns; problems go to `report(code, column,
    **params)`."""

    def __init__(self, layout, report):
        self._layout = layout
        self._report = report
        # \x1f and the like cut lines in some programs; NUL ends text in others. Line breaks survive in quotes
        # only.
        breaks = "\x00-\x08\x0e-\x1f\x7f" if layout.quoting != "none" else "\x00-\x1f\x7f\x85\u2028\u2029"
        forbidden = breaks if layout.quoting != "none" else breaks + QUOTE + layout.delimiter
        self._forbidden = re.compile(f"[{forbidden}]")
        self._needs_quotes = re.compile(f"[{QUOTE}{layout.delimiter}\r\n\x0b\x0c\x85\u2028\u2029]")

    def make(self, column, kind):
        """The function from an attribute's value to the text of its cell, quotes and padding included."""
        if kind in ("amount", "rate"):
            return self._amount(column)
        makers = {
            "date": self._date,
            "flag": self._flag,
            "integer": self._text,
            "text": self._text,
            "any": self._any,
        }
        return makers[kind](column)

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
        return self.blank(column)

    def _text(self, column):
        # Only what needed no remark is remembered: a remark is due for each document.
        empty = {} if column.required else dict.fromkeys((None, ""), self.blank(column))
        known = empty.copy()

        def cell(value):
            if value in known:
                return known[value]
            if value is None or value == "":
                return self._empty(column)
            text, clean = self._writable(column, str(value))
            text = self._dress(column, text)
            if clean:
                if len(known) >= CACHE_SIZE:
                    known.clear()
                    known.update(empty)
                known[value] = text
            return text

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
            bad = [
                c
                for c, new in pairs.items()
                if new != c and (new == UNWRITABLE) == (code == "text_unwritable")
            ]
            if bad:
                shown = repr("".join(sorted(bad)).encode("utf-8", "backslashreplace").decode())
                self._report(code, column, characters=shown, encoding=encoding)
        # An equivalent (o for °, ' for ’) may itself be what an unquoted file cannot hold.
        return self._forbidden.sub(" ", "".join(pairs[char] for char in text))

    def _amount(self, column):
        unit = Decimal(1).scaleb(-column.decimals)
        sign = self._layout.decimal_sign

        def cell(value):
            if value is None:
                return self._empty(column)
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
        known = Bounded(lambda value: self._dress(column, date_text(value, form)))
        if column.required:
            return lambda value: known[value] if value else self._empty(column)
        blank = self.blank(column)
        return lambda value: known[value] if value else blank

    def _flag(self, column):
        texts = {True: self._dress(column, self._layout.yes), False: self._dress(column, self._layout.no)}
        return lambda value: texts[bool(value)]

    def _any(self, column):
        """A cell whose kind is that of each value (the new value of an update)."""
        by_type = {bool: self._flag(column), Decimal: self._amount(column), date: self._date(column)}
        text = self._text(column)
        return lambda value: by_type.get(type(value), text)(value)


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
