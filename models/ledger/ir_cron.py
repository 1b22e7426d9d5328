from odoo import models
from odoo.tools import SQL


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _reschedule_later(self, job):
        """A connector's job is called next when the connector says: Odoo's own interval drifts by an hour when the
        clocks change."""
        result = super()._reschedule_later(job)
        # A transaction of its own: the job's began before it ran, and doesn't see what was saved meanwhile.
        with self.pool.cursor() as cr:
            cr.execute(SQL("SELECT next_run FROM ledger_connector WHERE cron_id = %s", job["id"]))
            found = cr.fetchone()
        if found and found[0]:
            self.env.cr.execute(SQL("UPDATE ir_cron SET nextcall = %s WHERE id = %s", found[0], job["id"]))
        return result
