from odoo import models
from odoo.exceptions import AccessError

from .transactions import connector_lock, in_transaction

MANAGER = "utility_billing_sync.group_ledger_manager"


class LedgerRun(models.Model):
    _inherit = "ledger.run"

    # === ACTIONS === #

    def action_stop(self):
        """*Arrêter*: end the run after its current batch. What was delivered stays delivered.

        :raises AccessError: the user may not start such a run
        """
        self.check_access("read")
        if not self.env.user.has_group(MANAGER) and self.filtered(lambda run: run.kind != "export"):
            raise AccessError(self.env._("Only users who configure connectors may stop a full synchronisation."))
        # sudo: users have no write access to runs; the caller may see every company of this one
        for run in self.sudo().filtered("is_active"):
            connector = run.connector_id
            with connector_lock(connector) as held:
                if held:
                    in_transaction(run.env, run._stop)
                else:
                    run.stop_requested = True
