"""Answers in: step 6 of the delivery protocol."""

from dataclasses import replace

from odoo.tools import SQL, split_every

from ...core.ledger.acknowledgement import SentDocument, SentFile, read_answers
from ...core.ledger.answer_findings import file_answered
from ...core.ledger.traces import manifest_documents
from ..ledger.attempts import attempt, attempt_each, finding_of
from .incoming_files import UNFINISHED, IncomingFiles

BATCH = 10_000

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


class AnswersIn(IncomingFiles):
    """Reads the waiting reports of the accounting system and applies their answers."""

    flow = "acknowledgement"

    def __init__(self, exchange):
        connector = exchange.connector
        super().__init__(exchange, connector.acknowledgement_layout_id, connector.acknowledgement_folder)

    def take(self):
        """Read every waiting report.

        :return: True: nothing is left for another batch
        """
        self.take_files()
        return True

    def take_report(self, place, lot):
        """Apply one report, about a lot or "", and record it as read."""
        return self.take_one(place, {"lot": lot})

    def _take_rows(self, rows, fields, values):
        lot, name = fields.get("lot", ""), values["name"]
        answers, finding = attempt(self._env, name, self._apply, rows, lot)
        if finding:
            return self._keep_refused(values, finding)
        state = self._state_after(answers, rows, lot, name)
        self._keep_answers_findings(answers, name, state)
        return self._keep_file(values, state)

    def _is_another(self, known, fields, modified):
        """Return whether the same words may answer a later lot: no lot is named, and the file was written again."""
        return not (fields.get("lot") or (modified and known.changed_at == modified))

    def _state_after(self, answers, rows, lot, name):
        """Return "done" if every row was applied and no more are expected, "open" if some are, "error" otherwise."""
        if answers.unread:
            return self._state_after_bad_rows(rows, answers.unread, name)
        if lot and self._lot_awaits(lot) and self._may_be_open(name):
            return "open"
        return "done"

    def _lot_awaits(self, number):
        """Return whether a document of a lot still has no answer."""
        return any(lot._waiting() for lot in self._lots_of(number))

    def _keep_answers_findings(self, answers, name, state):
        """Store the findings, except those expected of a report that is read again or is still being written."""
        findings = answers.findings
        if self._earlier(name):
            findings = [finding for finding in findings if finding.code != "acknowledgement_duplicate"]
        if state == "open":
            findings = [finding for finding in findings if finding.code not in UNFINISHED]
        self._run._keep_findings(findings, name)

    # === ANSWERS === #

    def _apply(self, rows, lot):
        """Apply the answers of a report to its documents. A document that fails does not block the others."""
        sent = self._sent_documents(rows, lot)
        is_lot_known = not lot or bool(self._lots_of(lot))
        answers = read_answers(rows, sent, lot, self._sent_files(), _row_failed, is_lot_known)
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
        of_files = self._apply_to_files(answers)
        findings = [replace(finding, line=answers.lines[document]) for document, finding in failed.items()]
        found = (*answers.findings, *of_files, *findings)
        return replace(answers, findings=found, unread=answers.unread + len(findings))

    def _apply_to_files(self, answers):
        """Apply the answers of a report that are about whole lots, or one company's part of them.

        :return: what is to be said of them
        """
        counts, findings = {"accepted": 0, "rejected": 0}, []
        for answer in answers.files:
            lot = self._env["ledger.lot"].browse(answer.record)
            if answer.status == "accepted":
                answered = lot._accept_waiting(answer.company)
            else:
                answered = lot._refuse_waiting(answer.finding, answer.company)
            counts[answer.status] += answered
            if not answered:
                findings.append(file_answered(answer, lot.number, lot._answered_state(answer.company)))
            elif answer.status == "rejected":
                findings.append(answer.finding)
        self._run._count(**counts)
        return findings

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
        # a system may give them in capitals
        numbers |= {other for number in numbers for other in (number.upper(), number.lower())}
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
        """Return the latest lots that were written, by which whole-file answers are matched."""
        mine = [("connector_id", "=", self._connector.id), ("state", "!=", "abandoned")]
        lots = self._env["ledger.lot"].search_fetch(mine, ["number", "name"], limit=BATCH, order="id desc")
        return [SentFile(lot.id, lot.number, lot.name) for lot in lots]


def _row_failed(row, error):
    """Return the finding for a row whose processing raised an error."""
    number = " ".join(str(row.values.get(name) or "") for name in ("company", "number"))
    return replace(finding_of(number.strip() or str(row.line), error), line=row.line)
