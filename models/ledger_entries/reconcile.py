from odoo.tools import SQL

from .entry_sql import TYPES
from .ledger_document import SIGNATURES

MISSING = """
    INSERT INTO ledger_document
           (connector_id, company_id, move_id, operation, stage, has_anomaly, create_uid, write_uid, create_date,
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
COUNTED = """
    SELECT count(*) FROM account_move move
     WHERE move.state = 'posted' AND move.move_type = ANY(%(types)s) AND move.journal_id = ANY(%(journals)s)
       AND (%(start)s::date IS NULL OR move.date >= %(start)s::date)
       AND (%(moves)s::int[] IS NULL OR move.id = ANY(%(moves)s))
       AND NOT EXISTS (SELECT FROM ledger_document document
                        WHERE document.move_id = move.id AND document.connector_id = %(connector)s)
"""
TRANSACTIONS = """
    SELECT system_identifier || '/' || current_database(),
           (pg_snapshot_xmin(pg_current_snapshot())::text::bigint %% (1::bigint << 32))::text
      FROM pg_control_system()
"""
# Whatever wrote a row, PostgreSQL keeps which transaction it was; a line that SQL alone removed leaves no trace.
TOUCHED = """
    SELECT id FROM account_move WHERE age(xmin) <= age(%(seen)s::xid)
     UNION
    SELECT move_id FROM account_move_line WHERE age(xmin) <= age(%(seen)s::xid)
"""


class Reconciler:
    """Keeps a connector's documents true: made for entries that have none, looked at where the entry changed."""

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env

    def reconcile(self):
        """Make the documents that are missing, look again at those that changed behind their back (SQL, import).

        Where entries were compared up to is kept.
        """
        if self._connector.active:
            (self.make_documents() | self._changed_documents())._refresh()
            self._env["ledger.document"]._refresh_waiting(self._connector)
            self._keep_seen()

    def _keep_seen(self):
        """Keep up to where entries were compared, in the transaction that did, so that the next comparison is short.

        A connector that somebody else writes at this moment keeps an older place: more is compared next time.
        """
        if self._connector.try_lock_for_update(allow_referencing=True):
            self._connector.transactions_seen = ":".join(self._transactions())

    def make_documents(self, moves=None):
        """Return the documents made for posted entries that have none yet; `moves`: among these only."""
        self._env.flush_all()
        query = self._missing(MISSING, moves, user=self._env.uid)
        made = [row[0] for row in self._env.execute_query(query)]
        self._env["account.move"].invalidate_model(["ledger_document_ids"])
        return self._env["ledger.document"].browse(made)

    def count_missing(self):
        """Return how many documents would be made; a connector that is not saved yet has none."""
        self._env.flush_all()
        return self._env.execute_query(self._missing(COUNTED))[0][0]

    def _missing(self, query, moves=None, **values):
        return SQL(
            query,
            connector=self._connector._origin.id or 0,
            types=list(TYPES),
            journals=self._exchanged_journals()._origin.ids,
            start=self._connector.date_start or None,
            moves=None if moves is None else moves.ids,
            **values,
        )

    def _exchanged_journals(self):
        """Return the journals whose documents are exchanged."""
        domain = [("company_id", "in", self._connector.company_ids._origin.ids), ("type", "in", ("sale", "purchase"))]
        journals = self._env["account.journal"].with_context(active_test=False)
        return self._connector.journal_ids or journals.search(domain)

    def _changed_documents(self):
        """Return the documents whose entry is another than when it was looked at, whoever wrote it."""
        here, _oldest = self._transactions()
        entries = SQL(
            "%s WHERE move.company_id = ANY(%s) AND move.move_type != 'entry'",
            SQL(SIGNATURES),
            self._connector.company_ids.ids,
        )
        known_here, _colon, seen = (self._connector.transactions_seen or "").rpartition(":")
        # a database that was restored elsewhere numbers its transactions anew: every entry is compared
        if known_here == here:
            # found first: PostgreSQL takes a digest for cheap and would work out those of every entry
            touched = [row[0] for row in self._env.execute_query(SQL(TOUCHED, seen=seen))]
            entries = SQL("%s AND move.id = ANY(%s)", entries, touched)
        query = SQL(
            "SELECT document.id FROM ledger_document document JOIN (%s) now ON now.id = document.move_id"
            " LEFT JOIN ledger_content content ON content.id = document.id"
            " WHERE document.connector_id = %s AND content.signature IS DISTINCT FROM now.signature",
            entries,
            self._connector.id,
        )
        return self._env["ledger.document"].browse([row[0] for row in self._env.execute_query(query)])

    def _transactions(self):
        """Return which database this is, and its oldest transaction whose rows may not be seen yet."""
        return self._env.execute_query(SQL(TRANSACTIONS))[0]
