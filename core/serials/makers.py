"""Manufacturers of water meters, by the group that they now belong to; a device keeps the former name on its case."""

from functools import lru_cache

from .words import words

_GROUPS = (
    "ITRON ACTARIS SCHLUMBERGER FLONIC",
    "SAPPEL DIEHL HYDROMETER",
    "SENSUS SOCAM INVENSYS MEINECKE POLLUX XYLEM",
    "ELSTER HONEYWELL KENT ABB",
    "ZENNER MINOL",
    "KAMSTRUP",
    "MADDALENA",
    "BMETERS",
    "WATEAU",
    "WEHRLE",
    "BADGER",
    "ARAD",
    "JANZ",
    "CONTAZARA",
    "ISTA",
    "TECHEM",
    "APATOR",
)
#: {name on a case: group}
MAKERS = {name: group.split()[0] for group in _GROUPS for name in group.split()}


@lru_cache(maxsize=1000)
def maker_of(brand: str | None) -> str:
    """Return the group of manufacturers that a brand belongs to; "" if unknown."""
    return next((MAKERS[word] for word in words(brand) if word in MAKERS), "")


@lru_cache(maxsize=1000)
def names_before_number(brand: str | None) -> frozenset[str]:
    """Return the names that people type before a number: manufacturers, and the brand on the card."""
    return frozenset(word for word in (*MAKERS, *words(brand)) if not word.isdigit() and len(word) > 1)
