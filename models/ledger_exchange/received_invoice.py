"""Received electronic invoices: Odoo's decoder enters the lines; the référentiel provides supplier and accounts."""

import dataclasses
import io
import logging
from decimal import Decimal

from markupsafe import Markup

from odoo.addons.account.models.account_document_import_mixin import extract_pdf_embedded_files
from odoo.tools import SQL
from odoo.tools.pdf import PdfReader

from ...core.ledger.e_invoices import (
    accounts_of_lines,
    addressed_elsewhere,
    is_invoice,
    is_xml,
    parse_xml,
    read_invoice,
    total_differs,
    without_parties,
)
from ...core.ledger.findings import Finding, TransportError
from ..ledger.attempts import attempt
from ..ledger.sentences import tell

_logger = logging.getLogger(__name__)

#: A decoder of the module account_edi_ubl_cii, used where it is installed.
DECODER = "account.edi.xml.cii"
#: Most embedded files that are examined in one PDF document.
MAX_EMBEDDED = 20
SUPPLIERS = """
    SELECT DISTINCT partner.id
      FROM ledger_code code
      JOIN res_partner partner ON partner.id = code.res_id
     WHERE code.connector_id = %(connector)s AND code.company_id = %(company)s AND code.kind = 'third_party'
       AND code.active AND COALESCE(code.details ->> 'type', 'supplier') != 'customer'
       AND (left(upper(translate(code.details ->> %(name)s, ' .', '')), %(width)s) = ANY(%(numbers)s)
            OR left(upper(translate(%(own)s, ' .', '')), %(width)s) = ANY(%(numbers)s))
"""
#: Default account: the account of provisional entries (471), else the first expense account.
PROVISIONAL = """
    SELECT account.id
      FROM ledger_code code
      JOIN account_account account ON account.id = code.res_id AND account.active
     WHERE code.connector_id = %(connector)s AND code.company_id = %(company)s AND code.kind = 'account' AND code.active
       AND (code.code LIKE '471%%' OR account.account_type = 'expense')
  ORDER BY code.code NOT LIKE '471%%', code.code
     LIMIT 1
"""


@dataclasses.dataclass(frozen=True)
class Known:
    """Data of the référentiel about the invoice that is being decoded.

    It is passed in the context as an object, which no external caller can forge.
    """

    supplier_id: int
    account_id: int


