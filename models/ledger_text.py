"""Sentences and labels of the exchange, in the language of who reads."""

from odoo.tools.translate import LazyTranslate

from ..core.ledger.messages import MESSAGES

_lt = LazyTranslate(__name__)

#: What the agent corrects, by attribute of the exchange.
FIELD_LABELS = {
    "account": _lt("Account"),
    "amount": _lt("Amount"),
    "balance": _lt("Balance"),
    "company": _lt("Company"),
    "currency": _lt("Currency"),
    "date": _lt("Date"),
    "document_due_date": _lt("Due Date"),
    "document_label": _lt("Label"),
    "document_third_party": _lt("Third Party"),
    "due_date": _lt("Due Date"),
    "external_reference": _lt("Reference"),
    "journal": _lt("Journal"),
    "label": _lt("Label"),
    "lines": _lt("Lines"),
    "number": _lt("Number"),
    "payment_mode": _lt("Payment Mode"),
    "payment_approval": _lt("Payment Approval"),
    "rate": _lt("Currency Rate"),
    "state": _lt("State"),
    "status": _lt("Status"),
    "third_party": _lt("Third Party"),
    "vat_profile": _lt("VAT Profile"),
}


def tell(env, said):
    """Return the sentence of a finding or of a LedgerError, in the user's language."""
    return tell_code(env, said.code, said.params)


def tell_code(env, code, params):
    """Return the sentence of a code; names of fields among the parameters become their labels."""
    params = dict(params)
    if "fields" in params:
        params["fields"] = ", ".join(field_label(env, name) for name in params["fields"].split(", "))
    return env._(MESSAGES[code], **params)


def field_label(env, name):
    """Return the label of an attribute of the exchange."""
    label = FIELD_LABELS.get(name)
    return env._(label) if label else name.replace("_", " ").capitalize()
