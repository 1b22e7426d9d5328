from odoo import models
from odoo.tools import SQL

from ...core.billing import Period
from .collect import Scope


class UtilityBillingRun(models.Model):
    """Selection of the subscriptions that a campaign bills, and of their days."""

    _inherit = "utility.billing.run"

    def _count_work(self, task):
        if task in ("post", "discard"):
            return self.env["account.move"].search_count(self._draft_domain())
        return self.env.execute_query(SQL("SELECT count(*) FROM (%s) AS candidates", self._candidates()))[0][0]

    def _draft_domain(self):
        return [("utility_billing_run_id", "=", self.id), ("state", "=", "draft")]

    def _candidates(self, after=0) -> SQL:
        """Return the query of the subscriptions that this campaign has still to bill, sorted by id."""
        self.ensure_one()
        self.env.flush_all()
        conditions = [SQL("s.section_id = %s AND s.id > %s", self.section_id.id, after)]
        if self.subscription_ids:
            conditions.append(SQL("s.id IN %s", tuple(self.subscription_ids.ids)))
        else:
            conditions.append(
                SQL("s.date_start <= %s AND (s.date_end IS NULL OR s.date_end >= %s)", self.date_end, self.date_start)
            )
        conditions += self._place_conditions()
        return SQL(
            """
            SELECT s.id FROM utility_subscription s
              JOIN utility_meter m ON m.id = s.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
             WHERE %s AND NOT EXISTS (
                   SELECT 1 FROM account_move b
                    WHERE b.utility_subscription_id = s.id AND b.utility_billing_run_id = %s
                      AND b.state != 'cancel' AND b.utility_credited IS NOT TRUE)
             ORDER BY s.id
            """,
            SQL(" AND ").join(conditions),
            self.id,
        )

    def _place_conditions(self) -> list[SQL]:
        """Return the conditions for the campaign's routes and towns, on a meter `m` and its point `p`."""
        conditions = []
        for column, names in ((SQL("m.route"), self.route), (SQL("p.city"), self.city)):
            chosen = tuple(name.strip().lower() for name in (names or "").split(",") if name.strip())
            if chosen:
                conditions.append(SQL("lower(%s) IN %s", column, chosen))
        return conditions

    def _scope(self):
        return Scope(
            self.id,
            self.section_id.id,
            Period(self.date_start, self.date_end),
            self.reading_start,
            self.reading_end,
            self.company_id.utility_use_billing_types,
            self.invoice_date,
            self.section_id._excludes_leak(),
            not self.section_id.leak_notice and self.section_id.service != "sewerage",
            self.section_id.leak_history,
        )
