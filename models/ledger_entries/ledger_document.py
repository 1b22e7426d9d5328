from decimal import Decimal

import psycopg2

from odoo import api, models
from odoo.tools import SQL, split_every

from ...core.ledger.findings import Finding
from ...core.ledger.fingerprint import Fingerprint, as_known, codes_digest, compare, fingerprint, followed
from ...core.ledger.states import STAGES, DocumentStatus, apply_event
from ..ledger.attempts import finding_of
from ..ledger.ledger_content import kept_contents
from .checker import Checker
from .entry_reader import Collector

BATCH = 1000
REFUNDS = ("out_refund", "in_refund")

# Digest of the values of an entry that the accounting system receives. ROW keeps empty values apart from their
# neighbours.
SIGNATURES = """
    SELECT move.id, move.state, md5(ROW(
               move.state, move.name, move.date, move.invoice_date, move.ref, move.payment_reference,
               move.invoice_date_due, move.payment_approval, move.journal_id, move.commercial_partner_id,
               move.preferred_payment_method_line_id, move.currency_id, move.invoice_currency_rate, move.amount_total,
               (SELECT md5(string_agg(ROW(
                           line.account_id, line.partner_id, line.debit, line.credit, line.name, line.date_maturity,
                           line.amount_currency, line.tax_line_id, line.analytic_distribution)::text,
                           ',' ORDER BY line.id))
                  FROM account_move_line line
                 WHERE line.move_id = move.id AND line.account_id IS NOT NULL)
           )::text) AS signature
      FROM account_move move
"""


REPLACE_CONTENTS = """
    UPDATE ledger_content content
       SET content = row.content, source = NULL, content_sent = row.sent, content_integrated = row.integrated
      FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS row(id, content, sent, integrated)
     WHERE content.id = row.id
"""
STORE_REFUSED_CODES = """
    UPDATE ledger_content content SET codes_refused = row.digest
      FROM unnest(%s::int[], %s::varchar[]) AS row(id, digest)
     WHERE content.id = row.id
"""


