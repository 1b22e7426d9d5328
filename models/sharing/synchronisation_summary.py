"""Counts what a synchronisation of any size would change, and keeps the lines that a person reads."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ...core.metering.synchronisation import Outcome, ReadingChange


@dataclass(slots=True)
class Summary:
    """What a synchronisation of any size would change: all of it counted, its first lines kept.

    Unusual changes are kept rather than those that only add the latest readings of a card.

    :param listed: most lines that are kept
    :param closed: names of the sections that the user has no access to
    """

    listed: int
    counts: Counter = field(default_factory=Counter)
    conflict_count: int = 0
    closed: set[str] = field(default_factory=set)
    _kept: list = field(default_factory=list)

    def add(self, changes) -> None:
        """Count changes and keep the first ones.

        :param changes: (changed card, change, whether the user has access to the card's company, whether it is usual)
        """
        for info, change, is_open, is_plain in changes:
            self.counts[info.section_name, change.outcome] += 1
            self._kept.append(((not is_open, is_plain, change.outcome is Outcome.SAME), info, change))
        if len(self._kept) > self.listed:
            self._kept.sort(key=lambda kept: kept[0])
            del self._kept[self.listed :]

    @property
    def changes(self) -> list[tuple[Any, ReadingChange]]:
        return [(info, change) for _rank, info, change in self._kept]

    @property
    def is_whole(self) -> bool:
        """Whether every change is kept."""
        return len(self._kept) == self.counts.total()
