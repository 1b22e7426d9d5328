from odoo import models
from odoo.exceptions import AccessError

from .runner import Runner

#: Files that may be read again, and the run that reads them.
KINDS = {"acknowledgement": "answers", "payments": "payments"}
MANAGER = "utility_billing_sync.group_ledger_manager"


class LedgerFile(models.Model):
    _inherit = "ledger.file"

    def action_read_again(self):
        """*Relire*: read these answers or payments again. Rows that were applied before are not applied twice.

        :return: the action that shows the run
        :raises AccessError: the user may not configure connectors
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only users who configure connectors may have files read again."))
        self.check_access("read")
        runs = self.env["ledger.run"]
        # sudo: users have no write access to files; the caller may see every company of their runs
        files = self.sudo().filtered(lambda file: file.flow in KINDS)
        files.read_again = True
        for (connector, flow), _files in files.grouped(lambda file: (file.connector_id, file.flow)).items():
            runs |= runs.browse(Runner(connector).start(KINDS[flow], "manual", connector.company_ids).id)
        return runs._action_show()
