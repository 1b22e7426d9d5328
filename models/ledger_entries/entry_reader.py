"""Odoo's accounting documents as the accounting system knows them: a few queries, whatever their number."""

from collections import defaultdict, namedtuple
from dataclasses import fields, replace
from decimal import Decimal
from functools import lru_cache

from odoo.tools import SQL

from ...core.ledger.fingerprint import HEAD_CONTENT, LINE_CONTENT
from ...core.ledger.records import Document, EntryLine, Share
from . import entry_sql as attributes
from .code_tables import Names, codes_table

OF_DOCUMENT = tuple(field.name for field in fields(Document) if field.name != "lines")
OF_LINE = tuple(field.name for field in fields(EntryLine) if field.name != "shares")
SECTIONS = """
    SELECT account.id, COALESCE(account.root_plan_id, account.plan_id),
           COALESCE(account.name ->> %(lang)s, account.name ->> 'en_US', ''), code.company_id, COALESCE(code.axis, ''),
           COALESCE(code.code, ''), COALESCE(code.closed, '')
      FROM account_analytic_account account
 LEFT JOIN %(codes)s ON code.id = account.id
     WHERE account.id = ANY(%(ids)s)
"""


class Collector:
    """Reads documents by the ids of their moves. The caller has checked who may know of them."""

    def __init__(self, env, own_codes=False):
        """:param own_codes: whether Odoo's own code stands for the one that a record has not over there (FEC)"""
        self._env, self._lang = env, env.lang or "en_US"
        self._attributes = attributes.OwnCodes if own_codes else attributes

    def documents(self, move_ids):
        """Return {move id: core Document}."""
        return {move: document for move, (_head, document) in self.entries(move_ids).items()}

    def identities(self, move_ids):
        """Return {move id: core Document that names records by their ids}: what fingerprints are made of."""
        self._env.flush_all()
        names, lines, found = Names(self._env, move_ids), defaultdict(list), {}
        for move, *values in self._env.execute_query(self._identity_lines(names, move_ids)):
            lines[move].append(EntryLine(**dict(zip(LINE_CONTENT, _exact(LINE_CONTENT, values), strict=True))))
        for move, *values in self._env.execute_query(self._identity_heads(names, move_ids)):
            content = dict(zip(HEAD_CONTENT, _exact(HEAD_CONTENT, values[-len(HEAD_CONTENT) :]), strict=True))
            found[move] = Document(lines=tuple(lines[move]), **content)
        return found

    def entries(self, move_ids):
        """Return {move id: (row of the entry itself, core Document)}.

        The row says `source`, a digest of all that the document's fingerprint is made of.
        """
        # what other transactions of this process still hold back is written first
        self._env.flush_all()
        names = Names(self._env, move_ids)
        lines, sources = defaultdict(list), defaultdict(int)
        distributed = []
        for move, source, distribution, *values in self._env.execute_query(self._lines(names, move_ids)):
            sources[move] += source
            lines[move].append(EntryLine(*_exact(OF_LINE, values)))
            if distribution:
                distributed.append((move, len(lines[move]) - 1, distribution))
        found = {}
        for row in self.rows(self._heads(names, move_ids)):
            values = dict(zip(OF_DOCUMENT, _exact(OF_DOCUMENT, list(row[-len(OF_DOCUMENT) :])), strict=True))
            head = row._replace(source=str(row.source + sources[row.id]))
            found[row.id] = head, Document(lines=tuple(lines[row.id]), **values)
        return self._distribute(found, distributed) if distributed else found

    def _distribute(self, found, distributed):
        """Give the lines (move, place, {analytic accounts: percent}) their shares."""
        ids = {int(account) for _move, _place, shares in distributed for key in shares for account in key.split(",")}
        companies = {head.company_id for head, _document in found.values()}
        sections = self._sections(companies, ids)
        lines = {move: list(document.lines) for move, (_head, document) in found.items()}
        for move, place, distribution in distributed:
            if move in lines:
                company = found[move][0].company_id
                shares = tuple(_shares(distribution, company, sections))
                lines[move][place] = replace(lines[move][place], shares=shares)
        return {move: (head, replace(doc, lines=tuple(lines[move]))) for move, (head, doc) in found.items()}

    def _sections(self, companies, ids):
        """Return {(company, analytic account): (plan, name, axis, code, closed code)}; of no company without a code."""
        codes = codes_table("code", "account.analytic.account", list(companies), list(ids))
        query = SQL(SECTIONS, lang=self._lang, codes=codes, ids=list(ids))
        found = {}
        for account, plan, name, company, axis, code, closed in self._env.execute_query(query):
            found[company, account] = (plan, name, axis, code, closed)
            found.setdefault((None, account), (plan, name, "", "", ""))
        return found

    def _identity_heads(self, names, move_ids):
        wanted = [_selected(name, attributes.head_identity(name, self._lang)) for name in HEAD_CONTENT]
        return attributes.heads(names, attributes.these(move_ids), SQL(", ").join(wanted))

    def _identity_lines(self, names, move_ids):
        of_heads = attributes.heads(names, attributes.these(move_ids), attributes.for_lines(self._lang))
        wanted = [_selected(name, attributes.line_identity(name, self._lang)) for name in LINE_CONTENT]
        query = "SELECT line.move_id, %s %s ORDER BY line.move_id, line.id"
        return SQL(query, SQL(", ").join(wanted), attributes.lines(names, of_heads))

    def rows(self, query):
        """Return the rows of a query, values by name."""
        self._env.cr.execute(query)
        row = _row(tuple(column.name for column in self._env.cr.description))
        return list(map(row._make, self._env.cr.fetchall()))

    def _heads(self, names, move_ids):
        source = SQL("%s AS source", attributes.head_source())
        wanted = [_selected(name, self._attributes.head(name, self._lang)) for name in OF_DOCUMENT]
        return attributes.heads(names, attributes.these(move_ids), SQL(", ").join([source, *wanted]))

    def _lines(self, names, move_ids):
        of_heads = attributes.heads(names, attributes.these(move_ids), attributes.for_lines(self._lang))
        wanted = [_selected(name, self._attributes.line(name, self._lang)) for name in OF_LINE]
        return SQL(
            "SELECT line.move_id, %s, NULLIF(line.analytic_distribution, '{}'), %s %s ORDER BY line.move_id, line.id",
            attributes.line_source(),
            SQL(", ").join(wanted),
            attributes.lines(names, of_heads),
        )


def _shares(distribution, company, sections):
    """Yield the Share of each analytic account of a distribution."""
    for key, percent in distribution.items():
        for account in map(int, key.split(",")):
            known = sections.get((company, account)) or sections.get((None, account))
            if known:
                plan, name, axis, code, closed = known
                yield Share(plan, Decimal(str(percent)), axis, code, name, closed)


def _selected(name, value):
    """Return the SQL of an attribute by its name: of an amount its exact text."""
    form = "%s::text AS %s" if attributes.KINDS.get(name) in attributes.AMOUNTS else "%s AS %s"
    return SQL(form, value, SQL.identifier(name))


@lru_cache
def _amounts(names):
    """Return the places of the amounts among these attributes."""
    return [place for place, name in enumerate(names) if attributes.KINDS.get(name) in attributes.AMOUNTS]


def _exact(names, values):
    """Return these values, the amounts as decimals."""
    for place in _amounts(names):
        values[place] = Decimal(values[place])
    return values


@lru_cache
def _row(names):
    """The type of a query's rows: values by name, at the price of a tuple."""
    return namedtuple("Row", names)
