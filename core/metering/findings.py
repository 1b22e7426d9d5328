"""Findings about a reading, as data: the user interface turns them into sentences."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .readings import Reading


class Code(StrEnum):
    """Kinds of findings, the blocking ones first."""

    NEGATIVE = "negative"
    FUTURE = "future"
    BEFORE_INSTALLATION = "before_installation"
    DUPLICATE = "duplicate"
    BELOW_PREVIOUS = "below_previous"
    TOO_MANY_DIGITS = "too_many_digits"
    DIGITS_UNKNOWN = "digits_unknown"
    USELESS_ROLLOVER = "useless_rollover"
    NO_DEVICE = "no_device"
    ALREADY_BILLED = "already_billed"
    ESTIMATE_TOO_HIGH = "estimate_too_high"
    HIGH = "high"
    ZERO = "zero"


#: Findings that a person decides on; all others refuse the reading.
WARNINGS = frozenset({Code.ALREADY_BILLED, Code.ESTIMATE_TOO_HIGH, Code.HIGH, Code.ZERO})


@dataclass(frozen=True, slots=True)
class ReadingFinding:
    """One finding, with the two readings that it compares."""

    code: Code
    date: datetime.date
    index: Decimal
    previous_date: datetime.date | None = None
    previous_index: Decimal | None = None

    @classmethod
    def of(cls, code: Code, reading: Reading, previous: Reading | None = None) -> "ReadingFinding":
        """Return a finding about a reading, compared with another one."""
        if previous is None:
            return cls(code, reading.date, reading.index)
        return cls(code, reading.date, reading.index, previous.date, previous.index)

    @property
    def blocking(self) -> bool:
        return self.code not in WARNINGS
