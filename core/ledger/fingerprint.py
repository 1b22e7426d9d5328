"""Records the content of a document when it is sent, field by field, and classifies later changes.

Fingerprints are computed with Odoo's own ids in place of the accounting system's codes: a code that changes, closes or
is bound to another record does not change the document.
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

# Changes that an integrated document accepts as an update, in the order in which the rows are written.
UPDATABLE = ("payment_approval", "due_date", "payment_mode", "label", "external_reference")

# The accounting content itself: if it changes, an integrated document must be reversed.
REVERSED_HEAD = (
    "company", "establishment", "number", "journal", "document_type", "date", "document_id",
    "document_third_party", "currency", "ledger_currency", "rate", "total", "currency_total", "piece_date",
)  # fmt: skip
REVERSED_LINES = (
    "account", "account_type", "third_party", "debit", "credit", "currency_balance", "vat_profile",
    "vat_liability", "analytic_axis", "analytic_section",
)  # fmt: skip

# Names of codes, reconciliation and posting details: they change without the document and are not compared.
IGNORED = (
    "journal_name", "account_name", "third_party_name", "is_third_party", "matching_code", "matching_date",
    "reconciliation_code", "position", "validation_date", "account_closed", "third_party_closed", "vat_profile_closed",
    "shares", "foreign_currency", "current_number", "ledger_decimals", "currency_decimals",
    "journal_closed", "document_third_party_closed", "payment_mode_closed", "payment_mode_name",
)  # fmt: skip

# Fields of a stored fingerprint, in this order: append new names at the end.
NAMES = (*REVERSED_HEAD, *REVERSED_LINES, *UPDATABLE, "instalments", "lines", "accounting")

# Fields of a brief fingerprint, which a lot stores for each document: one digest for all content that requires a
# reversal, and one for each field that an update can carry.
BRIEF = ("accounting", *UPDATABLE)

# All fields that a fingerprint depends on, to know whether it may have changed.
HEAD_CONTENT = (
    *REVERSED_HEAD, "payment_approval", "payment_mode", "external_reference", "label", "document_due_date"
)  # fmt: skip
LINE_CONTENT = (*REVERSED_LINES, "label", "due_date")

_REVERSED = attrgetter(*REVERSED_LINES)

#: Characters of a digest.
DIGEST = 16
# Codes, dates and labels repeat from one document to the next; other values are soon evicted.
_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One digest per field of a document, independent of the order of its lines."""

    parts: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """A short hexadecimal digest of the whole content."""
        return _hash(json.dumps(self.parts))

    def to_text(self) -> str:
        """Serialise the digests in the order of NAMES: half a kilobyte, which PostgreSQL stores in the row."""
        parts = dict(self.parts)
        return "".join(parts[name] for name in (BRIEF if self.is_brief else NAMES))

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        """Parse a fingerprint stored by `to_text`; an empty one ("" or False) differs from every other.

        :raises ValueError: the text is not a fingerprint
        """
        text = text or ""
        if len(text) % DIGEST:
            raise ValueError(f"Not a fingerprint: {text[:80]}")
        digests = _digests(text)
        names = BRIEF if len(digests) == len(BRIEF) else NAMES
        return cls(tuple(sorted(zip(names, digests, strict=False))))

    @property
    def is_brief(self) -> bool:
        """Whether all fields that require a reversal share one digest."""
        return len(self.parts) == len(BRIEF)

    def brief(self) -> Fingerprint:
        """Return the brief fingerprint of the same content."""
        if self.is_brief or not self.parts:
            return self
        return Fingerprint(tuple((name, digest) for name, digest in self.parts if name in BRIEF))

    def changed(self, other: Fingerprint) -> tuple[str, ...]:
        """Return the names of the fields that differ, sorted."""
        if self.is_brief != other.is_brief:
            self, other = self.brief(), other.brief()
        mine, theirs = dict(self.parts), dict(other.parts)
        return tuple(sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)))


