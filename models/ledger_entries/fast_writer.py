"""Fast path: checks and renders new entries without findings in one SQL statement."""

import secrets
import tempfile
from contextlib import contextmanager

from odoo.tools import SQL

from ...core.ledger.failures import typed_failures
from ...core.ledger.layouts import PlainRows
from ...core.ledger.layouts.plain import ODD
from ..common.bulk import id_array
from . import entry_sql as attributes
from .code_tables import AllCodeTables
from .fast_writer_cells import can_write, cell

#: Settings for statements on thousands of documents: JIT compilation would take longer than the statement, sorts fit in
#: memory, and documents are found by index instead of a scan of a large table.
PLANNING = "SET LOCAL jit TO off; SET LOCAL work_mem TO '64MB'; SET LOCAL random_page_cost TO 1.1"
#: Bytes of the stream that are kept in memory; the rest goes through a file.
IN_MEMORY = 4 << 20

# Conditions under which the checks of core/ledger/checks.py have no findings.
HEAD_IS_PLAIN = """
    move.state = 'posted' AND %(company)s != '' AND %(company)s != ALL(%(locked)s::text[]) AND %(number)s != ''
    AND (%(company)s, %(journal)s) IN %(journals)s AND %(currency)s = ANY(%(currencies)s::text[])
    AND (NOT %(is_foreign)s OR %(rate)s > 0)
"""
# With a column for sections, the whole line on a single section that has a code; without one, no distribution.
DISTRIBUTION_IS_PLAIN = """
    (line.analytic_distribution IS NULL OR line.analytic_distribution = '{}'
     OR analytic_code.code IS NOT NULL
        AND line.analytic_distribution = jsonb_build_object((%(analytic)s)::text, 100))
"""
HAS_NO_DISTRIBUTION = "(line.analytic_distribution IS NULL OR line.analytic_distribution = '{}')"
LINE_IS_PLAIN = "%(account)s != '' AND (NOT %(is_third_party)s OR %(third_party)s != '' AND %(due_date)s IS NOT NULL)"
# One text per document, in the order of the ids: its rows, or a mark (ODD) if it may have findings or has changed since
# it was last checked.
MOVES = """
    unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
      JOIN ledger_document document ON document.id = wanted.id
      JOIN account_move move ON move.id = document.move_id
 LEFT JOIN ledger_content content ON content.id = document.id
"""
RENDER = """
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
    """Checks and renders new entries without findings in one statement, which streams them.

    All others go through the Writer, so that findings are produced in a single place. The caller has checked that the
    user may read the entries.
    """

    def __init__(self, connector, writer, context):
        """:param writer: the Writer of the lot; :param context: core CheckContext"""
        self._connector, env = connector, connector.env
        self._env, self._layout, self._lang = env, writer.layout, env.lang or "en_US"
        self._context, self._writer = context, writer
        # random, so that no text of a document contains it
        self._separator = f"\x02{secrets.token_hex(8)}\x03"
        self.rows = PlainRows(writer.layout, self._separator)

    @property
    def can_write(self):
        """Whether PostgreSQL can render the rows of this layout."""
        return can_write(self._layout)

    @contextmanager
    def rendered(self, document_ids, companies):
        """Yield an iterator of the documents' texts, in their order, to encode with `rows`.

        :param document_ids: documents that the caller has locked
        :param companies: ids of their companies
        """
        self._env.flush_all()
        cr = self._env.cr
        query = cr.mogrify(self._query(document_ids, companies)).decode()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            with typed_failures(tempfile.gettempdir()):
                # psycopg2's cursor: Odoo's has no copy_expert
                cr._obj.copy_expert(f"COPY ({query}) TO STDOUT", file)
                file.seek(0)
            yield file

    def _query(self, document_ids, companies):
        tables, row = AllCodeTables(companies, self._connector), _Row(self._writer, self._lang, self.rows.delimiter)
        lines = {name: attributes.line(name, self._lang) for name in attributes.LINE}
        moves = SQL(MOVES, id_array(document_ids))
        # OFFSET 0 prevents PostgreSQL from computing the document's columns again for each line
        heads = SQL("%s OFFSET 0", attributes.heads(tables, moves, self._of_heads(row)))
        return SQL(
            RENDER,
            separator=self._separator,
            odd=ODD.decode().strip("\n"),
            source=attributes.line_source(),
            debit=lines["debit"],
            credit=lines["credit"],
            is_plain=SQL(" AND ").join(
                [SQL(LINE_IS_PLAIN, **lines), self._distribution_is_plain(), *row.conditions["line"]]
            ),
            # several due dates are a finding if the file has one per document
            due_date=lines["due_date"]
            if self._writes("document_due_date") and not self._writes("due_date")
            else SQL("NULL::date"),
            row=SQL(", ").join(row.parts),
            lines=attributes.lines(tables, heads, "LEFT JOIN"),
        )

    def _writes(self, attribute):
        return any(column.attribute == attribute for column in self._layout.columns)

    def _distribution_is_plain(self):
        """Return the SQL of whether the file can contain a line's whole analytic distribution."""
        if self._writes("analytic_section"):
            return SQL(DISTRIBUTION_IS_PLAIN, analytic=SQL(attributes.ANALYTIC))
        return SQL(HAS_NO_DISTRIBUTION)

    def _of_heads(self, row):
        context = {
            "locked": list(self._context.locked),
            "journals": tuple(self._context.journals) or (("", ""),),
            "currencies": list(self._context.currencies),
            "is_foreign": SQL(attributes.IS_FOREIGN),
        }
        heads = {name: attributes.head(name, self._lang) for name in attributes.HEAD}
        is_plain = SQL(" AND ").join([SQL(HEAD_IS_PLAIN, **heads, **context), *row.conditions["head"]])
        about = [SQL("wanted.place"), SQL("content.source AS known"), attributes.for_lines(self._lang)]
        source = SQL("%s AS source", attributes.head_source())
        return SQL(", ").join([*about, source, SQL("%s AS is_plain", is_plain), *row.of_heads])


class _Row:
    """SQL of a layout's rows.

    `parts`: expressions to concatenate; `of_heads`: columns of the document that they use; `conditions`: those under
    which the result equals that of the Writer, for the document (head) and for the line.
    """

    def __init__(self, writer, lang, delimiter):
        """:param delimiter: text between two cells"""
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
        value = (attributes.line if scope == "line" else attributes.head)(attribute.name, self._lang)
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
        """Add the collected texts as one part: texts of the document are concatenated once, not for each line."""
        if any(isinstance(text, SQL) for text in self._texts):
            self.parts.append(self._of_head(SQL("concat(%s)", SQL(", ").join(SQL("%s", text) for text in self._texts))))
        elif self._texts:
            self.parts.append(SQL("%s", "".join(self._texts)))
        self._texts = []

    def _of_head(self, text):
        name = SQL.identifier(f"part_{len(self.of_heads)}")
        self.of_heads.append(SQL("%s AS %s", text, name))
        return SQL("head.%s", name)
