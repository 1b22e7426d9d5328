import contextlib
import json
import zlib

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tools import SQL

from ...core.ledger.answer_findings import whole_refusal
from ...core.ledger.delivery import StoredLot, deliver_lot
from ...core.ledger.findings import DeliveryConflict
from ...core.ledger.traces import manifest_documents, trace_chunks
from ..common.bulk import id_array
from ..ledger.ledger_content import brief_content

# The accounting system knows a document by the company code and number of its first sending, which updates repeat.
# `content_sent` is cleared afterwards: the content as sent is the current one until the document changes.
MARK_SENT = """
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
UNANSWERED = """
    SELECT document.id
      FROM ledger_lot lot
CROSS JOIN unnest(lot.documents) AS kept(id)
      JOIN ledger_document document ON document.id = kept.id
     WHERE lot.id = %s AND document.lot_id = lot.id AND document.stage = ANY(%s)
  ORDER BY document.id
"""
CLEAR_CONTENT_SENT = "UPDATE ledger_content SET content_sent = NULL WHERE id = ANY(%s)"


class LedgerLot(models.Model):
    """Life cycle of a lot: delivered, confirmed, answered as a whole, abandoned."""

    _inherit = "ledger.lot"

    # === ACTIONS === #

    def action_abandon(self):
        """Abandon a lot whose file name is in use for another content. Its documents can be sent in another lot.

        :raises UserError: there is no such conflict: the lot was delivered or can still be
        """
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Only users who configure connectors may abandon a lot."))
        self.check_access("read")
        with self.connector_id._open_transport() as transport:
            try:
                deliver_lot(transport, self._stored(), ())
            except DeliveryConflict:
                # sudo: users have no write access to lots; the caller may see every company of this one
                return self.sudo()._release()
        raise UserError(self.env._("This lot was delivered or can still be delivered: it cannot be abandoned."))

    def action_accept(self):
        """Mark the unanswered documents as integrated: the accounting system has the file, but its answer is lost.

        :raises UserError: no document of the lot waits for an answer
        """
        lot = self._take_for_answer()
        lot._accept_waiting()

    def action_refuse(self):
        """Mark the unanswered documents as rejected: the accounting system refused the whole file.

        They can be corrected and sent in another lot.

        :raises UserError: no document of the lot waits for an answer
        """
        lot = self._take_for_answer()
        lot._refuse_waiting(whole_refusal(lot.number))

    # === BUSINESS === #

    def _take_for_answer(self):
        """Check that the user may answer for the accounting system, and return the lot, locked.

        :raises UserError: no document of the lot waits for an answer
        """
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Only users who configure connectors may record the outcome of a lot."))
        self.check_access("read")
        # sudo: users have no write access to lots; the caller may see every company of this one
        lot = self.sudo().try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        if lot.state != "delivered" or not lot._waiting():
            raise UserError(self.env._("No document of this lot waits for an answer."))
        return lot

    def _waiting_for(self, status, company=""):
        """Return the documents that an answer about the lot changes: the unanswered ones; if it is accepted after it
        was refused as a whole, also those that are still rejected.

        :param status: accepted, rejected
        :param company: code of the company whose part is answered; the whole lot, if it is empty or has none of it
        """
        is_taken_back = status == "accepted" and self.state == "refused"
        waiting = self._waiting("sent", "rejected") if is_taken_back else self._waiting()
        return self._part_of(company, waiting)

    def _part_of(self, company, documents):
        """Return those of a company among documents of the lot; all, if it is empty or its documents are not there."""
        named = company.casefold()
        sent = {traced.company.casefold() for traced in manifest_documents(self._manifest())} if named else ()
        if named not in sent:
            return documents
        return documents.filtered(lambda document: (document.company_sent or "").casefold() == named)

    def _answered_state(self, company):
        """Return the state of the lot, or "refused" if the named company's part of it was."""
        is_refused = company and self._part_of(company, self._waiting("rejected"))
        return "refused" if is_refused else self.state

    def _accept_waiting(self, company=""):
        """Mark the documents that wait as integrated. Without any, nothing changes.

        :return: their number
        """
        waiting = self._waiting_for("accepted", company)
        waiting._accept()
        if waiting and self.state == "refused":
            self.state = "delivered"
        return len(waiting)

    def _refuse_waiting(self, finding, company=""):
        """Mark the documents that wait as rejected, and the lot as refused if none is left.

        Without any, nothing changes.

        :return: their number
        """
        waiting = self._waiting_for("rejected", company)
        waiting._reject(dict.fromkeys(waiting.ids, finding))
        if waiting and not self._waiting():
            self.state = "refused"
        return len(waiting)

    def _stored(self):
        folder = self.connector_id.sudo().entries_folder  # sudo: name of a folder, not shown to the user
        return StoredLot(f"{folder}/{self.name}", self.size, self.sha256)

    def _take_documents(self, documents):
        """Mark documents as sent in these lots, and store the manifest and document ids of each lot.

        :param documents: {lot id: ids of its documents in the order of its file}
        :raises TransitionForbidden: a document is no longer due
        """
        ids = [document for some in documents.values() for document in some]
        lots = [lot for lot, some in documents.items() for _document in some]
        codes = {company.id: company.ledger_code or "" for company in self.connector_id.company_ids}
        about = {"ids": id_array(ids), "lots": id_array(lots), "user": self.env.uid, "companies": json.dumps(codes)}
        sent = self.env["ledger.document"].browse(ids)
        sent.flush_model()
        rows = self.env.execute_query(SQL(MARK_SENT, brief=brief_content(), **about))
        if sum(count for _lot, count, _changed, _manifest in rows) < len(ids):
            sent.invalidate_recordset(flush=False)
            sent.filtered(lambda document: document.lot_id.id not in documents)._refuse_to_move("collect")
        for lot, _count, changed, manifest in rows:
            if changed:
                self.env.cr.execute(SQL(CLEAR_CONTENT_SENT, changed))
            packed = zlib.compress(f"{manifest}\n".encode(), 1)
            self.browse(lot)._keep(documents=id_array(documents[lot]), manifest=packed)
        sent._after_rows({"stage", "lot_id", "number_sent", "company_sent"})

    def _recover(self, transport):
        """Deliver the file and confirm the lot, for the first time or after a crash (steps 3 and 4).

        A lot locked by another run is skipped.

        :raises TransportError: the delivery failed; the lot remains to be delivered
        """
        lot = self.try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        if lot.state != "written":
            return
        # without unanswered documents, the file has arrived: the answer was read before a crash let us confirm
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
        # a server that cuts each connection after some files fails often, but makes progress
        run.attempt = 0
        if run.state == "written" and all(lot.state == "delivered" for lot in run.lot_ids):
            run._move_on("deliver")
            if run.date_end and not run.retry_on:
                # the run that wrote the lot ended with an error, which is now resolved
                run._finish()

    def _release(self):
        self.state = "abandoned"
        documents = self._waiting()
        documents._move_on("release", lot_id=None)
        if self.run_id.state == "written":
            self.run_id._move_on("abandon")
        documents._refresh()

    def _waiting(self, *stages):
        """Return the documents sent in this lot that have no answer yet, or those in other stages."""
        documents = self.env["ledger.document"]
        documents.flush_model()
        query = SQL(UNANSWERED, self.id, list(stages or ("sent",)))
        return documents.browse(row[0] for row in self.env.execute_query(query))

    def _leave_trace(self, transport):
        """Write the lot's trace in the exchange directory, before its file is delivered.

        A trace that an interrupted delivery wrote is kept: it records the documents as they were sent then.
        """
        about = (self.number, self.name, self.sha256, self._kept("manifest"), self._kept("packed"))
        name = f"{self.connector_id._trace_folder()}/{self.connector_id._trace_name(self)}"
        with contextlib.suppress(DeliveryConflict):
            transport.keep(name, trace_chunks(*about))
