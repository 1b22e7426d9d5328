import json

from odoo import fields, models
from odoo.tools import SQL

from ...core.ledger.states import DocumentStatus, apply_event, outcome, stages
from ..common.bulk import id_array

#: Columns of a document that a refresh may change, with their types in PostgreSQL.
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
#: The same for its content.
CONTENT = {
    "signature": "varchar",
    "content": "text",
    "source": "varchar",
    "content_sent": "text",
    "content_integrated": "text",
}
WRITE_DOCUMENTS = """
    UPDATE ledger_document document
       SET (%(columns)s, write_uid, write_date) = (%(values)s, %(user)s, now() AT TIME ZONE 'UTC')
      FROM unnest(%(ids)s::int4[], %(arrays)s) AS row(id, %(columns)s)
     WHERE document.id = row.id
       AND ((%(known)s) IS DISTINCT FROM (%(values)s) OR document.id = ANY(%(changed)s::int[]))
"""
WRITE_CONTENTS = """
    INSERT INTO ledger_content AS content (id, %(columns)s)
    SELECT * FROM unnest(%(ids)s::int4[], %(arrays)s)
        ON CONFLICT (id) DO UPDATE SET (%(columns)s) = (%(values)s) WHERE (%(known)s) IS DISTINCT FROM (%(values)s)
 RETURNING content.id
"""


class LedgerDocument(models.Model):
    """Writes thousands of documents in one statement; the ORM would use one per set of values."""

    _inherit = "ledger.document"

    def _write_rows(self, rows):
        """Write every column of COLUMNS and CONTENT; unchanged rows are not written.

        :param rows: {document id: {column: value}}
        """
        if not rows:
            return
        self.flush_model()
        contents = self.env.execute_query(SQL(WRITE_CONTENTS, **_columns(rows, CONTENT, "excluded", "content")))
        # A changed content also rewrites its document. A concurrent run that sends it, or reads its answer, then gets a
        # serialization error, where it would otherwise take the new content for the one that was sent.
        changed = id_array(row[0] for row in contents)
        written = _columns(rows, COLUMNS, "row", "document")
        self.env.cr.execute(SQL(WRITE_DOCUMENTS, user=self.env.uid, changed=changed, **written))
        self.browse(rows)._after_rows(COLUMNS)

    def _move_on(self, event, **values):
        """Apply an event of `core/ledger/states.py` to documents, and write values (or SQL) with it.

        :raises TransitionForbidden: the event is not allowed in the state of a document
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
        """Refuse documents that an event could not be applied to; ignore deleted ones.

        :raises TransitionForbidden: one of them exists
        """
        self.invalidate_recordset(["stage", "lot_id"], flush=False)
        for document in self.exists():
            apply_event(DocumentStatus(document.state), event)

    def _after_rows(self, names):
        """Invalidate fields of the ORM that SQL has written, and recompute those that depend on them."""
        self.invalidate_recordset([*names, "write_uid", "write_date"], flush=False)
        self.modified(names)


def _columns(rows, kinds, row, known):
    """Return the SQL parts of a statement that writes columns of rows.

    :param rows: {id: {column: value}}
    :param kinds: {column: type}
    :param row: alias of a new row in the statement
    :param known: alias of the table
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
