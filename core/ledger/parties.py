"""Recognises a code that the accounting system gave to another third party: bills would be paid to a stranger."""

import re
from dataclasses import dataclass

from ..matching.subscriber import compare_subscribers, read_subscriber
from ..serials.likeness import Likeness
from .findings import Finding

_SIREN = 9


@dataclass(frozen=True, slots=True)
class Party:
    """Who a code stands for: name, SIREN or SIRET, VAT number; empty if unknown."""

    name: str
    siret: str = ""
    vat: str = ""

    @property
    def siren(self) -> str:
        digits = re.sub(r"\D", "", self.siret)
        return digits[:_SIREN] if len(digits) >= _SIREN else ""

    @property
    def vat_number(self) -> str:
        return re.sub(r"[^0-9A-Za-z]", "", self.vat).upper()


def is_another(known: Party, now: Party) -> bool:
    """Return whether a code stands for another third party now.

    The SIREN decides; where it is unknown on one side, the VAT number; where that is unknown, too, a name without any
    word in common.
    """
    for one, other in ((known.siren, now.siren), (known.vat_number, now.vat_number)):
        if one and other:
            return one != other
    names = read_subscriber(known.name), read_subscriber(now.name)
    return compare_subscribers(*names) is Likeness.DIFFERENT


def third_party_replaced(line: int, code: str, known: str, now: str) -> Finding:
    """Return the finding of a code that stands for another third party: somebody decides what to do with it."""
    params = {"line": line, "code": code, "known": known, "now": now}
    return Finding("third_party_replaced", "third_party", params, line=line)
