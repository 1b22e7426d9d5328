"""Odoo's accounting documents as the accounting system knows them: a few queries, whatever their number."""

from collections import defaultdict, namedtuple
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache

from odoo.tools import SQL

from ...core.ledger.fingerprint import HEAD_CONTENT, LINE_CONTENT
from ...core.ledger.records import Document, EntryLine
from . import entry_sql as attributes
from .code_tables import Names

OF_DOCUMENT = tuple(field.name for field in fields(Document) if field.name != "lines")
OF_LINE = tuple(field.name for field in fields(EntryLine))


class Collector:
    """Reads documents by the ids of their moves. The caller has checked who may know of them."""

    def __init__(self, env):
        self._env, self._lang = env, env.lang or "en_US"

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
        for move, source, *values in self._env.execute_query(self._lines(names, move_ids)):
            sources[move] += source
            lines[move].append(EntryLine(*_exact(OF_LINE, values)))
        found = {}
        for row in self.rows(self._heads(names, move_ids)):
            values = dict(zip(OF_DOCUMENT, _exact(OF_DOCUMENT, list(row[-len(OF_DOCUMENT) :])), strict=True))
            head = row._replace(source=f"{row.source}:{sources[row.id]}")
            found[row.id] = head, Document(lines=tuple(lines[row.id]), **values)
        return found

    def _identity_heads(self, names, move_ids):
        wanted = [_selected(name, attributes.head_identity(name, self._lang)) for name in HEAD_CONTENT]
        return attributes.heads(names, move_ids, SQL(", ").join(wanted))

    def _identity_lines(self, names, move_ids):
        of_heads = attributes.heads(names, move_ids, attributes.for_lines(self._lang))
        wanted = [_selected(name, attributes.line_identity(name, self._lang)) for name in LINE_CONTENT]
        query = "SELECT line.move_id, %s %s ORDER BY line.move_id, line.id"
        return SQL(query, SQL(", ").join(wanted), attributes.lines(names, of_heads))

    def rows(self, query):
        """Return the rows of a query, values by name."""
        self._env.cr.execute(query)
        row = _row(tuple(column.name for column in self._env.cr.description))
        return list(map(row._make, self._env.cr.fetchall()))

    def _heads(self, names, move_ids):
        source = SQL("%s AS source", attributes.head_source(self._lang))
        wanted = [_selected(name, attributes.head(name, self._lang)) for name in OF_DOCUMENT]
        return attributes.heads(names, move_ids, SQL(", ").join([source, *wanted]))

    def _lines(self, names, move_ids):
        of_heads = attributes.heads(names, move_ids, attributes.for_lines(self._lang))
        wanted = [_selected(name, attributes.line(name, self._lang)) for name in OF_LINE]
        return SQL(
            "SELECT line.move_id, %s, %s %s ORDER BY line.move_id, line.id",
            attributes.line_source(self._lang),
            SQL(", ").join(wanted),
            attributes.lines(names, of_heads),
        )


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
