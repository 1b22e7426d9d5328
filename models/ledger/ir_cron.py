from odoo import models
from odoo.tools import SQL


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _reschedule_later(self, job):
        """Call a connector's job at its `next_run`: Odoo's interval would be an hour off when clocks change."""
        result = super()._reschedule_later(job)
        # in a new transaction, since that of the job began before it ran and does not see what was saved meanwhile
        with self.pool.cursor() as cr:
            cr.execute(SQL("SELECT next_run FROM ledger_connector WHERE cron_id = %s", job["id"]))
            found = cr.fetchone()
        if found and found[0]:
            self.env.cr.execute(SQL("UPDATE ir_cron SET nextcall = %s WHERE id = %s", found[0], job["id"]))
        return result
