"""Reads supplier, account, VAT rates and total of an electronic invoice (UBL, CII); Odoo decodes its lines.

Such files are untrusted: entities and DTDs are refused before any further parsing.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from .findings import Finding, TransportError
from .siren import siren_of

#: Maximum size of an XML document in bytes: some invoices contain pictures and PDF documents.
MAX_XML = 16 << 20
#: Maximum number of tags of an XML document: each takes some hundred bytes of memory.
MAX_TAGS = 200_000
#: Root elements of invoices.
ROOTS = ("Invoice", "CreditNote", "CrossIndustryInvoice")
_SELLER = ("AccountingSupplierParty", "SellerTradeParty")
_BUYER = ("AccountingCustomerParty", "BuyerTradeParty")
_BANK_ACCOUNTS = ("PayeeFinancialAccount", "PayeePartyCreditorFinancialAccount")
_TAX_REGISTRATIONS = ("PartyTaxScheme", "SpecifiedTaxRegistration")
_GROSS = ("TaxInclusiveAmount", "GrandTotalAmount")
_TOTALS = ("LegalMonetaryTotal", "SpecifiedTradeSettlementHeaderMonetarySummation")
_SIREN, _SIRET = 9, 14
#: Schemes of ISO 6523 for SIREN and SIRET; numbers of other schemes are ignored (DUNS has nine digits, too).
_FRENCH_SCHEMES = ("0002", "0009")
#: A number of XML Schema (xs:decimal), with a bounded number of digits.
_DECIMAL = re.compile(r"[+-]?(?=\.?[0-9])[0-9]{0,15}(?:\.[0-9]{0,15})?")
_Value = TypeVar("_Value")


@dataclasses.dataclass(frozen=True)
class EInvoiceLine:
    """The buyer's account that a line names (BT-133), else empty, and its net amount, by which it is recognised."""

    account: str
    amount: Decimal | None


