"""Odoo's own invoices of the town's first budget: a peer for actions on the screen.

A few are created and posted by Odoo; the others are copied from them by SQL.
"""

from side_by_side import settle

from odoo import Command
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries

MODELS = 10
ACCOUNTS = (("411000", "asset_receivable"), ("706100", "income"))


class Bills:
    """Posted invoices of one line, of a company with the few accounts that they need."""

    def __init__(self, env, company):
        env.user.group_ids |= env.ref("account.group_account_manager")
        self.env, self.company = env, company
        self.receivable, self.income = env["account.account"].create(
            [
                {"code": code, "name": code, "account_type": kind, "company_ids": [Command.set(company.ids)]}
                for code, kind in ACCOUNTS
            ]
        )
        self.journal = env["account.journal"].create(
            {"name": "Ventes", "code": "VT", "type": "sale", "company_id": company.id}
        )
        self.partner = env["res.partner"].with_company(company).create({"name": "Abonné"})
        self.partner.property_account_receivable_id = self.receivable
        self.moves = env["account.move"].with_company(company)
        settle(env)

    def values(self, number):
        """Return a bill of one line."""
        line = {"name": f"Eau {number}", "price_unit": 40 + number, "account_id": self.income.id, "tax_ids": []}
        return {
            "move_type": "out_invoice",
            "journal_id": self.journal.id,
            "partner_id": self.partner.id,
            "invoice_date": "2026-03-10",
            "invoice_line_ids": [Command.create(line)],
        }

    def grow(self, total):
        """Add invoices up to a total."""
        models = self.moves.create([self.values(number) for number in range(MODELS)])
        models.action_post()
        self.env.flush_all()
        present = self.moves.search_count([("journal_id", "=", self.journal.id)])
        # the rows are copies of valid ones: foreign keys are not checked again
        self.env.cr.execute("SET LOCAL session_replication_role = replica")
        # new models each time, since a copy is named after its model
        copy_entries(models, (total - present) // MODELS)
        settle(self.env)

    def sample(self):
        """Return an invoice among the others."""
        return self.moves.search([("journal_id", "=", self.journal.id)], order="id", limit=1, offset=25)
