from odoo import api, models
from odoo.tools import SQL

DOCUMENTS_OF_ACCOUNTS = """
    SELECT DISTINCT document.id
      FROM account_move_line line JOIN ledger_document document ON document.move_id = line.move_id
     WHERE line.account_id = ANY(%s)
"""


class AccountMergeWizard(models.TransientModel):
    _inherit = "account.merge.wizard"

    @api.model
    def _action_merge(self, accounts):
        """Bind the codes of the merged accounts, those of several companies, to the remaining one.

        The merge is no change of the documents that name them: they need not be reversed because of it.
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(DOCUMENTS_OF_ACCOUNTS, accounts[1:].ids))
        # sudo: documents of entries of these accounts, which the user may merge; none is shown
        documents = self.env["ledger.document"].sudo().browse(row[0] for row in rows)
        merge = super()._action_merge

        def work():
            result = merge(accounts)
            # sudo: as above; a code's binding follows its account
            self.env["ledger.code"].sudo()._follow_merge("account.account", accounts.ids)
            return result

        return documents._replace_records(work) if documents else work()
