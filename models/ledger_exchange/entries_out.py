"""Entries and updates out: steps 1 to 4 of the delivery protocol."""

import json
import secrets

from odoo import fields
from odoo.tools import SQL, groupby, split_every

from ...core.ledger.fingerprint import Fingerprint, as_known, compare
from ...core.ledger.layouts import Writer
from ..ledger.attempts import finding_of
from ..ledger_entries.entry_reader import Collector
from ..ledger_entries.fast_writer import PlainEntries
from ..ledger_entries.ledger_document import BATCH, Checker

IS_NOTED = SQL("""
    document.has_anomaly OR EXISTS (SELECT FROM ledger_anomaly anomaly WHERE anomaly.document_id = document.id)
""")
# Those that another run holds are left to it.
TAKEN = """
    SELECT document.id, stage, operation, company_id, move_id, content.source, %(is_noted)s AS is_noted
      FROM ledger_document document
 LEFT JOIN ledger_content content ON content.id = document.id
     WHERE document.id = ANY(%(ids)s) AND stage IN ('to_export', 'rejected')
  ORDER BY operation, company_id, date, document.id
       FOR NO KEY UPDATE OF document SKIP LOCKED
"""
DUE = """
    SELECT document.id, document.move_id, document.operation, content.source,
           document.number_sent, document.company_sent,
           CASE document.operation WHEN 'update' THEN content.content END AS content,
           CASE document.operation WHEN 'update' THEN COALESCE(content.content_integrated, content.content) END
               AS content_integrated,
           %(is_noted)s AS is_noted
      FROM unnest(%(ids)s) WITH ORDINALITY AS wanted(id, place)
      JOIN ledger_document document ON document.id = wanted.id
 LEFT JOIN ledger_content content ON content.id = document.id
     WHERE document.stage = 'to_export'
  ORDER BY wanted.place
"""


# What it said when it last left is what it says now.
FORGOTTEN = "UPDATE ledger_content SET content_sent = NULL WHERE id = ANY(%s) AND content_sent IS NOT NULL"

# A document is known over there by what it was called when it first left. Its number was looked at with its content.
NUMBER_SENT = "CASE WHEN operation = 'update' THEN COALESCE(number_sent, number) ELSE number END"
COMPANY_SENT = """
    CASE WHEN operation = 'update' AND company_sent != '' THEN company_sent ELSE %s::jsonb ->> company_id::text END
"""


