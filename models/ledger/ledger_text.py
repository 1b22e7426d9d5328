"""Sentences and labels of the exchange, in the language of who reads."""

from ...core.ledger.messages import MESSAGES
from .sentences import field_label


def tell(env, said):
    """Return the sentence of a finding or of a LedgerError, in the user's language."""
    return tell_code(env, said.code, said.params)


def tell_code(env, code, params):
    """Return the sentence of a code; names of fields among the parameters become their labels."""
    params = dict(params)
    if "fields" in params:
        params["fields"] = ", ".join(field_label(env, name) for name in params["fields"].split(", "))
    return env._(MESSAGES[code], **params)
