"""SQL of each attribute of documents and lines (core/ledger/records.py), on Odoo's tables."""

from odoo.tools import SQL

from ...core.ledger.records import FLOWS
from ...core.ledger.text import BLANKS

TYPES = {
    "out_invoice": "FC",
    "out_receipt": "FC",
    "out_refund": "AC",
    "in_invoice": "FF",
    "in_receipt": "FF",
    "in_refund": "AV",
}
KINDS = {name: attribute.kind for name, attribute in FLOWS["entries"].items()}
AMOUNTS = ("amount", "rate")


def _filled(value):
    """Return the SQL of a text, NULL if it is blank. A text that begins with a visible character is not searched."""
    return f"CASE WHEN ascii({value}) BETWEEN 33 AND 126 OR btrim({value}, '{BLANKS}') != '' THEN {value} END"


def _translated(value):
    """Return the SQL of a translated text, in the language of the query, otherwise in English; NULL if it is blank."""
    return ", ".join(_filled(f"{value} ->> {lang}") for lang in ("%(lang)s", "'en_US'"))


def third_party(is_customer, *otherwise):
    """Return the code of a line's third party, or the first value of `otherwise` that is not null.

    :param is_customer: condition that the customer's code is meant, not the supplier's
    """
    code = f"CASE WHEN {is_customer} THEN third_code.customer ELSE third_code.supplier END"
    return f"CASE WHEN {IS_THIRD} THEN COALESCE({', '.join([code, *otherwise])}, '') ELSE '' END"


_TYPE = " ".join(f"WHEN '{move_type}' THEN '{code}'" for move_type, code in TYPES.items())
_SALES = ", ".join(f"'{move_type}'" for move_type, code in TYPES.items() if code in ("FC", "AC"))
_IS_SALE = f"move.move_type IN ({_SALES})"
IS_THIRD = "account.account_type IN ('asset_receivable', 'liability_payable')"
#: What stands for the missing code of a third party in a FEC, for which codes need not be bound.
OWN_THIRD = ("NULLIF(third.ref, '')", "third.id::text")
IS_FOREIGN = "currency.id != ledger.id"

HEAD = {
    "company": "COALESCE(company.ledger_code, '')",
    "establishment": "''",
    "number": f"COALESCE({_filled('move.name')}, '')",
    "journal": "COALESCE(journal_code.code, '')",
    "journal_name": f"COALESCE({_translated('journal.name')}, '')",
    "document_type": f"CASE move.move_type {_TYPE} ELSE '' END",
    "date": "move.date",
    "document_id": "move.id::text",
    "label": f"COALESCE({_filled('partner.name')}, {_filled('move.name')}, '')",
    "external_reference": f"COALESCE({_filled('move.ref')}, {_filled('move.payment_reference')}, '')",
    "document_third_party": f"COALESCE(CASE WHEN {_IS_SALE} THEN owner_code.customer ELSE owner_code.supplier END, '')",
    "document_due_date": "move.invoice_date_due",
    "payment_mode": "COALESCE(payment_code.code, '')",
    "payment_approval": "COALESCE(NULLIF(move.payment_approval, ''), 'none')",
    "currency": "currency.name",
    "ledger_currency": "ledger.name",
    "rate": "COALESCE(move.invoice_currency_rate, 1)",
    "total": "COALESCE(abs(move.amount_total_signed), 0)",
    "currency_total": "COALESCE(move.amount_total, 0)",
    "piece_date": "COALESCE(move.invoice_date, move.date)",
    "validation_date": "move.date",
}
HEAD |= {
    "ledger_decimals": "COALESCE(ledger.decimal_places, 2)",
    "currency_decimals": "COALESCE(currency.decimal_places, 2)",
    "current_number": HEAD["number"],
    "document_label": HEAD["label"],
    "approved": f"{HEAD['payment_approval']} = 'approved'",
    "piece_reference": f"COALESCE(NULLIF({HEAD['external_reference']}, ''), {HEAD['number']})",
}
CLOSED_HEAD = {
    "journal_closed": "COALESCE(journal_code.closed, '')",
    "document_third_party_closed": "COALESCE(owner_code.closed, '')",
    "payment_mode_closed": "COALESCE(payment_code.closed, '')",
    "payment_mode_name": f"COALESCE({_filled('payment_line.name')}, '')",
}
HEAD |= CLOSED_HEAD
# Odoo's ids in place of codes, for the comparison of documents.
HEAD_IDS = {
    "company": "move.company_id::text",
    "number": "''",
    "journal": "move.journal_id::text",
    "document_third_party": "COALESCE(move.commercial_partner_id::text, '')",
    # a third party that is renamed is still the same
    "label": f"COALESCE({_filled('partner.ledger_name')}, {HEAD['label']})",
    "payment_mode": "COALESCE(move.preferred_payment_method_line_id::text, '')",
}
LINE = {
    "account": "COALESCE(account_code.code, '')",
    "account_name": f"COALESCE({_translated('account.name')}, '')",
    "account_type": "'G'",
    "debit": "COALESCE(line.debit, 0)",
    "credit": "COALESCE(line.credit, 0)",
    "label": f"COALESCE({_filled('line.name')}, head.label)",
    "third_party": third_party("head.is_sale"),
    "third_party_name": f"CASE WHEN {IS_THIRD} THEN COALESCE({_filled('third.name')}, '') ELSE '' END",
    "is_third_party": f"COALESCE({IS_THIRD}, false)",
    "due_date": f"CASE WHEN {IS_THIRD} THEN line.date_maturity END",
    "currency_balance": "COALESCE(line.amount_currency, 0)",
    # asked for each line only where a file has a column for it
    "foreign_currency": "CASE WHEN line.currency_id != head.ledger_id THEN"
    " (SELECT name FROM res_currency WHERE id = line.currency_id) ELSE '' END",
    "vat_profile": "COALESCE(tax_code.code, '')",
    "vat_liability": "''",
    "analytic_axis": "COALESCE(analytic_code.axis, '')",
    "analytic_section": "COALESCE(analytic_code.code, '')",
    # not of partial reconciliations: their number (P12) would be an unbalanced letter there, and they have no date
    "matching_code": f"CASE WHEN full_reconcile.id IS NOT NULL THEN COALESCE({_filled('line.matching_number')}, '')"
    " ELSE '' END",
    "matching_date": "full_reconcile.create_date::date",
    "reconciliation_code": "''",
    "position": "row_number() OVER (PARTITION BY line.move_id ORDER BY line.id)",
}
LINE |= {
    "account_closed": "COALESCE(account_code.closed, '')",
    "third_party_closed": f"CASE WHEN {IS_THIRD} THEN COALESCE(third_code.closed, '') ELSE '' END",
    "vat_profile_closed": "COALESCE(tax_code.closed, '')",
}
LINE |= {
    "balance": f"{LINE['debit']} - {LINE['credit']}",
    "direction": f"CASE WHEN {LINE['debit']} >= {LINE['credit']} THEN 'D' ELSE 'C' END",
    "amount": f"abs({LINE['debit']} - {LINE['credit']})",
    "currency_amount": f"abs({LINE['currency_balance']})",
    "foreign_balance": f"CASE WHEN line.currency_id != head.ledger_id THEN {LINE['currency_balance']} END",
}