@dataclass(frozen=True, slots=True)
class ContentChange:
    """Changes since a document was sent: fields that an update can carry, fields that require a reversal."""

    updatable: tuple[str, ...]
    reversal: tuple[str, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the anomaly of an integrated document that must be reversed, if any."""
        if not self.reversal:
            return ()
        return (Finding("reversal_needed", self.reversal[0], {"fields": ", ".join(self.reversal)}),)


def fingerprint(document: Document) -> Fingerprint:
    """Compute the Fingerprint of a Document; lot and origin are not part of it."""
    parts = {name: _hash(_text(getattr(document, name))) for name in REVERSED_HEAD}
    parts |= {
        "payment_approval": _hash("" if document.payment_approval == "none" else document.payment_approval),
        "payment_mode": _hash(_text(document.payment_mode)),
        "external_reference": _hash(_text(document.external_reference)),
    }
    # Digests per field show which one changed, digests of whole lines detect swapped values; the order does not matter.
    lines = sorted(tuple(map(_text, _REVERSED(line))) for line in document.lines)
    for name, values in zip(REVERSED_LINES, zip(*lines, strict=True) if lines else repeat(()), strict=False):
        parts[name] = _hash(*sorted(values))
    parts["lines"] = _hash(*(_hash(*line) for line in lines))
    labels = sorted(_text(line.label) for line in document.lines)
    parts["label"] = _hash(_text(document.label), *labels)
    parts |= _due_dates(document)
    parts["accounting"] = _hash(*(parts[name] for name in NAMES if name not in BRIEF))
    return Fingerprint(tuple(sorted(parts.items())))


def compare(sent: Fingerprint, current: Fingerprint) -> ContentChange:
    """Compare the fingerprint of what was sent with that of the document now."""
    # the number under which it was sent is stored apart: a new number is not a change of content
    names = tuple(name for name in current.changed(sent) if name != "number")
    updatable = tuple(name for name in UPDATABLE if name in names)
    reversal = tuple(name for name in names if name not in (*UPDATABLE, "accounting"))
    if not reversal and "accounting" in names and (sent.is_brief or current.is_brief):
        reversal = ("lines",)
    # "lines" alone means swapped values; otherwise the fields are more precise.
    if set(reversal) & set(REVERSED_LINES):
        reversal = tuple(name for name in reversal if name != "lines")
    return ContentChange(updatable, reversal)


def followed(kept: str | None, before: str, after: str) -> str | None:
    """Adapt a stored fingerprint (as text) after records of a document were replaced by equivalent ones.

    Fields that equalled those `before` take the digests `after`; fields that had changed stay changed.
    """
    if not kept:
        return kept
    if Fingerprint.from_text(kept).is_brief:
        before, after = (Fingerprint.from_text(text).brief().to_text() for text in (before, after))
    parts = zip(*map(_digests, (kept, before, after)), strict=False)
    return "".join(new if old == was else old for old, was, new in parts)


def as_known(document: Document, number: str | None, company: str | None) -> Document:
    """Return a document under the number and company code that the accounting system knows."""
    return replace(document, number=number or document.number, company=company or document.company)


def codes_digest(document: Document) -> str:
    """Return a digest of the codes that a document uses: once it changes, a refused document may be accepted."""
    head = (document.company, document.journal, document.document_third_party, document.payment_mode)
    lines = sorted(
        (line.account, line.third_party, line.vat_profile, line.analytic_axis, line.analytic_section)
        for line in document.lines
    )
    return _hash(*head, *(_hash(*line) for line in lines))


def updates(document: Document, change: ContentChange) -> tuple[Update, ...]:
    """Return the update rows of an integrated document, one per changed field; a payment approval is yes or no."""
    values = {
        "payment_approval": document.approved,
        "due_date": document.document_due_date,
        "payment_mode": document.payment_mode,
        "label": document.label,
        "external_reference": document.external_reference,
    }
    return tuple(
        Update(
            document.company,
            document.number,
            document.external_reference,
            name,
            values[name],
            document.current_number or document.number,
        )
        for name in change.updatable
    )


def _digests(text: str) -> list[str]:
    return [text[place : place + DIGEST] for place in range(0, len(text), DIGEST)]


def _due_dates(document: Document) -> dict[str, str]:
    """Return the digests of a single due date, which can be updated, and of instalments, which require a reversal.

    An update row has a single value.
    """
    days = sorted({line.due_date for line in document.lines if line.due_date})
    several = tuple(map(_text, days)) if len(days) > 1 else ()
    single = () if several else tuple(map(_text, days))
    return {"due_date": _hash(_text(document.document_due_date), *single), "instalments": _hash(*several)}


@lru_cache(_KEPT, typed=True)
def _text(value: object) -> str:
    """Return the canonical text of a value: 10.0 and 10.00, composed and decomposed accents, None and "" are equal."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, date):
        return value.isoformat()
    return unicodedata.normalize("NFC", str(value)).strip()


@lru_cache(_KEPT)
def _hash(*texts: str) -> str:
    # Lengths distinguish "a", "bc" from "ab", "c".
    data = "".join(f"{len(text)}:{text}" for text in texts)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
