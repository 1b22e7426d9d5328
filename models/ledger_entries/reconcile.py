from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

from .entry_sql import TYPES
from .ledger_document import SIGNATURES

INSERT_MISSING = """
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
COUNT_MISSING = """
    SELECT count(*) FROM account_move move
     WHERE move.state = 'posted' AND move.move_type = ANY(%(types)s) AND move.journal_id = ANY(%(journals)s)
       AND (%(start)s::date IS NULL OR move.date >= %(start)s::date)
       AND (%(moves)s::int[] IS NULL OR move.id = ANY(%(moves)s))
       AND NOT EXISTS (SELECT FROM ledger_document document
                        WHERE document.move_id = move.id AND document.connector_id = %(connector)s)
"""
OLDEST_TRANSACTION = """
    SELECT system_identifier || '/' || current_database(),
           (pg_snapshot_xmin(pg_current_snapshot())::text::bigint %% (1::bigint << 32))::text
      FROM pg_control_system()
"""
# PostgreSQL stores the transaction that wrote a row, whatever program did. Only a line deleted by SQL leaves no trace.
WRITTEN_SINCE = """
    SELECT id FROM account_move WHERE age(xmin) <= age(%(seen)s::xid)
     UNION
    SELECT move_id FROM account_move_line WHERE age(xmin) <= age(%(seen)s::xid)
"""
LOCK = "SELECT 1 FROM ledger_connector WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
#: Up to so many entries are compared again, rather than writing the connector, which others may be writing.
FEW_ENTRIES = 500
#: PostgreSQL's numbers of transactions start again after 2,000,000,000.
MANY_TRANSACTIONS = 100_000_000


class Reconciler:
    """Brings a connector's documents up to date: creates missing ones and refreshes those whose entry has changed."""

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env

    def reconcile(self):
        """Create missing documents, and refresh those whose entry changed without the ORM's hooks (SQL, import).

        :return: whether a document changed
        """
        if not self._connector.active:
            return False
        self._env.flush_all()
        written = self._entries_written()
        documents = self.make_documents() | self._changed_documents(written)
        documents._refresh()
        settled = self._env["ledger.document"]._refresh_waiting(self._connector)
        if written is None or len(written) > FEW_ENTRIES or self._is_old():
            self._store_oldest_transaction()
        return bool(documents or settled)

    def _is_old(self):
        """Return whether the last comparison is so many transactions old that their numbers may start again."""
        _database, _colon, seen = self._connector.transactions_seen.rpartition(":")
        return self._env.execute_query(SQL("SELECT age(%s::xid)", seen))[0][0] > MANY_TRANSACTIONS

    def _store_oldest_transaction(self):
        """Store up to which transaction entries were compared, so that the next comparison only reads later ones.

        If another transaction is writing the connector, or has written it, the older value stays: more is compared
        next time. A serialisation failure would have Odoo repeat the whole request after a pause of seconds.
        """
        try:
            with self._env.cr.savepoint():
                self._env.cr.execute(LOCK, [self._connector.id], log_exceptions=False)
                is_locked = self._env.cr.fetchone()
        except SerializationFailure:
            return
        if is_locked:
            self._connector.transactions_seen = ":".join(self._oldest_transaction())

    def make_documents(self, moves=None):
        """Create the documents of posted entries that have none, and return them.

        :param moves: entries to consider; None for all of the connector's
        """
        self._env.flush_all()
        query = self._missing(INSERT_MISSING, moves, user=self._env.uid)
        created = [row[0] for row in self._env.execute_query(query)]
        self._env["account.move"].invalidate_model(["ledger_document_ids"])
        return self._env["ledger.document"].browse(created)

    def count_missing(self):
        """Return the number of documents that `make_documents` would create; the connector may be unsaved."""
        self._env.flush_all()
        return self._env.execute_query(self._missing(COUNT_MISSING))[0][0]

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

    def _entries_written(self):
        """Return the ids of the entries written since the last comparison, whatever program wrote them.

        :return: None if every entry has to be compared: a database restored on another server has other numbers of
            transactions
        """
        database, _oldest = self._oldest_transaction()
        known_database, _colon, seen = (self._connector.transactions_seen or "").rpartition(":")
        if known_database != database:
            return None
        return [row[0] for row in self._env.execute_query(SQL(WRITTEN_SINCE, seen=seen))]

    def _changed_documents(self, written):
        """Return the documents whose entry has changed since they were refreshed.

        :param written: ids of the entries to compare; None for all
        """
        entries = SQL(
            "%s WHERE move.company_id = ANY(%s) AND move.move_type != 'entry'",
            SQL(SIGNATURES),
            self._connector.company_ids.ids,
        )
        if written is not None:
            # by ids: PostgreSQL would compute the digest of every entry if it had to find them in the same query
            entries = SQL("%s AND move.id = ANY(%s)", entries, written)
        query = SQL(
            "SELECT document.id FROM ledger_document document JOIN (%s) now ON now.id = document.move_id"
            " LEFT JOIN ledger_content content ON content.id = document.id"
            " WHERE document.connector_id = %s AND content.signature IS DISTINCT FROM now.signature",
            entries,
            self._connector.id,
        )
        return self._env["ledger.document"].browse([row[0] for row in self._env.execute_query(query)])

    def _oldest_transaction(self):
        """Return (identifier of this database, its oldest transaction that may not be committed yet)."""
        return self._env.execute_query(SQL(OLDEST_TRANSACTION))[0]
