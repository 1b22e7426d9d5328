"""Parses French postal addresses as clerks type them: « Bât A appt 3, 12 b av. du Gal Leclerc » is flat 3 of
12 bis, avenue du Général-Leclerc."""

import re
from functools import lru_cache
from typing import NamedTuple

from ..serials.comparing import is_one_slip
from ..serials.likeness import Likeness
from ..serials.words import words
from .street_words import (
    BUILDINGS,
    FLATS,
    FLOORS,
    KINDS,
    LONG_FORMS,
    PLACES,
    REPEATS,
    RESIDENCES,
    SMALL_WORDS,
)

_NUMBER = re.compile(r"0*([0-9]+)([A-Z]*)")
_FLOOR = re.compile(r"[0-9](?:E|EME|ER|ERE)|RDC")
#: Most digits of a house number at the end of an address: rue du 19 mars 1962 has no number 1962.
_LONGEST_NUMBER = 3
#: Minimum length of a street's name for a single typing error to be recognised.
_LONG_ENOUGH_TO_SLIP = 5
_KINDS = frozenset(word for kind in KINDS for word in kind.split()) | {"RESIDENCE"}
_DISTRICT = re.compile(r"[0-9]+(?:E|EME|ER|ERE)?")
_NOT_OF_A_CITY = frozenset(("CEDEX", "ARRONDISSEMENT", "ARRDT", "ARR", "COMMUNE"))


class Address(NamedTuple):
    """A parsed address.

    :param number: house number, "" if not given
    :param repeat: BIS, TER… or a letter
    :param kind: kind of street, in full; "" if not given, or for a hamlet
    :param street: name of the street, words in full, without stop words
    :param flat: flat, without the floor; "" if not given
    :param building: building of the flat
    """

    number: str
    repeat: str
    kind: str
    street: str
    zip: str
    city: str
    flat: str = ""
    building: str = ""

    @property
    def house(self) -> tuple[str, str, str]:
        """Identify the house, whatever the town; the hamlet if there is no number."""
        return self.number, self.repeat, self.street


@lru_cache(maxsize=20_000)
def _plain_city(city: str) -> str:
    return " ".join(
        LONG_FORMS.get(word, word)
        for word in words(city)
        if word not in SMALL_WORDS and word not in _NOT_OF_A_CITY and not _DISTRICT.fullmatch(word)
    )


@lru_cache(maxsize=20_000)
def _plain_zip(zip_code: str) -> str:
    return "".join(words(zip_code))


def read_address(street: str | None, zip_code: str | None, city: str | None) -> Address | None:
    """Parse an address; None if no street is given."""
    parts = words(street)
    if not parts:
        return None
    parts, flat, building = _without_flat(parts)
    number, repeat, parts = _house(_from_house(parts))
    kind, named = _street(parts)
    if not named:
        return None
    return Address(number, repeat, kind, named, _plain_zip(zip_code or ""), _plain_city(city or ""), flat, building)


def _without_flat(parts: list[str]) -> tuple[list[str], str, str]:
    """Extract flat, building and floor from the words of an address."""
    if not any(part in FLATS or part in BUILDINGS or part in FLOORS or _FLOOR.fullmatch(part) for part in parts):
        return parts, "", ""
    rest, flat, building, place = [], "", "", 0
    while place < len(parts):
        part = parts[place]
        named = _name_after(parts, place)
        if part in FLATS and named and not flat:
            flat = parts[named].lstrip("0")
        elif part in BUILDINGS and named and not building:
            building = parts[named].lstrip("0")
        elif part in FLOORS or (_FLOOR.fullmatch(part) and parts[place + 1 : place + 2] in (["ETAGE"], ["ETG"])):
            named = place
        else:
            rest.append(part)
            named = place
        place = named + 1
    return rest, flat, building


def _name_after(parts: list[str], place: int) -> int:
    """Return the position of the number or letter that names a flat or a building; 0 if none follows."""
    after = place + 1
    if parts[after : after + 1] in (["N"], ["NO"]):
        after += 1
    if after < len(parts) and (parts[after][0].isdigit() or len(parts[after]) <= 2):
        return after
    return 0


def _from_house(parts: list[str]) -> list[str]:
    """Drop what precedes the house number or the street (« rés. Les Lilas 12 rue Haute »), or follows it."""
    for place in range(1, len(parts) - 1) if not parts[:1] or not parts[0][0].isdigit() else ():
        if parts[place][0].isdigit() and _kind_at(parts, place + 1 + (parts[place + 1] in REPEATS)):
            parts = parts[place:]
            break
    named = next((place for place, part in enumerate(parts) if place > 2 and part in RESIDENCES), len(parts))
    before = parts[:named]
    return before if any(_kind_at(before, place) for place in range(len(before) - 1)) else parts


def _kind_at(parts: list[str], place: int) -> bool:
    if place >= len(parts) - 1:
        return False
    part = parts[place]
    return LONG_FORMS.get(part, part) in KINDS and part not in RESIDENCES


