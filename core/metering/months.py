"""Names of months, French or English, in full or abbreviated."""

import unicodedata

_NAMES = (
    "january janvier janv",
    "february fevrier fevr fev",
    "march mars",
    "april avril avr",
    "may mai",
    "june juin",
    "july juillet juil jul",
    "august aout aou",
    "september septembre sept",
    "october octobre",
    "november novembre",
    "december decembre",
)
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
# abbreviations of three letters, where only one month has them
_MONTHS |= {name[:3]: month for name, month in _MONTHS.items() if name[:3] not in ("jui", "mar")} | {"mar": 3, "jun": 6}


def month_named(word: str) -> int | None:
    """Return the number of a month, from 1, or None."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return _MONTHS.get("".join(c for c in letters if not unicodedata.combining(c)))
