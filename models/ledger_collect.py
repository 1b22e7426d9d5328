"""Odoo's accounting documents as the accounting system knows them: a few queries, whatever their number."""

from collections import defaultdict, namedtuple
from decimal import Decimal
from functools import lru_cache

from odoo.tools import SQL

from ..core.ledger.records import ZERO, Document, EntryLine

TYPES = {
    "out_invoice": "FC",
    "out_receipt": "FC",
    "out_refund": "AC",
    "in_invoice": "FF",
    "in_receipt": "FF",
    "in_refund": "AV",
}
CUSTOMER = ("FC", "AC")
#: Rows of what the lines of many documents name, by id.
Named = namedtuple("Named", "accounts partners")
NOBODY = namedtuple("Nobody", "commercial_id name")(None, "")

HEADS = """
    SELECT move.id, move.state, move.company_id, move.move_type, move.currency_id, move.name AS number, move.date,
           move.invoice_date, move.ref, move.payment_reference, move.invoice_date_due, move.payment_approval,
           move.journal_id, move.preferred_payment_method_line_id AS payment_id,
           move.invoice_currency_rate::text AS rate, move.amount_total::text AS currency_total,
           abs(move.amount_total_signed)::text AS total,
           company.ledger_code AS company, currency.name AS currency, ledger.name AS ledger_currency,
           COALESCE(journal.name ->> %(lang)s, journal.name ->> 'en_US') AS journal_name,
           partner.id AS partner_id, partner.name AS partner_name
      FROM account_move move
      JOIN res_company company ON company.id = move.company_id
      JOIN res_currency ledger ON ledger.id = company.currency_id
      JOIN res_currency currency ON currency.id = move.currency_id
      JOIN account_journal journal ON journal.id = move.journal_id
 LEFT JOIN res_partner partner ON partner.id = move.commercial_partner_id
     WHERE move.id = ANY(%(ids)s)
"""
LINES = """
    SELECT line.move_id, line.account_id, line.debit::text AS debit, line.credit::text AS credit, line.name AS label,
           line.date_maturity, line.amount_currency::text AS amount_currency, line.matching_number,
           line.analytic_distribution, line.tax_line_id, line.partner_id,
           (SELECT min(tax.account_tax_id) FROM account_move_line_account_tax_rel tax
             WHERE tax.account_move_line_id = line.id) AS tax_id,
           full_reconcile.create_date::date AS matching_date
      FROM account_move_line line
 LEFT JOIN account_full_reconcile full_reconcile ON full_reconcile.id = line.full_reconcile_id
     WHERE line.move_id = ANY(%(ids)s) AND line.account_id IS NOT NULL
  ORDER BY line.move_id, line.id
"""
# A few accounts for all lines, a third party for several: read once.
ACCOUNTS = """
    SELECT id, account_type IN ('asset_receivable', 'liability_payable') AS is_third_party,
           COALESCE(name ->> %(lang)s, name ->> 'en_US') AS name
      FROM account_account WHERE id = ANY(%(ids)s)
"""
PARTNERS = """
    SELECT own.id, partner.id AS commercial_id, partner.name
      FROM res_partner own JOIN res_partner partner ON partner.id = own.commercial_partner_id
     WHERE own.id = ANY(%(ids)s)
"""
CODES = """
    SELECT company_id, res_model, res_id, code, details ->> 'type' AS type, details ->> 'axis' AS axis
      FROM ledger_code
     WHERE active AND company_id = ANY(%(companies)s) AND res_model = %(model)s AND res_id = ANY(%(ids)s)
  ORDER BY code DESC
"""


class Collector:
    """Reads documents by the ids of their moves. The caller has checked who may know of them."""

    def __init__(self, env):
        self._env = env

    def documents(self, move_ids):
        """Return {move id: core Document}."""
        return {move: document for move, (_head, document) in self.entries(move_ids).items()}

    def entries(self, move_ids):
        """Return {move id: (row of the entry itself, core Document)}."""
        params = {"ids": list(move_ids), "lang": self._env.lang or "en_US"}
        # what other transactions of this process still hold back is written first
        self._env.flush_all()
        heads = self._rows(HEADS, params)
        lines, every = defaultdict(list), self._rows(LINES, params)
        for line in every:
            lines[line.move_id].append(line)
        accounts = self._named(ACCOUNTS, {line.account_id for line in every})
        partners = self._named(PARTNERS, {line.partner_id for line in every if line.partner_id})
        codes = self._codes(heads, every, partners)
        named = Named(accounts, partners)
        return {head.id: (head, _document(head, lines[head.id], codes, named)) for head in heads}

    def _named(self, query, ids):
        """Return {id: row}."""
        rows = self._rows(query, {"ids": list(ids), "lang": self._env.lang or "en_US"})
        return {row.id: row for row in rows}

    def _rows(self, query, params):
        return self.rows(SQL(query, **params))

    def rows(self, query):
        """Return the rows of a query, values by name."""
        self._env.cr.execute(query)
        row = _row(tuple(column.name for column in self._env.cr.description))
        return list(map(row._make, self._env.cr.fetchall()))

    def _codes(self, heads, lines, partners):
        """Return the Codes of every record that is named."""
        named = {
            "res.partner": {head.partner_id for head in heads} | {row.commercial_id for row in partners.values()},
            "account.account": {line.account_id for line in lines},
            "account.journal": {head.journal_id for head in heads},
            "account.payment.method.line": {head.payment_id for head in heads},
            "account.tax": {line.tax_line_id or line.tax_id for line in lines},
            "account.analytic.account": {_analytic(line) for line in lines},
        }
        companies, found = list({head.company_id for head in heads}), defaultdict(list)
        for model, records in named.items():
            ids = [record for record in records if record]
            about = {"companies": companies, "model": model, "ids": ids}
            for row in self._rows(CODES, about) if ids else ():
                found[row.company_id, model, row.res_id].append((row.code, row.type, row.axis or ""))
        return Codes(found)


