"""Answers in: step 6 of the delivery protocol.

A report is finished when each of its rows has been applied. A report with rows that cannot be parsed is moved to
`error/`; it is read again when it is delivered again, when its layout changes, or on request. A report that the
accounting system may still be writing stays in place. No row is applied twice.
"""

from dataclasses import replace
from datetime import timedelta

from odoo.tools import SQL, split_every

from ...core.ledger.acknowledgement import SentDocument, SentFile, read_answers
from ...core.ledger.findings import FileRefused, Finding, TransportError
from ...core.ledger.layouts import Reader, Row, match_name
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.traces import manifest_documents
from ..ledger.attempts import attempt, attempt_each, finding_of

MAX_SIZE = 64 << 20
#: How long an incomplete report stays in place. Rows that arrive later are still applied.
PATIENCE = timedelta(hours=1)
BATCH = 10_000
#: Findings at the end of a file that is still being written.
UNFINISHED = {"line_truncated", "quote_open", "file_empty"}

LOTS = "SELECT id FROM ledger_lot WHERE connector_id = %(connector)s AND lower(number) = lower(%(number)s)"
# Most documents of a lot are still in the stage "sent": stages are listed for the others only.
DOCUMENTS_OF_LOT = """
    SELECT array_agg(document.id) FILTER (WHERE document.stage = 'sent') AS sent,
           array_agg(document.id) FILTER (WHERE document.stage != 'sent') AS others,
           array_agg(document.stage) FILTER (WHERE document.stage != 'sent') AS stages
      FROM ledger_lot lot
CROSS JOIN unnest(lot.documents) AS kept(id)
      JOIN ledger_document document ON document.id = kept.id
     WHERE lot.id = %s AND document.lot_id = lot.id
"""
DOCUMENTS = """
    SELECT document.id, COALESCE(NULLIF(document.company_sent, ''), company.ledger_code, ''),
           COALESCE(NULLIF(document.number_sent, ''), document.number, ''), document.stage, COALESCE(lot.number, '')
      FROM ledger_document document
      JOIN res_company company ON company.id = document.company_id
 LEFT JOIN ledger_lot lot ON lot.id = document.lot_id
     WHERE document.connector_id = %(connector)s
       AND (document.number_sent = ANY(%(numbers)s)
            OR document.number = ANY(%(numbers)s) AND COALESCE(document.number_sent, '') = '')
"""


