"""The codes of what many documents name, read once for all of them."""

from collections import defaultdict

from odoo.tools import SQL

from .ledger_attributes import ANALYTIC, TAX

OF_HEADS = """
    SELECT DISTINCT company_id, journal_id, preferred_payment_method_line_id, commercial_partner_id
      FROM account_move WHERE id = ANY(%s)
"""
OF_LINES = """
    SELECT DISTINCT line.company_id, line.account_id, own.commercial_partner_id, %(tax)s AS tax_id,
           %(analytic)s AS analytic_id
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN res_partner own ON own.id = line.partner_id
       AND account.account_type IN ('asset_receivable', 'liability_payable')
     WHERE line.move_id = ANY(%(ids)s)
"""
CODES = """
    SELECT company_id, res_model, res_id, code, details ->> 'type', COALESCE(details ->> 'axis', '')
      FROM ledger_code
     WHERE active AND company_id = ANY(%(companies)s) AND res_model = %(model)s AND res_id = ANY(%(ids)s)
  ORDER BY code
"""
MODELS = (
    "account.journal", "account.payment.method.line", "res.partner", "account.account", "account.tax",
    "account.analytic.account",
)  # fmt: skip


class Names:
    """What documents and their lines name, as tables that queries join by company and record.

    A record may have several codes: the first in alphabetical order is its own, of a third party the first one of the
    wanted side.
    """

    def __init__(self, env, move_ids):
        self._env, ids = env, list(move_ids)
        heads = env.execute_query(SQL(OF_HEADS, ids))
        lines = env.execute_query(SQL(OF_LINES, ids=ids, tax=SQL(TAX), analytic=SQL(ANALYTIC)))
        companies, journals, payments, owners = _columns(heads, 4)
        _same, accounts, thirds, taxes, analytics = _columns(lines, 5)
        wanted = (journals, payments, owners | thirds, accounts, taxes, analytics)
        found = dict(zip(MODELS, self._codes(companies, wanted), strict=True))
        self.of_heads = {
            "journals": _table("journal_code", found["account.journal"]),
            "payments": _table("payment_code", found["account.payment.method.line"]),
            "owners": _sides("owner_code", found["res.partner"]),
        }
        self.of_lines = {
            "accounts": _table("account_code", found["account.account"]),
            "thirds": _sides("third_code", found["res.partner"]),
            "taxes": _table("tax_code", found["account.tax"]),
            "analytics": _table("analytic_code", found["account.analytic.account"]),
        }

    def _codes(self, companies, wanted):
        """Yield {(company, record): [(code, type, axis)]} of each of MODELS."""
        for model, records in zip(MODELS, wanted, strict=True):
            found = defaultdict(list)
            if records:
                query = SQL(CODES, companies=list(companies), model=model, ids=list(records))
                for company, _model, record, *code in self._env.execute_query(query):
                    found[company, record].append(code)
            yield found


def _columns(rows, number):
    """Return the values of each column of some rows, nothing left out."""
    columns = [set(values) - {None} for values in zip(*rows, strict=True)]
    return columns or [set()] * number


def _table(name, found):
    """Return a table (company_id, id, code, axis)."""
    rows = [(company, record, codes[0][0], codes[0][2]) for (company, record), codes in found.items()]
    return _rows(name, ("code", "axis"), rows)


def _sides(name, found):
    """Return a table (company_id, id, customer, supplier)."""
    rows = [
        (company, record, _of_side("customer", codes), _of_side("supplier", codes))
        for (company, record), codes in found.items()
    ]
    return _rows(name, ("customer", "supplier"), rows)


def _of_side(side, codes):
    return next((code for code, kind, _axis in codes if kind == side), codes[0][0])


def _rows(name, values, rows):
    companies, records, firsts, seconds = zip(*rows, strict=True) if rows else ((), (), (), ())
    arrays = SQL(
        "unnest(%s::int[], %s::int[], %s::text[], %s::text[])",
        list(companies), list(records), list(firsts), list(seconds),
    )  # fmt: skip
    columns = SQL(", ").join(map(SQL.identifier, ("company_id", "id", *values)))
    return SQL("%s AS %s(%s)", arrays, SQL.identifier(name), columns)
