"""Documents about which nothing is to be said: PostgreSQL checks them and writes their rows."""

from odoo.tools import SQL

from ...core.ledger.layouts import PlainRows
from . import entry_sql as attributes
from .code_tables import Names
from .fast_writer_cells import can_write, cell

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
PLAIN = """
    SELECT move_id, min(head_source) || ':' || sum(source), count(*), string_agg(row, %(line_end)s ORDER BY id)
      FROM (SELECT line.move_id, line.id, head.source AS head_source, %(source)s AS source, %(debit)s AS debit,
                   %(credit)s AS credit, (head.is_plain AND %(is_plain)s) IS TRUE AS is_plain, %(due_date)s AS due_date,
                   concat(%(row)s) AS row
              %(lines)s) lines
  GROUP BY move_id
    HAVING bool_and(is_plain) AND sum(debit) = sum(credit) AND min(due_date) IS NOT DISTINCT FROM max(due_date)
"""


class PlainEntries:
    """Writes those new entries of a lot that are good as they are, all by one statement.

    It says nothing of the others, which are judged and written one by one: what is said of a document, and of a text
    that cannot be written as it is, is said in one place. The caller has checked who may know of them.
    """

    def __init__(self, env, writer, context):
        """:param writer: the Writer of the lot; :param context: core CheckContext"""
        self._env, self._layout, self._lang = env, writer.layout, env.lang or "en_US"
        self._row = can_write(self._layout) and _Row(writer, self._lang)
        self._context = context

    def rendered(self, taken):
        """Return {document id: (its Rendered,)} of those that are good as they are.

        :param taken: rows of documents (id, move, operation, digest of what its content was worked out from, whether
            something is noted of it), which nobody else changes meanwhile
        """
        due = {row.move_id: row for row in taken if row.operation == "create" and not row.is_noted}
        if not (self._row and due):
            return {}
        self._env.flush_all()
        found, plain = {}, PlainRows(self._layout)
        for move, source, number, text in self._rows(list(due)):
            rows = plain.rendered(text, number) if source == due[move].source else None
            if rows:
                found[due[move].id] = (rows,)
        return found

    def _rows(self, moves):
        """Return (move id, digest of what its fingerprint is made of, number of rows, their text)."""
        # compiling the query takes longer than it runs; its sort fits in memory
        self._env.cr.execute("SET LOCAL jit TO off; SET LOCAL work_mem TO '64MB'")
        names = Names(self._env, moves)
        lines = {name: attributes.line(name, self._lang) for name in attributes.LINE}
        query = SQL(
            PLAIN,
            line_end=self._layout.line_end,
            source=attributes.line_source(self._lang),
            debit=lines["debit"],
            credit=lines["credit"],
            is_plain=SQL(" AND ").join([SQL(OF_LINE, **lines), self._distributed(), *self._row.conditions["line"]]),
            # several due dates are said where the file has one a document
            due_date=lines["due_date"]
            if self._writes("document_due_date") and not self._writes("due_date")
            else SQL("NULL::date"),
            row=SQL(", ").join(self._row.parts),
            # OFFSET keeps what is of a document from being worked out for each of its lines
            lines=attributes.lines(names, SQL("%s OFFSET 0", attributes.heads(names, moves, self._of_heads()))),
        )
        return self._env.execute_query(query)

    def _writes(self, attribute):
        return any(column.attribute == attribute for column in self._layout.columns)

    def _distributed(self):
        """Return the SQL of whether the file says all of a line's analytic distribution."""
        if self._writes("analytic_section"):
            return SQL(DISTRIBUTED, analytic=SQL(attributes.ANALYTIC))
        return SQL(UNDISTRIBUTED)

    def _of_heads(self):
        context = {
            "locked": list(self._context.locked),
            "journals": tuple(self._context.journals) or (("", ""),),
            "currencies": list(self._context.currencies),
            "is_foreign": SQL(attributes.IS_FOREIGN),
        }
        heads = {name: attributes.head(name, self._lang) for name in attributes.HEAD}
        is_plain = SQL(" AND ").join([SQL(OF_HEAD, **heads, **context), *self._row.conditions["head"]])
        source, for_lines = attributes.head_source(self._lang), attributes.for_lines(self._lang)
        wanted = [for_lines, SQL("%s AS source", source), SQL("%s AS is_plain", is_plain), *self._row.of_heads]
        return SQL(", ").join(wanted)


class _Row:
    """A row of a layout: the `parts` that make it up, columns `of_heads` that they take from the document, `conditions`
    of both under which it is what the writer would make."""

    def __init__(self, writer, lang):
        self.parts, self.of_heads, self.conditions = [], [], {"head": [], "line": []}
        self._lang, self._layout, self._texts = lang, writer.layout, []
        fixed = writer.fixed
        for place, column in enumerate(writer.layout.columns):
            self._texts += [writer.layout.delimiter] if place else []
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
