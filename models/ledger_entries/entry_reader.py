"""Reads Odoo's entries as documents with the accounting system's codes, in a constant number of queries."""

from collections import defaultdict, namedtuple
from dataclasses import fields, replace
from decimal import Decimal
from functools import lru_cache

from odoo.tools import SQL

from ...core.ledger.fingerprint import HEAD_CONTENT, LINE_CONTENT
from ...core.ledger.records import Document, EntryLine, Share
from . import entry_sql as attributes
from .code_tables import CodeTables, codes_table
from .own_codes import OwnCodes

DOCUMENT_FIELDS = tuple(field.name for field in fields(Document) if field.name != "lines")
LINE_FIELDS = tuple(field.name for field in fields(EntryLine) if field.name != "shares")
SECTIONS = """
    SELECT account.id, COALESCE(account.root_plan_id, account.plan_id),
           COALESCE(account.name ->> %(lang)s, account.name ->> 'en_US', ''), code.company_id, COALESCE(code.axis, ''),
           COALESCE(code.code, ''), COALESCE(code.closed, '')
      FROM account_analytic_account account
 LEFT JOIN %(codes)s ON code.id = account.id
     WHERE account.id = ANY(%(ids)s)
"""


class Collector:
    """Reads the documents of entries. The caller has checked that the user may read them."""

    def __init__(self, env, connectors=None, own_codes=False):
        """:param connectors: those whose codes are used; None for all that are active
        :param own_codes: use Odoo's own code of a record that has none in the accounting system (FEC)
        """
        self._env, self._lang = env, env.lang or "en_US"
        if connectors is None:
            # sudo: ids of connectors, whose codes are those of the entries' companies; nothing of them is shown
            connectors = env["ledger.connector"].sudo().search([("company_ids", "!=", False)])
        self._connectors = connectors
        self._attributes = OwnCodes if own_codes else attributes

    def documents(self, move_ids):
        """Return {move id: core Document}."""
        return {move: document for move, (_head, document) in self.entries(move_ids).items()}

    def identities(self, move_ids):
        """Return {move id: core Document with ids in place of codes}, of which fingerprints are computed."""
        self._env.flush_all()
        tables, lines, found = CodeTables(self._env, move_ids, self._connectors), defaultdict(list), {}
        for move, *values in self._env.execute_query(self._identity_lines(tables, move_ids)):
            lines[move].append(EntryLine(**dict(zip(LINE_CONTENT, _exact(LINE_CONTENT, values), strict=True))))
        for move, *values in self._env.execute_query(self._identity_heads(tables, move_ids)):
            content = dict(zip(HEAD_CONTENT, _exact(HEAD_CONTENT, values[-len(HEAD_CONTENT) :]), strict=True))
            found[move] = Document(lines=tuple(lines[move]), **content)
        return found

    def entries(self, move_ids):
        """Return {move id: (row of the entry itself, core Document)}.

        The row's `source` is a digest of all values that the fingerprint depends on.
        """
        self._env.flush_all()
        tables = CodeTables(self._env, move_ids, self._connectors)
        lines, sources = defaultdict(list), defaultdict(int)
        distributed = []
        for move, source, distribution, *values in self._env.execute_query(self._lines(tables, move_ids)):
            sources[move] += source
            lines[move].append(EntryLine(*_exact(LINE_FIELDS, values)))
            if distribution:
                distributed.append((move, len(lines[move]) - 1, distribution))
        found = {}
        for row in self.rows(self._heads(tables, move_ids)):
            values = _exact(DOCUMENT_FIELDS, list(row[-len(DOCUMENT_FIELDS) :]))
            values = dict(zip(DOCUMENT_FIELDS, values, strict=True))
            head = row._replace(source=str(row.source + sources[row.id]))
            found[row.id] = head, Document(lines=tuple(lines[row.id]), **values)
        return self._add_shares(found, distributed) if distributed else found

    def _add_shares(self, found, distributed):
        """Return `found` with the analytic shares of its lines.

        :param distributed: [(move id, position of the line, {analytic accounts: percent})]
        """
        ids = {int(account) for _move, _place, shares in distributed for key in shares for account in key.split(",")}
        companies = {head.company_id for head, _document in found.values()}
        sections = self._sections(companies, ids)
        lines = {move: list(document.lines) for move, (_head, document) in found.items()}
        for move, place, distribution in distributed:
            shares = tuple(_shares(distribution, found[move][0].company_id, sections))
            lines[move][place] = replace(lines[move][place], shares=shares)
        return {move: (head, replace(doc, lines=tuple(lines[move]))) for move, (head, doc) in found.items()}

    def _sections(self, companies, ids):
        """Return {(company, analytic account): (plan, name, axis, code, closed code)}.

        Each account also has an entry for company None, without a code.
        """
        about = {"companies": list(companies), "connectors": self._connectors.ids}
        codes = codes_table("code", "account.analytic.account", about, list(ids))
        query = SQL(SECTIONS, lang=self._lang, codes=codes, ids=list(ids))
        found = {}
        for account, plan, name, company, axis, code, closed in self._env.execute_query(query):
            found[company, account] = (plan, name, axis, code, closed)
            found.setdefault((None, account), (plan, name, "", "", ""))
        return found

    def _identity_heads(self, tables, move_ids):
        wanted = [_selected(name, attributes.head_identity(name, self._lang)) for name in HEAD_CONTENT]
        return attributes.heads(tables, attributes.moves_with_ids(move_ids), SQL(", ").join(wanted))

    def _identity_lines(self, tables, move_ids):
        columns = attributes.for_lines(self._lang, attributes.head_identity)
        of_heads = attributes.heads(tables, attributes.moves_with_ids(move_ids), columns)
        wanted = [_selected(name, attributes.line_identity(name, self._lang)) for name in LINE_CONTENT]
        query = "SELECT line.move_id, %s %s ORDER BY line.move_id, line.id"
        return SQL(query, SQL(", ").join(wanted), attributes.lines(tables, of_heads))

    def rows(self, query):
        """Return the rows of a query as named tuples."""
        self._env.cr.execute(query)
        row = _row(tuple(column.name for column in self._env.cr.description))
        return list(map(row._make, self._env.cr.fetchall()))

    def _heads(self, tables, move_ids):
        source = SQL("%s AS source", attributes.head_source())
        wanted = [_selected(name, self._attributes.head(name, self._lang)) for name in DOCUMENT_FIELDS]
        return attributes.heads(tables, attributes.moves_with_ids(move_ids), SQL(", ").join([source, *wanted]))

    def _lines(self, tables, move_ids):
        of_heads = attributes.heads(tables, attributes.moves_with_ids(move_ids), attributes.for_lines(self._lang))
        wanted = [_selected(name, self._attributes.line(name, self._lang)) for name in LINE_FIELDS]
        return SQL(
            "SELECT line.move_id, %s, NULLIF(line.analytic_distribution, '{}'), %s %s ORDER BY line.move_id, line.id",
            attributes.line_source(),
            SQL(", ").join(wanted),
            attributes.lines(tables, of_heads),
        )


def _shares(distribution, company, sections):
    """Yield the Share of each analytic account of a distribution."""
    for key, percent in distribution.items():
        for account in map(int, key.split(",")):
            known = sections.get((company, account)) or sections.get((None, account))
            plan, name, axis, code, closed = known or (0, str(account), "", "", "")
            yield Share(plan, Decimal(str(percent)), axis, code, name, closed)


def _selected(name, value):
    """Return the SQL of a column with an attribute's name; amounts as their exact text."""
    form = "%s::text AS %s" if attributes.KINDS.get(name) in attributes.AMOUNTS else "%s AS %s"
    return SQL(form, value, SQL.identifier(name))


@lru_cache
def _amounts(names):
    """Return the positions of the amounts among these attributes."""
    return [place for place, name in enumerate(names) if attributes.KINDS.get(name) in attributes.AMOUNTS]


def _exact(names, values):
    """Return the values with amounts converted from text to Decimal."""
    for place in _amounts(names):
        values[place] = Decimal(values[place])
    return values


@lru_cache
def _row(names):
    """Return the named tuple type of a query's rows."""
    return namedtuple("Row", names)
