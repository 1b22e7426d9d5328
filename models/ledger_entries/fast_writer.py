"""Documents about which nothing is to be said: PostgreSQL checks them and writes their rows."""

import secrets
import tempfile
from contextlib import contextmanager

from odoo.tools import SQL

from ...core.ledger.failures import typed_failures
from ...core.ledger.layouts import PlainRows
from ...core.ledger.layouts.plain import ODD
from ..common.bulk import id_array
from . import entry_sql as attributes
from .code_tables import AllNames
from .fast_writer_cells import can_write, cell

#: For statements on thousands of documents: compiling takes longer than they run, sorts fit in memory, documents are
#: looked up in a large table rather than all of it read.
PLANNING = "SET LOCAL jit TO off; SET LOCAL work_mem TO '64MB'; SET LOCAL random_page_cost TO 1.1"
#: Bytes of a stream that are held in memory; what is longer goes through a file.
IN_MEMORY = 4 << 20

# The checks of core/ledger/checks.py, as far as they find nothing.
OF_HEAD = """
    move.state = 'posted' AND %(company)s != '' AND %(company)s != ALL(%(locked)s::text[]) AND %(number)s != ''
    AND (%(company)s, %(journal)s) IN %(journals)s AND %(currency)s = ANY(%(currencies)s::text[])
    AND (NOT %(is_foreign)s OR %(rate)s > 0)
"""
# A distribution that is a single section which the file can name; none where it has no column for it.
DISTRIBUTED = """
    (line.analytic_distribution IS NULL OR line.analytic_distribution = '{}'
     OR analytic_code.code IS NOT NULL
        AND line.analytic_distribution = jsonb_build_object((%(analytic)s)::text, 100))
"""
UNDISTRIBUTED = "(line.analytic_distribution IS NULL OR line.analytic_distribution = '{}')"
OF_LINE = "%(account)s != '' AND (NOT %(is_third_party)s OR %(third_party)s != '' AND %(due_date)s IS NOT NULL)"
# A document is checked and written as one text; one that is not plain, or not what it was when it was looked at, as a
# mark. Each has a text, in the order of the ids.
MOVES = """
    unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
      JOIN ledger_document document ON document.id = wanted.id
      JOIN account_move move ON move.id = document.move_id
 LEFT JOIN ledger_content content ON content.id = document.id
"""
PLAIN = """
    SELECT CASE WHEN bool_and(is_plain) AND sum(debit) = sum(credit)
                     AND (min(head_source) + sum(source))::text = min(known COLLATE "C")
                     AND min(due_date) IS NOT DISTINCT FROM max(due_date)
                THEN string_agg(row, %(separator)s) ELSE %(odd)s END
      FROM (SELECT head.place, head.source AS head_source, head.known, %(source)s AS source, %(debit)s AS debit,
                   %(credit)s AS credit, (head.is_plain AND %(is_plain)s) IS TRUE AS is_plain, %(due_date)s AS due_date,
                   concat(%(row)s) AS row
              %(lines)s
          ORDER BY head.place, line.id) lines
  GROUP BY place
  ORDER BY place
"""


