"""Documents that the ledger tests share."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec

from ..ledger import presets
from ..ledger.checks import examine
from ..ledger.records import Document, EntryLine, Lot

LOT = Lot("L000042", date(2026, 12, 31), "ODOO", "EAU", "552100554")


def customer_invoice(number="VEAU/2026/0001", **changes):
    """A water bill of 120.00 + 6.60 VAT at 5.5 %."""
    lines = (
        EntryLine(
            "411000", debit=Decimal("126.60"), label="Facture d'eau n° 1", account_name="Clients",
            third_party="C0001", third_party_name="Mme Élodie Bœuf", is_third_party=True,
            due_date=date(2026, 12, 21), currency_balance=Decimal("126.60"), position=1,
        ),
        EntryLine(
            "706100", credit=Decimal("120.00"), label="Vente d'eau", account_name="Ventes d'eau",
            vat_profile="TVA55", vat_liability="D", analytic_axis="SERVICE", analytic_section="EAU",
            currency_balance=Decimal("-120.00"), position=2,
        ),
        EntryLine(
            "445710", credit=Decimal("6.60"), label="TVA 5,5 %", account_name="TVA collectée",
            currency_balance=Decimal("-6.60"), position=3,
        ),
    )  # fmt: skip
    values = {
        "company": "EAU", "number": number, "journal": "VEAU", "document_type": "FC", "date": date(2026, 11,
        21), "lines": lines, "document_id": "42", "establishment": "SIEGE", "journal_name": "Ventes eau",
        "label": "Facture d'eau", "document_third_party": "C0001", "document_due_date": date(2026, 12, 21),
        "payment_mode": "PRLV", "total": Decimal("126.60"), "currency_total": Decimal("126.60"),
        "piece_date": date(2026, 11, 21), "validation_date": date(2026, 11, 21),
    }  # fmt: skip
    return Document(**(values | changes))


def vendor_bill(number="ACH/2026/0007", **changes):
    """A bill of 1,000.00 USD at 1.25, approved for payment, with text that layouts must carry or replace."""
    lines = (
        EntryLine(
            "401000", credit=Decimal("800.00"), label='Pompe "Ø 40"; pose\net essai',
            account_name="Fournisseurs",
            third_party="F0009", third_party_name="Pumps Ltd", is_third_party=True,
            due_date=date(2027, 1, 15), currency_balance=Decimal("-1000.00"), foreign_currency="USD", position=1,
        ),
        EntryLine(
            "615500", debit=Decimal("800.00"), label="Entretien | réseau – lot n° 2",
            account_name="Entretien", currency_balance=Decimal("1000.00"), foreign_currency="USD", position=2,
        ),
    )  # fmt: skip
    values = {
        "company": "EAU", "number": number, "journal": "ACH", "document_type": "FF", "date": date(2026, 11,
        15), "lines": lines, "document_id": "77", "journal_name": "Achats", "label": "Pompe",
        "external_reference": "INV-2026-5", "document_third_party": "F0009", "document_due_date": date(2027,
        1, 15), "payment_mode": "VIR", "payment_approval": "approved", "currency": "USD",
        "rate": Decimal("1.25"), "total": Decimal("800.00"), "currency_total": Decimal("1000.00"),
        "piece_date": date(2026, 11, 10), "validation_date": date(2026, 11, 16),
    }  # fmt: skip
    return Document(**(values | changes))


def check_document(document, context, writer):
    """Return the findings of a document."""
    return examine(document, context, writer)[0]


def with_line(document, place=0, **changes):
    """Return the document with other values in one of its lines."""
    lines = list(document.lines)
    lines[place] = replace(lines[place], **changes)
    return replace(document, lines=tuple(lines))


def shipped_layouts():
    """Build the shipped layouts anew: those of the import were built before `./dev mutants` breaks a rule."""
    module = module_from_spec(presets.__spec__)
    presets.__spec__.loader.exec_module(module)
    return module.PRESETS
