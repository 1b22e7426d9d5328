"""Scans in: each file of a company's scan directory becomes a draft vendor bill, once, with the file attached.

A PDF and the XML invoice of the same base name share a bill, which is filled in from the XML.
"""

import contextlib
import os
from datetime import timedelta

from odoo import fields
from odoo.tools import split_every

from ...core.ledger.e_invoices import group_names, is_xml, names_beside
from ...core.ledger.failures import typed_failures
from ...core.ledger.findings import DeliveryConflict, Finding, TransportError
from ...core.ledger.remote_files import ABSENT, is_partial
from ...core.ledger.scans import check_directory, check_scan, journal_missing
from ..ledger.attempts import attempt
from ..ledger.sentences import tell
from .received_invoice import ReceivedInvoice

MAX_SIZE = 64 << 20
#: Bills of one batch, which keeps batches short.
BATCH = 20
#: How much later the second file of a pair may arrive. Files are copied one by one, and names are reused.
PAIR_DELAY = timedelta(days=1)


class ScansIn:
    """Imports the scans of a run's companies."""

    def __init__(self, exchange):
        self._exchange, self._run, self._transport = exchange, exchange.run, exchange.transport
        self._connector, self._env = exchange.connector, exchange.env
        #: {path: RemoteFile} of the scans that wait
        self._listed = {}

    def take(self):
        """Import the files of the next bills. A file that fails does not block the others.

        :return: whether no file is left
        """
        waiting = self._waiting()
        batch = next(iter(split_every(BATCH, waiting, list)), [])
        for company, names in batch:
            self._take_scan(company, names)
        if batch:
            self._exchange.in_transaction(self._run._keep_cursor, _place(*batch[-1]))
        return len(waiting) <= BATCH

    def _waiting(self):
        """Return [(company, file names of one bill)] that this run has not processed yet, in order."""
        found, cursor = [], self._run.cursor or ""
        for company in self._run.company_ids.filtered("scan_directory").sorted("id"):
            if cursor and _place(company, ["\uffff"]) < cursor:
                continue
            try:
                names = self._names(company)
            except TransportError as error:
                # an unreachable server stops the run; a wrong directory only stops this company's scans
                if error.stops_run and error.code != "directory_missing":
                    raise
                finding = Finding(error.code, "", error.params, blocking=error.code != "directory_missing")
                self._exchange.in_transaction(self._run._keep_findings, [finding], company.scan_directory)
                continue
            found += [(company, group) for group in group_names(names) if _place(company, group) > cursor]
        return found

    def _names(self, company):
        directory = company.scan_directory
        others = (self._connector.company_ids - company).filtered("scan_directory").mapped("scan_directory")
        check_directory(directory, self._connector._folders(), others)
        self._transport.make([directory])
        files = self._transport.list(directory)
        self._listed |= {f"{directory}/{file.name}": file for file in files}
        return [file.name for file in files if not (is_partial(file.name) or self._exchange.may_still_grow(file))]

    def _take_scan(self, company, names):
        """Create the bill of these files and commit, then move the files. A crash in between creates no second bill."""
        directory = company.scan_directory
        for name, (state, reason) in self._exchange.in_transaction(self.take_together, company, names).items():
            moved = self._exchange.put_away(f"{directory}/{name}", f"{directory}/{state}")
            if moved and reason:
                # beside the file, for users who look in the directory
                with contextlib.suppress(DeliveryConflict):
                    self._transport.deliver(f"{moved}.txt", [f"{reason}\r\n".encode()])

    def take_together(self, company, names):
        """Import the files of one bill.

        :return: {file name: (folder to move it to, reason)}, without files that stay in place
        """
        outcomes, files = {}, []
        for name in names:
            values = {"run_id": self._run.id, "flow": "scan", "company_id": company.id, "name": name}
            try:
                data = self._read(values, alone=len(names) == 1)
            except TransportError as error:
                if error.stops_run:
                    raise
                if error.answered:
                    # another program holds the file: it stays
                    self._run._keep_findings([Finding(error.code, "", error.params)], name)
                else:
                    outcomes[name] = self._keep_refused(values, error)
                continue
            if data and self._known(values):
                outcomes[name] = "done", ""
            elif data:
                files.append((values, data))
        if files and self._keep_bill(company, files):
            outcomes |= {values["name"]: ("done", "") for values, _data in files}
        return outcomes

    def _read(self, values, alone):
        """Return the content of a file and add its size and digest to `values`.

        :return: None if it no longer exists, or is still being written
        """
        name = values["name"]
        directory = self._env["res.company"].browse(values["company_id"]).scan_directory
        content = self._transport.read(f"{directory}/{name}", MAX_SIZE)
        if content is ABSENT:
            return None
        with content:
            data, digest = content.read(), content.sha256
        listed = self._listed.get(f"{directory}/{name}")
        if listed and self._transport.has_grown(directory, listed, len(data)):
            return None
        values |= {"sha256": digest, "size": len(data)}
        check_scan(name, data, alone and not self._bill_beside(values))
        return data

    def _keep_bill(self, company, files):
        """Attach files to a draft bill, created if needed. Returns False if they stay: the problem is on our side."""
        first = files[0][0]
        journal = self._journal(company)
        if not journal:
            self._run._keep_findings([journal_missing(company.name)], first["name"])
            return False
        bill = self._bill_beside(first)
        made, failure = attempt(self._env, first["name"], self._file, journal, bill, files)
        if failure:
            self._run._keep_findings([failure], first["name"])
            return False
        move, findings = made
        self._env["ledger.file"].create([values | {"move_id": move.id} for values, _data in files])
        self._run._count(scanned=0 if bill else 1)
        self._run._keep_findings(findings, first["name"])
        return True

    def _known(self, values):
        names = ("flow", "company_id", "sha256")
        return self._env["ledger.file"].search(
            [("state", "=", "done"), *((name, "=", values[name]) for name in names)], limit=1
        )

    def _keep_refused(self, values, error):
        self._env["ledger.file"]._refuse(values, error)
        return "error", tell(self._env, error)

    def _journal(self, company):
        journals = self._env["account.journal"].search([("type", "=", "purchase"), ("company_id", "=", company.id)])
        return (journals & self._connector.journal_ids)[:1] or journals[:1]

    def _bill_beside(self, values):
        """Return the draft bill of the pair's other file, if recent and if that is its only file."""
        domain = [("flow", "=", "scan"), ("state", "=", "done"), ("company_id", "=", values["company_id"])]
        since = fields.Datetime.now() - PAIR_DELAY
        other = self._env["ledger.file"].search(
            [*domain, ("name", "in", names_beside(values["name"])), ("create_date", ">=", since)], limit=1
        )
        bill = other.move_id.filtered(lambda move: move.state == "draft")
        return bill if self._env["ledger.file"].search_count([*domain, ("move_id", "=", bill.id)]) == 1 else bill[:0]

    def _file(self, journal, bill, files):
        """Attach files to a draft bill, the PDF as its preview, and fill it in. Returns (bill, findings)."""
        if not bill:
            moves = self._env["account.move"].with_company(journal.company_id)
            values = {"move_type": "in_invoice", "journal_id": journal.id, "company_id": journal.company_id.id}
            bill = moves.create(values)
        attachments = self._env["ir.attachment"]
        for values, data in files:
            attachments += self._attach(bill, values["name"], data)
        picture = attachments.filtered(lambda file: not is_xml(file.name))
        if picture or not bill.message_main_attachment_id:
            bill.message_main_attachment_id = (picture or attachments)[:1]
        return bill, [] if bill.invoice_line_ids else ReceivedInvoice(self._connector, bill, attachments).enter()

    def _attach(self, bill, name, data):
        self._remove_partial_file(data)
        values = {
            "name": name,
            "raw": data,
            "mimetype": "application/xml" if is_xml(name) else "application/pdf",
            "res_model": bill._name,
            "res_id": bill.id,
            "company_id": bill.company_id.id,
        }
        with typed_failures(name):
            return self._env["ir.attachment"].create(values)

    def _remove_partial_file(self, data):
        """Remove the partial file that a full disk or a killed server may have left for this content in the file store.

        Odoo names files by their digest. It takes a partial file for a collision and would always refuse the content.
        """
        store = self._env["ir.attachment"]
        digest = store._compute_checksum(data)
        path = store._full_path(f"{digest[:2]}/{digest}")
        if os.path.isfile(path) and not store._same_content(data, path):
            os.unlink(path)


def _place(company, names):
    return f"{company.id:012}/{names[0]}"
