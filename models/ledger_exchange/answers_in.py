from odoo import models

from ...core.ledger.acknowledgement import read_answers
from ...core.ledger.findings import FileRefused, Finding, TransportError
from ...core.ledger.layouts import Reader, Row, match_name
from ...core.ledger.remote_files import ABSENT
from ..ledger.ledger_anomaly import MAX_ANOMALIES

MAX_SIZE = 64 << 20


class LedgerConnector(models.Model):
    """Answers in: step 6 of the delivery protocol."""

    _inherit = "ledger.connector"

    def _read_acknowledgements(self, run, transport):
        """Read every report that waits, once each; a report that cannot be read blocks nothing."""
        if not self.acknowledgement_layout_id:
            return
        layout, folder = self.acknowledgement_layout_id._to_core(), self.acknowledgement_folder
        for file in transport.list(folder):
            fields = match_name(layout, file.name)
            if fields is None:
                continue
            place = f"{folder}/{file.name}"
            state = self._in_transaction(
                self._read_acknowledgement, run, transport, layout, place, fields.get("lot", "")
            )
            if state:
                transport.move(place, f"{folder}/{state}")

    def _read_acknowledgement(self, run, transport, layout, place, lot):
        """Apply one report and keep that it was read. Returns the folder it goes to, or None if it is gone."""
        values = {"run_id": run.id, "flow": "acknowledgement", "name": place.rpartition("/")[2]}
        try:
            content = transport.read(place, MAX_SIZE)
        except TransportError as error:
            if error.retryable:
                raise
            return self._refuse_file(run, values, error)
        if content is ABSENT:
            return None
        with content:
            values |= {"sha256": content.sha256, "size": content.size}
            known = self._known_file(values)
            if known:
                return known.state
            try:
                rows = list(Reader(layout).rows(content.chunks()))
            except FileRefused as error:
                return self._refuse_file(run, values, error)
        self.env["ledger.file"].create(values)
        self._apply_answers(run, rows, lot, values["name"])
        return "done"

    def _known_file(self, values):
        names = ("flow", "name", "sha256")
        return self.env["ledger.file"].search(
            [("connector_id", "=", self.id), *((name, "=", values[name]) for name in names)], limit=1
        )

    def _refuse_file(self, run, values, error):
        """Keep that a file cannot be read at all, and why."""
        self.env["ledger.file"].create(values | {"state": "error"})
        self._keep_findings(run, [Finding(error.code, "", error.params)], values["name"])
        return "error"

    def _apply_answers(self, run, rows, lot, name):
        numbers = [row.values["number"] for row in rows if isinstance(row, Row)]
        domain = [("connector_id", "=", self.id), ("number", "in", numbers)]
        documents = self.env["ledger.document"].search(domain)
        answers = read_answers(rows, [document._as_sent() for document in documents], lot)
        documents.browse(answers.accepted)._accept()
        refusals = dict(answers.rejected)
        documents.browse(refusals)._reject(refusals)
        run._count(accepted=len(answers.accepted), rejected=len(refusals))
        self._keep_findings(run, answers.findings, name)

    def _keep_findings(self, run, findings, name):
        anomalies = self.env["ledger.anomaly"]
        run._count(refused=sum(finding.blocking for finding in findings))
        anomalies.create(
            [
                anomalies._values(finding, run_id=run.id, file_name=finding.params.get("file") or name)
                for finding in findings[:MAX_ANOMALIES]
            ]
        )
