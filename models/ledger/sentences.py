"""Messages and labels of the exchange, in the user's language."""

import re
from collections.abc import Mapping
from datetime import date

from odoo.tools.misc import format_date, formatLang
from odoo.tools.translate import LazyTranslate

from ...core.ledger.findings import Finding, LedgerError
from ...core.ledger.messages import MESSAGES

_lt = LazyTranslate(__name__)

LABELS = {
    "account": _lt("Account"),
    "account_name": _lt("Account Name"),
    "account_type": _lt("Account Kind"),
    "amount": _lt("Amount"),
    "analytic_axis": _lt("Analytic Axis"),
    "analytic_section": _lt("Analytic Section"),
    "approved": _lt("Approved for Payment"),
    "axis": _lt("Axis"),
    "balance": _lt("Balance"),
    "bic": _lt("BIC"),
    "cancels": _lt("Cancelled Payment"),
    "city": _lt("City"),
    "closes_on": _lt("Closing Date"),
    "code": _lt("Code"),
    "company": _lt("Company"),
    "country": _lt("Country"),
    "credit": _lt("Credit"),
    "currency": _lt("Currency"),
    "currency_amount": _lt("Amount in Currency"),
    "currency_balance": _lt("Balance in Currency"),
    "currency_total": _lt("Total in Currency"),
    "date": _lt("Date"),
    "debit": _lt("Debit"),
    "direction": _lt("Direction (D or C)"),
    "document_due_date": _lt("Due Date of the Document"),
    "document_id": _lt("Identifier of the Document"),
    "document_label": _lt("Label of the Document"),
    "document_third_party": _lt("Third Party of the Document"),
    "document_type": _lt("Document Type"),
    "due_date": _lt("Due Date"),
    "email": _lt("E-mail"),
    "establishment": _lt("Establishment"),
    "external_reference": _lt("Reference"),
    "current_number": _lt("Current Number"),
    "field": _lt("Changed Field"),
    "foreign_balance": _lt("Balance in Foreign Currency"),
    "foreign_currency": _lt("Foreign Currency"),
    "iban": _lt("IBAN"),
    "instalments": _lt("Instalments"),
    "journal": _lt("Journal"),
    "journal_name": _lt("Journal Name"),
    "label": _lt("Label"),
    "ledger_currency": _lt("Ledger Currency"),
    "letter": _lt("Matching Letter"),
    "lines": _lt("Lines"),
    "lot": _lt("Lot"),
    "lot_date": _lt("Lot Date"),
    "matching_code": _lt("Matching Code"),
    "matching_date": _lt("Matching Date"),
    "message": _lt("Message"),
    "name": _lt("Name"),
    "number": _lt("Number"),
    "origin": _lt("Origin"),
    "payment_approval": _lt("Payment Approval"),
    "payment_mode": _lt("Payment Mode"),
    "payment_terms": _lt("Payment Terms"),
    "piece_date": _lt("Date of the Supporting Document"),
    "piece_reference": _lt("Reference of the Supporting Document"),
    "position": _lt("Line Number"),
    "rate": _lt("Rate"),
    "reconciliation_code": _lt("Reconciliation Code"),
    "reference": _lt("Payment Reference"),
    "scan_directory": _lt("Scan Directory"),
    "sense": _lt("Kind of Movement"),
    "siren": _lt("SIREN"),
    "siret": _lt("SIRET"),
    "state": _lt("State"),
    "status": _lt("Status"),
    "street": _lt("Street"),
    "street2": _lt("Street, Second Line"),
    "street3": _lt("Street, Third Line"),
    "third_party": _lt("Third Party"),
    "third_party_name": _lt("Third Party Name"),
    "total": _lt("Total"),
    "type": _lt("Type"),
    "validation_date": _lt("Validation Date"),
    "value": _lt("New Value"),
    "vat": _lt("VAT Number"),
    "vat_liability": _lt("VAT Liability"),
    "vat_profile": _lt("VAT Profile"),
    "zip": _lt("ZIP Code"),
}


def field_label(env, name):
    """Return the label of an attribute of the exchange; any other name, as of a column, is returned unchanged."""
    return env._(LABELS[name]) if name in LABELS else name


#: Translations of parameters whose values are keys, by parameter.
WORDS = {
    "kind": {
        "company": _lt("companies"),
        "third_party": _lt("third parties"),
        "account": _lt("accounts"),
        "journal": _lt("journals"),
        "vat_profile": _lt("VAT profiles"),
        "payment_mode": _lt("payment modes"),
        "analytic_axis": _lt("analytic axes"),
        "analytic_section": _lt("analytic sections"),
        "amount": _lt("amount"),
    },
    "status": {"accepted": _lt("accepted"), "rejected": _lt("rejected")},
    "state": {
        "to_export": _lt("to be exported"),
        "exporting": _lt("on its way"),
        "exported": _lt("exported"),
        "integrated": _lt("integrated"),
        "rejected": _lt("rejected"),
    },
}


#: Parameters that are numbers or days of ours: written as in the user's language. What a file said stays as it is.
NUMBERS = ("amount", "credit", "debit", "difference", "left", "rate", "stated", "total")
DAYS = ("date", "dates")
#: Shows how a layout writes dates: day, month and year cannot be taken for each other.
SHOWN_DAY = date(2026, 12, 31)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.(\d{1,6}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def tell(env, finding):
    """Return the message of a Finding or a LedgerError, in the user's language."""
    return tell_code(env, finding.code, finding.params)


def tell_code(env, code, params):
    """Return the message of a code. Parameters that are field names become labels; nested findings become messages."""
    return env._(MESSAGES[code], **{name: _format_param(env, name, value) for name, value in params.items()})


def _format_param(env, name, value):
    if isinstance(value, (Finding, LedgerError)):
        return tell(env, value)
    if isinstance(value, Mapping):
        return tell_code(env, value["code"], value["params"])
    if name == "fields":
        return ", ".join(field_label(env, field) for field in value.split(", "))
    if name == "column" and isinstance(value, str):
        return field_label(env, value)
    word = WORDS.get(name, {}).get(value)
    return env._(word) if word else _localised(env, name, value)


def _localised(env, name, value):
    """Return a number or days as the user's language writes them; anything else unchanged."""
    text = str(value)
    if name in NUMBERS and (number := _NUMBER.fullmatch(text)):
        return formatLang(env, float(text), digits=len(number[1] or ""))
    if name == "format":
        return SHOWN_DAY.strftime(text)
    if name in DAYS:
        return _DAY.sub(lambda day: _shown_day(env, day[0]), text)
    return value


def _shown_day(env, text):
    try:
        return format_date(env, text)
    except ValueError:
        return text


def kept_params(params):
    """Return the parameters of a message in a form that can be stored as JSON."""
    return {name: _to_json(value) for name, value in params.items()}


def _to_json(value):
    if isinstance(value, (Finding, LedgerError)):
        return {"code": value.code, "params": kept_params(value.params)}
    return value if isinstance(value, (int, str)) else str(value)