class LedgerDocument(models.Model):
    _inherit = "ledger.document"

    @api.model
    def _collect_moves(self, move_ids):
        """Return {move id: core Document} of these entries."""
        return Collector(self.env).documents(move_ids)

    def _refresh(self):
        """Update content, anomalies and stage of these documents from their entries."""
        # sudo: called when entries are written, and by the monitor, for any user; nothing is shown
        for documents in self.sudo().grouped("connector_id").values():
            checker = Checker(documents.connector_id)
            for ids in split_every(BATCH, documents.ids):
                documents.browse(ids)._refresh_batch(checker)

    @api.model
    def _refresh_waiting(self, connectors):
        """Refresh the documents with a blocking anomaly, whose cause may have been corrected.

        :return: number of documents that have none any more
        """
        with_anomaly = [("connector_id", "in", connectors.ids), ("has_anomaly", "=", True)]
        waiting = self.sudo().search(with_anomaly)  # sudo: as in _refresh; every company of these connectors
        waiting._refresh()
        return len(waiting) - self.sudo().search_count(with_anomaly)  # sudo: as above

    def _refresh_batch(self, checker):
        found = Collector(self.env, self.connector_id).entries(self.move_id.ids)
        signatures = self._signatures()
        unposted = self.filtered(lambda document: signatures[document.move_id.id][0] != "posted")
        unposted._withdraw()
        kept = self - unposted
        known = kept_contents(self.env, kept.ids)
        contents = kept._contents({document: found[document.move_id.id][0].source for document in kept}, known)
        anomalies, rows = [], {}
        for document in kept:
            head, core = found[document.move_id.id]
            values, findings = document._decide_safely(core, contents[document], known[document.id], checker)
            content = _content_values(document, contents[document], known[document.id])
            about = {"signature": signatures[head.id][1], "source": head.source}
            rows[document.id] = values | _shown_values(head) | content | about
            if findings is not None:
                anomalies.append((document, findings))
        self._write_rows(rows)
        self._replace_anomalies(anomalies)

    def _signatures(self):
        """Return {move id: (state, digest)}."""
        query = SQL("%s WHERE move.id = ANY(%s)", SQL(SIGNATURES), self.move_id.ids)
        return {move: (state, digest) for move, state, digest in self.env.execute_query(query)}

    def _contents(self, sources, known):
        """Return {document: present content}, computed again if its source values have changed.

        :param sources: {document: present digest of its source values}
        :param known: {document id: KeptContent}
        """
        stale = self.filtered(lambda d: not known[d.id].content or known[d.id].source != sources[d])
        found = Collector(self.env).identities(stale.move_id.ids) if stale else {}
        return {
            document: fingerprint(found[document.move_id.id]).to_text()
            if document in stale
            else known[document.id].content
            for document in self
        }

    def _decide_safely(self, core, content, kept, checker):
        """Return the result of `_decide`. An unexpected error becomes a finding of this document only."""
        try:
            return self._decide(core, content, kept, checker)
        except Exception as error:
            self._raise_database_errors(error)
            unchanged = {"stage": self.stage, "operation": self.operation, "changed_fields": None}
            return unchanged, (finding_of(self.display_name, error),)

    @api.model
    def _raise_database_errors(self, error):
        """Let errors of PostgreSQL pass, which end the whole transaction.

        :raises psycopg2.Error: `error`, if it is one
        """
        if isinstance(error, psycopg2.Error):
            raise error

    def _decide(self, core, content, kept, checker):
        """Return (values to write, findings) of a document; None in place of findings keeps its anomalies.

        :param content: present content
        :param kept: stored contents (KeptContent)
        """
        values = {"changed_fields": None, "stage": self.stage, "operation": self.operation}
        if self.stage == "sent":
            return values, None
        if self.stage == "rejected" and content == kept.sent and kept.codes_refused == codes_digest(core):
            return values, None
        if self.operation == "create":
            return values | self._stage_after("change"), checker.examine(core)[0]
        change = compare(Fingerprint.from_text(kept.integrated), Fingerprint.from_text(content))
        if change.updatable or change.reversal:
            values["changed_fields"] = ", ".join((*change.updatable, *change.reversal))
            known = as_known(core, self.number_sent, self.company_sent)
            return values | self._stage_after("change"), checker.examine(known, change)[0]
        if self.stage == "integrated":
            return values, ()
        return values | self._stage_after("change", "revert"), ()

    def _stage_after(self, *events):
        """Return the stage and operation after events of `core/ledger/states.py`."""
        status = DocumentStatus(self.state, self.operation)
        for event in events:
            status = apply_event(status, event)
        return {"stage": STAGES[status.state], "operation": status.operation}

    def _reject(self, findings):
        """Reject documents, and store a digest of their codes: a change of codes makes them ready again."""
        result = super()._reject(findings)
        for ids in split_every(BATCH, self.ids):
            documents = self.browse(ids)
            found = Collector(self.env, documents.connector_id).documents(documents.move_id.ids)
            digests = [codes_digest(found[document.move_id.id]) for document in documents]
            self.env.cr.execute(SQL(STORE_REFUSED_CODES, documents.ids, digests))
        return result

    def _replace_records(self, work):
        """Call `work`, which replaces records in the entries by equivalent ones, without marking documents as changed.

        :return: the result of `work`
        """
        before = self._present_contents()
        result = work()
        after = self._present_contents()
        rows = []
        for document, kept in kept_contents(self.env, self.ids).items():
            was, now = before[document], after[document]
            if was != now:
                texts = (kept.content, kept.content_sent, kept.content_integrated)
                rows.append((document, *(followed(text, was, now) for text in texts)))
        if rows:
            self.env.cr.execute(SQL(REPLACE_CONTENTS, *map(list, zip(*rows, strict=True))))
        self._refresh()
        return result

    def _present_contents(self):
        """Return {document id: content computed from its entry now}."""
        texts = {}
        for ids in split_every(BATCH, self.ids):
            documents = self.browse(ids)
            found = Collector(self.env).identities(documents.move_id.ids)
            texts |= {document.id: fingerprint(found[document.move_id.id]).to_text() for document in documents}
        return texts

    def _withdraw(self):
        """Delete documents whose entry is no longer posted; those that were sent get an anomaly instead."""
        sent = self.filtered(lambda d: d.operation == "update" or d.stage == "sent")
        (self - sent).unlink()
        for document in sent.filtered(lambda d: d.stage == "integrated"):
            document.write(document._stage_after("change"))
        sent._replace_anomalies(
            [(document, [Finding("reversal_needed", "state", {"fields": "state"})]) for document in sent]
        )

    def _replace_anomalies(self, found):
        """Replace the anomalies of documents by their findings; unchanged anomalies are not written.

        :param found: [(document, findings)]
        """
        anomalies, old, new = self.env["ledger.anomaly"], self.env["ledger.anomaly"], []
        blocked = {True: [], False: []}
        for document, findings in found:
            values = [
                anomalies._values(finding, document_id=document.id, company_id=document.company_id.id)
                for finding in findings
            ]
            kept = document.anomaly_ids
            if [(a.code, a.params, a.field, a.line) for a in kept.sorted("id")] != [
                (v["code"], v["params"], v["field"], v["line"]) for v in values
            ]:
                old |= kept
                new += values
            stopped = any(finding.blocking for finding in findings)
            if document.has_anomaly != stopped:
                blocked[stopped].append(document.id)
        old.unlink()
        anomalies.create(new)
        for stopped, ids in blocked.items():
            self.browse(ids).write({"has_anomaly": stopped})


def _content_values(document, content, kept):
    """Return the stored contents of a document whose content becomes `content`."""
    was_sent, was_integrated = document.stage in ("sent", "rejected"), document.operation == "update"
    sent, integrated = kept.becoming(content, was_sent, was_integrated)
    return {"content": content, "content_sent": sent, "content_integrated": integrated}


def _shown_values(head):
    """Return the values of a document that the monitor shows."""
    return {
        "number": head.number,
        "move_type": head.move_type,
        "journal_id": head.journal_id,
        "partner_id": head.partner_id,
        "date": head.date,
        # negative for credit notes, so that the totals of a list are right
        "amount": str(-Decimal(head.currency_total)) if head.move_type in REFUNDS else head.currency_total,
        "currency_id": head.currency_id,
    }
