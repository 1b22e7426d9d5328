"""French postal addresses as clerks type them: « 12 b av. du Gal Leclerc » is 12 bis, avenue du Général-Leclerc."""

import re
from functools import lru_cache
from typing import NamedTuple

from ..serials.likeness import Likeness
from ..serials.words import words

#: Abbreviations of the kinds of streets and of titles in their names (La Poste, norm NF Z10-011, and usage).
_LONG_FORMS = {
    "ALL": "ALLEE",
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "BD": "BOULEVARD",
    "BLD": "BOULEVARD",
    "BLVD": "BOULEVARD",
    "BVD": "BOULEVARD",
    "CAP": "CAPITAINE",
    "CD": "COMMANDANT",
    "CDT": "COMMANDANT",
    "CH": "CHEMIN",
    "CHE": "CHEMIN",
    "CHEM": "CHEMIN",
    "COL": "COLONEL",
    "CRS": "COURS",
    "DOCT": "DOCTEUR",
    "DR": "DOCTEUR",
    "FBG": "FAUBOURG",
    "FG": "FAUBOURG",
    "GAL": "GENERAL",
    "GEN": "GENERAL",
    "HAM": "HAMEAU",
    "IMP": "IMPASSE",
    "LOT": "LOTISSEMENT",
    "LT": "LIEUTENANT",
    "MAL": "MARECHAL",
    "PAS": "PASSAGE",
    "PDT": "PRESIDENT",
    "PL": "PLACE",
    "PR": "PROFESSEUR",
    "PROF": "PROFESSEUR",
    "QU": "QUAI",
    "R": "RUE",
    "RES": "RESIDENCE",
    "RTE": "ROUTE",
    "SQ": "SQUARE",
    "ST": "SAINT",
    "STE": "SAINTE",
    "TRA": "TRAVERSE",
    "ZA": "ZONE ARTISANALE",
    "ZI": "ZONE INDUSTRIELLE",
}
_SMALL_WORDS = frozenset(words("A AU AUX D DE DES DU EN ET L LA LE LES SUR N NO CEDEX"))
_REPEATS = {"B": "BIS", "BIS": "BIS", "T": "TER", "TER": "TER", "Q": "QUATER", "QUATER": "QUATER"}
_NUMBER = re.compile(r"0*([0-9]+)([A-Z]*)")
#: Of digits at the end of an address: rue du 19 mars 1962 has no number 1962.
_LONGEST_NUMBER = 3


class Address(NamedTuple):
    """An address taken apart.

    :param number: of the house, "" where it is not given
    :param repeat: BIS, TER… or a letter
    :param street: kind and name of the street, words in full, small words left out
    """

    number: str
    repeat: str
    street: str
    zip: str
    city: str


@lru_cache(maxsize=20_000)
def _plain_city(city: str) -> str:
    return " ".join(_LONG_FORMS.get(w, w) for w in words(city) if w not in _SMALL_WORDS and not w.isdigit())


@lru_cache(maxsize=20_000)
def _plain_zip(zip_code: str) -> str:
    return "".join(words(zip_code))


def read_address(street: str | None, zip_code: str | None, city: str | None) -> Address | None:
    """Take an address apart; None where no street is given."""
    parts = words(street)
    if parts and parts[0] in ("N", "NO"):
        del parts[0]
    number, repeat, parts = _house(parts)
    named = " ".join([_LONG_FORMS.get(word, word) for word in parts if word not in _SMALL_WORDS])
    if not named:
        return None
    return Address(number, repeat, named, _plain_zip(zip_code or ""), _plain_city(city or ""))


def _house(parts: list[str]) -> tuple[str, str, list[str]]:
    """Return number, repeat and what remains. The number stands first, or last where nothing stands first."""
    for place in (0, len(parts) - 1) if parts else ():
        found = _NUMBER.fullmatch(parts[place])
        if not found or (place and len(found[1]) > _LONGEST_NUMBER):
            continue
        number, repeat = found[1], _REPEATS.get(found[2], found[2])
        if len(repeat) > 1 and repeat not in _REPEATS:
            continue  # 8MAI, 2EME: the name of a street
        rest = parts[:place] + parts[place + 1 :]
        if place == 0 and not repeat and rest and rest[0] in _REPEATS and len(rest) > 1:
            repeat, rest = _REPEATS[rest[0]], rest[1:]
        return number, repeat, rest
    return "", "", parts


def compare_addresses(one: Address | None, other: Address | None) -> Likeness:
    """Compare two addresses. Alike: the same street, of which one card does not give the number in full."""
    if one is None or other is None:
        return Likeness.UNKNOWN
    if one == other:
        return Likeness.SAME if one.number else Likeness.ALIKE
    if one.street != other.street or _elsewhere(one, other):
        return Likeness.DIFFERENT
    if (one.number, one.repeat) == (other.number, other.repeat):
        return Likeness.SAME if one.number else Likeness.ALIKE
    if not (one.number and other.number) or (one.number == other.number and not (one.repeat and other.repeat)):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def _elsewhere(one: Address, other: Address) -> bool:
    """Tell whether the two are in different towns. A town may have several codes and be written in several ways."""
    same_zip = not (one.zip and other.zip) or one.zip == other.zip
    same_city = not (one.city and other.city) or one.city == other.city
    if one.zip and other.zip and one.city and other.city:
        return not (same_zip or same_city)
    return not (same_zip and same_city)
