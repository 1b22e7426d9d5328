"""Finds the meters named in a file, as tolerantly as the matching of two sections: no meter is created twice."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ...core.serials import Likeness, SerialIndex, read_serial
from ...core.serials.words import words

#: Most meters that a message names.
_NAMED = 3


class MeterFault(StrEnum):
    """Why the readings of a meter in a file cannot be imported as they are."""

    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    AMBIGUOUS = "ambiguous"
    #: The section has meters with similar numbers.
    ALIKE = "alike"
    #: Another section has the meter, and it can be attached.
    ELSEWHERE = "elsewhere"
    #: The file contains this unknown number in another form too.
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class MeterPlace:
    """What a number in a file refers to.

    :param meter: the number under which all its forms are grouped
    :param meter_id: the section's meter, if any
    :param point_id: point of that meter; without a meter, the point of another section's meter, to attach
    :param proposals: names of the meters that it may refer to
    """

    meter: str
    meter_id: int | None = None
    point_id: int | None = None
    fault: MeterFault | None = None
    proposals: tuple[str, ...] = ()

    @property
    def is_one_proposed(self) -> bool:
        """Whether a person may accept the proposal: there is one, and it is a meter."""
        return len(self.proposals) == 1 and self.fault in (MeterFault.ALIKE, MeterFault.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class _Known:
    """A card of the section, prepared for searches."""

    meter_id: int
    point_id: int
    active: bool
    serial: str
    brand: str
    name: str


class MeterFinder:
    """Finds meters of a section under a user's record rules.

    :param answers: the options of the import
    """

    def __init__(self, env, section, answers):
        self.env = env
        self.section = section
        self.answers = answers
        #: groups of the numbers met so far: by meter, or else by letters and digits
        self._met: dict = {}
        self._codes: dict[str, str] = {}

    def find(self, identifiers: list[str]) -> dict[str, MeterPlace]:
        """Return what each number refers to: by serial number, else by reference, else by likeness."""
        exact = self._exact(identifiers) | self._chosen(identifiers)
        return {identifier: self._gather(identifier, exact.get(identifier)) for identifier in identifiers}

    def _gather(self, identifier: str, found: MeterPlace | None) -> MeterPlace:
        place = found or self._resembling(identifier) or self._elsewhere(identifier)
        if place is None:
            return self._unknown(identifier)
        if place.fault:
            return place
        first = self._met.setdefault(place.meter_id or f"point {place.point_id}", identifier)
        return MeterPlace(first, place.meter_id, place.point_id)

    def _unknown(self, identifier: str) -> MeterPlace:
        """Group the forms of a number that no section has. One that only resembles another of the file has a fault."""
        written = "".join(words(identifier)) or identifier
        first = self._met.setdefault(written, identifier)
        if first != identifier:
            return MeterPlace(first, fault=MeterFault.UNKNOWN)
        serial = read_serial(identifier)
        other = self._codes.setdefault(f"{serial.maker} {serial.code}", identifier) if serial else identifier
        if other != identifier:
            return MeterPlace(identifier, fault=MeterFault.TWIN, proposals=(other,))
        return MeterPlace(identifier, fault=MeterFault.UNKNOWN)

    # === THE SECTION'S OWN === #

    def _exact(self, identifiers: list[str]) -> dict[str, MeterPlace]:
        by_serial, by_name = {}, {}
        named = ["|", ("serial_number", "in", identifiers), ("name", "in", identifiers)]
        for card in self._cards(named):
            for known, identifier in ((by_serial, card.serial), (by_name, card.name)):
                place = self._place(identifier, card)
                known[identifier] = place if identifier not in known else _refused(identifier, MeterFault.AMBIGUOUS)
        return {i: by_serial.get(i) or by_name[i] for i in identifiers if i in by_serial or i in by_name}

    def _chosen(self, identifiers: list[str]) -> dict[str, MeterPlace]:
        """Return the meters that a person chose, among those of the section that they may see; ignore any others."""
        chosen = {i: self.answers.chosen[i] for i in identifiers if i in self.answers.chosen}
        cards = {card.meter_id: card for card in self._cards([("id", "in", list(chosen.values()))])} if chosen else {}
        return {i: self._place(i, cards[meter_id]) for i, meter_id in chosen.items() if meter_id in cards}

    def _place(self, identifier: str, card: _Known) -> MeterPlace:
        fault = None if card.active else MeterFault.ARCHIVED
        return MeterPlace(identifier, card.meter_id, card.point_id, fault)

    def _cards(self, domain) -> list[_Known]:
        meters = self.env["utility.meter"].with_context(active_test=False)
        query = meters._search([("section_id", "=", self.section.id), *domain])
        names = ("id", "connection_point_id", "active", "serial_number", "brand", "name")
        columns = [meters._field_to_sql(query.table, name, query) for name in names]
        rows = self.env.execute_query(query.select(*columns))
        return [_Known(*row[:3], *(text or "" for text in row[3:])) for row in rows]

    @cached_property
    def _own(self) -> SerialIndex:
        cards = self._cards([("serial_number", "!=", False)])
        return SerialIndex((card, card.serial, card.brand) for card in cards)

    def _resembling(self, identifier: str) -> MeterPlace | None:
        found = self._own.find(identifier)
        cards = [one.key for one in found]
        if not cards:
            return None
        same = all(one.likeness is Likeness.SAME for one in found)
        if len(cards) > 1 and same:
            return _refused(identifier, MeterFault.AMBIGUOUS)
        if len(cards) == 1 and (same or self.answers.use_alike or identifier in self.answers.accepted):
            return self._place(identifier, cards[0])
        return _refused(identifier, MeterFault.ALIKE, (card.serial for card in cards))

    # === THE OTHER SECTIONS' === #

    @cached_property
    def _others(self) -> SerialIndex:
        points = self.env["utility.connection.point"]._attachable_to(self.section)
        return SerialIndex(((point_id, serial, section), serial, brand) for point_id, serial, brand, section in points)

    def _elsewhere(self, identifier: str) -> MeterPlace | None:
        found = [one for one in self._others.find(identifier) if one.likeness.is_one]
        points = {one.key[0] for one in found}
        if not points:
            return None
        if len(points) == 1 and (self.answers.attach or identifier in self.answers.accepted):
            return MeterPlace(identifier, point_id=points.pop())
        names = (f"{serial} · {section}" for _point, serial, section in (one.key for one in found))
        return _refused(identifier, MeterFault.ELSEWHERE, names)


def _refused(identifier: str, fault: MeterFault, names=()) -> MeterPlace:
    return MeterPlace(identifier, fault=fault, proposals=tuple(dict.fromkeys(names))[:_NAMED])
