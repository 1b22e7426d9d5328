from odoo import models


class AccountJournal(models.Model):
    _name = "account.journal"
    _inherit = ["account.journal", "utility.in.use"]

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: accountants may have no right on sections; their names are on bills
        for section in self.env["utility.section"].sudo().search([("journal_id", "in", self.ids)]):
            yield self.env._(
                "Bills of section %(section)s are entered in journal %(journal)s: choose another journal on the "
                "section first.",
                section=section.name,
                journal=section.journal_id.name,
            )
