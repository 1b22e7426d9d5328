from odoo import models
from odoo.exceptions import UserError


class UtilityBillingRun(models.Model):
    _inherit = "utility.billing.run"

    def action_send_bills(self):
        """Open *Envoi d'une campagne*: the unfinished sending, otherwise a new one with the bills not sent yet.

        :raises UserError: there is no such bill
        """
        self.ensure_one()
        self._check_may_work()
        sendings = self.env["utility.bill.sending"]
        sending = sendings.search([("run_id", "=", self.id), ("state", "!=", "done")], limit=1)
        if not sending:
            sending = sendings.create({"run_id": self.id})
            if not sending._list_bills():
                raise UserError(self.env._("Every posted bill of this campaign was sent already, or none is posted."))
        return {
            "type": "ir.actions.act_window",
            "res_model": sending._name,
            "res_id": sending.id,
            "view_mode": "form",
        }
