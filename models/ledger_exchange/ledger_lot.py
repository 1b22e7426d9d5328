import contextlib
import json
import zlib

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tools import SQL

from ...core.ledger.acknowledgement import whole_refusal
from ...core.ledger.delivery import StoredLot, deliver_lot
from ...core.ledger.findings import DeliveryConflict
from ...core.ledger.traces import trace_chunks
from ..common.bulk import id_array
from ..ledger.ledger_content import brief_content

# A document is known over there by what it was called when it first left. Its number was looked at with its content.
# What it said when it last left is what it says now: its digests are kept with the lot, the updatable ones each.
SENT = """
    WITH sent AS (
        UPDATE ledger_document document
           SET stage = 'sent', lot_id = wanted.lot, write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC',
               number_sent = CASE WHEN operation = 'update' THEN COALESCE(number_sent, number) ELSE number END,
               company_sent = CASE WHEN operation = 'update' AND company_sent != '' THEN company_sent
                                   ELSE %(companies)s::jsonb ->> company_id::text END
          FROM unnest(%(ids)s::int[], %(lots)s::int[]) WITH ORDINALITY AS wanted(id, lot, place)
         WHERE document.id = wanted.id AND stage = 'to_export'
     RETURNING document.id, wanted.lot, wanted.place, company_sent, number_sent, operation, move_id
    )
    SELECT sent.lot, count(*), array_agg(sent.id) FILTER (WHERE content.content_sent IS NOT NULL),
           string_agg(concat_ws(E'\t', translate(company_sent, E'\t\n', '  '), translate(number_sent, E'\t\n', '  '),
                                operation, move_id, %(brief)s), E'\n' ORDER BY place)
      FROM sent JOIN ledger_content content ON content.id = sent.id
  GROUP BY sent.lot
"""
WAITING = """
    SELECT document.id
      FROM ledger_lot lot
CROSS JOIN unnest(lot.documents) AS kept(id)
      JOIN ledger_document document ON document.id = kept.id
     WHERE lot.id = %s AND document.lot_id = lot.id AND document.stage = 'sent'
  ORDER BY document.id
"""
FORGOTTEN = "UPDATE ledger_content SET content_sent = NULL WHERE id = ANY(%s)"


