"""Checks that findings read well: each must be a complete sentence about a known place."""

from ..ledger.records import FLOWS

FIELDS = {name for attributes in FLOWS.values() for name in attributes} | {
    "",
    "lines",
    "siren",
    "payment_approval",
    "analytic_distribution",
}


def codes(findings):
    """Return the codes of findings, after checking that each is a whole sentence."""
    return [whole(found).code for found in findings]


def whole(found):
    """Return a finding, or an error, after checking that its sentence lacks no value, and its place."""
    text = str(found)
    assert text and "None" not in text and "%(" not in text, text
    assert None not in found.params.values(), found.params
    for place in ("line", "column"):
        assert isinstance(getattr(found, place, 0), int), (found, place)
    assert getattr(found, "field", "") in FIELDS, found.field
    return found