@dataclasses.dataclass(frozen=True)
class EInvoice:
    """Data of an invoice that is compared with the référentiel. Missing data is empty.

    `buyers`: the SIRET numbers of the addressee, else its SIREN.
    """

    name: str
    sirets: tuple[str, ...]
    sirens: tuple[str, ...]
    vats: tuple[str, ...]
    account: str
    ibans: tuple[str, ...]
    rates: tuple[Decimal, ...]
    total: Decimal | None
    lines: tuple[EInvoiceLine, ...] = ()
    buyers: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Return the numbers by which the supplier is searched, as text for a message."""
        return ", ".join((*self.sirets, *self.vats)) or "-"


def parse_xml(name: str, data: bytes) -> etree._Element:
    """Return the root of an XML document.

    :raises TransportError: it is too large, truncated or not XML, or declares a DTD, which may define endless entities
    """
    if not data:
        raise TransportError("scan_empty", name=name)
    if len(data) > MAX_XML or data.count(b"<") > MAX_TAGS:
        raise TransportError("invoice_xml_large", name=name, limit=MAX_XML >> 20, tags=MAX_TAGS)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise TransportError("invoice_xml_wrong", name=name, line=error.lineno or 1) from error
    if root.getroottree().docinfo.doctype:
        raise TransportError("invoice_xml_entities", name=name)
    return root


def is_invoice(root: etree._Element) -> bool:
    """Return whether the document is an invoice or a credit note, by its root element."""
    return etree.QName(root).localname in ROOTS


def read_invoice(root: etree._Element) -> EInvoice:
    """Read supplier, account, VAT rates and total of an invoice."""
    seller, buyer = (next(iter(_all(root, *names)), None) for names in (_SELLER, _BUYER))
    numbers, vats, sirens = _identity(seller)
    addressed, _vats, buyer_sirens = _identity(buyer)
    return EInvoice(
        name=next(iter(_texts(seller, "RegistrationName") or _texts(seller, "Name")), ""),
        sirets=_once(text for text in numbers if len(text) == _SIRET),
        sirens=_once(filter(None, sirens)),
        vats=_once(vats),
        account=_account(root),
        ibans=_once(
            # its direct children: the bank's number (BT-86) is deeper
            text
            for account in _all(root, *_BANK_ACCOUNTS)
            for node in account.iterchildren("{*}IBANID", "{*}ID")
            if (text := _plain(node))
        ),
        rates=_rates(root),
        total=next((number for total in _all(root, *_TOTALS) for number in _numbers(total, *_GROSS)), None),
        lines=tuple(_lines(root)),
        buyers=_once(text for text in addressed if len(text) == _SIRET) or _once(filter(None, buyer_sirens)),
    )


def addressed_elsewhere(invoice: EInvoice, name: str, company: str, registry: str) -> Finding | None:
    """Return the finding of an invoice that names another buyer than the company whose scans it came with, or None.

    Two budgets of a town often have one SIREN: their SIRET are compared, where both sides have one.

    :param registry: SIRET or SIREN of the company; without it, nothing is compared
    """
    own = re.sub(r"\D", "", registry)
    if len(own) not in (_SIREN, _SIRET) or not invoice.buyers:
        return None
    width = min(len(own), *map(len, invoice.buyers))
    if any(number[:width] == own[:width] for number in invoice.buyers):
        return None
    return Finding(
        "invoice_for_other", "company", {"name": name, "numbers": ", ".join(invoice.buyers), "company": company}
    )


def accounts_of_lines(lines: Sequence[EInvoiceLine], amounts: Sequence[Decimal]) -> list[str]:
    """Return the account that the invoice names for each line that was entered; empty if none, or if in doubt.

    A decoder enters a line for each of the invoice, in its order, and others for charges and allowances of the whole.

    :param amounts: net amounts of the lines that were entered
    """
    if len(lines) == len(amounts):
        return [line.account for line in lines]
    named: dict[Decimal | None, set[str]] = {}
    for line in lines:
        named.setdefault(line.amount and abs(line.amount), set()).add(line.account)
    found = (named.get(abs(amount), set()) for amount in amounts)
    return [accounts.pop() if len(accounts) == 1 else "" for accounts in map(set, found)]


def without_parties(root: etree._Element) -> etree._Element:
    """Remove the supplier and bank accounts from an invoice, so that no decoder creates records from them."""
    for node in _all(root, *_SELLER, *_BANK_ACCOUNTS):
        for child in list(node):
            node.remove(child)
    return root


def total_differs(invoice: EInvoice, name: str, total: Decimal) -> Finding | None:
    """Return the finding of a bill whose total differs from that of its invoice, or None."""
    if invoice.total is None or abs(invoice.total) == abs(total):
        return None
    return Finding("invoice_total_differs", "total", {"name": name, "stated": invoice.total, "total": total})


def group_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group sorted file names: a PDF and the XML document of the same base name form a pair, the PDF first."""
    pairs: dict[str, dict[str, str]] = {}
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in sorted(names)}
    for name in groups:
        stem, extension = _split(name)
        if extension in ("pdf", "xml"):
            pairs.setdefault(stem, {}).setdefault(extension, name)
    for pair in pairs.values():
        if len(pair) > 1:
            groups[pair["pdf"]] = pair["pdf"], pair["xml"]
            del groups[pair["xml"]]
    return list(groups.values())


def names_beside(name: str) -> list[str]:
    """Return the possible names of the other file of a pair."""
    stem, extension = _split(name)
    other = {"pdf": "xml", "xml": "pdf"}.get(extension)
    return [f"{stem}.{other}", f"{stem}.{other.upper()}"] if other else []


def is_xml(name: str) -> bool:
    """Return whether a file is an XML document, by its name."""
    return _split(name)[1] == "xml"


def _split(name: str) -> tuple[str, str]:
    stem, _dot, extension = name.rpartition(".")
    return stem, extension.lower()