class LedgerLot(models.Model):
    """The way of a lot: delivered, confirmed, answered as a whole, or given up."""

    _inherit = "ledger.lot"

    # === ACTIONS === #

    def action_abandon(self):
        """Give up a lot whose name is taken over there by another content: its documents may leave in another lot.

        :raises UserError: the lot is not in conflict, it could still arrive
        """
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Giving a lot up is for who sets connectors up."))
        self.check_access("read")
        with self.connector_id._open_transport() as transport:
            try:
                deliver_lot(transport, self._stored(), ())
            except DeliveryConflict:
                # sudo: nobody writes lots by hand; the caller may see every company of this one
                return self.sudo()._release()
        raise UserError(self.env._("This lot has arrived or can be delivered: it is not given up."))

    def action_accept(self):
        """The accounting system has the file and its answer is lost: the documents that wait for it are integrated.

        :raises UserError: no document of the lot waits for an answer
        """
        lot = self._take_for_answer()
        lot._accept_waiting()

    def action_refuse(self):
        """The accounting system refused the whole file: its documents may be corrected and leave in another lot.

        :raises UserError: no document of the lot waits for an answer
        """
        lot = self._take_for_answer()
        lot._refuse_waiting(whole_refusal(lot.number))

    # === BUSINESS === #

    def _take_for_answer(self):
        """Return the lot, locked: somebody gives an answer by hand."""
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Saying what became of a lot is for who sets connectors up."))
        self.check_access("read")
        # sudo: nobody writes lots by hand; the caller may see every company of this one
        lot = self.sudo().try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        if lot.state != "delivered" or not lot._waiting():
            raise UserError(self.env._("No document of this lot waits for an answer."))
        return lot

    def _accept_waiting(self):
        """The accounting system has the whole file. Returns how many documents waited for its answer."""
        waiting = self._waiting()
        waiting._accept()
        return len(waiting)

    def _refuse_waiting(self, finding):
        """The accounting system refused the whole file; its documents wait for correction. Returns how many."""
        waiting = self._waiting()
        waiting._reject(dict.fromkeys(waiting.ids, finding))
        self.state = "refused"
        return len(waiting)

    def _stored(self):
        folder = self.connector_id.sudo().entries_folder  # sudo: a folder's name, not shown
        return StoredLot(f"{folder}/{self.name}", self.size, self.sha256)

    def _take_documents(self, documents):
        """Let documents leave in these lots, which keep what they are known by and what they say.

        :param documents: {lot id: ids of documents in the order of its file}
        :raises TransitionForbidden: one of them is not due any more
        """
        ids = [document for some in documents.values() for document in some]
        lots = [lot for lot, some in documents.items() for _document in some]
        codes = {company.id: company.ledger_code or "" for company in self.connector_id.company_ids}
        about = {"ids": id_array(ids), "lots": id_array(lots), "user": self.env.uid, "companies": json.dumps(codes)}
        left = self.env["ledger.document"].browse(ids)
        left.flush_model()
        rows = self.env.execute_query(SQL(SENT, brief=brief_content(), **about))
        if sum(count for _lot, count, _once, _manifest in rows) < len(ids):
            left.invalidate_recordset(flush=False)
            left.filtered(lambda document: document.lot_id.id not in documents)._refuse_to_move("collect")
        for lot, _count, once_changed, manifest in rows:
            if once_changed:
                self.env.cr.execute(SQL(FORGOTTEN, once_changed))
            packed = zlib.compress(f"{manifest}\n".encode(), 1)
            self.browse(lot)._keep(documents=id_array(documents[lot]), manifest=packed)
        left._after_rows({"stage", "lot_id", "number_sent", "company_sent"})

    def _recover(self, transport):
        """Steps 3 and 4, for the first time or after a crash: bring the file to its place, mark its documents.

        A lot that another run holds is left to it.

        :raises TransportError: it did not arrive; the lot stays to be delivered
        """
        lot = self.try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        if lot.state != "written":
            return
        # the answer may be here before our own confirmation: then the file has arrived, and was taken
        if lot._waiting():
            lot._leave_trace(transport)
            deliver_lot(transport, lot._stored(), lot._chunks())
        lot._confirm()

    def _confirm(self):
        now = Datetime.now()
        self.write({"state": "delivered", "date_delivered": now})
        waiting = self._waiting()
        waiting._after_rows({"state"})
        if not self.connector_id.acknowledgement_layout_id:
            waiting._accept()
        run = self.run_id
        run._count(exported=self.document_count)
        if run.state == "written" and all(lot.state == "delivered" for lot in run.lot_ids):
            run._move_on("deliver")
            if run.date_end and not run.retry_on:
                # the run that made it is over: it ends well after all
                run._finish()

    def _release(self):
        self.state = "abandoned"
        documents = self._waiting()
        documents._move_on("release", lot_id=None)
        if self.run_id.state == "written":
            self.run_id._move_on("abandon")
        documents._refresh()

    def _waiting(self):
        """Return the documents that left in this lot and were not answered."""
        documents = self.env["ledger.document"]
        documents.flush_model()
        return documents.browse(row[0] for row in self.env.execute_query(SQL(WAITING, self.id)))

    def _leave_trace(self, transport):
        """Write what the lot holds beside the files that leave, before it leaves itself.

        One that an interrupted delivery left says what left: documents may have been answered, or follow other records,
        since.
        """
        about = (self.number, self.name, self.sha256, self._kept("manifest"), self._kept("packed"))
        name = f"{self.connector_id._trace_folder()}/{self.connector_id._trace_name(self)}"
        with contextlib.suppress(DeliveryConflict):
            transport.keep(name, trace_chunks(*about))
