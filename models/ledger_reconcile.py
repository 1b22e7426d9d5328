from odoo import models
from odoo.tools import SQL

from .ledger_collect import TYPES
from .ledger_document_refresh import SIGNATURES

MISSING = """
    INSERT INTO ledger_document
           (connector_id, company_id, move_id, operation, state, has_anomaly, create_uid, write_uid, create_date,
            write_date)
    SELECT %(connector)s, move.company_id, move.id, 'create', 'to_export', FALSE, %(user)s, %(user)s,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM account_move move
     WHERE move.state = 'posted' AND move.move_type = ANY(%(types)s) AND move.journal_id = ANY(%(journals)s)
       AND (%(start)s::date IS NULL OR move.date >= %(start)s::date)
       AND (%(moves)s::int[] IS NULL OR move.id = ANY(%(moves)s))
       AND NOT EXISTS (SELECT FROM ledger_document document
                        WHERE document.move_id = move.id AND document.connector_id = %(connector)s)
  ORDER BY move.date, move.id
        ON CONFLICT DO NOTHING
 RETURNING id
"""


class LedgerConnector(models.Model):
    _inherit = "ledger.connector"

    def _reconcile_documents(self):
        """Make the documents that are missing, look again at those that changed behind their back (SQL, import)."""
        for connector in self.filtered("active"):
            documents = connector._make_documents() | connector._changed_documents()
            documents._refresh()
            self.env["ledger.document"]._refresh_waiting(connector)

    def _exchanged_journals(self):
        """Return the journals whose documents are exchanged."""
        domain = [("company_id", "in", self.company_ids.ids), ("type", "in", ("sale", "purchase"))]
        return self.journal_ids or self.env["account.journal"].with_context(active_test=False).search(domain)

    def _make_documents(self, moves=None):
        """Return the documents made for posted entries that have none yet; `moves`: among these only."""
        self.ensure_one()
        self.env.flush_all()
        query = SQL(
            MISSING,
            connector=self.id,
            user=self.env.uid,
            types=list(TYPES),
            journals=self._exchanged_journals().ids,
            start=self.date_start or None,
            moves=None if moves is None else moves.ids,
        )
        made = [row[0] for row in self.env.execute_query(query)]
        self.env["account.move"].invalidate_model(["ledger_document_ids"])
        return self.env["ledger.document"].browse(made)

    def _changed_documents(self):
        query = SQL(
            "SELECT document.id FROM ledger_document document JOIN (%s) now ON now.id = document.move_id"
            " WHERE document.connector_id = %s AND document.signature IS DISTINCT FROM now.signature",
            SQL(
                "%s WHERE move.company_id = ANY(%s) AND move.move_type != 'entry'",
                SQL(SIGNATURES),
                self.company_ids.ids,
            ),
            self.id,
        )
        return self.env["ledger.document"].browse([row[0] for row in self.env.execute_query(query)])
