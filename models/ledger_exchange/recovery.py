"""Recovery of a database restored from an older copy: lots sent since then are rebuilt from their traces.

A trace is written in the exchange directory before its lot is delivered. For each trace without a lot in the database,
the lot is rebuilt as "written" and the protocol continues as after a crash. Answers that were read after the copy are
read again, each before the lots that followed it.
"""

import zlib
from collections import defaultdict

from ...core.ledger.findings import FileRefused, Finding
from ...core.ledger.layouts import match_name
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.traces import Trace, lost, manifest_of, recognized
from ..common.bulk import id_array
from .answers_in import AnswersIn


class Recovery:
    """Rebuilds the lots that were sent after the backup from which the database was restored."""

    def __init__(self, exchange):
        self._exchange, self._run, self._transport = exchange, exchange.run, exchange.transport
        self._connector, self._env = exchange.connector, exchange.env
        self._answers = AnswersIn(exchange)

    def recognize_lots(self):
        """Rebuild the lots sent after the backup, and read the answers again that were read after it.

        These include answers to lots that the database has.
        """
        folder, suffix = self._connector._trace_folder(), self._connector._trace_suffix()
        traces = self._unknown_traces(self._transport.list_own(folder, f"*{suffix}"), suffix)
        in_flight = [("connector_id", "=", self._connector.id), ("stage", "=", "sent")]
        if not traces and not self._env["ledger.document"].search_count(in_flight, limit=1):
            return
        reports = self._settled_reports()
        known = self._env["ledger.lot"].search_fetch([("number", "in", list(reports))], ["number"])
        for number in sorted(known.mapped("number")):
            self._read_reports(number, reports.pop(number))
        for trace in traces:
            lot = self._exchange.in_transaction(self._recognize_lot, f"{folder}/{trace}")
            if lot:
                self._read_reports(lot.number, reports.pop(lot.number, ()))
            else:
                self._transport.move(f"{folder}/{trace}", f"{folder}/error")
        self._read_reports("", reports.pop("", ()))

    def _unknown_traces(self, files, suffix):
        """Return the file names of traces whose lot is not in the database, in the order of sending."""
        names = {file.name.removesuffix(suffix).partition(".")[2]: file.name for file in files}
        known = self._env["ledger.lot"].search_fetch([("name", "in", list(names))], ["name"]).mapped("name")
        return sorted(names[name] for name in set(names) - set(known))

    def _settled_reports(self):
        """Return {lot number or "": paths} of the answers in `done/` that the database has no record of."""
        if not self._connector.acknowledgement_layout_id:
            return {}
        layout = self._connector.acknowledgement_layout_id._to_core()
        folder = f"{self._connector.acknowledgement_folder}/done"
        names = [file.name for file in self._exchange.list_own(folder)]
        read = self._env["ledger.file"].search_fetch(
            [("connector_id", "=", self._connector.id), ("name", "in", names)], ["name"]
        )
        found = defaultdict(list)
        for name in sorted(set(names) - set(read.mapped("name"))):
            fields = match_name(layout, name)
            if fields is not None:
                found[fields.get("lot", "")].append(f"{folder}/{name}")
        return found

    def _read_reports(self, lot, places):
        for place in places:
            self._exchange.in_transaction(self._answers.take_report, place, lot)

    def _recognize_lot(self, place):
        """Rebuild a lot from its trace and mark its documents as sent.

        A document of two lots belongs to the later one: the earlier one was refused or abandoned.

        :return: the lot; empty if the trace is unreadable
        """
        content = self._transport.read(place)
        if content is ABSENT:
            return self._env["ledger.lot"]
        with content:
            try:
                trace = Trace.from_bytes(content.read(), place)
            except FileRefused as error:
                self._run._keep_findings([Finding(error.code, "", error.params)], place)
                return self._env["ledger.lot"]
        documents = self._traced_documents(trace)
        known = [(document, traced) for document, traced in documents if document]
        lot, found = self._rebuild_lot(trace, known), {document.id: traced for document, traced in known}
        self._env["ledger.document"].browse(found)._back_in_flight(lot, found)
        findings = [recognized(lot.number, lot.document_count)]
        findings += [lost(traced, lot.number) for document, traced in documents if not document]
        self._run._keep_findings(findings, lot.name)
        return lot

    def _traced_documents(self, trace):
        """Return (document of the database, possibly empty, document as sent) for each document of a trace.

        A document that was renumbered since is found by its entry.
        """
        documents = self._env["ledger.document"]
        mine, numbers = [("connector_id", "=", self._connector.id)], [traced.number for traced in trace.documents]
        moves = [traced.move for traced in trace.documents if traced.move]
        by_number = {
            (d.company_id.ledger_code or "", d.number): d for d in documents.search([*mine, ("number", "in", numbers)])
        }
        by_move = documents.search([*mine, ("move_id", "in", moves)]).grouped("move_id")
        found = []
        for traced in trace.documents:
            known = by_number.get((traced.company, traced.number), documents)
            moved = by_move.get(self._env["account.move"].browse(traced.move), documents)
            found.append((known or moved, traced))
        return found

    def _rebuild_lot(self, trace, known):
        """Create the lot of a trace.

        :param known: [(document, document as sent)] for the documents that are in the database
        """
        connector = self._connector
        companies = connector.company_ids.filtered(lambda c: c.ledger_code in {d.company for d in trace.documents})
        is_update = any(traced.operation == "update" for traced in trace.documents)
        lot = self._env["ledger.lot"]._make(
            self._run,
            connector.updates_layout_id if is_update else connector.entries_layout_id,
            zlib.compress(trace.content, 1),
            {
                "company_ids": (companies or connector.company_ids).ids,
                "number": trace.number,
                "name": trace.name,
                "size": len(trace.content),
                "sha256": trace.sha256,
                "document_count": len(known),
                # the layout may be another one by now
                "layout_as_sent": False,
                "state": "written" if known else "delivered",
            },
        )
        manifest = manifest_of(traced for _document, traced in known)
        lot._keep(manifest=zlib.compress(manifest, 1), documents=id_array(document.id for document, _traced in known))
        return lot
