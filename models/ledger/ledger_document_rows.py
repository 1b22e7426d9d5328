import json

from odoo import fields, models
from odoo.tools import SQL

from ...core.ledger.states import DocumentStatus, apply_event, outcome, stages
from ..common.bulk import id_array

#: What a look at an entry may change of its document, and how PostgreSQL keeps it.
COLUMNS = {
    "number": "varchar",
    "move_type": "varchar",
    "journal_id": "int4",
    "partner_id": "int4",
    "date": "date",
    "amount": "numeric",
    "currency_id": "int4",
    "changed_fields": "varchar",
    "stage": "varchar",
    "operation": "varchar",
}
#: The same of its content.
CONTENT = {
    "signature": "varchar",
    "content": "text",
    "source": "varchar",
    "content_sent": "text",
    "content_integrated": "text",
}
WRITTEN = """
    UPDATE ledger_document document
       SET (%(columns)s, write_uid, write_date) = (%(values)s, %(user)s, now() AT TIME ZONE 'UTC')
      FROM unnest(%(ids)s::int4[], %(arrays)s) AS row(id, %(columns)s)
     WHERE document.id = row.id
       AND ((%(known)s) IS DISTINCT FROM (%(values)s) OR document.id = ANY(%(changed)s::int[]))
"""
WRITTEN_CONTENT = """
    INSERT INTO ledger_content AS content (id, %(columns)s)
    SELECT * FROM unnest(%(ids)s::int4[], %(arrays)s)
        ON CONFLICT (id) DO UPDATE SET (%(columns)s) = (%(values)s) WHERE (%(known)s) IS DISTINCT FROM (%(values)s)
 RETURNING content.id
"""


class LedgerDocument(models.Model):
    """Writing thousands of documents at once: a statement, where the ORM takes one for each set of values."""

    _inherit = "ledger.document"

    def _write_rows(self, rows):
        """Write {id: {column: value}}, every column of COLUMNS and CONTENT; rows that say what is known are not
        touched."""
        if not rows:
            return
        self.flush_model()
        contents = self.env.execute_query(SQL(WRITTEN_CONTENT, **_columns(rows, CONTENT, "excluded", "content")))
        # Another content is another row of its document: a run that sends it at the same moment, or takes its answer,
        # finds out, where it would take what it says from now on for what it said.
        changed = id_array(row[0] for row in contents)
        written = _columns(rows, COLUMNS, "row", "document")
        self.env.cr.execute(SQL(WRITTEN, user=self.env.uid, changed=changed, **written))
        self.browse(rows)._after_rows(COLUMNS)

    def _move_on(self, event, **values):
        """Let documents go through an event of the core's table, and write these values (or SQL) with it.

        :raises TransitionForbidden: one of them is in another state than the event allows
        """
        if not self:
            return
        self.flush_model()
        after, operation = stages(event), outcome(event)[1]
        reached = set(after.values())
        changes = {
            **values,
            **({"operation": operation} if operation else {}),
            "stage": reached.pop() if len(reached) == 1 else SQL("%s::jsonb ->> stage", json.dumps(after)),
            "write_uid": self.env.uid,
            "write_date": fields.Datetime.now(),
        }
        assigned = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in changes.items())
        query = "UPDATE ledger_document SET %s WHERE id = ANY(%s::int[]) AND stage = ANY(%s) RETURNING id"
        moved = self.env.execute_query(SQL(query, assigned, id_array(self.ids), list(after)))
        if len(moved) < len(self):
            (self - self.browse(row[0] for row in moved))._refuse_to_move(event)
        self._after_rows({"stage", "operation", *values})

    def _refuse_to_move(self, event):
        """Raise for those that did not go through an event; the ones that are gone have nowhere to go."""
        self.invalidate_recordset(["stage", "lot_id"], flush=False)
        for document in self.exists():
            apply_event(DocumentStatus(document.state), event)

    def _after_rows(self, names):
        """Let the ORM know that the database holds other values of these fields."""
        self.invalidate_recordset([*names, "write_uid", "write_date"], flush=False)
        self.modified(names)


def _columns(rows, kinds, row, known):
    """Return the SQL of some columns of rows {id: {column: value}}, for a statement that writes them.

    :param kinds: {column: its type}
    :param row: what the statement calls a new row; `known`: the table
    """
    columns = [SQL.identifier(name) for name in kinds]
    arrays = [SQL("%s::%s[]", [values[name] for values in rows.values()], SQL(kind)) for name, kind in kinds.items()]
    return {
        "ids": list(rows),
        "columns": SQL(", ").join(columns),
        "arrays": SQL(", ").join(arrays),
        "values": SQL(", ").join(SQL("%s.%s", SQL(row), column) for column in columns),
        "known": SQL(", ").join(SQL("%s.%s", SQL(known), column) for column in columns),
    }
