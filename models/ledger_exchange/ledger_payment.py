from odoo import models
from odoo.exceptions import AccessError, UserError

from ..ledger_entries.account_move import MONITOR
from .runner import Runner


class LedgerPayment(models.Model):
    """Buttons of received payments; `Runner` does the work."""

    _inherit = "ledger.payment"

    # === ACTIONS === #

    def action_fetch(self):
        """*Récupérer les paiements*: read the files that wait, and look again at the payments that wait.

        :return: the action that shows the run
        :raises UserError: no connector of these companies reports payments
        """
        self._check_may_register()
        connectors = self.env["ledger.connector"].search([("company_ids", "in", self.env.companies.ids)])
        return self._start(connectors)

    def action_look_again(self):
        """*Réexaminer*: register these payments if what they pay is known by now, those that were ignored too."""
        self._check_may_register()
        # sudo: nobody writes payments by hand; the caller may see these, and register payments
        self.sudo().filtered(lambda payment: payment.state == "ignored").state = "waiting"
        return self._start(self.connector_id)

    def action_ignore(self):
        """*Ignorer*: stop looking for the documents of these payments, which Odoo does not have."""
        self._check_may_register()
        # sudo: as in action_look_again
        waiting = self.sudo().filtered(lambda payment: payment.state == "waiting")
        waiting.write({"state": "ignored", "reason_code": False, "reason_params": False})

    # === BUSINESS === #

    def _check_may_register(self):
        if not (self.env.su or self.env.user.has_group(MONITOR)):
            raise AccessError(self.env._("Registering payments requires the right “Synchronisation Monitor”."))
        self.check_access("read")

    def _start(self, connectors):
        """Start a run of payments of each of these connectors."""
        reporting = connectors.filtered("payments_layout_id")
        if not reporting:
            raise UserError(
                self.env._(
                    "No connector of these companies receives payments: choose the layout of their files in "
                    "Administration → Connector Settings, tab Payments."
                )
            )
        runs = self.env["ledger.run"]
        for connector in reporting:
            # sudo: a connector may serve companies that the user cannot see; only the user's own are kept
            served = connector.sudo().company_ids.ids
            own = self.env.user.company_ids.filtered(lambda company, served=served: company.id in served)
            runs |= runs.browse(Runner(connector).start("payments", "manual", own).id)
        return runs._action_show()
