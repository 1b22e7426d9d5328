"""Records exchanged with the accounting system, and the attributes that columns may hold."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from .text import is_blank

ZERO = Decimal(0)
#: In place of the date of a closed code: it was given to another third party.
IN_DOUBT = "?"


def closed_code(closed: str) -> tuple[str, str]:
    """Return (code, date or "") of a closed code in the form "CODE|date"; the code itself may contain a bar."""
    code, _bar, day = closed.rpartition("|")
    return code, day


@dataclass(frozen=True, slots=True)
class Lot:
    """One export run, by which the accounting system selects: number, origin, date (closing date for a FEC), SIREN."""

    lot: str
    lot_date: datetime.date
    origin: str = "ODOO"
    company: str = ""
    siren: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Share of a line on an analytic section: `percent` of it, in one `plan`; `section` is empty if the record (`name`)
    has no open code, `closed` is then "CODE|date" if it has a closed one. Of a deleted record, `plan` is 0 and `name`
    its id."""

    plan: int
    percent: Decimal
    axis: str = ""
    section: str = ""
    name: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of a document; amounts in ledger currency, `currency_balance` signed (debit positive) in the
    document's."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    label: str = ""
    account_name: str = ""
    account_type: str = "G"
    third_party: str = ""
    third_party_name: str = ""
    # Receivable or payable: a third party and a due date are then required.
    is_third_party: bool = False
    due_date: datetime.date | None = None
    currency_balance: Decimal = ZERO
    # The line's currency if it is not the ledger's, otherwise empty (FEC: Idevise): in an operation, lines may differ.
    foreign_currency: str = ""
    vat_profile: str = ""
    vat_liability: str = ""
    analytic_axis: str = ""
    analytic_section: str = ""
    matching_code: str = ""
    matching_date: datetime.date | None = None
    reconciliation_code: str = ""
    position: int = 0
    # "CODE|date": the record's only code, closed since that date, which may be empty.
    account_closed: str = ""
    third_party_closed: str = ""
    vat_profile_closed: str = ""
    shares: tuple[Share, ...] = ()

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit

    @property
    def direction(self) -> str:
        """D or C; a negative debit is a credit."""
        return "D" if self.debit >= self.credit else "C"

    @property
    def amount(self) -> Decimal:
        return abs(self.debit - self.credit)

    @property
    def currency_amount(self) -> Decimal:
        return abs(self.currency_balance)

    @property
    def foreign_balance(self) -> Decimal | None:
        """The balance in a foreign currency (FEC: Montantdevise), None in the ledger's."""
        return self.currency_balance if self.foreign_currency else None


@dataclass(frozen=True, slots=True)
class Document:
    """An accounting document (pièce) with its lines, in the accounting system's codes. `rate`: document
    currency per unit of ledger currency."""

    company: str
    number: str
    journal: str
    document_type: str
    date: datetime.date
    lines: tuple[EntryLine, ...]
    document_id: str = ""
    establishment: str = ""
    journal_name: str = ""
    label: str = ""
    external_reference: str = ""
    document_third_party: str = ""
    document_due_date: datetime.date | None = None
    payment_mode: str = ""
    payment_approval: str = "none"
    currency: str = "EUR"
    ledger_currency: str = "EUR"
    rate: Decimal = Decimal(1)
    total: Decimal = ZERO
    currency_total: Decimal = ZERO
    piece_date: datetime.date | None = None
    validation_date: datetime.date | None = None
    # Decimals of amounts in the currency of the ledger, and in the document's.
    ledger_decimals: int = 2
    currency_decimals: int = 2
    # Its present number; `number` is the one that the accounting system knows.
    current_number: str = ""
    # As for lines.
    journal_closed: str = ""
    document_third_party_closed: str = ""
    payment_mode_closed: str = ""
    payment_mode_name: str = ""

    @property
    def approved(self) -> bool:
        """Whether the bill is approved for payment ("bon à payer")."""
        return self.payment_approval == "approved"

    @property
    def is_foreign(self) -> bool:
        return self.currency != self.ledger_currency

    @property
    def piece_reference(self) -> str:
        """Reference of the supporting document (FEC: PieceRef): the partner's, otherwise the document's number."""
        return self.number if is_blank(self.external_reference) else self.external_reference


@dataclass(frozen=True, slots=True)
class Update:
    """A changed field of an integrated document; `value` is a text, date, Decimal or bool."""

    company: str
    number: str
    external_reference: str
    field: str
    value: object
    # Present number of the document, if it was renumbered since it was sent.
    current_number: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Answer of the accounting system about one document; `status` is accepted or rejected."""

    company: str
    number: str
    external_reference: str
    status: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value that a column may hold. `kind`: text, date, amount, rate, integer, flag or any; `scope`: the
    record that has it (lot, document, line, or row for flat files)."""

    name: str
    kind: str
    scope: str


def _attributes(scope: str, kind: str, names: str) -> dict[str, Attribute]:
    return {name: Attribute(name, kind, scope) for name in names.split()}


_LOT = _attributes("lot", "text", "lot origin siren") | _attributes("lot", "date", "lot_date")

_ENTRY = (
    _LOT
    | _attributes("document", "text", "company establishment journal journal_name document_type number document_id")
    | _attributes(
        "document", "text", "current_number document_label external_reference document_third_party payment_mode"
    )
    | _attributes("document", "text", "payment_approval currency ledger_currency piece_reference")
    | _attributes("document", "date", "date document_due_date piece_date validation_date")
    | _attributes("document", "amount", "total currency_total")
    | _attributes("document", "rate", "rate")
    | _attributes("document", "flag", "approved")
    | _attributes("line", "text", "account account_name account_type third_party third_party_name label direction")
    | _attributes("line", "text", "vat_profile vat_liability analytic_axis analytic_section")
    | _attributes("line", "text", "matching_code reconciliation_code foreign_currency")
    | _attributes("line", "date", "due_date matching_date")
    | _attributes("line", "amount", "debit credit balance amount currency_amount currency_balance foreign_balance")
    | _attributes("line", "integer", "position")
)

_UPDATE = _attributes("row", "text", "company number external_reference field current_number") | _attributes(
    "row", "any", "value"
)


def _flat(names: str) -> dict[str, Attribute]:
    return _attributes("row", "text", names)


# Attributes of each kind of référentiel; `code` identifies a row within its company and kind.
REFERENTIAL = {
    "company": _flat("code name scan_directory"),
    "third_party": _flat(
        "company type code name street street2 street3 zip city country vat siret payment_mode payment_terms"
        " account iban bic email"
    ),
    "account": _flat("company code name type"),
    "journal": _flat("company code name type"),
    "vat_profile": _flat("company code name") | _attributes("row", "rate", "rate"),
    "payment_mode": _flat("company code name"),
    "analytic_axis": _flat("company code name"),
    "analytic_section": _flat("company axis code name"),
}

# Some systems keep closed codes in their files, with the day of their closing.
_CLOSING = _attributes("row", "date", "closes_on")

# Flows of layouts -> the attributes that their columns may hold.
FLOWS = {
    "entries": _ENTRY,
    "fec": _ENTRY,
    "updates": _LOT | _UPDATE,
    "acknowledgement": _flat("company number external_reference status code message"),
    "payments": _flat("company reference number third_party payment_mode letter sense cancels message")
    | _attributes("row", "date", "date")
    | _attributes("row", "amount", "amount"),
} | {kind: attributes if kind == "company" else attributes | _CLOSING for kind, attributes in REFERENTIAL.items()}

OUTGOING = ("entries", "fec", "updates")
