"""Readable values of a document as it was sent.

A fingerprint shows that a field has changed, but not its former value. The value is stored when a user is about to
change it, as long as a fingerprint of what was sent or accepted still needs it: nothing is stored for documents that
never change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .fingerprint import UPDATABLE, Fingerprint, compare, fingerprint
from .records import Document

#: A value in JSON: a text, an ISO date, or the labels of a document.
Value = str | list[str]
#: {field: {digest in a fingerprint: value}}
Kept = Mapping[str, Mapping[str, Value]]
#: Possible approvals of a bill, which are few enough not to be stored.
APPROVALS = ("none", "pending", "approved", "disputed")


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field of an update: the value that was sent (None if unknown) and the present one."""

    name: str
    before: Value | None
    after: Value | None


def keep_values(kept: Kept, document: Document, *sent: Fingerprint) -> dict[str, dict[str, Value]]:
    """Return the values to store of a document that is about to change.

    :param kept: values stored so far; those that no fingerprint needs any more are dropped
    :param document: its present content, records by their ids
    :param sent: fingerprints of what was sent and of what was accepted
    """
    known = _known(kept, document)
    needed = {name: {digest for parts in map(_parts, sent) if (digest := parts.get(name))} for name in UPDATABLE}
    found = {
        name: {digest: value for digest, value in known[name].items() if digest in needed[name]} for name in UPDATABLE
    }
    return {name: values for name, values in found.items() if values}


def changed_fields(kept: Kept, document: Document, then: Fingerprint, now: Fingerprint) -> tuple[ChangedField, ...]:
    """Return the content of an update from one fingerprint to another, field by field.

    :param document: its present content, records by their ids
    """
    known, before, after = _known(kept, document), _parts(then), _parts(now)
    for approval in APPROVALS:
        digest = _parts(fingerprint(replace(document, payment_approval=approval)))["payment_approval"]
        known["payment_approval"].setdefault(digest, approval)
    return tuple(
        ChangedField(name, known[name].get(before.get(name, "")), known[name].get(after.get(name, "")))
        for name in compare(then, now).updatable
    )


def shown_labels(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the removed labels and the added ones."""
    removed, added = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return list(dict.fromkeys(removed.elements())), list(dict.fromkeys(added.elements()))


def _known(kept: Kept, document: Document) -> dict[str, dict[str, Value]]:
    digests, values = _parts(fingerprint(document)), _values(document)
    return {name: {**kept.get(name, {}), digests[name]: values[name]} for name in UPDATABLE}


def _values(document: Document) -> dict[str, Value]:
    due = document.document_due_date or next((line.due_date for line in document.lines if line.due_date), None)
    return {
        "payment_approval": document.payment_approval,
        "due_date": due.isoformat() if due else "",
        "payment_mode": document.payment_mode,
        "label": [document.label, *(line.label for line in document.lines)],
        "external_reference": document.external_reference,
    }


def _parts(found: Fingerprint) -> dict[str, str]:
    return dict(found.parts)
