"""Plans departures and arrivals on a meter, in one section: contracts to end and to begin, and obstacles."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Hindrance(StrEnum):
    """What prevents a departure or an arrival in a section."""

    NOBODY = "nobody"
    OTHER_SUBSCRIBER = "other_subscriber"
    BILLED = "billed"
    TAKEN = "taken"
    NO_TERMS = "no_terms"


@dataclass(frozen=True, slots=True)
class Contract:
    """A subscription on a section's meter.

    :param name: name of the subscriber
    :param billed_until: last day of service on a live bill
    """

    key: Any
    name: str
    start: date
    end: date | None = None
    billed_until: date | None = None

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end >= day)


@dataclass(frozen=True, slots=True)
class OccupancyChange:
    """Effect of a departure or an arrival in one section.

    :param leaving: contract that ends on the day
    :param terms: contract whose terms (tariff, dwellings) the next subscriber takes over
    :param first_day: first day of the next subscriber
    :param day: day of the contract that prevents the change
    """

    first_day: datetime.date
    leaving: Contract | None = None
    terms: Contract | None = None
    hindrance: Hindrance | None = None
    hindered_by: Contract | None = None
    day: datetime.date | None = None


def plan_change(
    contracts: Iterable[Contract],
    day: date,
    is_followed: bool,
    has_terms: bool = False,
    expected: str | None = None,
    first_day: date | None = None,
) -> OccupancyChange:
    """Plan a departure on a day, an arrival, or both.

    :param day: last day of the leaving subscriber; in a vacant place, first day of the arriving one
    :param is_followed: a subscriber arrives
    :param has_terms: the terms of the arriving subscriber are given
    :param expected: name of the leaving subscriber in the section of the request, None in that section itself
    :param first_day: first day of the arriving subscriber, if another section gives it
    """
    known = sorted(contracts, key=lambda contract: contract.start)
    leaving = next((contract for contract in known if contract.runs_on(day)), None)
    first_day = first_day or (day + timedelta(1) if leaving else day)
    terms = leaving or next((contract for contract in reversed(known) if contract.start <= first_day), None)
    change = OccupancyChange(first_day, leaving, terms)
    found = _hindrance(known, change, day, is_followed, has_terms, expected)
    return change if found is None else OccupancyChange(first_day, leaving, terms, *found)


def _hindrance(
    known: list[Contract], change: OccupancyChange, day: date, is_followed: bool, has_terms: bool, expected: str | None
) -> tuple[Hindrance, Contract | None, date | None] | None:
    leaving = change.leaving
    if leaving is None and not is_followed:
        return Hindrance.NOBODY, None, day
    if leaving and expected and _words(leaving.name) != _words(expected):
        return Hindrance.OTHER_SUBSCRIBER, leaving, day
    if leaving and leaving.billed_until and leaving.billed_until > day:
        return Hindrance.BILLED, leaving, leaving.billed_until
    later = next(
        (c for c in known if is_followed and c is not leaving and (c.end or c.start) >= change.first_day), None
    )
    if later:
        return Hindrance.TAKEN, later, later.start
    if is_followed and not change.terms and not has_terms:
        return Hindrance.NO_TERMS, None, day
    return None


def _words(name: str) -> list[str]:
    """Return a name's words, independent of their order and case."""
    return sorted(name.casefold().replace(",", " ").split())
