"""Detects the formats of dates and numbers in a column, and parses its cells."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from .months import month_named


class DateOrder(StrEnum):
    """Order of the parts of a date; separators (/ - . space) and the number of digits of the year may vary."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    COMPACT = "compact"
    #: Days since 30 December 1899, as in spreadsheets.
    SERIAL = "serial"


class Moment(NamedTuple):
    """A day, and the seconds since midnight if an hour is given."""

    day: date
    seconds: int | None = None


DECIMAL_SIGNS = (",", ".")
FIRST_YEAR, LAST_YEAR = 1900, 2100
_DAY = 86_400

_HOUR = (
    r"(?:(?:[ T,]|, | à | at )(?P<hour>[0-9]{1,2})[:hH](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)? ?(?P<half>[AaPp][Mm])?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})[-/. ](?P<m>[0-9]{1,2})[-/. ](?P<d>[0-9]{1,2})" + _HOUR)
_YEAR_LAST = r"(?P<{}>[0-9]{{1,2}})[-/. ](?P<{}>[0-9]{{1,2}})[-/. ](?P<y>[0-9]{{4}}|[0-9]{{2}})"
_PATTERNS = {
    DateOrder.YMD: _YEAR_FIRST,
    DateOrder.COMPACT: re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _HOUR),
    DateOrder.DMY: re.compile(_YEAR_LAST.format("d", "m") + _HOUR),
    DateOrder.MDY: re.compile(_YEAR_LAST.format("m", "d") + _HOUR),
}
#: "01-janv.-25", "mardi 31 décembre 2024", "1er mars 2025", then "Jan 5, 2025".
_WORDED = (
    re.compile(
        r"(?:[^\W\d_]{3,9}\.?,? )?(?P<d>[0-9]{1,2})(?:er|st|nd|rd|th)?[-/. ]*(?P<word>[^\W\d_]{3,9})\.?[-/. ,]*"
        r"(?P<y>[0-9]{4}|[0-9]{2})" + _HOUR
    ),
    re.compile(r"(?P<word>[^\W\d_]{3,9})\.? (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})" + _HOUR),
)
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]{1,12}))?")
_SERIAL_START = date(1899, 12, 30)

_GROUPING = "' \u2019\u00a0\u2009\u202f"
_MINUS = str.maketrans("\u2212", "-")
_INTEGER = re.compile(r"-?[0-9]{1,12}")
_NUMBERS = {
    sign: re.compile(
        # Groups of three digits, all separated by the same sign, or digits alone.
        rf"([-+]?(?:[1-9][0-9]{{0,2}}(?P<apart>[{other}{_GROUPING}])[0-9]{{3}}(?:(?P=apart)[0-9]{{3}}){{0,2}}"
        rf"|[0-9]{{1,12}}))(?:[{sign}]([0-9]{{0,6}}))?"
    )
    for sign, other in ((",", "."), (".", ","))
}
_NOT_OF_A_NUMBER = re.compile(r"[^-+0-9]")


def parse_moment(text: str, order: DateOrder, zone: tzinfo | None = None) -> Moment | None:
    """Return the day, and the hour if given, or None. Years of two digits: 24 is 2024, 75 is 1975.

    :param order: order of the parts of a numeric date; a month in words is understood anyway
    :param zone: time zone of the meters, to which an hour with a zone of its own is converted
    """
    if order is DateOrder.SERIAL:
        return _parse_serial(text) or _parse_worded(text, zone)
    match = _PATTERNS[order].fullmatch(text)
    return _moment(match, int(match["m"]), zone) if match else _parse_worded(text, zone)


def _parse_worded(text: str, zone: tzinfo | None) -> Moment | None:
    for pattern in _WORDED:
        match = pattern.fullmatch(text)
        if match and (month := month_named(match["word"])):
            return _moment(match, month, zone)
    return None


def _parse_serial(text: str) -> Moment | None:
    match = _SERIAL.fullmatch(text)
    if not match:
        return None
    moment = datetime.combine(_SERIAL_START, datetime.min.time()) + timedelta(int(match[1]))
    if not match[2]:
        return Moment(moment.date()) if moment.year <= LAST_YEAR else None
    moment += timedelta(seconds=round(Decimal(f"0.{match[2]}") * _DAY))
    return _told(moment) if moment.year <= LAST_YEAR else None


