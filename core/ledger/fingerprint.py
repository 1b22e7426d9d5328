"""What a document said when it was sent, field by field, and what a change of it means over there.

A fingerprint is made of a document that names records by Odoo's own ids where the accounting system has codes for them:
a code that changes, closes or is bound to another record is no change of the document.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Self

from .findings import Finding
from .records import Document, Update

# An integrated document takes these changes as an update; in the order in which the rows are written.
UPDATABLE = ("payment_approval", "due_date", "payment_mode", "label", "external_reference")

# These are the accounting itself: an integrated document must be reversed.
REVERSED_HEAD = (
    "company", "establishment", "number", "journal", "document_type", "date", "document_id",
    "document_third_party", "currency", "ledger_currency", "rate", "total", "currency_total", "piece_date",
)  # fmt: skip
REVERSED_LINES = (
    "account", "account_type", "third_party", "debit", "credit", "currency_balance", "vat_profile",
    "vat_liability", "analytic_axis", "analytic_section",
)  # fmt: skip

# Names of codes, reconciliation and posting details: they change by themselves and are not what was agreed.
IGNORED = (
    "journal_name", "account_name", "third_party_name", "is_third_party", "matching_code", "matching_date",
    "reconciliation_code", "position", "validation_date", "account_closed", "third_party_closed", "vat_profile_closed",
    "shares",
    "journal_closed", "document_third_party_closed", "payment_mode_closed", "payment_mode_name",
)  # fmt: skip

# What a kept fingerprint holds, in this order: a name that is added goes to the end.
NAMES = (*REVERSED_HEAD, *REVERSED_LINES, *UPDATABLE, "instalments", "lines")

# All that a fingerprint is made of, for who must know whether it could have become another.
HEAD_CONTENT = (
    *REVERSED_HEAD, "payment_approval", "payment_mode", "external_reference", "label", "document_due_date"
)  # fmt: skip
LINE_CONTENT = (*REVERSED_LINES, "label", "due_date")

_REVERSED = attrgetter(*REVERSED_LINES)

_DIGEST = 16
# Codes, dates and labels repeat from one document to the next; what does not soon makes room.
_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A digest per field of a document. Equal for equal content, whatever the order of the lines."""

    parts: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """One short hexadecimal text for the whole content."""
        return _hash(json.dumps(self.parts))

    def to_text(self) -> str:
        """The digests in the order of NAMES: half a kilobyte, that databases keep with the row."""
        parts = dict(self.parts)
        return "".join(parts[name] for name in NAMES)

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        """The fingerprint kept by `to_text`; none at all ("" or False) differs from every other.

        Raises ValueError where the text is not one.
        """
        text = text or ""
        if len(text) % _DIGEST:
            raise ValueError(f"Not a fingerprint: {text[:80]}")
        digests = (text[place : place + _DIGEST] for place in range(0, len(text), _DIGEST))
        return cls(tuple(sorted(zip(NAMES, digests, strict=False))))

    def changed(self, other: Fingerprint) -> tuple[str, ...]:
        """The names of the fields that differ, sorted."""
        mine, theirs = dict(self.parts), dict(other.parts)
        return tuple(sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)))


