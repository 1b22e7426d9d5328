"""The codes of what many documents name, as tables that queries join: read once for all of them."""

from odoo.tools import SQL

from .entry_sql import ANALYTIC, IS_THIRD, TAX

OF_HEADS = """
    SELECT DISTINCT company_id, journal_id, preferred_payment_method_line_id, commercial_partner_id
      FROM account_move WHERE id = ANY(%s)
"""
OF_LINES = """
    SELECT DISTINCT line.account_id, own.commercial_partner_id, %(tax)s AS tax_id, %(analytic)s AS analytic_id
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN res_partner own ON own.id = line.partner_id
       AND %(is_third)s
     WHERE line.move_id = ANY(%(ids)s)
"""
# A record may have several codes: the first in alphabetical order is its own.
CODES = """(
    SELECT DISTINCT ON (company_id, res_id) company_id, res_id AS id, code, COALESCE(details ->> 'axis', '') AS axis
      FROM ledger_code
     WHERE active AND company_id = ANY(%(companies)s) AND res_model = %(model)s AND res_id = ANY(%(ids)s)
  ORDER BY company_id, res_id, code
) AS %(name)s"""
# A third party's is the first one of the wanted side, if there is one.
SIDES = """(
    SELECT company_id, res_id AS id,
           COALESCE(min(code) FILTER (WHERE details ->> 'type' = 'customer'), min(code)) AS customer,
           COALESCE(min(code) FILTER (WHERE details ->> 'type' = 'supplier'), min(code)) AS supplier
      FROM ledger_code
     WHERE active AND company_id = ANY(%(companies)s) AND res_model = 'res.partner' AND res_id = ANY(%(ids)s)
  GROUP BY company_id, res_id
) AS %(name)s"""


class Names:
    """What documents and their lines name, each with its code: tables by company and record."""

    def __init__(self, env, move_ids):
        ids = list(move_ids)
        heads = env.execute_query(SQL(OF_HEADS, ids))
        lines = env.execute_query(SQL(OF_LINES, ids=ids, tax=SQL(TAX), analytic=SQL(ANALYTIC), is_third=SQL(IS_THIRD)))
        self._companies, journals, payments, owners = _columns(heads, 4)
        accounts, thirds, taxes, analytics = _columns(lines, 4)
        self.of_heads = {
            "journals": self._table("journal_code", "account.journal", journals),
            "payments": self._table("payment_code", "account.payment.method.line", payments),
            "owners": self._sides("owner_code", owners),
        }
        self.of_lines = {
            "accounts": self._table("account_code", "account.account", accounts),
            "thirds": self._sides("third_code", thirds),
            "taxes": self._table("tax_code", "account.tax", taxes),
            "analytics": self._table("analytic_code", "account.analytic.account", analytics),
        }

    def _table(self, name, model, ids):
        """Return the SQL of a table (company_id, id, code, axis)."""
        return SQL(CODES, companies=self._companies, model=model, ids=ids, name=SQL.identifier(name))

    def _sides(self, name, ids):
        """Return the SQL of a table (company_id, id, customer, supplier)."""
        return SQL(SIDES, companies=self._companies, ids=ids, name=SQL.identifier(name))


def _columns(rows, number):
    """Return the values of each column of some rows, none twice, nothing left out."""
    columns = [list(set(values) - {None}) for values in zip(*rows, strict=True)]
    return columns or [[]] * number
