"""A database restored from an older copy finds again what left since, in the traces of the lots.

A trace is written in the exchange directory before its lot is delivered. A trace that the database does not know makes
the lot again, as one in flight: the protocol then goes on as after a crash. The answers that were read since are read
again, each before the lots that came after it.
"""

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...core.ledger.acknowledgement import AWAITING
from ...core.ledger.findings import FileRefused, Finding
from ...core.ledger.layouts import match_name
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.traces import Trace, TracedDocument, lost, recognized

#: What brings a document, wherever this database believes it is, to where it was when it left.
BACK = {
    "exporting": ("release",),
    "exported": ("reject", "correct"),
    "integrated": ("change",),
    "rejected": ("correct",),
}
TRACED = """
    SELECT COALESCE(company.ledger_code, ''), COALESCE(document.number, ''), document.operation,
           COALESCE(document.content_sent, '')
      FROM ledger_document document JOIN res_company company ON company.id = document.company_id
     WHERE document.lot_id = %s AND document.state = 'exporting'
  ORDER BY document.id
"""
LEFT = """
    UPDATE ledger_document document
       SET operation = row.operation, content_sent = row.content, has_anomaly = false
      FROM unnest(%(ids)s::int[], %(operations)s::varchar[], %(contents)s::text[]) AS row(id, operation, content)
     WHERE document.id = row.id
"""


class LedgerLot(models.Model):
    _inherit = "ledger.lot"

    def _leave_trace(self, transport):
        """Write what the lot holds beside the files that leave, before it leaves itself."""
        self.env.flush_all()
        documents = tuple(TracedDocument(*row) for row in self.env.execute_query(SQL(TRACED, self.id)))
        # sudo: the lot's own file, for the delivery that the user may start
        trace = Trace(self.number, self.name, self.attachment_id.sudo().raw, documents)
        transport.keep(f"{self.connector_id._trace_folder()}/{self.connector_id._trace_name(self)}", [trace.to_bytes()])