class AnswersIn:
    """Reads the waiting reports of the accounting system and applies their answers."""

    def __init__(self, exchange):
        self._exchange, self._run, self._transport = exchange, exchange.run, exchange.transport
        self._connector, self._env = exchange.connector, exchange.env
        layout = self._connector.acknowledgement_layout_id
        self._layout, self._digest = layout and layout._to_core(), layout and layout._digest()
        self._folder = self._connector.acknowledgement_folder

    def take(self):
        """Read every waiting report. An unreadable report does not block the others.

        :return: True: nothing is left for another batch
        """
        if self._layout:
            for file in self._transport.list(self._folder):
                self._take_file(self._folder, file)
            self._read_refused_again()
        return True

    def _take_file(self, folder, file):
        """Read a report, then move it to `done/` or `error/` if it is finished."""
        fields = match_name(self._layout, file.name)
        if fields is None or self._is_young(file):
            return
        place = f"{folder}/{file.name}"
        state = self._exchange.in_transaction(self.take_report, place, fields.get("lot", ""))
        if state in ("done", "error") and folder != f"{self._folder}/{state}":
            self._transport.move(place, f"{self._folder}/{state}")

    def _is_young(self, file):
        """Return whether a file is more recent than the connector's minimum age; False if its date is unknown."""
        least = self._connector.file_age
        return bool(least and file.modified is not None and self._now().timestamp() - file.modified < least)

    def _now(self):
        return self._env.cr.now().astimezone()

    # === READ AGAIN === #

    def _read_refused_again(self):
        """Read refused reports whose layout has changed since, and reports marked to be read again."""
        refused = self._env["ledger.file"].search(
            [
                ("connector_id", "=", self._connector.id),
                ("flow", "=", "acknowledgement"),
                ("state", "in", ("error", "done")),
                "|",
                ("read_again", "=", True),
                "&",
                ("state", "=", "error"),
                ("layout_digest", "!=", self._digest),
            ]
        )
        for name in sorted(set(refused.mapped("name"))):
            self._exchange.in_transaction(self._forget, refused.filtered(lambda f, name=name: f.name == name))
            for folder in (f"{self._folder}/error", f"{self._folder}/done"):
                found = [file for file in self._transport.list_own(folder) if file.name == name]
                for file in found:
                    self._take_file(folder, file)

    def _forget(self, files):
        """Mark reports as unread, so that their bytes are no longer known, and store the digest of the layout."""
        files.write({"read_again": False, "sha256": False, "layout_digest": self._digest})

    # === ONE REPORT === #

    def take_report(self, place, lot):
        """Apply one report and record it as read.

        :return: the folder to move it to ("done", "error"), "open" if it stays in place, None if it no longer exists
        """
        values = {"run_id": self._run.id, "flow": "acknowledgement", "name": place.rpartition("/")[2]}
        values["layout_digest"] = self._digest
        try:
            content = self._transport.read(place, MAX_SIZE)
        except TransportError as error:
            if error.retryable:
                raise
            return self._keep_refused(values, error)
        if content is ABSENT:
            return None
        with content:
            values |= {"sha256": content.sha256, "size": content.size}
            known = self._known_file(values["name"], content.sha256)
            if known and known.state != "open":
                return known.state
            return self._read_rows(content, values, lot)

    def _read_rows(self, content, values, lot):
        try:
            rows = list(Reader(self._layout, marked=False).rows(content.chunks()))
        except FileRefused as error:
            if error.code in UNFINISHED and self._may_be_open(values["name"]):
                return self._keep_file(values, "open")
            return self._keep_refused(values, error)
        answers, finding = attempt(self._env, values["name"], self._apply, rows, lot, values["name"])
        if finding:
            return self._keep_refused(values, finding)
        state = self._state_after(answers, rows, lot, values["name"])
        self._keep_answers_findings(answers, values["name"], state)
        return self._keep_file(values, state)

    def _state_after(self, answers, rows, lot, name):
        """Return "done" if every row was applied and no more are expected, "open" if some are, "error" otherwise."""
        if answers.unread:
            bad = [row for row in rows if not isinstance(row, Row)]
            codes = {finding.code for row in bad for finding in row.findings}
            is_unfinished = len(bad) == answers.unread and codes <= UNFINISHED
            return "open" if is_unfinished and self._may_be_open(name) else "error"
        if lot and self._lot_awaits(lot) and self._may_be_open(name):
            return "open"
        return "done"

    def _may_be_open(self, name):
        """Return whether a report was first seen recently, so that the accounting system may still be writing it."""
        since = self._earlier(name)[-1:].create_date
        return not since or self._env.cr.now() - since < PATIENCE

    def _lot_awaits(self, number):
        """Return whether a document of a lot still has no answer."""
        return any(lot._waiting() for lot in self._lots_of(number))

    # === FILES === #

    def _earlier(self, name):
        """Return the `ledger.file` records of reports of this name, latest first."""
        domain = [("connector_id", "=", self._connector.id), ("flow", "=", "acknowledgement"), ("name", "=", name)]
        return self._env["ledger.file"].search(domain, order="id desc")

    def _known_file(self, name, digest):
        """Return the record of an earlier report with the same bytes, unless it was refused."""
        return self._earlier(name).filtered(lambda file: file.state != "error" and file.sha256 == digest)[:1]

    def _keep_file(self, values, state):
        """Record a report as read. A report that stayed in place keeps a single record."""
        known = self._earlier(values["name"]).filtered(lambda file: file.state == "open" or not file.sha256)[:1]
        values = {**values, "state": state}
        if known:
            known.write(values)
        else:
            self._env["ledger.file"].create(values)
        return state

    def _keep_refused(self, values, error):
        self._run._keep_findings([Finding(error.code, "", error.params)], values["name"])
        return self._keep_file(values, "error")

    def _keep_answers_findings(self, answers, name, state):
        """Store the findings, except those expected of a report that is read again or is still being written."""
        findings = answers.findings
        if self._earlier(name):
            findings = [finding for finding in findings if finding.code != "acknowledgement_duplicate"]
        if state == "open":
            findings = [finding for finding in findings if finding.code not in UNFINISHED]
        self._run._keep_findings(findings, name)

    # === ANSWERS === #

    def _apply(self, rows, lot, name):
        """Apply the answers of a report to its documents. A document that fails does not block the others."""
        sent = self._sent_documents(rows, lot)
        answers = read_answers(rows, sent, lot, self._sent_files(), _row_failed)
        documents, refusals = self._env["ledger.document"], dict(answers.rejected)
        numbers = {document.record: f"{document.company} {document.number}" for document in sent}

        def accept(ids):
            documents.browse(ids)._accept()

        def reject(ids):
            documents.browse(ids)._reject({document: refusals[document] for document in ids})

        failed = attempt_each(self._env, list(answers.accepted), accept, numbers.get)
        failed |= attempt_each(self._env, list(refusals), reject, numbers.get)
        self._run._count(
            accepted=sum(document not in failed for document in answers.accepted),
            rejected=sum(document not in failed for document in refusals),
        )
        self._apply_to_files(answers, name)
        findings = [replace(finding, line=answers.lines[document]) for document, finding in failed.items()]
        return replace(answers, findings=(*answers.findings, *findings), unread=answers.unread + len(findings))

    def _apply_to_files(self, answers, name):
        """Apply the answers of a report that are about whole lots."""
        lots, accepted, rejected = self._env["ledger.lot"], 0, 0
        for file in answers.accepted_files:
            accepted += lots.browse(file)._accept_waiting()
        for file, finding in answers.rejected_files:
            rejected += lots.browse(file)._refuse_waiting(finding)
            self._run._keep_findings([finding], name)
        self._run._count(accepted=accepted, rejected=rejected)

    def _sent_documents(self, rows, lot):
        """Return the documents that rows name, by the numbers under which they were sent.

        Documents of the lot are searched first, as they have an index; the others only for the numbers that are left.
        """
        wanted = {(row.values.get("company") or "", row.values["number"]) for row in rows if row.values.get("number")}
        self._env["ledger.document"].flush_model()
        found = []
        for sent in self._lots_of(lot) if lot else ():
            found += self._documents_of(sent)
        numbers = {number for _company, number in wanted - {(sent.company, sent.number) for sent in found}}
        for some in split_every(BATCH, numbers, list):
            query = SQL(DOCUMENTS, connector=self._connector.id, numbers=some)
            found += [SentDocument(*row) for row in self._env.execute_query(query)]
        return found

    def _lots_of(self, number):
        """Return the lots with a number, whatever its case."""
        mine = SQL(LOTS, connector=self._connector.id, number=number)
        return self._env["ledger.lot"].browse(row[0] for row in self._env.execute_query(mine))

    def _documents_of(self, lot):
        """Return the documents of a lot as sent, without those that have been sent in another lot since."""
        sent, others, stages = self._env.execute_query(SQL(DOCUMENTS_OF_LOT, lot.id))[0]
        kept = dict.fromkeys(sent or (), "sent") | dict(zip(others or (), stages or (), strict=True))
        return [
            SentDocument(document, traced.company, traced.number, kept[document], lot.number)
            for document, traced in zip(lot._kept("documents") or (), manifest_documents(lot._manifest()), strict=True)
            if document in kept
        ]

    def _sent_files(self):
        """Return the latest lots that were written or delivered, by which whole-file answers are matched."""
        mine = [("connector_id", "=", self._connector.id), ("state", "in", ("written", "delivered"))]
        lots = self._env["ledger.lot"].search_fetch(mine, ["number", "name"], limit=BATCH, order="id desc")
        return [SentFile(lot.id, lot.number, lot.name) for lot in lots]


def _row_failed(row, error):
    """Return the finding for a row whose processing raised an error."""
    number = " ".join(str(row.values.get(name) or "") for name in ("company", "number"))
    return replace(finding_of(number.strip() or str(row.line), error), line=row.line)
