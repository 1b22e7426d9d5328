import contextlib
import os

from odoo import models
from odoo.tools import split_every

from ...core.ledger.failures import typed_failures
from ...core.ledger.findings import DeliveryConflict, Finding, TransportError
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.scans import check_directory, check_scan, is_partial, journal_missing
from ..ledger.sentences import tell

MAX_SIZE = 64 << 20
#: Files of one step: what a step reads and makes stays short.
BATCH = 20


class LedgerConnector(models.Model):
    """Scans in: each PDF of a company's scan directory becomes a draft vendor bill, once, with the file attached."""

    _inherit = "ledger.connector"

    def _step_scan(self, run, transport):
        """Take the next files; a file that fails leaves the others alone."""
        waiting = self._waiting_scans(run, transport)
        batch = next(iter(split_every(BATCH, waiting, list)), [])
        for company, name in batch:
            self._take_scan(run, transport, company, name)
        if batch:
            self._in_transaction(run._keep_cursor, _place(*batch[-1]))
        return len(waiting) <= BATCH

    def _waiting_scans(self, run, transport):
        """Return the (company, file name) that this run has not looked at, in order."""
        found = []
        for company in run.company_ids.filtered("scan_directory").sorted("id"):
            if run.cursor and _place(company, "\uffff") < run.cursor:
                continue
            try:
                names = self._list_scans(transport, company.scan_directory)
            except TransportError as error:
                # an unreachable server stops the run; a directory that is wrong only this company's scans
                if error.retryable and error.code != "directory_missing":
                    raise
                finding = Finding(error.code, "", error.params, blocking=error.code != "directory_missing")
                self._in_transaction(self._keep_findings, run, [finding], company.scan_directory)
                continue
            found += [(company, name) for name in names if _place(company, name) > (run.cursor or "")]
        return found

    def _list_scans(self, transport, directory):
        check_directory(directory, self._folders())
        transport.make([directory])
        return [file.name for file in transport.list(directory) if not is_partial(file.name)]

    def _take_scan(self, run, transport, company, name):
        """Make the bill of one file and commit, then put the file away: a crash in between makes no second bill."""
        directory = company.scan_directory
        outcome = self._in_transaction(self._read_scan, run, transport, company, name)
        if not outcome:
            return
        state, reason = outcome
        moved = transport.move(f"{directory}/{name}", f"{directory}/{state}")
        if moved and reason:
            # beside the file, for who looks there and not here
            with contextlib.suppress(DeliveryConflict):
                transport.deliver(f"{moved}.txt", [f"{reason}\r\n".encode()])

    def _read_scan(self, run, transport, company, name):
        """Return (folder the file goes to, reason), or None where it stays."""
        values = {"run_id": run.id, "flow": "scan", "company_id": company.id, "name": name}
        try:
            content = transport.read(f"{company.scan_directory}/{name}", MAX_SIZE)
            if content is ABSENT:
                return None
            with content:
                data, digest = content.read(), content.sha256
            values |= {"sha256": digest, "size": len(data)}
            check_scan(name, data)
        except TransportError as error:
            if error.retryable:
                raise
            return self._refuse_scan(run, values, error)
        if self._known_scan(values):
            return "done", ""
        journal = self._scan_journal(company)
        if not journal:
            self._keep_findings(run, [journal_missing(company.name)], name)
            return None
        move = self._make_bill(journal, name, data)
        self.env["ledger.file"].create(values | {"move_id": move.id})
        run._count(scanned=1)
        return "done", ""

    def _known_scan(self, values):
        names = ("flow", "company_id", "sha256")
        return self.env["ledger.file"].search(
            [("state", "=", "done"), *((name, "=", values[name]) for name in names)], limit=1
        )

    def _refuse_scan(self, run, values, error):
        self._refuse_file(run, values, error)
        return "error", tell(run.env, error)

    def _scan_journal(self, company):
        journals = self.env["account.journal"].search([("type", "=", "purchase"), ("company_id", "=", company.id)])
        return (journals & self.journal_ids)[:1] or journals[:1]

    def _make_bill(self, journal, name, data):
        """Return a draft bill that holds the scan and nothing else: who enters it has the picture beside it."""
        moves = self.env["account.move"].with_company(journal.company_id)
        move = moves.create({"move_type": "in_invoice", "journal_id": journal.id, "company_id": journal.company_id.id})
        self._forget_half_a_file(data)
        values = {
            "name": name,
            "raw": data,
            "mimetype": "application/pdf",
            "res_model": move._name,
            "res_id": move.id,
            "company_id": journal.company_id.id,
        }
        with typed_failures(name):
            move.message_main_attachment_id = self.env["ir.attachment"].create(values)
        return move

    def _forget_half_a_file(self, data):
        """Remove what a full disk or a killed server left of this content in the file store.

        Odoo names files by their content, takes half a one for another content of the same name, and refuses the whole
        one for ever.
        """
        store = self.env["ir.attachment"]
        digest = store._compute_checksum(data)
        path = store._full_path(f"{digest[:2]}/{digest}")
        if os.path.isfile(path) and not store._same_content(data, path):
            os.unlink(path)


def _place(company, name):
    return f"{company.id:012}/{name}"
