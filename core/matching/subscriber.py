"""Parses and compares names of subscribers: « M. et Mme DURAND Paul » is Paul Durand."""

import re
from functools import lru_cache

from ..serials.comparing import is_one_slip
from ..serials.likeness import Likeness
from ..serials.words import words

_CIVILITIES = frozenset(
    words(
        "M MR MME MMES MLLE MM MRS MS MONSIEUR MADAME MADEMOISELLE MESSIEURS ET OU DE DU DES LA LE LES L D "
        "EPX EPOUX EPOUSE VVE VEUVE VEUF INDIVISION SUCCESSION CONSORTS STE SOCIETE SARL SAS SA SCI EURL SNC EARL GAEC "
        "NEE HERITIERS HOIRIE FAMILLE ATTN CHEZ C O CO PAR"
    )
)
#: Words for the co-owners of flats, which name nobody.
_JOINT_OWNERS = frozenset(words("SDC SYNDIC SYNDICAT COPROPRIETE COPROPRIETAIRES COPRO RESIDENCE RES IMMEUBLE CABINET"))
#: Frequent first names: not evidence if nothing else is in common.
_FIRST_NAMES = frozenset(
    words(
        "JEAN MARIE MICHEL CATHERINE PHILIPPE NATHALIE ALAIN ISABELLE PATRICK SYLVIE MARTINE CHRISTOPHE CHRISTINE "
        "PIERRE FRANCOISE NICOLAS VALERIE LAURENT SANDRINE CHRISTIAN VERONIQUE FREDERIC CELINE DANIEL STEPHANIE "
        "ERIC ANNE STEPHANE MONIQUE OLIVIER JULIE THIERRY PATRICIA JACQUES AURELIE GERARD BRIGITTE JULIEN HELENE "
        "ANDRE EMILIE SEBASTIEN NICOLE CLAUDE CHANTAL RENE ELODIE PAUL ANNIE DENIS LUCIE YVES CAMILLE MARCEL "
        "FRANCOIS LOUIS ALEXANDRE DAVID BRUNO PASCAL DOMINIQUE SERGE ROGER ROBERT HENRI GEORGES GILLES JOEL GUY "
        "JEANNE JACQUELINE DENISE SOPHIE CAROLINE LUC MARC HUGO THOMAS ANTOINE LEA EMMA MANON CHLOE LUCAS KEVIN "
        "MAXIME ROMAIN JEROME CEDRIC LAURE ELISE INES ZOE NOEL YVETTE ROSE SIMONE LOUISE CHARLES LUCIEN RAYMOND "
        "SABRINA KARINE LAETITIA VINCENT FABRICE LIONEL MATHIEU JULIETTE SARAH LAURA MARION PAULINE ALICE CLAIRE "
        "AGNES"
    )
)
#: Le Roux is Leroux.
_ARTICLE = re.compile(r"\b(L[EA])[ ’'-]+(?=[^\W\d_]{3})")
#: Minimum length of a word to identify a family, and to be recognised with a typing error.
TELLING, _LONG_ENOUGH_TO_SLIP = 3, 5


@lru_cache(maxsize=50_000)
def read_subscriber(name: str | None) -> frozenset[str]:
    """Return the words of a name that identify somebody, unordered; empty if there are none."""
    found = words(_ARTICLE.sub(r"\1", (name or "").upper()))
    return frozenset(word for word in found if word not in _CIVILITIES) or frozenset(found)


def compare_subscribers(one: frozenset[str], other: frozenset[str]) -> Likeness:
    """Compare two names.

    :return: ALIKE: one name contains all of the other, initials standing for names, with at most one typing error;
        CLOSE: the same family (or manager of flats) with different first names
    """
    if not one or not other:
        return Likeness.UNKNOWN
    if one == other:
        return Likeness.SAME
    common = one & other
    less, more = one - common, other - common
    slipped = _slipped(less, more)
    if slipped:
        common, less, more = common | slipped, less - slipped, more - slipped
    if not any(len(word) >= TELLING for word in common):
        return Likeness.DIFFERENT
    if _covered(less, more) or _covered(more, less):
        return Likeness.ALIKE
    family = common - _FIRST_NAMES - _JOINT_OWNERS
    return Likeness.CLOSE if any(len(word) >= TELLING for word in family) else Likeness.DIFFERENT


def _slipped(less: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """Return the couple of words that one typing error separates, if there is exactly one."""
    couples = [
        (a, b)
        for a in less
        for b in more
        if min(len(a), len(b)) >= _LONG_ENOUGH_TO_SLIP and a[0] == b[0] and is_one_slip(a, b)
    ]
    return frozenset(couples[0]) if len(couples) == 1 else frozenset()


def _covered(less: frozenset[str], more: frozenset[str]) -> bool:
    return all(len(word) == 1 and any(full.startswith(word) for full in more) for word in less)
