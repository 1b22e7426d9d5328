"""Names of columns and of kinds of readings in files, English or French, however they are written."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from .readings import Kind


class Role(StrEnum):
    """What a column holds; the first three are required, the last four describe a meter not known yet."""

    METER = "meter"
    DATE = "date"
    INDEX = "index"
    KIND = "kind"
    CONSUMPTION = "consumption"
    STREET = "street"
    ZIP = "zip"
    CITY = "city"
    DIGITS = "digits"


REQUIRED = (Role.METER, Role.DATE, Role.INDEX)
DETAILS = (Role.STREET, Role.ZIP, Role.CITY, Role.DIGITS)

#: Names as `plain` leaves them, the most telling first: of two columns that fit, the earlier name is taken.
COLUMN_NAMES = {
    Role.METER: (
        "numero compteur|compteur numero|meter number|meter serial number|meter id|numero serie compteur"
        "|numero serie|serial number|compteur|meter|serial|matricule compteur|matricule|reference compteur"
        "|id compteur"
    ),
    Role.DATE: "date releve|date nouvel index|date index|reading date|date reading|date lecture|date",
    Role.INDEX: (
        "nouvel index|index nouveau|index releve|index actuel|new index|current index|meter reading|index"
        "|index compteur|current reading|reading"
    ),
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
    Kind.REAL: "real|reel|reelle|releve|releve reelle|releve reel|r|actual|manual|manuelle|releve manuelle",
    Kind.ESTIMATED: "estimated|estime|estimee|e|estimation|estimate|releve estimee",
    Kind.SELF_REPORTED: "self reported|auto releve|autoreleve|carte|customer",
    Kind.REMOTE: "remote|radio|telereleve|radioreleve|radio releve|automatic",
    Kind.REMOVAL: "removal|depose|releve depose|removed",
    Kind.INSTALLATION: "installation|pose|releve pose|installed",
}
_RANKS = {role: {name: rank for rank, name in enumerate(names.split("|"))} for role, names in COLUMN_NAMES.items()}
_KIND_BY_NAME = {name: kind for kind, names in KIND_NAMES.items() for name in names.split("|")}
_SAME = {"n": "numero", "no": "numero", "num": "numero", "nr": "numero"}
_SILENT = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "of", "the", "m3", "en", "in"})


def match_columns(header: Sequence[str]) -> dict[int, Role]:
    """What the columns hold, by position from 0. Two columns of one same name are both matched."""
    names = [plain(name) for name in header]
    columns = {}
    for role, ranks in _RANKS.items():
        best = min((ranks[name] for name in names if name in ranks), default=-1)
        columns |= {place: role for place, name in enumerate(names) if ranks.get(name) == best}
    return dict(sorted(columns.items()))


def kind_named(text: str) -> Kind | None:
    """The kind of reading that a cell names, or None."""
    return _KIND_BY_NAME.get(plain(text))


def plain(name: str) -> str:
    """A name without accents, case, punctuation, unit, little words: "N° de compteur", "numero compteur"."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    words = [_SAME.get(word, word) for word in letters.split()]
    return " ".join(word for word in words if word not in _SILENT)
