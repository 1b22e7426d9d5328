"""Parses cells into values, and lines with quotes into cells."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from .cells import CACHE_SIZE, date_text
from .model import QUOTE, Column, Layout
from .words import CLOSED, folded, words_in

SHOWN = 60

OTHER_SIGN = {",": ".", ".": ","}
_BLANKS = re.compile("[ \u00a0\u2009\u202f]")
_GROUPED_BY_BLANKS = {
    sign: re.compile(rf"[+-]?[0-9]{{1,3}}(?:[ \u00a0\u2009\u202f][0-9]{{3}})+(?:\{sign}[0-9]{{1,8}})?")
    for sign in OTHER_SIGN
}
#: Without decimals, 1.234 may be either: it is refused.
_GROUPED = {
    sign: re.compile(rf"[+-]?[0-9]{{1,3}}(?:\{other}[0-9]{{3}})+\{sign}[0-9]{{1,8}}")
    for sign, other in OTHER_SIGN.items()
}
_AFTER, _BRACKETS = re.compile(r"([0-9][^-]*[0-9]|[0-9])-"), re.compile(r"\(([0-9][^()-]*)\)")
_AROUND_RATES = " \u00a0\u202f%"
_RATE = re.compile(rf"[+-]?[0-9]{{1,15}}(?:[.,][0-9]{{1,8}})?[{_AROUND_RATES}]{{0,2}}")
#: A time after a date.
_TIME = re.compile(r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?Z?")

#: A value of a row: a text, an amount, a date, a yes or no, nothing.
Value = str | Decimal | date | bool | int | None
Parser = Callable[[str], Value]


class CellWrong(Exception):
    """A cell cannot be read; reported as a finding of its row."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def split_quoted(text: str, delimiter: str) -> tuple[list[str], int, str]:
    """Return (cells, column, code) of a line with quoted cells; `code` is quote_open or quote_wrong at `column`."""
    cells: list[str] = []
    start, size = 0, len(text)
    while True:
        if text.startswith(QUOTE, start):
            cell, end = _quoted(text, start + 1)
            if end < 0:
                return cells, len(cells) + 1, "quote_open"
            if end < size and text[end] != delimiter:
                return cells, len(cells) + 1, "quote_wrong"
        else:
            end = text.find(delimiter, start)
            end = size if end < 0 else end
            cell = text[start:end]
        cells.append(cell)
        if end >= size:
            return cells, 0, ""
        start = end + 1


def _quoted(text: str, start: int) -> tuple[str, int]:
    """Return (content, position after the closing quote) of a quoted cell; -1 if it is not closed."""
    place = start
    while (place := text.find(QUOTE, place)) >= 0:
        if not text.startswith(QUOTE, place + 1):
            return text[start:place].replace(QUOTE * 2, QUOTE), place + 1
        place += 2
    return "", -1


def parser_of(layout: Layout, column: Column, kind: str) -> Parser:
    """Return the function text -> value of a column.

    :raises CellWrong: from that function, on a text that is not such a value
    """
    words = words_in(layout.words, layout.flow, column.attribute)
    if kind in ("text", "any") and not (column.pad or column.width or column.required or words):
        return str.strip
    makers = {"amount": _amount, "rate": _rate, "date": _date, "flag": _flag}
    convert = makers.get(kind, _text)(layout, column)
    if words:
        convert = _word(words, CLOSED.get((layout.flow, column.attribute)), convert)
    empty = "" if kind in ("text", "any") else None

    def parse(text: str) -> Value:
        text = _undressed(text, column)
        if text:
            return convert(text)
        if column.required:
            raise CellWrong("value_missing")
        return empty

    return parse


def _word(words: Mapping[str, str], known: Sequence[str] | None, otherwise: Parser) -> Parser:
    """Return a parser of the other system's words; unknown words are refused if only some values are `known`."""

    def convert(text: str) -> Value:
        here = words.get(folded(text))
        if here is not None:
            return here
        if known:
            raise CellWrong("word_unknown", value=text[:SHOWN], known=", ".join(known))
        return otherwise(text)

    return convert


def _undressed(text: str, column: Column) -> str:
    if column.pad and column.pad != "0":
        text = text.rstrip(column.pad) if column.align == "left" else text.lstrip(column.pad)
    return text.strip()


def _text(layout: Layout, column: Column) -> Parser:
    def convert(text: str) -> Value:
        if column.width and len(text) > column.width:
            raise CellWrong("text_too_wide", value=text[:SHOWN], width=column.width)
        return text

    return convert


def _amount(layout: Layout, column: Column) -> Parser:
    plain = re.compile(rf"[+-]?[0-9]{{1,15}}(?:\{layout.decimal_sign}[0-9]{{1,8}})?")

    def convert(text: str) -> Value:
        number = text if plain.fullmatch(text) else _plain_number(text[:SHOWN], layout.decimal_sign)
        if not plain.fullmatch(number):
            raise CellWrong("amount_wrong", value=text[:SHOWN])
        return Decimal(number.replace(layout.decimal_sign, "."))

    return convert


def _plain_number(text: str, sign: str) -> str:
    """Return an amount without what other programs add to it: groups of thousands, a sign after it, brackets of a
    negative one. Other texts are returned unchanged."""
    negative = _AFTER.fullmatch(text) or _BRACKETS.fullmatch(text)
    number = negative[1] if negative else text
    if _GROUPED_BY_BLANKS[sign].fullmatch(number):
        number = _BLANKS.sub("", number)
    elif _GROUPED[sign].fullmatch(number):
        number = number.replace(OTHER_SIGN[sign], "")
    return f"-{number}" if negative else number


def _rate(layout: Layout, column: Column) -> Parser:
    """Return a parser of rates, which have no thousands: either decimal sign, with or without a percent sign."""

    def convert(text: str) -> Value:
        if not _RATE.fullmatch(text):
            raise CellWrong("amount_wrong", value=text[:SHOWN])
        return Decimal(text.rstrip(_AROUND_RATES).replace(",", "."))

    return convert


def _date(layout: Layout, column: Column) -> Parser:
    form = layout.date_format

    def strict(text: str) -> date | None:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            return None
        # strptime accepts 1/2/2026 and digits of other scripts; the layout requires two digits.
        return day if date_text(day, form) == text else None

    known = lru_cache(CACHE_SIZE)(strict)

    def convert(text: str) -> Value:
        day = known(text) if len(text) <= SHOWN else None
        if day is None and (time := _TIME.search(text[:SHOWN])) and time.end() == len(text):
            day = known(text[: time.start()])
        if day is None:
            raise CellWrong("date_wrong", value=text[:SHOWN], format=form)
        return day

    return convert


def _flag(layout: Layout, column: Column) -> Parser:
    values = {layout.yes.casefold(): True, layout.no.casefold(): False}

    def convert(text: str) -> Value:
        if text.casefold() not in values:
            raise CellWrong("flag_wrong", value=text[:SHOWN], yes=layout.yes, no=layout.no)
        return values[text.casefold()]

    return convert