@dataclass(frozen=True, slots=True)
class ContentChange:
    """What became different since a document was sent: fields an update can carry, fields that need a
    reversal."""

    updatable: tuple[str, ...]
    reversal: tuple[str, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The anomaly of an integrated document that must be reversed, or nothing."""
        if not self.reversal:
            return ()
        return (Finding("reversal_needed", self.reversal[0], {"fields": ", ".join(self.reversal)}),)


def fingerprint(document: Document) -> Fingerprint:
    """The Fingerprint of a Document; lot and origin are not part of it."""
    parts = {name: _hash(_text(getattr(document, name))) for name in REVERSED_HEAD}
    parts |= {
        "payment_approval": _hash("" if document.payment_approval == "none" else document.payment_approval),
        "payment_mode": _hash(_text(document.payment_mode)),
        "external_reference": _hash(_text(document.external_reference)),
    }
    # Values by field say what changed, whole lines see values that changed places; the order means nothing.
    lines = sorted(tuple(map(_text, _REVERSED(line))) for line in document.lines)
    for name, values in zip(REVERSED_LINES, zip(*lines, strict=True) if lines else repeat(()), strict=False):
        parts[name] = _hash(*sorted(values))
    parts["lines"] = _hash(*(_hash(*line) for line in lines))
    labels = sorted(_text(line.label) for line in document.lines)
    parts["label"] = _hash(_text(document.label), *labels)
    parts |= _due_dates(document)
    return Fingerprint(tuple(sorted(parts.items())))


def compare(sent: Fingerprint, current: Fingerprint) -> ContentChange:
    """The Change between the fingerprint of what was sent and that of the document now."""
    # the number under which it was sent is kept: another one here is none of its content
    names = tuple(name for name in current.changed(sent) if name != "number")
    updatable = tuple(name for name in UPDATABLE if name in names)
    reversal = tuple(name for name in names if name not in UPDATABLE)
    # "lines" alone means that values changed places; otherwise the fields say it better.
    if set(reversal) & set(REVERSED_LINES):
        reversal = tuple(name for name in reversal if name != "lines")
    return ContentChange(updatable, reversal)


def followed(kept: str | None, before: str, after: str) -> str | None:
    """A kept fingerprint (as text) after a document came to name other records for the same things.

    What it said as the document did `before`, it says as the document does `after`; what had changed stays changed.
    """
    if not kept:
        return kept
    parts = [text[place : place + _DIGEST] for text in (kept, before, after) for place in range(0, len(text), _DIGEST)]
    number = len(kept) // _DIGEST
    return "".join(
        new if old == was else old
        for old, was, new in zip(
            parts[:number], parts[number : number + len(NAMES)], parts[number + len(NAMES) :], strict=False
        )
    )


def as_known(document: Document, number: str | None, company: str | None) -> Document:
    """A document under the number and company code by which the accounting system knows it."""
    return replace(document, number=number or document.number, company=company or document.company)


def codes_digest(document: Document) -> str:
    """A digest of the codes that a document names: where it changes, what was refused may pass."""
    head = (document.company, document.journal, document.document_third_party, document.payment_mode)
    lines = sorted(
        (line.account, line.third_party, line.vat_profile, line.analytic_axis, line.analytic_section)
        for line in document.lines
    )
    return _hash(*head, *(_hash(*line) for line in lines))


def updates(document: Document, change: ContentChange) -> tuple[Update, ...]:
    """The update rows of an integrated document, one per changed field. A payment approval is told as yes or
    no."""
    values = {
        "payment_approval": document.approved,
        "due_date": document.document_due_date,
        "payment_mode": document.payment_mode,
        "label": document.label,
        "external_reference": document.external_reference,
    }
    return tuple(
        Update(document.company, document.number, document.external_reference, name, values[name])
        for name in change.updatable
    )


def _due_dates(document: Document) -> dict[str, str]:
    """One due date can be updated. Instalments cannot: an update row has a single value."""
    days = sorted({line.due_date for line in document.lines if line.due_date})
    several = tuple(map(_text, days)) if len(days) > 1 else ()
    single = () if several else tuple(map(_text, days))
    return {"due_date": _hash(_text(document.document_due_date), *single), "instalments": _hash(*several)}


@lru_cache(_KEPT, typed=True)
def _text(value: object) -> str:
    """One text for one meaning: 10.0 and 10.00, composed and decomposed accents, None and "" are the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, date):
        return value.isoformat()
    return unicodedata.normalize("NFC", str(value)).strip()


@lru_cache(_KEPT)
def _hash(*texts: str) -> str:
    # Lengths keep "a", "bc" apart from "ab", "c".
    data = "".join(f"{len(text)}:{text}" for text in texts)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
