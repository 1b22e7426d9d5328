"""Recognises English and French names of columns and of kinds of readings."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from .readings import ReadingKind
from .units import ColumnHeading, read_heading


class Role(StrEnum):
    """Content of a column; the first three are required, the last four describe a new meter."""

    METER = "meter"
    DATE = "date"
    INDEX = "index"
    TIME = "time"
    UNIT = "unit"
    KIND = "kind"
    CONSUMPTION = "consumption"
    STREET = "street"
    ZIP = "zip"
    CITY = "city"
    DIGITS = "digits"


REQUIRED = (Role.METER, Role.DATE, Role.INDEX)
#: Columns of volumes; each has its own unit.
MEASURED = (Role.INDEX, Role.CONSUMPTION)
DETAILS = (Role.STREET, Role.ZIP, Role.CITY, Role.DIGITS)

#: Names as normalised by `plain`, the most specific first: if two columns match, the earlier name wins.
COLUMN_NAMES = {
    Role.METER: (
        "numero compteur|compteur numero|meter number|meter serial number|meter id|numero serie compteur"
        "|numero serie|serial number|compteur|meter|serial|matricule compteur|matricule|reference compteur"
        "|id compteur"
    ),
    Role.DATE: (
        "date releve|date nouvel index|date index|reading date|date reading|date lecture|date heure releve|date heure"
        "|date et heure|horodatage|horodate|timestamp|datetime|date time|date"
    ),
    Role.INDEX: (
        "nouvel index|index nouveau|index releve|index actuel|new index|current index|meter reading|index"
        "|index compteur|current reading|reading"
    ),
    Role.TIME: "heure releve|heure lecture|heure index|reading time|heure|hour|time",
    Role.UNIT: "unite index|unite mesure|unite|unites|unit measure|unit|uom",
    Role.KIND: "nature releve|type releve|nature index|type index|reading type|reading kind|kind|nature|type",
    Role.CONSUMPTION: (
        "consommation modifiee|modified consumption|consommation|consommation facturee|consumption|conso|volume"
    ),
    Role.STREET: "adresse point|adresse compteur|adresse|rue|voie|street|address|street address",
    Role.ZIP: "code postal|cp|zip|zip code|postal code|postcode",
    Role.CITY: "ville|commune|localite|city|town",
    Role.DIGITS: "nombre chiffres|nombre roues|nb chiffres|nb roues|chiffres|roues|number digits|digits",
}
KIND_NAMES = {
    ReadingKind.REAL: (
        "real|reel|reelle|releve|relevee|releve reelle|releve reel|index reel|r|actual|manual|manuel|manuelle"
        "|releve manuelle|releve agent|agent|releveur|releve releveur|releve technicien|technicien|facture|facturee"
        "|index facture|releve facture|lu|lue|vu|vue|visuel|visuelle|normal|normale|releve normale|physique|constate"
        "|releve contradictoire|releve controle|controle|read"
    ),
    ReadingKind.ESTIMATED: (
        "estimated|estime|estimee|e|est|estimation|estimate|releve estimee|releve estime|index estime|absent|absente"
        "|absence|abonne absent|client absent|absent estime|non releve|non relevee|inaccessible|non accessible"
        "|compteur inaccessible|forfait|calcule|calculee|evalue|evaluee|moyenne|provisoire"
    ),
    ReadingKind.SELF_REPORTED: (
        "self reported|auto releve|autoreleve|auto releves|carte|carte t|carte releve|carte auto releve|customer"
        "|releve abonne|releve client|releve usager|index abonne|index client|abonne|client|usager|internet"
        "|agence ligne|telephone"
    ),
    ReadingKind.REMOTE: (
        "remote|radio|telereleve|tele releve|radioreleve|radio releve|releve radio|automatic|automatique|distance"
        "|a distance|releve a distance|ami|amr|lora|lorawan"
    ),
    ReadingKind.REMOVAL: "removal|depose|deposee|releve depose|index depose|depose compteur|removed|demontage|retrait",
    ReadingKind.INSTALLATION: (
        "installation|pose|posee|releve pose|index pose|pose compteur|installed|mise service|index initial"
    ),
}
_RANKS = {role: {name: rank for rank, name in enumerate(names.split("|"))} for role, names in COLUMN_NAMES.items()}
_KIND_BY_NAME = {name: kind for kind, names in KIND_NAMES.items() for name in names.split("|")}
_NO_WORDS: Mapping[str, ReadingKind] = MappingProxyType({})
_SAME = {"n": "numero", "no": "numero", "num": "numero", "nr": "numero"}
_SILENT = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "of", "the", "m3", "en", "in"})


def match_columns(header: Sequence[str]) -> dict[int, Role]:
    """Return the roles of the columns, by position from 0; two columns with the same name both match."""
    names = [plain(read_heading(name).name) for name in header]
    columns: dict[int, Role] = {}
    for role, ranks in _RANKS.items():
        best = min((ranks[name] for name in names if name in ranks), default=-1)
        columns |= {place: role for place, name in enumerate(names) if ranks.get(name) == best}
    return dict(sorted(columns.items()))


def headings(header: Sequence[str], columns: Mapping[int, Role]) -> dict[int, ColumnHeading]:
    """Return name and unit of the columns of volumes, by position."""
    return {place: read_heading(header[place]) for place, role in columns.items() if role in MEASURED}


def kind_named(text: str, words: Mapping[str, ReadingKind] = _NO_WORDS) -> ReadingKind | None:
    """Return the kind of reading that a cell names, or None.

    :param words: the section's own words for them, normalised by `plain`; they prevail over the usual names
    """
    name = plain(text)
    return words.get(name) or _KIND_BY_NAME.get(name)


def plain(name: str) -> str:
    """Normalise a name: no accents, case, punctuation, unit or stop words ("N° de compteur" → "numero compteur")."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    words = [_SAME.get(word, word) for word in letters.split()]
    return " ".join(word for word in words if word not in _SILENT)
