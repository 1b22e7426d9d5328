"""Lots of documents of one operation: checked, rendered, stored."""

import secrets
from contextlib import contextmanager
from itertools import islice

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.ledger.fingerprint import Fingerprint, as_known, compare
from ...core.ledger.layouts import Writer
from ...core.ledger.layouts.plain import ODD
from ..ledger.attempts import finding_of
from ..ledger_entries.entry_reader import Collector
from ..ledger_entries.fast_writer import PlainEntries
from ..ledger_entries.ledger_document import BATCH
from .lot_file import LotFile

#: Documents added to a file at once.
CHUNK = 5000
IS_NOTED = SQL("""
    document.has_anomaly OR document.id IN (SELECT document_id FROM ledger_anomaly WHERE document_id IS NOT NULL)
""")
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


class LotWriter:
    """Writes the lots of a run's documents of one operation (create, update)."""

    def __init__(self, run, checker, layout, operation):
        self._run, self._checker, self._record, self._operation = run, checker, layout, operation
        self._connector, self._env = run.connector_id, run.env
        self._layout = layout._to_core()
        attributes = {column.attribute for column in self._layout.columns}
        #: {lot id: ids of its documents, in the order of its file}
        self.documents = {}
        self._names_company, self._names_lot = "company" in attributes, "lot" in attributes

    def parts(self, groups):
        """Split groups (rows of `LOCK_DUE`) by file. A file without company column contains one company only."""
        yield from ([groups] if self._names_company else ([group] for group in groups))

    def write_lots(self, groups):
        """Write and store the lots of the documents without blocking findings. Returns the lots."""
        companies = {document: group.company_id for group in groups for document in group.ids}
        noted = {document for group in groups for document in group.noted or ()}
        lots, size = self._env["ledger.lot"], self._connector.lot_size
        ids = list(companies)
        company = (
            self._env["res.company"] if self._names_company else self._run.company_ids.browse(groups[0].company_id)
        )
        # rows with a lot column can only be rendered for one file
        for some in split_every(size if self._names_lot else len(ids), ids, list):
            with self._texts(some, company, companies) as (plain, texts):
                for lot in split_every(size, some, list):
                    lots |= self._write_lot(lot, company, companies, noted, plain, texts)
        return lots

    @contextmanager
    def _texts(self, ids, company, companies):
        """Yield (encoder, iterator of the rendered texts) of documents; None for both without fast path."""
        self._about = self._new_lot(company)
        entries = PlainEntries(self._connector, Writer(self._layout, self._about), self._checker.context)
        if self._operation != "create" or not entries.can_write:
            yield None, None
            return
        with entries.rendered(ids, {companies[document] for document in ids}) as texts:
            yield entries.rows, texts

    def _new_lot(self, company):
        number = f"{fields.Datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        return self._connector._lot(number, company.ledger_code or "")

    def _write_lot(self, ids, company, companies, noted, plain, texts):
        """Write and store one lot, of the documents without blocking findings.

        :param company: company of the file; empty if a column names it
        :param companies: {document id: company id}
        :param noted: ids of documents with stored anomalies
        :param plain: encoder of `texts`, or None without fast path
        :param texts: iterator of rendered texts, whose next ones are those of `ids`
        :return: the lot; empty if no document is left
        """
        about = self._about if self._names_lot else self._new_lot(company)
        writer = Writer(self._layout, about)
        self._checker.write_with(writer)
        file, ready = LotFile(writer), []
        for some in split_every(CHUNK, ids, list):
            rows = list(islice(texts, len(some))) if plain else []
            # missing texts, and documents with stored anomalies, go through the Writer
            rows += [ODD] * (len(some) - len(rows))
            if noted:
                rows = [ODD if document in noted else row for document, row in zip(some, rows, strict=True)]
            self._fill(file, ready, some, rows, plain)
        if not ready:
            return self._env["ledger.lot"]
        file.close()
        values = {
            "company_ids": list({companies[document] for document in ready}),
            "number": about.lot,
            "name": self._layout.name_for(about),
            "size": file.size,
            "sha256": file.sha256,
            "document_count": len(ready),
        }
        lot = self._env["ledger.lot"]._make(self._run, self._record, file.packed, values)
        self.documents[lot.id] = ready
        return lot

    def _fill(self, file, ready, ids, rows, plain):
        """Add documents to a file, and their ids to `ready`; documents with blocking findings are left out."""
        odd = plain.odd(rows) if plain else range(len(rows))
        rendered, start = self._render([ids[place] for place in odd]), 0
        for place in (*odd, len(rows)):
            if start < place:
                file.add(plain.encoded(rows[start:place]))
                ready += ids[start:place]
            if place < len(rows) and ids[place] in rendered:
                file.add_rendered(rendered[ids[place]])
                ready.append(ids[place])
            start = place + 1

    # === ONE BY ONE === #

    def _render(self, ids):
        """Check and render documents one by one, and store their anomalies.

        :return: {id: parts of the file} of the documents without blocking findings
        """
        rendered = {}
        for some in split_every(BATCH, ids, list):
            rendered |= self._render_batch(some)
        return rendered

    def _render_batch(self, ids):
        documents, noted, rendered = self._env["ledger.document"], [], {}
        # from one recordset, so that reading a field of one record prefetches it for all
        records = {document.id: document for document in documents.browse(ids)}
        for row, core in self._read_current(ids):
            findings, parts = self._examine(row, core)
            if findings or row.is_noted:
                noted.append((records[row.id], findings))
            if not any(finding.blocking for finding in findings):
                rendered[row.id] = parts
        documents._replace_anomalies(noted)
        return rendered

    def _examine(self, row, core):
        """Return (findings, parts of the file) of a document. An unexpected error becomes a finding."""
        try:
            sent = row.operation == "update" and Fingerprint.from_text(row.content_integrated)
            if not sent:
                return self._checker.examine(core)
            change = compare(sent, Fingerprint.from_text(row.content))
            return self._checker.examine(as_known(core, row.number_sent, row.company_sent), change)
        except Exception as error:
            self._env["ledger.document"]._raise_database_errors(error)
            return (finding_of(core.number, error),), ()

    def _read_current(self, ids):
        """Return (row, core `Document`) of posted documents, after refreshing those whose entries have changed."""
        rows = self._due_rows(ids)
        found = Collector(self._env, self._connector).entries([row.move_id for row in rows])
        stale = [
            row.id
            for row in rows
            for head in found[row.move_id][:1]
            if head.state != "posted" or head.source != row.source
        ]
        if stale:
            self._env["ledger.document"].browse(stale)._refresh_batch(self._checker)
            rows = self._due_rows(ids)
        return [(row, found[row.move_id][1]) for row in rows if found[row.move_id][0].state == "posted"]

    def _due_rows(self, ids):
        self._env["ledger.document"].flush_model()
        return Collector(self._env).rows(SQL(DUE, ids=list(ids), is_noted=IS_NOTED))