class LedgerConnector(models.Model):
    _inherit = "ledger.connector"

    def _trace_folder(self):
        return f"{self.sudo().entries_folder}_sent"  # sudo: a folder's name, not shown

    def _trace_name(self, lot):
        """Return a file name that sorts in the order in which lots left."""
        return f"{lot.id:010}.{lot.name}{self._trace_suffix()}"

    def _trace_suffix(self):
        """Return what tells this database's traces from those of others in the same directory."""
        # sudo: an identifier that is no secret; a restored copy keeps it
        return f".{self.env['ir.config_parameter'].sudo().get_param('database.uuid')}.json"

    def _recognize_lots(self, run, transport):
        """Make the lots again that left after the copy from which this database was restored.

        An answer to a lot that this database has may have been read since, too.
        """
        folder = self._trace_folder()
        traces = self._unknown_traces(transport.list_own(folder, f"*{self._trace_suffix()}"))
        in_flight = [("connector_id", "=", self.id), ("state", "in", AWAITING)]
        if not traces and not self.env["ledger.document"].search_count(in_flight, limit=1):
            return
        reports = self._settled_reports(transport)
        known = self.env["ledger.lot"].search_fetch([("number", "in", list(reports))], ["number"])
        for number in sorted(known.mapped("number")):
            self._read_reports(run, transport, number, reports.pop(number))
        for trace in traces:
            lot = self._in_transaction(self._recognize_lot, run, transport, f"{folder}/{trace}")
            if lot:
                self._read_reports(run, transport, lot.number, reports.pop(lot.number, ()))
            else:
                transport.move(f"{folder}/{trace}", f"{folder}/error")
        self._read_reports(run, transport, "", reports.pop("", ()))

    def _unknown_traces(self, files):
        """Return the names of the traces of lots that no connector of this database has, in the order they left."""
        names = {file.name.removesuffix(self._trace_suffix()).partition(".")[2]: file.name for file in files}
        known = self.env["ledger.lot"].search_fetch([("name", "in", list(names))], ["name"]).mapped("name")
        return sorted(names[name] for name in set(names) - set(known))

    def _settled_reports(self, transport):
        """Return {lot number or "": places} of the answers that were read, but not by this database."""
        if not self.acknowledgement_layout_id:
            return {}
        layout, folder = self.acknowledgement_layout_id._to_core(), f"{self.acknowledgement_folder}/done"
        names = [file.name for file in transport.list_own(folder)]
        read = self.env["ledger.file"].search_fetch([("connector_id", "=", self.id), ("name", "in", names)], ["name"])
        found = defaultdict(list)
        for name in sorted(set(names) - set(read.mapped("name"))):
            fields = match_name(layout, name)
            if fields is not None:
                found[fields.get("lot", "")].append(f"{folder}/{name}")
        return found

    def _read_reports(self, run, transport, lot, places):
        layout = self.acknowledgement_layout_id._to_core()
        for place in places:
            self._in_transaction(self._read_acknowledgement, run, transport, layout, place, lot)

    def _recognize_lot(self, run, transport, place):
        """Make a lot again from its trace, and put its documents back in flight. Returns it, none if unreadable.

        A document that left in two lots is in the later one: the earlier one was refused, or given up.
        """
        content = transport.read(place)
        if content is ABSENT:
            return self.env["ledger.lot"]
        with content:
            try:
                trace = Trace.from_bytes(content.read(), place)
            except FileRefused as error:
                self._keep_findings(run, [Finding(error.code, "", error.params)], place)
                return self.env["ledger.lot"]
        documents = self._traced_documents(trace)
        lot = self._make_lot_again(run, trace, [document for document, _traced in documents if document])
        found = {document.id: traced for document, traced in documents if document}
        self.env["ledger.document"].browse(found)._back_in_flight(lot, found)
        findings = [recognized(lot.number, lot.document_count)]
        findings += [lost(traced, lot.number) for document, traced in documents if not document]
        self._keep_findings(run, findings, lot.name)
        return lot

    def _traced_documents(self, trace):
        """Return (document of this database, possibly none, as it left) of each document of a trace."""
        domain = [("connector_id", "=", self.id), ("number", "in", [traced.number for traced in trace.documents])]
        known = {(d.company_id.ledger_code or "", d.number): d for d in self.env["ledger.document"].search(domain)}
        none = self.env["ledger.document"]
        return [(known.get((traced.company, traced.number), none), traced) for traced in trace.documents]

    def _make_lot_again(self, run, trace, documents):
        companies = self.company_ids.filtered(lambda c: c.ledger_code in {d.company for d in trace.documents})
        is_update = any(traced.operation == "update" for traced in trace.documents)
        return self.env["ledger.lot"]._make(
            run,
            self.updates_layout_id if is_update else self.entries_layout_id,
            trace.content,
            {
                "company_ids": (companies or self.company_ids).ids,
                "number": trace.number,
                "name": trace.name,
                "size": len(trace.content),
                "sha256": trace.sha256,
                "document_count": len(documents),
                "state": "written" if documents else "delivered",
            },
        )


class LedgerDocument(models.Model):
    _inherit = "ledger.document"

    def _back_in_flight(self, lot, traced):
        """They left in this lot, whatever this database, restored from an older copy, believes of them.

        :param traced: {document id: as it left}
        """
        # an update leaves only once the document was accepted
        accepted = self.filtered(
            lambda document: traced[document.id].operation == "update" and document.state in ("exporting", "exported")
        )
        accepted._accept()
        for state, documents in self.grouped("state").items():
            for event in (*BACK.get(state, ()), "collect"):
                documents._move_on(event, lot_id=lot.id)
        self.anomaly_ids.unlink()
        self.flush_model()
        operations, contents = [row.operation for row in traced.values()], [row.content for row in traced.values()]
        self.env.cr.execute(SQL(LEFT, ids=list(traced), operations=operations, contents=contents))
        self._after_rows({"operation", "content_sent", "has_anomaly"})
