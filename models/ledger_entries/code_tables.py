"""Codes of the records that documents name, as SQL tables: read once for many documents and joined by their queries."""

from odoo.tools import SQL

from ...core.ledger.records import IN_DOUBT
from .entry_sql import ANALYTIC, IS_THIRD, TAX

RECORDS_OF_HEADS = """
    SELECT DISTINCT company_id, journal_id, preferred_payment_method_line_id, commercial_partner_id
      FROM account_move WHERE id = ANY(%s)
"""
RECORDS_OF_LINES = """
    SELECT DISTINCT line.account_id, CASE WHEN %(is_third)s THEN line.partner_id END AS partner_id,
           CASE WHEN %(is_third)s THEN own.commercial_partner_id END AS commercial_id, %(tax)s AS tax_id,
           %(analytic)s AS analytic_id
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN res_partner own ON own.id = line.partner_id
     WHERE line.move_id = ANY(%(ids)s)
"""
# A code in doubt, given to another third party, is not used; codes of other connectors neither.
IS_USABLE = "active AND is_doubtful IS NOT TRUE"
CLOSED = f"code || '|' || CASE WHEN is_doubtful THEN '{IN_DOUBT}' ELSE COALESCE(closed_on::text, '') END"
# Of a record's codes, the first open one in alphabetical order is used; a closed one only if none is open.
CODES = """(
    SELECT DISTINCT ON (company_id, res_id) company_id, res_id AS id, COALESCE(details ->> 'axis', '') AS axis,
           CASE WHEN active THEN code END AS code,
           CASE WHEN NOT active THEN code || '|' || COALESCE(closed_on::text, '') END AS closed
      FROM ledger_code
     WHERE company_id = ANY(%(companies)s) AND res_model = %(model)s AND connector_id = ANY(%(connectors)s)
       AND (%(ids)s::int[] IS NULL OR res_id = ANY(%(ids)s))
  ORDER BY company_id, res_id, active DESC, code
) AS %(name)s"""
# Of a third party's codes, the first one of the side (customer, supplier) is used, otherwise its first open one.
CODES_OF_SIDES = """
    COALESCE(min(code) FILTER (WHERE usable AND type = 'customer'), min(code) FILTER (WHERE usable)) AS customer,
    COALESCE(min(code) FILTER (WHERE usable AND type = 'supplier'), min(code) FILTER (WHERE usable)) AS supplier,
    CASE WHEN NOT bool_or(usable) THEN min(closed) END AS closed
"""
# A partner without codes of its own has those of its company (commercial partner).
THIRD_PARTIES = f"""(
    SELECT company_id, id, %(sides)s
      FROM (SELECT code.company_id, wanted.id, code.code, {IS_USABLE} AS usable, {CLOSED} AS closed,
                   code.details ->> 'type' AS type, code.res_id = wanted.id AS is_own,
                   bool_or(code.res_id = wanted.id) OVER (PARTITION BY code.company_id, wanted.id) AS has_own
              FROM unnest(%(ids)s::int[], %(commercials)s::int[]) AS wanted(id, commercial_id)
              JOIN ledger_code code ON code.res_id IN (wanted.id, wanted.commercial_id)
             WHERE code.company_id = ANY(%(companies)s) AND code.res_model = 'res.partner'
               AND code.connector_id = ANY(%(connectors)s)) found
     WHERE is_own OR NOT has_own
  GROUP BY company_id, id
) AS %(name)s"""


# The same for every partner: first those with codes of their own.
OWN_THIRD_PARTIES = f"""(
    SELECT company_id, res_id AS id, %(sides)s
      FROM (SELECT company_id, res_id, code, {IS_USABLE} AS usable, {CLOSED} AS closed, details ->> 'type' AS type
              FROM ledger_code code
             WHERE company_id = ANY(%(companies)s) AND res_model = 'res.partner' AND res_id IS NOT NULL
               AND connector_id = ANY(%(connectors)s)) code
  GROUP BY company_id, res_id
)"""
ALL_THIRD_PARTIES = """(
    WITH own AS %(own)s
    SELECT * FROM own
 UNION ALL
    SELECT own.company_id, member.id, own.customer, own.supplier, own.closed
      FROM own JOIN res_partner member ON member.commercial_partner_id = own.id AND member.id != own.id
     WHERE NOT EXISTS (SELECT FROM own mine WHERE mine.company_id = own.company_id AND mine.id = member.id)
) AS %(name)s"""


class AllCodeTables:
    """Tables of every code of some companies: with many documents, that is faster than selecting their codes."""

    def __init__(self, companies, connectors):
        about = {"companies": list(companies), "connectors": connectors.ids}
        own = SQL(OWN_THIRD_PARTIES, sides=SQL(CODES_OF_SIDES), **about)
        self.of_heads = {
            "journals": codes_table("journal_code", "account.journal", about),
            "payments": codes_table("payment_code", "account.payment.method.line", about),
            "owners": SQL("%s AS owner_code", own),
        }
        self.of_lines = {
            "accounts": codes_table("account_code", "account.account", about),
            "thirds": SQL(ALL_THIRD_PARTIES, own=own, name=SQL("third_code")),
            "taxes": codes_table("tax_code", "account.tax", about),
            "analytics": codes_table("analytic_code", "account.analytic.account", about),
        }


class CodeTables:
    """Tables of the codes of the records that some documents and their lines name.

    :param connectors: those whose codes count
    """

    def __init__(self, env, move_ids, connectors):
        ids = list(move_ids)
        heads = env.execute_query(SQL(RECORDS_OF_HEADS, ids))
        lines = env.execute_query(
            SQL(RECORDS_OF_LINES, ids=ids, tax=SQL(TAX), analytic=SQL(ANALYTIC), is_third=SQL(IS_THIRD))
        )
        companies, journals, payments, owners = _columns(heads, 4)
        self._about = {"companies": companies, "connectors": connectors.ids}
        accounts, _partners, _commercials, taxes, analytics = _columns(lines, 5)
        thirds = {row[1]: row[2] for row in lines if row[1]}
        self.of_heads = {
            "journals": self._table("journal_code", "account.journal", journals),
            "payments": self._table("payment_code", "account.payment.method.line", payments),
            "owners": self._third_parties("owner_code", dict(zip(owners, owners, strict=True))),
        }
        self.of_lines = {
            "accounts": self._table("account_code", "account.account", accounts),
            "thirds": self._third_parties("third_code", thirds),
            "taxes": self._table("tax_code", "account.tax", taxes),
            "analytics": self._table("analytic_code", "account.analytic.account", analytics),
        }

    def _table(self, name, model, ids):
        """Return the SQL of a table (company_id, id, code, axis, closed)."""
        return codes_table(name, model, self._about, ids)

    def _third_parties(self, name, partners):
        """Return the SQL of a table (company_id, id, customer, supplier, closed).

        :param partners: {partner id: id of its commercial partner}
        """
        ids, commercials = list(partners), list(partners.values())
        about = {**self._about, "ids": ids, "commercials": commercials}
        return SQL(THIRD_PARTIES, sides=SQL(CODES_OF_SIDES), name=SQL.identifier(name), **about)


def codes_table(name, model, about, ids=None):
    """Return the SQL of a table (company_id, id, code, axis, closed) of the codes of some records, or of all.

    :param about: ids of the `companies` and `connectors` whose codes count
    """
    return SQL(CODES, model=model, ids=ids, name=SQL.identifier(name), **about)


def _columns(rows, number):
    """Return the distinct values of each column, without None."""
    columns = [list(set(values) - {None}) for values in zip(*rows, strict=True)]
    return columns or [[]] * number