def _identity(party: etree._Element | None) -> tuple[list[str], list[str], list[str]]:
    """Return the SIRET and SIREN of a party, its VAT numbers, and the SIREN in all of them."""
    nodes = _all(party, "ID", "GlobalID", "CompanyID", "EndpointID")
    texts = [_plain(node) for node in nodes if _may_be_french(node)]
    numbers = [text for text in texts if text.isdigit() and len(text) in (_SIREN, _SIRET)]
    registered = [_plain(node) for kind in _all(party, *_TAX_REGISTRATIONS) for node in _all(kind, "CompanyID", "ID")]
    vats = [text for text in registered if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{2,13}", text)]
    return numbers, vats, [siren_of(text, "") for text in numbers] + [siren_of("", text) for text in vats]


def _once(values: Iterable[_Value]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(values))


def _all(node: etree._Element | None, *names: str) -> list[etree._Element]:
    return [] if node is None else [found for name in names for found in node.iter(f"{{*}}{name}")]


def _texts(node: etree._Element | None, *names: str) -> list[str]:
    return [text for found in _all(node, *names) if (text := (found.text or "").strip())]


def _plain(node: etree._Element) -> str:
    """Return a number without the blanks and dots that people put in it."""
    return re.sub(r"[\s.]", "", node.text or "").upper()


def _may_be_french(node: etree._Element) -> bool:
    scheme = node.get("schemeID", "")
    return not scheme.isdigit() or scheme in _FRENCH_SCHEMES


def _numbers(node: etree._Element | None, *names: str) -> list[Decimal]:
    return [Decimal(text) for text in _texts(node, *names) if _DECIMAL.fullmatch(text)]


def _account(root: etree._Element) -> str:
    """Return the buyer's account for the whole invoice (BT-19)."""
    texts = [(child.text or "").strip() for child in root.findall("{*}AccountingCost")]
    for settlement in _all(root, "ApplicableHeaderTradeSettlement"):
        for node in settlement.findall("{*}ReceivableSpecifiedTradeAccountingAccount"):
            texts += _texts(node, "ID")
    return next(filter(None, texts), "")


def _lines(root: etree._Element) -> Iterator[EInvoiceLine]:
    settlement = "SpecifiedLineTradeSettlement"
    for line in (*root.findall("{*}InvoiceLine"), *root.findall("{*}CreditNoteLine")):
        accounts, amounts = _texts_at(line, "AccountingCost"), _texts_at(line, "LineExtensionAmount")
        yield EInvoiceLine(next(iter(accounts), ""), _amount(amounts))
    for line in _all(root, "IncludedSupplyChainTradeLineItem"):
        accounts = _texts_at(line, settlement, "ReceivableSpecifiedTradeAccountingAccount", "ID")
        sums = _texts_at(line, settlement, "SpecifiedTradeSettlementLineMonetarySummation", "LineTotalAmount")
        yield EInvoiceLine(next(iter(accounts), ""), _amount(sums))


def _texts_at(node: etree._Element, *path: str) -> list[str]:
    found = node.findall("/".join(f"{{*}}{name}" for name in path))
    return [text for each in found if (text := (each.text or "").strip())]


def _amount(texts: Iterable[str]) -> Decimal | None:
    return next((Decimal(text) for text in texts if _DECIMAL.fullmatch(text)), None)


def _rates(root: etree._Element) -> tuple[Decimal, ...]:
    """Return the non-zero VAT rates in the totals of the invoice."""
    rates: list[Decimal] = []
    for total in root.findall("{*}TaxTotal"):
        rates += _numbers(total, "Percent")
    for settlement in _all(root, "ApplicableHeaderTradeSettlement"):
        for tax in settlement.findall("{*}ApplicableTradeTax"):
            rates += _numbers(tax, "RateApplicablePercent")
    return _once(rate for rate in rates if rate)