class Codes(dict):
    """{(company, model, wanted type): {record: code}}; each code is chosen once."""

    def __init__(self, found):
        self._found = found

    def __missing__(self, key):
        self[key] = chosen = Chosen(self._found, *key)
        return chosen


class Chosen(dict):
    """{record: its code in a company}; an analytic account: {record: (code, type, axis)}."""

    def __init__(self, found, company, model, wanted):
        self._found, self._company, self._model, self._wanted = found, company, model, wanted

    def __missing__(self, record):
        picked = _pick(self._found.get((self._company, self._model, record), ()), self._wanted)
        self[record] = code = picked if self._model == "account.analytic.account" else picked[0]
        return code


@lru_cache
def _row(names):
    """The type of a query's rows: values by name, at the price of a tuple."""
    return namedtuple("Row", names)


def _document(head, lines, codes, named):
    kind = TYPES.get(head.move_type, "")
    side = "customer" if kind in CUSTOMER else "supplier"
    label = head.partner_name or head.number or ""
    return Document(
        company=head.company or "",
        number=head.number or "",
        journal=codes[head.company_id, "account.journal", None][head.journal_id],
        journal_name=head.journal_name or "",
        document_type=kind,
        date=head.date,
        document_id=str(head.id),
        label=label,
        external_reference=head.ref or head.payment_reference or "",
        document_third_party=codes[head.company_id, "res.partner", side][head.partner_id],
        document_due_date=head.invoice_date_due,
        payment_mode=codes[head.company_id, "account.payment.method.line", None][head.payment_id],
        payment_approval=head.payment_approval or "none",
        currency=head.currency,
        ledger_currency=head.ledger_currency,
        rate=Decimal(head.rate or "1"),
        total=Decimal(head.total or "0"),
        currency_total=Decimal(head.currency_total or "0"),
        piece_date=head.invoice_date or head.date,
        validation_date=head.date,
        lines=_lines(lines, label, codes, named, head.company_id, side),
    )


def _lines(lines, label, codes, named, company, side):
    third_parties, accounts = codes[company, "res.partner", side], codes[company, "account.account", None]
    taxes, sections = codes[company, "account.tax", None], codes[company, "account.analytic.account", None]
    made = []
    for place, line in enumerate(lines, 1):
        account = named.accounts[line.account_id]
        partner = named.partners.get(line.partner_id, NOBODY) if account.is_third_party else NOBODY
        section, _type, axis = sections[_analytic(line)]
        made.append(
            EntryLine(
                account=accounts[line.account_id],
                account_name=account.name or "",
                debit=Decimal(line.debit or "0"),
                credit=Decimal(line.credit or "0"),
                label=line.label or label,
                third_party=third_parties[partner.commercial_id] if account.is_third_party else "",
                third_party_name=partner.name or "",
                is_third_party=account.is_third_party,
                due_date=line.date_maturity if account.is_third_party else None,
                currency_balance=Decimal(line.amount_currency or "0") or ZERO,
                vat_profile=taxes[line.tax_line_id or line.tax_id],
                analytic_axis=axis,
                analytic_section=section,
                matching_code=line.matching_number or "",
                matching_date=line.matching_date,
                position=place,
            )
        )
    return tuple(made)


def _pick(found, wanted):
    """Return the code of the wanted type, or else the first in alphabetical order."""
    first = ("", None, "")
    for entry in found:
        first = entry
        if wanted and entry[1] == wanted:
            return entry
    return first


def _analytic(line):
    """Return the analytic account of a line: the one with the largest share."""
    shares = line.analytic_distribution
    if not shares:
        return None
    accounts = max(shares, key=lambda key: (shares[key], key))
    first = accounts.split(",")[0]
    return int(first) if first.isdigit() else None
