import base64
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..core.ledger.fec import (
    FecChecker,
    branches_left_out,
    drafts_left_out,
    not_a_year,
    other_ledger_currency,
    rows_of,
    siren_missing,
)
from ..core.ledger.layouts import Writer
from ..core.ledger.records import Lot
from ..models.common.guarded import Guard
from ..models.ledger.sentences import tell
from ..models.ledger_entries.entry_reader import Collector
from ..models.ledger_entries.opening import opening_entry

BATCH = 1000
SHOWN = 100


class LedgerFec(models.TransientModel):
    """The FEC of a period: the file, and the findings that the tax office's program would report."""

    _name = "ledger.fec"
    _description = "FEC Export"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="file filename entry_count row_count problem_count problems",
        given="company_id date_start date_end layout_id with_opening",
    )

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_start = fields.Date(string="From", required=True, default=lambda self: self._last_year()[0])
    date_end = fields.Date(string="To", required=True, default=lambda self: self._last_year()[1])
    layout_id = fields.Many2one(
        "ledger.layout",
        required=True,
        domain="[('flow', '=', 'fec')]",
        default=lambda self: self.env.ref("utility_billing_sync.ledger_layout_fec", raise_if_not_found=False),
    )
    with_opening = fields.Boolean(
        string="Opening Balances", default=True, help="The balances at the beginning of the period, as its first entry."
    )
    file = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(readonly=True)
    entry_count = fields.Integer(string="Entries", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    problem_count = fields.Integer(string="Findings", readonly=True)
    problems = fields.Text(string="Result of the Check", readonly=True)

    @api.model
    def _last_year(self):
        """Return the first and the last day of the fiscal year before the current one."""
        company, today = self.env.company, fields.Date.context_today(self)
        this = company.compute_fiscalyear_dates(today)
        last = company.compute_fiscalyear_dates(this["date_from"] - timedelta(days=1))
        return last["date_from"], last["date_to"]

    # === ACTIONS === #

    def action_export(self):
        """Write the file of the period's posted entries and check it.

        :return: the dialog with the file and the findings
        :raises UserError: the period is wrong, or the layout cannot be used
        """
        self.ensure_one()
        if self.date_start > self.date_end:
            raise UserError(self.env._("The period ends before it begins."))
        writer, documents = self._writer(), self._documents()
        content = b"".join(writer.chunks(documents))
        checker = FecChecker(self.date_start, self.date_end)
        name = writer.layout.name_for(self._about(), self.company_id.ledger_code or "")
        checker.check_name(name)
        checker.check_form(writer.layout.delimiter, writer.layout.encoding)
        checker.check(rows_of([content], writer.layout.delimiter, writer.layout.encoding.removesuffix("-sig")))
        self._show(name, content, writer, checker)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === BUSINESS === #

    def _writer(self):
        # the tax office refuses lines without an amount
        return Writer(replace(self.layout_id._to_core(), skip_zero_lines=True), self._about())

    def _about(self):
        return Lot("FEC", self.date_end, company=self.company_id.ledger_code or "", siren=self.company_id._siren())

    def _companies(self):
        """Return the company, then its branches that the user may read: they are one legal person, with one file."""
        return self.company_id | (self._branches() & self.env.user.company_ids)

    def _branches(self):
        """Return the branches of the company; one with another SIREN has its own file."""
        # sudo: names of branches of the user's own company, to say which are missing
        branches = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.ids)]) - self.company_id
        siren = self.company_id._siren()
        return branches.filtered(lambda branch: branch._siren() in ("", siren))

    def _of_period(self, state):
        """Return (model of entries for the companies of the file, domain of those of the period in a state)."""
        companies = self._companies().ids
        domain = [("company_id", "in", companies), ("state", "=", state)]
        domain += [("date", ">=", self.date_start), ("date", "<=", self.date_end)]
        return self.env["account.move"].with_context(allowed_company_ids=companies), domain

    def _moves(self):
        """Return the ids of the posted entries of the period that the user may read, in the order of the file."""
        moves, posted = self._of_period("posted")
        return moves.search(posted, order="date, journal_id, name, id").ids

    def _documents(self):
        """Yield the entries of the file in batches."""
        if self.with_opening:
            opening = opening_entry(self.env, self._companies(), self.date_start)
            if opening:
                yield opening
        collector, ids = Collector(self.env, own_codes=True), self._moves()
        self._by_server().entry_count = len(ids)
        for some in split_every(BATCH, ids, list):
            found = collector.documents(some)
            yield from (found[move] for move in some if move in found)

    def _period_findings(self):
        """Yield the findings about what the file should contain, whatever its rows say."""
        company = self.company_id
        if not company._siren():
            yield siren_missing(company.name)
        if company.currency_id.name != "EUR":
            yield other_ledger_currency(company.currency_id.name)
        if missing := self._branches() - self.env.user.company_ids:
            yield branches_left_out(", ".join(missing.mapped("name")))
        year = company.compute_fiscalyear_dates(self.date_end)
        if (self.date_start, self.date_end) != (year["date_from"], year["date_to"]):
            yield not_a_year(year["date_from"], year["date_to"])
        moves, drafts = self._of_period("draft")
        if count := moves.search_count(drafts):
            yield drafts_left_out(count)

    def _show(self, name, content, writer, checker):
        findings = list(self._period_findings())
        # the file is right, but somebody may expect more of it
        remarks = sum(not finding.blocking for finding in findings)
        findings += [*writer.findings, *checker.findings]
        messages = [tell(self.env, finding) for finding in findings[:SHOWN]]
        count = len(findings) - len(checker.findings) + checker.count
        if count > len(messages):
            messages.append(self.env._("… and %s more", count - len(messages)))
        self._by_server().write(
            {
                "file": base64.b64encode(content),
                "filename": name,
                "row_count": max(writer.rows, 0),
                "problem_count": count - remarks,
                "problems": "\n".join(messages),
            }
        )
