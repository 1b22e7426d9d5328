"""Chooses which reading of a day is kept; remote reading delivers one every quarter of an hour."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from .readings import ReadingKind
from .readings_file import ReadingRow

_DAY = 86_400


class Thinning(StrEnum):
    """Which of the readings of a day is kept, if the file contains their hours."""

    LAST = "last"
    FIRST = "first"
    MIDNIGHT = "midnight"


def thin(rows: Iterable[ReadingRow], choice: Thinning) -> tuple[list[ReadingRow], list[ReadingRow]]:
    """Return the rows to keep, one per day if all rows of the day have an hour, and the rows left out."""
    days: dict[tuple[date, int], list[ReadingRow]] = {}
    for row in rows:
        days.setdefault((row.date, (row.kind or ReadingKind.REAL).slot), []).append(row)
    kept: list[ReadingRow] = []
    left: list[ReadingRow] = []
    for group in days.values():
        if len(group) > 1 and all(row.seconds is not None for row in group):
            chosen = min(group, key=lambda row: _rank(row, choice))
            kept.append(chosen)
            left += [row for row in group if row is not chosen]
        else:
            kept += group
    return sorted(kept, key=lambda row: row.line), left


def _rank(row: ReadingRow, choice: Thinning) -> tuple[int, int]:
    seconds = row.seconds or 0
    if choice is Thinning.LAST:
        return -seconds, -row.line
    if choice is Thinning.FIRST:
        return seconds, row.line
    return min(seconds, _DAY - seconds), row.line