class EntriesOut:
    """Sends the documents that a run noted, lot by lot."""

    def __init__(self, exchange):
        self._exchange, self._run = exchange, exchange.run
        self._connector, self._env = exchange.connector, exchange.env

    def take(self):
        """Send one lot of documents: those with anomalies are set aside, those that another run holds are left.

        :return: whether nothing is left
        """
        documents = self._run._todo()
        if not documents:
            return True
        for lot in self._exchange.in_transaction(self.write_lots, documents.ids):
            self._exchange.in_transaction(lot._recover, self._exchange.transport)
        return False

    def write_lots(self, document_ids):
        """Steps 1 and 2: lock, check, write the files and keep them. Returns the lots to deliver."""
        run = self._run
        if run.state == "delivered":
            run._move_on("next_batch")
        taken, lots, checker = self._take(document_ids), self._env["ledger.lot"], Checker(self._connector)
        layouts = {"create": self._connector.entries_layout_id, "update": self._connector.updates_layout_id}
        # a file that does not name the company holds one company only
        named = [kind for kind, layout in layouts.items() if "company" in layout.column_ids.mapped("attribute")]
        parts = groupby(taken, lambda row: (row.operation, None if row.operation in named else row.company_id))
        for (operation, company), rows in parts:
            lots |= self._write_lot(layouts[operation], run.company_ids.browse(company), list(rows), checker)
        if sum(lots.mapped("document_count")) < len(taken):
            held = [("id", "in", [row.id for row in taken]), ("has_anomaly", "=", True)]
            run.set_aside += self._env["ledger.document"].search_count(held)
        run._treated(document_ids)
        if lots:
            run._move_on("write")
        return lots

    def _take(self, document_ids):
        """Lock the documents that wait, what was refused is taken for corrected. Returns a row of each."""
        documents = self._env["ledger.document"]
        documents.flush_model()
        rows = Collector(self._env).rows(SQL(TAKEN, ids=list(document_ids), is_noted=IS_NOTED))
        documents.invalidate_model(flush=False)
        refused = [row.id for row in rows if row.stage == "rejected"]
        if refused:
            documents.browse(refused)._move_on("correct")
        return rows

    def _write_lot(self, layout, company, taken, checker):
        """Return the lot of those of these documents that may leave, none where all have anomalies.

        :param company: the one that the file is of, none where its rows name theirs
        :param taken: rows of the documents, in the order of the file
        """
        number = f"{fields.Datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        about = self._connector._lot(number, company.ledger_code or "")
        writer, ready = Writer(layout._to_core(), about), []
        checker.write_with(writer)
        told = PlainEntries(self._env, writer, checker.context).rendered(taken)
        content = b"".join(writer.pack(self._parts([row.id for row in taken], checker, ready, told)))
        if not ready:
            return self._env["ledger.lot"]
        companies = {row.id: row.company_id for row in taken}
        values = {
            "company_ids": list({companies[document] for document in ready}),
            "number": number,
            "name": writer.layout.name_for(about),
            "size": writer.size,
            "sha256": writer.sha256,
            "document_count": len(ready),
        }
        lot = self._env["ledger.lot"]._make(self._run, layout, content, values)
        self._env["ledger.document"].browse(ready)._move_on(
            "collect",
            lot_id=lot.id,
            number_sent=SQL(NUMBER_SENT),
            company_sent=SQL(COMPANY_SENT, json.dumps(self._company_codes())),
        )
        self._env.cr.execute(SQL(FORGOTTEN, ready))
        return lot

    def _company_codes(self):
        return {company.id: company.ledger_code or "" for company in self._connector.company_ids}

    def _parts(self, ids, checker, ready, told):
        """Yield what a file says of those documents that may leave; their ids are added to `ready`.

        :param told: {document id: its rows} of those that need no second look; the others are judged one by one
        """
        for some in split_every(BATCH, ids):
            told |= self._judged([document for document in some if document not in told], checker)
            for document in some:
                if document in told:
                    ready.append(document)
                    yield from told.pop(document)

    def _judged(self, ids, checker):
        """Return {id: what a file says of it} of those documents that may leave, and keep the findings of each one."""
        documents, noted, told = self._env["ledger.document"], [], {}
        # one record of each, so that what is read of one is read of all
        records = {document.id: document for document in documents.browse(ids)}
        for row, core in self._looked_at(ids, checker) if ids else ():
            findings, parts = self._examined(row, core, checker)
            if findings or row.is_noted:
                noted.append((records[row.id], findings))
            if not any(finding.blocking for finding in findings):
                told[row.id] = parts
        documents._replace_anomalies(noted)
        return told

    def _examined(self, row, core, checker):
        """Return (findings, parts of the file) of a document; an error that nobody foresaw is its own."""
        try:
            sent = row.operation == "update" and Fingerprint.from_text(row.content_integrated)
            if not sent:
                return checker.examine(core)
            change = compare(sent, Fingerprint.from_text(row.content))
            return checker.examine(as_known(core, row.number_sent, row.company_sent), change)
        except Exception as error:
            self._env["ledger.document"]._raise_database_errors(error)
            return (finding_of(core.number, error),), ()

    def _looked_at(self, ids, checker):
        """Return (row, core Document) of documents; what became another since it was looked at is judged again."""
        rows = self._due_rows(ids)
        found = Collector(self._env).entries([row.move_id for row in rows])
        stale = [
            row.id
            for row in rows
            for head in found[row.move_id][:1]
            if head.state != "posted" or head.source != row.source
        ]
        if stale:
            self._env["ledger.document"].browse(stale)._refresh_batch(checker)
            rows = self._due_rows(ids)
        return [(row, found[row.move_id][1]) for row in rows if found[row.move_id][0].state == "posted"]

    def _due_rows(self, ids):
        self._env["ledger.document"].flush_model()
        return Collector(self._env).rows(SQL(DUE, ids=list(ids), is_noted=IS_NOTED))