class PlainEntries:
    """Fast path: checks and renders new entries without findings in one statement, which streams them.

    The others are left to the Writer: what is found in a document, or in a text that cannot be written, is said in one
    place. The caller has checked who may know of them.
    """

    def __init__(self, env, writer, context):
        """:param writer: the Writer of the lot; :param context: core CheckContext"""
        self._env, self._layout, self._lang = env, writer.layout, env.lang or "en_US"
        self._context, self._writer = context, writer
        # nothing that somebody typed before now can hold it
        self._separator = f"\x02{secrets.token_hex(8)}\x03"
        self.rows = PlainRows(writer.layout, self._separator)

    @property
    def can_write(self):
        """Whether PostgreSQL can write the rows of this layout."""
        return can_write(self._layout)

    @contextmanager
    def rendered(self, document_ids, companies):
        """Give an iterator of the texts of documents, for `rows`, in their order.

        :param document_ids: documents that nobody else changes meanwhile
        :param companies: ids of their companies
        """
        self._env.flush_all()
        cr = self._env.cr
        query = cr.mogrify(self._query(document_ids, companies)).decode()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            with typed_failures(tempfile.gettempdir()):
                # psycopg2 itself: Odoo's cursor has no name for it
                cr._obj.copy_expert(f"COPY ({query}) TO STDOUT", file)
                file.seek(0)
            yield file

    def _query(self, document_ids, companies):
        names, row = AllNames(companies), _Row(self._writer, self._lang, self.rows.delimiter)
        lines = {name: attributes.line(name, self._lang) for name in attributes.LINE}
        moves = SQL(MOVES, id_array(document_ids))
        # OFFSET keeps what is of a document from being worked out for each of its lines
        heads = SQL("%s OFFSET 0", attributes.heads(names, moves, self._of_heads(row)))
        return SQL(
            PLAIN,
            separator=self._separator,
            odd=ODD.decode().strip("\n"),
            source=attributes.line_source(),
            debit=lines["debit"],
            credit=lines["credit"],
            is_plain=SQL(" AND ").join([SQL(OF_LINE, **lines), self._distributed(), *row.conditions["line"]]),
            # several due dates are said where the file has one a document
            due_date=lines["due_date"]
            if self._writes("document_due_date") and not self._writes("due_date")
            else SQL("NULL::date"),
            row=SQL(", ").join(row.parts),
            lines=attributes.lines(names, heads, "LEFT JOIN"),
        )

    def _writes(self, attribute):
        return any(column.attribute == attribute for column in self._layout.columns)

    def _distributed(self):
        """Return the SQL of whether the file says all of a line's analytic distribution."""
        if self._writes("analytic_section"):
            return SQL(DISTRIBUTED, analytic=SQL(attributes.ANALYTIC))
        return SQL(UNDISTRIBUTED)

    def _of_heads(self, row):
        context = {
            "locked": list(self._context.locked),
            "journals": tuple(self._context.journals) or (("", ""),),
            "currencies": list(self._context.currencies),
            "is_foreign": SQL(attributes.IS_FOREIGN),
        }
        heads = {name: attributes.head(name, self._lang) for name in attributes.HEAD}
        is_plain = SQL(" AND ").join([SQL(OF_HEAD, **heads, **context), *row.conditions["head"]])
        about = [SQL("wanted.place"), SQL("content.source AS known"), attributes.for_lines(self._lang)]
        source = SQL("%s AS source", attributes.head_source())
        return SQL(", ").join([*about, source, SQL("%s AS is_plain", is_plain), *row.of_heads])


class _Row:
    """A row of a layout: the `parts` that make it up, columns `of_heads` that they take from the document, `conditions`
    of both under which it is what the writer would make."""

    def __init__(self, writer, lang, delimiter):
        """:param delimiter: what stands between two cells"""
        self.parts, self.of_heads, self.conditions = [], [], {"head": [], "line": []}
        self._lang, self._layout, self._texts = lang, writer.layout, []
        fixed = writer.fixed
        for place, column in enumerate(writer.layout.columns):
            self._texts += [delimiter] if place else []
            if place in fixed:
                self._texts.append(fixed[place])
            else:
                self._add(column, writer.layout.attributes[column.attribute])
        self._end_texts()

    def _add(self, column, attribute):
        scope = "line" if attribute.scope == "line" else "head"
        value = getattr(attributes, scope)(attribute.name, self._lang)
        text, conditions = cell(self._layout, column, attribute.kind, value)
        self.conditions[scope] += conditions
        if scope == "head" and not column.first_line_only:
            self._texts.append(text)
            return
        self._end_texts()
        part = text if scope == "line" else self._of_head(text)
        first = attributes.line("position", self._lang)
        self.parts.append(SQL("CASE WHEN %s = 1 THEN %s END", first, part) if column.first_line_only else part)

    def _end_texts(self):
        """Let what is the same on each line of a document be put together once."""
        if any(isinstance(text, SQL) for text in self._texts):
            self.parts.append(self._of_head(SQL("concat(%s)", SQL(", ").join(SQL("%s", text) for text in self._texts))))
        elif self._texts:
            self.parts.append(SQL("%s", "".join(self._texts)))
        self._texts = []

    def _of_head(self, text):
        name = SQL.identifier(f"part_{len(self.of_heads)}")
        self.of_heads.append(SQL("%s AS %s", text, name))
        return SQL("head.%s", name)
