"""Data exchanged between the database rows of readings and the rules of `core.metering`."""

from dataclasses import dataclass, field

from ...core.metering.consumption import ReadingStep
from ...core.metering.readings import Meter, Reading
from .reading_sql import TO_CHECK


@dataclass(slots=True)
class CardReadings:
    """One section's meter with its readings; `stored` holds the stored values of each step, by reading id."""

    id: int
    point_id: int
    meter: Meter = field(default_factory=Meter)
    readings: list[Reading] = field(default_factory=list)
    stored: dict[int, tuple] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewReading:
    """A reading to insert on a card.

    :param origin_id: reading of another section that it is copied from, or None
    :param reason: why its consumption is modified, if it is not a copy
    """

    meter_id: int
    reading: Reading
    step: ReadingStep
    origin_id: int | None = None
    reason: str | None = None


def needs_check(step: ReadingStep) -> bool:
    return any(f.code in TO_CHECK for f in step.findings)


def step_values(reading: Reading, step: ReadingStep) -> tuple:
    """Return the values to store for a step; a modified consumption equal to the computed one is not a modification."""
    finding = next((f.code.value for f in step.findings if not f.blocking), None)
    modified = reading.modified is not None and reading.modified != step.computed
    return step.previous_index, step.previous_date, step.computed, step.consumption, modified, finding
