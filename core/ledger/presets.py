"""Layouts that the product ships, as data: an administrator copies and edits them.

FEC: the 18 fields of article A47 A-1 of the Livre des procédures fiscales.
"""

from collections.abc import Iterable
from typing import Any

from .layouts.model import Column, Layout
from .layouts.words import usual_words
from .records import REFERENTIAL

CODE_WIDTH = 64


def _column(attribute: str, width: int = 0, **options: Any) -> Column:
    return Column(options.pop("name", attribute), attribute, width=width, **options)


def _constant(name: str, value: str = "") -> Column:
    return Column(name, constant=value)


ENTRIES_25 = Layout(
    name="Entries, 25 columns",
    flow="entries",
    file_name="ECR_{lot}.txt",
    encoding="cp1252",
    columns=(
        _column("company", required=True),
        _column("establishment"),
        _column("journal", required=True),
        _column("document_type", 2, required=True),
        _column("date", required=True),
        _column("number", required=True),
        _column("account_type", 1, required=True),
        _column("account", required=True),
        _column("third_party"),
        _column("label"),
        _column("direction", 1),
        _column("amount"),
        _column("ledger_currency", 3),
        _column("currency_amount"),
        _column("currency", 3),
        _column("due_date"),
        _column("payment_mode"),
        _column("vat_profile"),
        _column("vat_liability"),
        _column("analytic_axis"),
        _column("analytic_section"),
        _column("matching_code"),
        _column("reconciliation_code"),
        _column("external_reference"),
        _constant("free"),
    ),
)

ENTRIES_15 = Layout(
    name="Entries, 15 columns, debit or credit",
    flow="entries",
    file_name="ECR_{lot}.txt",
    encoding="cp1252",
    date_format="%d%m%y",
    columns=(
        _column("company", 6, required=True),
        _column("journal", 3, required=True),
        _column("date", required=True),
        _column("account", 17, required=True),
        _column("third_party", 17),
        _constant("kind", "X"),
        _column("amount", 20),
        _column("direction", 1),
        _column("number", 35, required=True),
        _column("due_date"),
        _constant("reserved"),
        _column("document_type", 2, required=True),
        _column("label", 35, truncate=True),
        _column("payment_mode", 6),
        _column("label", 35, truncate=True, name="label_2"),
    ),
)

ENTRIES_15_APPROVAL = Layout(
    name="Entries, 15 columns, with payment approval",
    flow="entries",
    file_name="BAP_{company}_{lot}.txt",
    encoding="cp1252",
    date_format="%Y%m%d",
    columns=(
        _column("journal", required=True),
        _column("date", required=True),
        _column("document_due_date"),
        _column("document_id", required=True),
        _column("number", required=True),
        _column("account", required=True),
        _column("document_third_party", first_line_only=True),
        _column("label"),
        _column("amount"),
        _column("direction", 1),
        _column("payment_mode"),
        _column("currency", 3),
        _column("rate", decimals=6),
        _column("currency_total"),
        _column("approved"),
    ),
)

FEC = Layout(
    name="FEC",
    flow="fec",
    file_name="{siren}FEC{date}.txt",
    delimiter="|",
    date_format="%Y%m%d",
    header=True,
    columns=(
        _column("journal", name="JournalCode", required=True),
        _column("journal_name", name="JournalLib", required=True),
        _column("number", name="EcritureNum", required=True),
        _column("date", name="EcritureDate", required=True),
        _column("account", name="CompteNum", required=True),
        _column("account_name", name="CompteLib", required=True),
        _column("third_party", name="CompAuxNum"),
        _column("third_party_name", name="CompAuxLib"),
        _column("piece_reference", name="PieceRef", required=True),
        _column("piece_date", name="PieceDate", required=True),
        _column("label", name="EcritureLib", required=True),
        _column("debit", name="Debit"),
        _column("credit", name="Credit"),
        _column("matching_code", name="EcritureLet"),
        _column("matching_date", name="DateLet"),
        _column("validation_date", name="ValidDate", required=True),
        _column("foreign_balance", name="Montantdevise"),
        _column("foreign_currency", name="Idevise"),
    ),
)

UPDATES = Layout(
    name="Updates of integrated documents",
    flow="updates",
    file_name="MAJ_{lot}.txt",
    encoding="cp1252",
    columns=(
        _column("company", required=True),
        _column("number", required=True),
        _column("external_reference"),
        _column("field", required=True),
        _column("value"),
    ),
)

ACKNOWLEDGEMENT = Layout(
    name="Acknowledgement",
    flow="acknowledgement",
    file_name="AR_{lot}.txt",
    quoting="minimal",
    header=True,
    words=usual_words("acknowledgement"),
    columns=(
        _column("company", CODE_WIDTH, required=True),
        _column("number", CODE_WIDTH, required=True),
        _column("external_reference"),
        _column("status", required=True),
        _column("code", CODE_WIDTH),
        _column("message"),
    ),
)

PAYMENTS = Layout(
    name="Payments",
    flow="payments",
    file_name="REG_*.csv",
    quoting="minimal",
    header=True,
    words=usual_words("payments"),
    columns=(
        _column("company"),
        _column("reference", CODE_WIDTH, required=True),
        _column("number", CODE_WIDTH),
        _column("third_party", CODE_WIDTH),
        _column("date", required=True),
        _column("amount", required=True),
        _column("payment_mode"),
        _column("letter", CODE_WIDTH),
        _column("sense"),
        _column("cancels", CODE_WIDTH),
        _column("message"),
    ),
)

_REFERENTIAL_FILES = {
    "company": "companies*.csv",
    "third_party": "third_parties*.csv",
    "account": "accounts*.csv",
    "journal": "journals*.csv",
    "vat_profile": "vat_profiles*.csv",
    "payment_mode": "payment_modes*.csv",
    "analytic_axis": "analytic_axes*.csv",
    "analytic_section": "analytic_sections*.csv",
}


def _referential(kind: str, attributes: Iterable[str]) -> Layout:
    """Return a référentiel layout whose column names are the attributes'; without a company column, the connector
    defines the company."""
    columns = tuple(
        _column(name, CODE_WIDTH if name == "code" else 0, required=name in ("code", "name"), decimals=4)
        for name in attributes
    )
    title = kind.replace("_", " ").replace("vat", "VAT")
    return Layout(
        name=f"Reference codes: {title}",
        flow=kind,
        file_name=_REFERENTIAL_FILES[kind],
        quoting="minimal",
        decimal_sign=",",
        header=True,
        words=usual_words(kind),
        columns=columns,
    )


PRESETS = {
    "entries_25": ENTRIES_25,
    "entries_15": ENTRIES_15,
    "entries_15_approval": ENTRIES_15_APPROVAL,
    "fec": FEC,
    "updates": UPDATES,
    "acknowledgement": ACKNOWLEDGEMENT,
    "payments": PAYMENTS,
} | {f"referential_{kind}": _referential(kind, attributes) for kind, attributes in REFERENTIAL.items()}