# First tax of a line; analytic account with the largest share of a line.
TAX = """COALESCE(line.tax_line_id, (
    SELECT min(tax.account_tax_id) FROM account_move_line_account_tax_rel tax
     WHERE tax.account_move_line_id = line.id))"""
ANALYTIC = """CASE WHEN line.analytic_distribution IS NOT NULL THEN (
    SELECT substring(key FROM '^([0-9]+)(?:,|$)')::int FROM jsonb_each(line.analytic_distribution)
  ORDER BY value DESC, key COLLATE "C" DESC LIMIT 1) END"""

LINE_IDS = {
    "account": "line.account_id::text",
    "third_party": f"CASE WHEN {IS_THIRD} THEN COALESCE(line.partner_id::text, '') ELSE '' END",
    "vat_profile": "COALESCE(line_tax.id::text, '')",
    "analytic_axis": "''",
    "analytic_section": "COALESCE(line.analytic_distribution::text, '')",
}

# Stored values that a fingerprint depends on: (value, type). If none of them changes, neither does the fingerprint.
HEAD_SOURCE = (
    ("move.name", "text"),
    ("move.company_id", "int4"),
    ("move.journal_id", "int4"),
    ("move.move_type", "text"),
    ("move.date", "date"),
    ("move.commercial_partner_id", "int4"),
    ("COALESCE(partner.ledger_name, partner.name)", "text"),
    ("currency.name", "text"),
    ("ledger.name", "text"),
    ("move.invoice_currency_rate", "numeric"),
    ("move.amount_total_signed", "numeric"),
    ("move.amount_total", "numeric"),
    ("move.invoice_date", "date"),
    ("move.invoice_date_due", "date"),
    ("move.payment_approval", "text"),
    ("move.preferred_payment_method_line_id", "int4"),
    ("move.ref", "text"),
    ("move.payment_reference", "text"),
)
LINE_SOURCE = (
    ("line.account_id", "int4"),
    (f"({IS_THIRD})::int", "int4"),
    ("line.partner_id", "int4"),
    ("line.debit", "numeric"),
    ("line.credit", "numeric"),
    ("line.amount_currency", "numeric"),
    ("line_tax.id", "int4"),
    ("line.analytic_distribution", "jsonb"),
    ("line.name", "text"),
    ("line.date_maturity", "date"),
)
# PostgreSQL's hash functions, each seeded with the previous digest. They are much faster than cryptographic ones, which
# are not needed: nobody chooses values to collide.
DIGESTS = {
    "int4": "hashint4extended(COALESCE(%s, -1), %s)",
    "text": "hashtextextended(COALESCE(%s, ''), %s)",
    "numeric": "hash_numeric_extended(COALESCE(%s::numeric, 0), %s)",
    "date": "hashint4extended(COALESCE(%s - date '2000-01-01', -1), %s)",
    "jsonb": "jsonb_hash_extended(COALESCE(%s, '{}'), %s)",
}

