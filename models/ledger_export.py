import secrets

from odoo import fields, models

from ..core.ledger.fingerprint import Fingerprint, compare, updates
from ..core.ledger.layouts import Writer
from .ledger_document_refresh import Checker


class LedgerConnector(models.Model):
    """Entries and updates out: steps 1 to 4 of the delivery protocol."""

    _inherit = "ledger.connector"

    def _write_lots(self, run, document_ids):
        """Steps 1 and 2: lock, check, write the files and keep them. Returns the lots to deliver."""
        if run.state == "delivered":
            run._move_on("next_batch")
        documents = self.env["ledger.document"].browse(document_ids).exists()
        documents = documents.try_lock_for_update(allow_referencing=True)
        documents.invalidate_recordset()
        rejected = documents.filtered(lambda d: d.state == "rejected")
        rejected._move_on("correct")
        due = documents.filtered(lambda d: d.state == "to_export")
        found = due._refresh_batch(Checker(self))
        ready = due.exists().filtered(lambda d: d.state == "to_export" and not d.has_anomaly)
        run.set_aside += len(due.exists().filtered("has_anomaly"))
        lots = self.env["ledger.lot"]
        for (layout, company), part in ready.grouped(self._lot_key).items():
            lots |= self._write_lot(run, layout, company, part, found)
        run._treated(document_ids)
        if lots:
            run._move_on("write")
        return lots

    def _lot_key(self, document):
        """Return (layout, company or none): a file that does not name the company holds one company only."""
        layout = self.entries_layout_id if document.operation == "create" else self.updates_layout_id
        named = "company" in layout.column_ids.mapped("attribute")
        return layout, self.env["res.company"] if named else document.company_id

    def _write_lot(self, run, layout, company, documents, found):
        number = f"{fields.Datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        core = layout._to_core()
        about = self._lot(number, company.ledger_code or "")
        writer = Writer(core, about)
        content = b"".join(writer.chunks(self._rows(core, documents, found)))
        lot = self.env["ledger.lot"].create(
            {
                "run_id": run.id,
                "company_ids": documents.company_id.ids,
                "number": number,
                "name": core.name_for(about),
                "layout_id": layout.id,
                "size": writer.size,
                "sha256": writer.sha256,
                "document_count": len(documents),
            }
        )
        # In the database, with the transaction: what a full disk or a crash leaves of a file in the file store keeps
        # the same content from ever being written there again.
        kept = {"db_datas": content, "mimetype": "text/plain", "res_model": lot._name, "res_id": lot.id}
        lot.attachment_id = self.env["ir.attachment"].create({"name": lot.name, **kept})
        documents._move_on("collect")
        for document in documents:
            document.write({"lot_id": lot.id, "run_id": run.id, "content_sent": document.content})
        return lot

    def _rows(self, layout, documents, found):
        """Yield what a file says of documents: whole, or a row for each field that changed since the integration."""
        for document in documents.sorted(lambda d: (d.company_id.id, d.date, d.id)):
            core = found[document.id]
            if layout.flow != "updates":
                yield core
                continue
            sent = Fingerprint.from_text(document.content_integrated)
            yield from updates(core, compare(sent, Fingerprint.from_text(document.content)))