def _moment(match: re.Match[str], month: int, zone: tzinfo | None) -> Moment | None:
    year = int(match["y"])
    if len(match["y"]) == 2:
        year += 2000 if year < 70 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if match["hour"] is None:
            return Moment(date(year, month, int(match["d"])))
        hour = _hour_of_day(int(match["hour"]), match["half"])
        moment = datetime(year, month, int(match["d"]), hour, int(match["minute"]), int(match["second"] or 0))
        if match["zone"] and zone:
            moment = moment.replace(tzinfo=_zone_named(match["zone"])).astimezone(zone)
        return _told(moment)
    except (ValueError, OverflowError):
        return None


def _hour_of_day(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half.lower() == "pm" else 0)


def _zone_named(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _told(moment: datetime) -> Moment:
    return Moment(moment.date(), moment.hour * 3600 + moment.minute * 60 + moment.second)


_NUMERIC_ORDERS = (DateOrder.YMD, DateOrder.COMPACT, DateOrder.SERIAL, DateOrder.DMY, DateOrder.MDY)


def find_date_order(values: Iterable[str]) -> tuple[DateOrder, bool]:
    """Find the order that fits all values of a column; month first only if a value requires it and none excludes it.

    :return: the order, and whether it is ambiguous (then day first)
    """
    fits = dict.fromkeys(_NUMERIC_ORDERS, 0)
    day_only = month_only = both = False
    for text in values:
        if _parse_worded(text, None):
            continue
        valid = {order for order in DateOrder if parse_moment(text, order)}
        for order in valid:
            fits[order] += 1
        day_only |= DateOrder.DMY in valid and DateOrder.MDY not in valid
        month_only |= DateOrder.MDY in valid and DateOrder.DMY not in valid
        both |= DateOrder.MDY in valid and DateOrder.DMY in valid
    if max(fits.values()) == 0:
        return DateOrder.DMY, False
    best = max(_NUMERIC_ORDERS, key=lambda order: fits[order])
    if best not in (DateOrder.DMY, DateOrder.MDY):
        return best, False
    if month_only and not day_only:
        return DateOrder.MDY, False
    return DateOrder.DMY, month_only or (both and not day_only)


def parse_number(text: str, decimal_sign: str) -> Decimal | None:
    """Return the number, of at most 12 digits and 6 decimals, or None.

    Thousands may be separated by spaces, apostrophes, or the sign that is not the decimal one.
    """
    if _INTEGER.fullmatch(text):
        return Decimal(text)
    match = _NUMBERS[decimal_sign].fullmatch(text.translate(_MINUS))
    if not match:
        return None
    whole = _NOT_OF_A_NUMBER.sub("", match[1])
    return Decimal(f"{whole}.{match[3]}" if match[3] else whole)


def find_decimal_sign(values: Iterable[str]) -> tuple[str, bool]:
    """Find the decimal sign of a column from all its values.

    :return: the sign, and whether it is ambiguous ("1,234" alone; the sign is then taken for the decimal one)
    """
    votes = dict.fromkeys(DECIMAL_SIGNS, 0)
    doubtful = dict.fromkeys(DECIMAL_SIGNS, 0)
    for text in values:
        sign, sure = _sign_of(text)
        if sign:
            (votes if sure else doubtful)[sign] += 1
    if any(votes.values()):
        return max(DECIMAL_SIGNS, key=lambda sign: votes[sign]), all(votes.values())
    if any(doubtful.values()):
        return max(DECIMAL_SIGNS, key=lambda sign: doubtful[sign]), True
    return ".", False


def _sign_of(text: str) -> tuple[str | None, bool]:
    """Return the decimal sign that a number has, or None, and whether it is certain."""
    if "," not in text and "." not in text:
        return None, False
    numbers = {sign: parse_number(text, sign) for sign in DECIMAL_SIGNS}
    possible = [sign for sign, number in numbers.items() if number is not None]
    if len(possible) == 2:
        return ("," if "," in text else "."), False
    return (possible[0], True) if possible else (None, False)
