"""Names of subscribers: « M. et Mme DURAND Paul » is Paul Durand."""

from functools import lru_cache

from ..serials.likeness import Likeness
from ..serials.words import words

_CIVILITIES = frozenset(
    words(
        "M MR MME MMES MLLE MM MRS MS MONSIEUR MADAME MADEMOISELLE MESSIEURS ET OU DE DU DES LA LE LES L D "
        "EPX EPOUX EPOUSE VVE VEUVE VEUF INDIVISION SUCCESSION CONSORTS STE SOCIETE SARL SAS SA SCI EURL SNC"
    )
)
#: Letters that a word must have to tell a family from another.
TELLING = 3


@lru_cache(maxsize=50_000)
def read_subscriber(name: str | None) -> frozenset[str]:
    """Return the words of a name that tell who it is, in no order; empty where there is none."""
    found = words(name)
    return frozenset(word for word in found if word not in _CIVILITIES) or frozenset(found)


def compare_subscribers(one: frozenset[str], other: frozenset[str]) -> Likeness:
    """Compare two names. Alike: all of one is in the other, initials counting for the names that they begin."""
    if not one or not other:
        return Likeness.UNKNOWN
    if one == other:
        return Likeness.SAME
    common = one & other
    if not any(len(word) >= TELLING for word in common):
        return Likeness.DIFFERENT
    less, more = one - common, other - common
    return Likeness.ALIKE if _covered(less, more) or _covered(more, less) else Likeness.DIFFERENT


def _covered(less: frozenset[str], more: frozenset[str]) -> bool:
    return all(len(word) == 1 and any(full.startswith(word) for full in more) for word in less)