def _house(parts: list[str]) -> tuple[str, str, list[str]]:
    """Return number, repeat and the remaining words. The number comes first, or else last."""
    if parts and parts[0] in ("N", "NO"):
        parts = parts[1:]
    for place in (0, len(parts) - 1) if parts else ():
        found = _NUMBER.fullmatch(parts[place])
        if not found or (place and len(found[1]) > _LONGEST_NUMBER):
            continue
        number, repeat = found[1], REPEATS.get(found[2], found[2])
        if len(repeat) > 1 and repeat not in REPEATS:
            continue  # 8MAI, 2EME: the name of a street
        rest = parts[:place] + parts[place + 1 :]
        if place == 0 and not repeat and rest and (rest[0] in REPEATS or rest[0] in ("A", "C")) and len(rest) > 1:
            repeat, rest = REPEATS.get(rest[0], rest[0]), rest[1:]
        if place == 0 and rest and rest[0].isdigit() and len(rest) > 2 and _kind_at(rest, 1):
            rest = rest[1:]  # 12-14 rue Haute
        return number, repeat, rest
    return "", "", parts


def _street(parts: list[str]) -> tuple[str, str]:
    """Return kind and name of a street."""
    kind = ""
    if parts[:2] == ["LIEU", "DIT"]:
        parts = parts[2:]
    while len(parts) > 1 and parts[0] in PLACES:
        parts = parts[1:]
    if parts and len(parts) > 1:
        first = LONG_FORMS.get(parts[0], parts[0])
        if first in KINDS or first == "RESIDENCE":
            kind, parts = first, parts[1:]
    full = [LONG_FORMS.get(word, word) for word in parts if word not in SMALL_WORDS]
    if not full and kind:
        kind, full = "", [kind]
    return kind, " ".join(full)


def compare_addresses(one: Address | None, other: Address | None) -> Likeness:
    """Compare two addresses.

    :return: SAME: the same house, and the same flat if given; ALIKE: the same street, incomplete or written in another
        way on one card; CLOSE: the same house number in streets whose names are one typing error apart
    """
    if one is None or other is None:
        return Likeness.UNKNOWN
    if one == other:
        return Likeness.SAME if one.number else Likeness.ALIKE
    if _differ(one.flat, other.flat) or _differ(one.building, other.building) or _elsewhere(one, other):
        return Likeness.DIFFERENT
    street = _compare_streets(one, other)
    if street is Likeness.DIFFERENT:
        return street
    house = _compare_houses(one, other)
    if house is Likeness.SAME and street is Likeness.SAME:
        return Likeness.SAME if (one.flat, one.building) == (other.flat, other.building) else Likeness.ALIKE
    if house is Likeness.DIFFERENT or (street is Likeness.CLOSE and house is not Likeness.SAME):
        return Likeness.DIFFERENT
    return Likeness.CLOSE if street is Likeness.CLOSE else Likeness.ALIKE


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _compare_streets(one: Address, other: Address) -> Likeness:
    """Compare two streets by name; clerks confuse kinds of streets more often than names."""
    if one.street == other.street:
        return Likeness.ALIKE if _differ(one.kind, other.kind) else Likeness.SAME
    if _is_shorter(one.street, other.street) or _is_shorter(other.street, one.street):
        return Likeness.ALIKE
    shortest = min(len(one.street), len(other.street))
    if shortest >= _LONG_ENOUGH_TO_SLIP and is_one_slip(one.street, other.street):
        return Likeness.CLOSE
    return Likeness.DIFFERENT


def _is_shorter(less: str, more: str) -> bool:
    """Return whether one name abbreviates the other to some words, the last included, or initials: V. Hugo."""
    short, full = less.split(), more.split()
    if len(short) > len(full) or short[-1] != full[-1] or len(short[-1]) < 4:
        return False
    rest = iter(full[:-1])
    return all(any(word == known or (len(word) == 1 and known[0] == word) for known in rest) for word in short[:-1])


def _compare_houses(one: Address, other: Address) -> Likeness:
    if (one.number, one.repeat) == (other.number, other.repeat):
        return Likeness.SAME if one.number else Likeness.ALIKE
    if not (one.number and other.number) or (one.number == other.number and not (one.repeat and other.repeat)):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def _elsewhere(one: Address, other: Address) -> bool:
    """Return whether two addresses are in different towns. A town may have several codes and spellings."""
    same_zip = not (one.zip and other.zip) or one.zip == other.zip
    same_city = not (one.city and other.city) or _is_one_city(one.city, other.city)
    if one.zip and other.zip and one.city and other.city:
        return not (same_zip or same_city)
    return not (same_zip and same_city)


@lru_cache(maxsize=20_000)
def _is_one_city(one: str, other: str) -> bool:
    """Return whether two names are one town: Clermont-Fd, Clermont-Ferrand; Saint-Martin, Saint-Martin-sur-Loire."""
    short, full = sorted((one.split(), other.split()), key=len)
    return one == other or is_one_slip(one, other) or short == full[: len(short)]