class ReceivedInvoice:
    """Enters the first electronic invoice among a draft bill's files."""

    def __init__(self, connector, bill, attachments):
        self._connector, self._bill, self._attachments = connector, bill, attachments
        self._env, self._company = bill.env, bill.company_id

    def enter(self):
        """Enter the invoice on the bill. Whatever fails, the bill and its files remain.

        :return: findings, none of them blocking
        """
        name = self._attachments[:1].name
        found, failure = attempt(self._env, name, self._find)
        findings = self._enter(*found) if found else []
        if failure:
            findings = [self._not_decoded(name, failure)]
        locked = self._attachments.filtered(lambda file: not is_xml(file.name) and _needs_password(file.raw))
        findings += [Finding("scan_locked", "", {"name": file.name}) for file in locked]
        if findings:
            sentences = (tell(self._env, finding) for finding in findings)
            self._bill.message_post(body=Markup("<br/>").join(sentences))
        # the bill and its files are there: nothing is refused
        return [dataclasses.replace(finding, blocking=False) for finding in findings]

    def _enter(self, name, data, root, attachment):
        if DECODER not in self._env:
            return [Finding("invoice_module_missing", "", {"name": name})]
        entered, failure = attempt(self._env, name, self._decode, name, data, root, attachment)
        return [self._not_decoded(name, failure)] if failure else entered

    def _find(self):
        """Return (name, bytes, root, attachment) of the invoice; no attachment if embedded in a PDF; None if absent."""
        for attachment in self._attachments.filtered(lambda file: is_xml(file.name)):
            return attachment.name, attachment.raw, parse_xml(attachment.name, attachment.raw), attachment
        for attachment in self._attachments:
            for name, data in extract_pdf_embedded_files(attachment.name, attachment.raw)[:MAX_EMBEDDED]:
                if is_xml(name) and is_invoice(root := parse_xml(name, data)):
                    return f"{attachment.name} ({name})", data, root, attachment.browse()
        return None

    def _decode(self, name, data, root, attachment):
        """Enter the invoice with Odoo's decoder, without its parties and bank accounts.

        From those, the decoder would create partners and bank accounts: a stranger could choose where we pay.

        :return: findings
        """
        invoice = read_invoice(root)
        supplier, findings = self._supplier(name, invoice)
        account, more = self._account(name, invoice)
        known = Known(supplier.id, (account or self._provisional()).id)
        file_data = {
            "name": name,
            "raw": data,
            "xml_tree": without_parties(root),
            "mimetype": "application/xml",
            "attachment": attachment,
            "origin_attachment": attachment or self._attachments[:1],
        }
        bill = self._bill.with_context(received_invoice=known, disable_attachment_import=True)
        file_data["import_file_type"] = file_data["origin_import_file_type"] = bill._get_import_file_type(file_data)
        decoder = bill._get_edi_decoder(file_data, new=True)
        if not decoder:
            raise TransportError("invoice_xml_other", name=name)
        reason = decoder["decoder"](bill, file_data, True)
        if reason or not self._bill.invoice_line_ids:
            return [self._not_decoded(name, reason or "")]
        self._bill.invoice_line_ids.is_imported = True
        if account:
            self._lines().account_id = account
        more += self._enter_accounts_of_lines(name, invoice)
        return findings + more + self._check(name, invoice, supplier, known)

    def _lines(self):
        return self._bill.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def _not_decoded(self, name, reason):
        return Finding("invoice_not_decoded", "", {"name": name, "reason": reason})

    # === RÉFÉRENTIEL === #

    def _supplier(self, name, invoice):
        """Find the supplier by SIRET, then VAT number, then SIREN. Returns (supplier, findings)."""
        partners = self._env["res.partner"]
        for field, own, numbers in (
            ("siret", "company_registry", invoice.sirets),
            ("vat", "vat", invoice.vats),
            ("siret", "company_registry", invoice.sirens),
        ):
            found = partners.browse(self._suppliers(field, own, numbers))
            if len(found) == 1:
                return found, []
            if found:
                names = ", ".join(found.mapped("display_name"))
                params = {"name": name, "numbers": invoice.identity, "names": names}
                return partners, [Finding("invoice_supplier_several", "third_party", params)]
        params = {
            "name": name,
            "company": self._company.name,
            "numbers": invoice.identity,
            "supplier": invoice.name or "-",
        }
        return partners, [Finding("invoice_supplier_unknown", "third_party", params)]

    def _suppliers(self, field, own, numbers):
        """Return the ids of the suppliers that have one of the numbers, which all have the same length."""
        if not numbers:
            return []
        own, width = SQL.identifier("partner", own), max(map(len, numbers))
        rows = self._query(SUPPLIERS, name=field, own=own, numbers=list(numbers), width=width)
        return [found for (found,) in rows]

    def _account(self, name, invoice):
        """Return (account that the invoice names, findings)."""
        accounts = self._env["account.account"]
        if not invoice.account:
            return accounts, []
        code = self._codes("account").filtered(lambda code: code.code == invoice.account and code.res_id)
        if code:
            return accounts.browse(code[0].res_id), []
        params = {"name": name, "account": invoice.account, "company": self._company.name}
        return accounts, [Finding("invoice_account_unknown", "account", params)]

    def _enter_accounts_of_lines(self, name, invoice):
        """Enter the account that each line names, if it is known. Returns findings."""
        lines = self._lines()
        wanted = accounts_of_lines(invoice.lines, [Decimal(str(line.price_subtotal)) for line in lines])
        codes = self._codes("account").filtered(lambda code: code.code in wanted and code.res_id)
        known = {code.code: code.res_id for code in codes}
        for line, account in zip(lines, wanted, strict=True):
            if account in known:
                line.account_id = known[account]
        unknown = dict.fromkeys(account for account in wanted if account and account not in known)
        params = {"name": name, "company": self._company.name}
        return [Finding("invoice_account_unknown", "account", {**params, "account": account}) for account in unknown]

    def _provisional(self):
        return self._env["account.account"].browse([found for (found,) in self._query(PROVISIONAL)])

    def _codes(self, kind):
        """Return the company's active codes of a kind."""
        return self._env["ledger.code"].search(
            [("connector_id", "=", self._connector.id), ("company_id", "=", self._company.id), ("kind", "=", kind)]
        )

    def _query(self, query, **values):
        return self._env.execute_query(SQL(query, connector=self._connector.id, company=self._company.id, **values))

    # === CHECKS === #

    def _check(self, name, invoice, supplier, known):
        """Compare what was entered with the référentiel and with the invoice's total. Returns findings."""
        total = Decimal(str(self._bill.currency_id.round(self._bill.amount_total)))
        findings = [*self._check_accounts(name, invoice, known), *self._check_rates(name, invoice)]
        company = self._company
        elsewhere = addressed_elsewhere(invoice, name, company.name, company.company_registry or "")
        findings += filter(None, [total_differs(invoice, name, total), elsewhere])
        return findings + (self._check_bank(name, invoice, supplier) if supplier else [])

    def _check_accounts(self, name, invoice, known):
        bound = {code.res_id for code in self._codes("account")}
        for account in self._lines().account_id:
            params = {"name": name, "account": account.display_name}
            if account.id not in bound:
                yield Finding("invoice_account_unknown", "account", {**params, "company": self._company.name})
            elif account.id == known.account_id and not invoice.account:
                yield Finding("invoice_account_provisional", "account", params)

    def _check_rates(self, name, invoice):
        codes = self._codes("vat_profile")
        known = {Decimal(str(rate)) for code in codes if (rate := (code.details or {}).get("rate")) not in (None, "")}
        used = {Decimal(str(tax.amount)) for tax in self._lines().tax_ids}
        for rate in invoice.rates:
            if rate not in known or rate not in used:
                params = {"name": name, "rate": f"{rate.normalize():f}", "company": self._company.name}
                yield Finding("invoice_vat_unknown", "vat_profile", params)

    def _check_bank(self, name, invoice, supplier):
        """Choose the bank account among those the supplier already has; never create one."""
        banks = {bank.sanitized_acc_number: bank for bank in supplier.commercial_partner_id.bank_ids}
        known = [banks[iban] for iban in invoice.ibans if iban in banks]
        self._bill.partner_bank_id = known[0] if known else False
        params = {"name": name, "supplier": supplier.display_name}
        return [
            Finding("invoice_iban_unknown", "iban", {**params, "iban": iban})
            for iban in invoice.ibans
            if iban not in banks
        ]


def _needs_password(data):
    """Return whether a PDF document can only be opened with a password; owners' passwords merely forbid printing."""
    if b"/Encrypt" not in data:
        return False
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        return bool(reader.is_encrypted) and not reader.decrypt("")
    except Exception:
        # whatever its damage or cipher, the document is attached as it is
        _logger.info("Whether a scan needs a password is unknown", exc_info=True)
        return False
