"""What a document said when it was sent, in values that a person reads.

A fingerprint tells that a field changed, not what it was. The value is kept when somebody is about to change it, as
long as a fingerprint of what was sent or accepted still needs it: nothing is kept of a document that never changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .fingerprint import UPDATABLE, Fingerprint, compare, fingerprint
from .records import Document

#: A value as JSON keeps it: a text, an ISO date, or the labels of a document.
Value = str | list[str]
#: {field: {digest in a fingerprint: value}}
Kept = Mapping[str, Mapping[str, Value]]
#: What a bill's approval may be: the few values need not be kept to be told.
APPROVALS = ("none", "pending", "approved", "disputed")


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that an update carries: what was sent (None where nobody kept it) and what it is now."""

    name: str
    before: Value | None
    after: Value | None


def keep_values(kept: Kept, document: Document, *sent: Fingerprint) -> dict[str, dict[str, Value]]:
    """The values to keep of a document that is about to change.

    :param kept: those kept so far; what no fingerprint needs any more is left out
    :param document: what it says now, records by their ids
    :param sent: fingerprints of what was sent and of what was accepted
    """
    known = _known(kept, document)
    needed = {name: {digest for parts in map(_parts, sent) if (digest := parts.get(name))} for name in UPDATABLE}
    found = {
        name: {digest: value for digest, value in known[name].items() if digest in needed[name]} for name in UPDATABLE
    }
    return {name: values for name, values in found.items() if values}


def changed_fields(kept: Kept, document: Document, then: Fingerprint, now: Fingerprint) -> tuple[ChangedField, ...]:
    """What an update from one fingerprint to another says, field by field.

    :param document: what the document says at present, records by their ids
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
    """The labels that went and those that came, without those that stayed."""
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return list(dict.fromkeys(gone.elements())), list(dict.fromkeys(come.elements()))


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
