"""Scans in: each PDF of a company's scan directory becomes a draft vendor bill, once, with the file attached."""

import contextlib
import os

from odoo.tools import split_every

from ...core.ledger.failures import typed_failures
from ...core.ledger.findings import DeliveryConflict, Finding, TransportError
from ...core.ledger.remote_files import ABSENT
from ...core.ledger.scans import check_directory, check_scan, is_partial, journal_missing
from ..ledger.attempts import attempt
from ..ledger.sentences import tell

MAX_SIZE = 64 << 20
#: Files of one step: what a step reads and makes stays short.
BATCH = 20


class ScansIn:
    """Takes the scans of the companies of a run."""

    def __init__(self, exchange):
        self._exchange, self._run, self._transport = exchange, exchange.run, exchange.transport
        self._connector, self._env = exchange.connector, exchange.env

    def take(self):
        """Take the next files; a file that fails leaves the others alone. Returns whether nothing is left."""
        waiting = self._waiting()
        batch = next(iter(split_every(BATCH, waiting, list)), [])
        for company, name in batch:
            self._take_scan(company, name)
        if batch:
            self._exchange.in_transaction(self._run._keep_cursor, _place(*batch[-1]))
        return len(waiting) <= BATCH

    def _waiting(self):
        """Return the (company, file name) that this run has not looked at, in order."""
        found, cursor = [], self._run.cursor or ""
        for company in self._run.company_ids.filtered("scan_directory").sorted("id"):
            if cursor and _place(company, "\uffff") < cursor:
                continue
            try:
                names = self._names(company.scan_directory)
            except TransportError as error:
                # an unreachable server stops the run; a directory that is wrong only this company's scans
                if error.retryable and error.code != "directory_missing":
                    raise
                finding = Finding(error.code, "", error.params, blocking=error.code != "directory_missing")
                self._exchange.in_transaction(self._run._keep_findings, [finding], company.scan_directory)
                continue
            found += [(company, name) for name in names if _place(company, name) > cursor]
        return found

    def _names(self, directory):
        check_directory(directory, self._connector._folders())
        self._transport.make([directory])
        return [file.name for file in self._transport.list(directory) if not is_partial(file.name)]

    def _take_scan(self, company, name):
        """Make the bill of one file and commit, then put the file away: a crash in between makes no second bill."""
        directory = company.scan_directory
        outcome = self._exchange.in_transaction(self.take_one, company, name)
        if not outcome:
            return
        state, reason = outcome
        moved = self._transport.move(f"{directory}/{name}", f"{directory}/{state}")
        if moved and reason:
            # beside the file, for who looks there and not here
            with contextlib.suppress(DeliveryConflict):
                self._transport.deliver(f"{moved}.txt", [f"{reason}\r\n".encode()])

    def take_one(self, company, name):
        """Return (folder the file goes to, reason), or None where it stays."""
        values = {"run_id": self._run.id, "flow": "scan", "company_id": company.id, "name": name}
        try:
            content = self._transport.read(f"{company.scan_directory}/{name}", MAX_SIZE)
            if content is ABSENT:
                return None
            with content:
                data, digest = content.read(), content.sha256
            values |= {"sha256": digest, "size": len(data)}
            check_scan(name, data)
        except TransportError as error:
            if error.retryable:
                raise
            return self._keep_refused(values, error)
        if self._known(values):
            return "done", ""
        journal = self._journal(company)
        if not journal:
            self._run._keep_findings([journal_missing(company.name)], name)
            return None
        move, finding = attempt(self._env, name, self._make_bill, journal, name, data)
        if finding:
            # it stays where it is: what is wrong is here, not in the file
            self._run._keep_findings([finding], name)
            return None
        self._env["ledger.file"].create(values | {"move_id": move.id})
        self._run._count(scanned=1)
        return "done", ""

    def _known(self, values):
        names = ("flow", "company_id", "sha256")
        return self._env["ledger.file"].search(
            [("state", "=", "done"), *((name, "=", values[name]) for name in names)], limit=1
        )

    def _keep_refused(self, values, error):
        self._run._refuse_file(values, error)
        return "error", tell(self._env, error)

    def _journal(self, company):
        journals = self._env["account.journal"].search([("type", "=", "purchase"), ("company_id", "=", company.id)])
        return (journals & self._connector.journal_ids)[:1] or journals[:1]

    def _make_bill(self, journal, name, data):
        """Return a draft bill that holds the scan and nothing else: who enters it has the picture beside it."""
        moves = self._env["account.move"].with_company(journal.company_id)
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
            move.message_main_attachment_id = self._env["ir.attachment"].create(values)
        return move

    def _forget_half_a_file(self, data):
        """Remove what a full disk or a killed server left of this content in the file store.

        Odoo names files by their content, takes half a one for another content of the same name, and refuses the whole
        one for ever.
        """
        store = self._env["ir.attachment"]
        digest = store._compute_checksum(data)
        path = store._full_path(f"{digest[:2]}/{digest}")
        if os.path.isfile(path) and not store._same_content(data, path):
            os.unlink(path)


def _place(company, name):
    return f"{company.id:012}/{name}"
