"""Checks documents by the rules of the core, and renders them in the layouts of their connector."""

from dataclasses import replace

from ...core.ledger.checks import CheckContext, check_update, examine, with_closed_codes
from ...core.ledger.fingerprint import updates
from ...core.ledger.layouts import Writer


class Checker:
    """Checks and renders the documents of a connector, with data that is loaded once for many."""

    def __init__(self, connector):
        companies, env = connector.company_ids, connector.env
        journals = env["ledger.code"].search([("connector_id", "=", connector.id), ("kind", "=", "journal")])
        self.context = CheckContext(
            journals=frozenset((code.company_id.ledger_code or "", code.code) for code in journals),
            currencies=frozenset((connector.currency_ids or companies.currency_id).mapped("name")),
            locked=frozenset(company.ledger_code or "" for company in companies if company.ledger_locked),
        )
        lot = connector._lot("0")
        self.entries = Writer(connector.entries_layout_id._to_core(), lot)
        self.updates = Writer(connector.updates_layout_id._to_core(), lot)

    def write_with(self, writer):
        """Check with the Writer of a lot, so that the checked rows are those of its file."""
        if writer.layout == self.entries.layout:
            self.entries = writer
        if writer.layout == self.updates.layout:
            self.updates = writer

    def examine(self, document, change=None):
        """Return (core findings, parts of the file) of a document.

        :param change: what the update contains; None for a new entry
        """
        if change is None:
            findings, part = examine(document, self.context, self.entries)
            return findings, (part,)
        if change.reversal:
            return change.findings, ()
        findings = check_update(document, change, self.context)
        if self.updates.layout.flow != "updates":
            document = with_closed_codes(document)
            # its journal was open when it was sent
            context = replace(self.context, journals=self.context.journals | {(document.company, document.journal)})
            more, part = examine(document, context, self.updates)
            return tuple(dict.fromkeys((*findings, *more))), (part,)
        parts = tuple(map(self.updates.render, updates(document, change)))
        return (*findings, *(finding for part in parts for finding in part.findings)), parts