HEADS = """
    SELECT move.id, move.state, move.company_id, move.move_type, move.currency_id, move.journal_id,
           partner.id AS partner_id, %(more)s
      FROM %(moves)s
      JOIN res_company company ON company.id = move.company_id
      JOIN res_currency ledger ON ledger.id = company.currency_id
      JOIN res_currency currency ON currency.id = move.currency_id
      JOIN account_journal journal ON journal.id = move.journal_id
 LEFT JOIN res_partner partner ON partner.id = move.commercial_partner_id
 LEFT JOIN %(journals)s ON journal_code.company_id = move.company_id AND journal_code.id = move.journal_id
 LEFT JOIN %(payments)s ON payment_code.company_id = move.company_id
       AND payment_code.id = move.preferred_payment_method_line_id
 LEFT JOIN account_payment_method_line payment_line ON payment_line.id = move.preferred_payment_method_line_id
 LEFT JOIN %(owners)s ON owner_code.company_id = move.company_id AND owner_code.id = move.commercial_partner_id
"""
MOVES_WITH_IDS = "(SELECT * FROM account_move WHERE id = ANY(%s)) move"
LINES = """
      FROM (%(heads)s) head
 %(join)s account_move_line line ON line.move_id = head.id AND line.account_id IS NOT NULL
 %(join)s account_account account ON account.id = line.account_id
CROSS JOIN LATERAL (SELECT %(tax)s AS id OFFSET 0) line_tax
 LEFT JOIN res_partner own ON own.id = line.partner_id
 LEFT JOIN res_partner third ON third.id = own.commercial_partner_id
 LEFT JOIN account_full_reconcile full_reconcile ON full_reconcile.id = line.full_reconcile_id
 LEFT JOIN %(accounts)s ON account_code.company_id = head.company_id AND account_code.id = line.account_id
 LEFT JOIN %(thirds)s ON third_code.company_id = head.company_id AND third_code.id = line.partner_id
 LEFT JOIN %(taxes)s ON tax_code.company_id = head.company_id AND tax_code.id = line_tax.id
 LEFT JOIN %(analytics)s ON analytic_code.company_id = head.company_id AND analytic_code.id = %(analytic)s
"""


def heads(tables, moves, more):
    """Return a query of entries: their state, their references, and more columns.

    :param tables: codes of the records they name (models/ledger_entries/code_tables.py)
    :param moves: SQL of the entries, as table `move`
    :param more: SQL of the additional columns, which may use the expressions of HEAD
    """
    return SQL(HEADS, moves=moves, more=more, **tables.of_heads)


def moves_with_ids(ids):
    """Return the SQL of the entries with these ids, for `heads`."""
    return SQL(MOVES_WITH_IDS, list(ids))


def lines(tables, of_heads, join="JOIN"):
    """Return the FROM clause for the lines of entries.

    :param of_heads: query of `heads`, with the columns of `for_lines`
    :param join: `LEFT JOIN` to include documents without lines
    """
    joined = {"join": SQL(join), "tax": SQL(TAX), "analytic": SQL(ANALYTIC)}
    return SQL(LINES, heads=of_heads, **joined, **tables.of_lines)


def head(name, lang):
    """Return the SQL of an attribute of a document."""
    return _attribute(HEAD[name], lang)


def line(name, lang):
    """Return the SQL of an attribute of a line."""
    return _attribute(LINE[name], lang)


def for_lines(lang, of_head=None):
    """Return the SQL of the document's columns that attributes of lines use.

    :param of_head: `head`, or `head_identity` for the comparison of documents
    """
    label = (of_head or head)("label", lang)
    return SQL("%s AS label, %s AS is_sale, ledger.id AS ledger_id", label, SQL(_IS_SALE))


def head_source():
    """Return the SQL of a digest of a document's own values in `fingerprint`, and of its number."""
    return _digest(HEAD_SOURCE)


def line_source():
    """Return the SQL of a digest of a line's values in `fingerprint`; a document adds up those of its lines."""
    return _digest(LINE_SOURCE)


def head_identity(name, lang):
    """Return the SQL of a document's attribute for comparison: an id in place of a code."""
    return SQL(HEAD_IDS[name]) if name in HEAD_IDS else head(name, lang)


def line_identity(name, lang):
    """Return the SQL of a line's attribute for comparison: an id in place of a code."""
    return SQL(LINE_IDS[name]) if name in LINE_IDS else line(name, lang)


def _attribute(text, lang):
    return SQL(text, lang=lang) if "%(lang)s" in text else SQL(text)


def _digest(values):
    digest = "0"
    for value, kind in values:
        digest = DIGESTS[kind] % (value, digest)
    return SQL(digest)
