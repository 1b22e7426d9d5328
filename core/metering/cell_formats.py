"""Dates and numbers as people and programs write them: which way a column uses, and the value of a cell."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DateOrder(StrEnum):
    """Order of the parts of a date; separators (/ - . space) and the digits of the year are free."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    COMPACT = "compact"


DECIMAL_SIGNS = (",", ".")
FIRST_YEAR, LAST_YEAR = 1900, 2100

_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})" + _TIME)
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})" + _TIME)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})" + _TIME)
_PATTERNS = {
    DateOrder.YMD: (_YEAR_FIRST, (0, 1, 2)),
    DateOrder.COMPACT: (_COMPACT, (0, 1, 2)),
    DateOrder.DMY: (_YEAR_LAST, (2, 1, 0)),
    DateOrder.MDY: (_YEAR_LAST, (2, 0, 1)),
}

_GROUPING = "' \u2019\u00a0\u2009\u202f"
_MINUS = str.maketrans("\u2212", "-")
_INTEGER = re.compile(r"-?[0-9]{1,12}")
_NUMBERS = {
    sign: re.compile(
        # Groups of three digits, all parted by the same sign, or digits alone.
        rf"([-+]?(?:[1-9][0-9]{{0,2}}(?P<apart>[{other}{_GROUPING}])[0-9]{{3}}(?:(?P=apart)[0-9]{{3}}){{0,2}}"
        rf"|[0-9]{{1,12}}))(?:[{sign}]([0-9]{{0,6}}))?"
    )
    for sign, other in ((",", "."), (".", ","))
}
_NOT_OF_A_NUMBER = re.compile(r"[^-+0-9]")


def parse_date(text: str, order: DateOrder) -> date | None:
    """The date written in that order, or None. A time of day after it is left out; 24 is 2024, 75 is 1975."""
    pattern, places = _PATTERNS[order]
    match = pattern.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(match[place + 1]) for place in places)
    if len(match[places[0] + 1]) == 2:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def find_date_order(values: Iterable[str]) -> tuple[DateOrder, bool]:
    """Decide on all values of a column; month first only where some value says so and none denies it.

    :return: the order, and whether day or month first is in doubt: the day is then taken first
    """
    fits = dict.fromkeys(DateOrder, 0)
    day_only = month_only = both = 0
    for text in values:
        valid = {order for order in DateOrder if parse_date(text, order)}
        for order in valid:
            fits[order] += 1
        day_only += DateOrder.DMY in valid and DateOrder.MDY not in valid
        month_only += DateOrder.MDY in valid and DateOrder.DMY not in valid
        both += DateOrder.MDY in valid and DateOrder.DMY in valid
    if max(fits.values()) == 0:
        return DateOrder.DMY, False
    best = max((DateOrder.YMD, DateOrder.COMPACT, DateOrder.DMY, DateOrder.MDY), key=fits.get)
    if best in (DateOrder.YMD, DateOrder.COMPACT):
        return best, False
    if month_only and not day_only:
        return DateOrder.MDY, False
    return DateOrder.DMY, bool(month_only) or (both > 0 and not day_only)


def parse_number(text: str, decimal_sign: str) -> Decimal | None:
    """The number, of 12 digits and 6 decimals at most; spaces, apostrophes, the other sign part thousands."""
    if _INTEGER.fullmatch(text):
        return Decimal(text)
    match = _NUMBERS[decimal_sign].fullmatch(text.translate(_MINUS))
    if not match:
        return None
    whole = _NOT_OF_A_NUMBER.sub("", match[1])
    return Decimal(f"{whole}.{match[3]}" if match[3] else whole)


def find_decimal_sign(values: Iterable[str]) -> tuple[str, bool]:
    """Decide on all values of a column.

    :return: the decimal sign, and whether it is in doubt ("1,234" alone): the sign seen then parts decimals
    """
    votes = dict.fromkeys(DECIMAL_SIGNS, 0)
    doubtful = dict.fromkeys(DECIMAL_SIGNS, 0)
    for text in values:
        sign, sure = _sign_of(text)
        if sign:
            (votes if sure else doubtful)[sign] += 1
    if any(votes.values()):
        return max(DECIMAL_SIGNS, key=votes.get), all(votes.values())
    if any(doubtful.values()):
        return max(DECIMAL_SIGNS, key=doubtful.get), True
    return ".", False


def _sign_of(text: str) -> tuple[str | None, bool]:
    """Which decimal sign a number shows, and whether it can be nothing else."""
    if "," not in text and "." not in text:
        return None, False
    numbers = {sign: parse_number(text, sign) for sign in DECIMAL_SIGNS}
    possible = [sign for sign, number in numbers.items() if number is not None]
    if len(possible) == 2:
        return ("," if "," in text else "."), False
    return (possible[0], True) if possible else (None, False)
