"""Entries and updates out: steps 1 to 4 of the delivery protocol."""

from operator import attrgetter

from odoo.tools import SQL, groupby

from ..common.bulk import id_array
from ..ledger_entries.checker import Checker
from ..ledger_entries.entry_reader import Collector
from ..ledger_entries.fast_writer import PLANNING
from .lot_writer import IS_NOTED, LotWriter

# Documents locked by another run are skipped.
LOCK_DUE = """
    WITH locked AS MATERIALIZED (
        SELECT id, stage, operation, company_id, date, %(is_noted)s AS is_noted
          FROM ledger_document document
         WHERE id = ANY(%(ids)s::int[]) AND stage = ANY(%(stages)s)
           FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT operation, company_id, array_agg(id ORDER BY date, id) AS ids,
           array_agg(id) FILTER (WHERE is_noted) AS noted, array_agg(id) FILTER (WHERE stage = 'rejected') AS refused
      FROM locked
  GROUP BY operation, company_id
  ORDER BY operation, company_id
"""


class EntriesOut:
    """Sends the documents that a run has selected, some lots at a time."""

    def __init__(self, exchange):
        self._exchange, self._run = exchange, exchange.run
        self._connector, self._env = exchange.connector, exchange.env

    def take(self):
        """Send some lots of documents, without those that have anomalies or are locked by another run.

        :return: whether no document is left
        """
        documents = self._run._todo()
        if not documents:
            return True
        for lot in self._exchange.in_transaction(self.write_lots, documents.ids):
            self._exchange.in_transaction(lot._recover, self._exchange.transport)
        return False

    def write_lots(self, document_ids):
        """Lock and check documents, write their files and store them (steps 1 and 2).

        :return: the lots to deliver
        """
        run, lots = self._run, self._env["ledger.lot"]
        if run.state == "delivered":
            run._move_on("next_batch")
        self._env.cr.execute(PLANNING)
        locked, checker = self._lock_due(document_ids), Checker(self._connector)
        layouts = {"create": self._connector.entries_layout_id, "update": self._connector.updates_layout_id}
        for operation, groups in groupby(locked, attrgetter("operation")):
            writer = LotWriter(run, checker, layouts[operation], operation)
            for some in writer.parts(list(groups)):
                lots |= writer.write_lots(some)
            if writer.documents:
                lots._take_documents(writer.documents)
        found = [document for group in locked for document in group.ids]
        if sum(lots.mapped("document_count")) < len(found):
            held = [("id", "in", found), ("has_anomaly", "=", True)]
            run.set_aside += self._env["ledger.document"].search_count(held)
        run._treated(document_ids)
        if lots:
            run._move_on("write")
        return lots

    def _lock_due(self, document_ids):
        """Lock the documents to export. Rejected documents are assumed to be corrected, unless an answer that cannot be
        read may accept them.

        :return: rows of `LOCK_DUE`
        """
        documents = self._env["ledger.document"]
        documents.flush_model()
        stages = ["to_export", "rejected"] if self._exchange.knows_answers else ["to_export"]
        query = SQL(LOCK_DUE, ids=id_array(document_ids), is_noted=IS_NOTED, stages=stages)
        rows = Collector(self._env).rows(query)
        documents.invalidate_model(flush=False)
        refused = [document for row in rows for document in row.refused or ()]
        documents.browse(refused)._move_on("correct")
        return rows
