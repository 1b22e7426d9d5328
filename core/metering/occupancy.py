"""Who leaves a meter and who comes in, in one section: what is ended, what begins, what stands in the way."""

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

    :param name: of the subscriber
    :param billed_until: last day of service that a standing bill charges
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
    """What a departure or an arrival does in one section.

    :param leaving: the contract that ends on the day
    :param terms: the contract whose terms (tariff, dwellings) the next subscriber takes over
    :param first_day: of the next subscriber
    :param day: of the contract that hinders
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

    :param day: last day of who leaves; where nobody is there, first day of who comes in
    :param is_followed: somebody comes in
    :param has_terms: the terms of who comes in are given
    :param expected: name of who leaves in the section that says so, None there
    :param first_day: of who comes in, where another section says so
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
    """Return a name's words, in whatever order and case they are written."""
    return sorted(name.casefold().replace(",", " ").split())
