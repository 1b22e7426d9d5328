from odoo import fields, models
from odoo.tools import SQL

from ...core.billing import LineKind


def _cash(move_type, own_side, other_side, sign):
    """Return the query of the money received on bills, or paid back on credit notes, by the year of the payment.

    Bills and credit notes that settle each other are no money.
    """
    return f"""
        SELECT bill.id AS move_id, extract(year FROM paid.date)::int AS year, {sign}sum(partial.amount) AS amount
          FROM account_move bill
          JOIN account_move_line due ON due.move_id = bill.id
          JOIN account_partial_reconcile partial ON partial.{own_side}_move_id = due.id
          JOIN account_move_line paid ON paid.id = partial.{other_side}_move_id
          JOIN account_move payment ON payment.id = paid.move_id
           AND payment.move_type NOT IN ('out_invoice', 'out_refund')
         WHERE bill.utility_section_id IS NOT NULL AND bill.state = 'posted' AND bill.move_type = '{move_type}'
         GROUP BY 1, 2"""


class UtilityYearLevy(models.Model):
    """A levy of a section's year, for the water agency's declaration.

    Amounts count as billed on the date of the bill, as collected on that of the payment, which is shared among the
    lines of its bill in proportion.
    """

    _name = "utility.year.levy"
    _description = "Levy of the Year"
    _auto = False
    _log_access = False
    _order = "year desc, section_id, product_id"
    _rec_name = "product_id"

    section_id = fields.Many2one("utility.section", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", string="Levy", readonly=True)
    volume = fields.Float(
        string="m³", digits=(16, 3), readonly=True, help="Billed, net of the instalments that bills deduct."
    )
    billed = fields.Monetary(string="Billed Before Tax", readonly=True, help="Net of deductions and credit notes.")
    collected = fields.Monetary(string="Collected Before Tax", readonly=True, help="Net of refunds.")

    @property
    def _table_query(self):
        return SQL(
            f"""
            WITH levies AS (
                SELECT line.move_id, line.product_id, -line.balance AS amount,
                       -sign(line.balance) * abs(line.utility_quantity) AS volume
                  FROM account_move_line line
                 WHERE line.utility_kind = %(levy)s AND line.parent_state = 'posted'
            ), cash AS (
                {_cash("out_invoice", "debit", "credit", "")}
                 UNION ALL
                {_cash("out_refund", "credit", "debit", "-")}
            ), found AS (
                SELECT move.utility_section_id AS section_id, move.company_id,
                       extract(year FROM move.invoice_date)::int AS year, levy.product_id, levy.volume,
                       levy.amount AS billed, 0 AS collected
                  FROM levies levy JOIN account_move move ON move.id = levy.move_id
                 WHERE move.utility_section_id IS NOT NULL
                 UNION ALL
                SELECT move.utility_section_id, move.company_id, cash.year, levy.product_id, 0, 0,
                       levy.amount * cash.amount / NULLIF(move.amount_total_signed, 0)
                  FROM levies levy
                  JOIN account_move move ON move.id = levy.move_id
                  JOIN cash ON cash.move_id = move.id
                 WHERE move.utility_section_id IS NOT NULL
            )
            SELECT (section_id::bigint * 1000000 + product_id) * 10000 + year AS id, section_id, company_id,
                   year::varchar AS year, product_id, sum(volume) AS volume, round(sum(billed)::numeric, 2) AS billed,
                   round(sum(collected)::numeric, 2) AS collected
              FROM found WHERE product_id IS NOT NULL
             GROUP BY section_id, company_id, year, product_id
            """,  # pylint: disable=sql-injection
            levy=LineKind.LEVY.value,
        )

    def action_view_lines(self):
        """Open the bill lines of this year that charge this levy."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(self.env.ref("utility_billing_sync.account_move_line_view_list_levy").id, "list")],
            "search_view_id": [self.env.ref("utility_billing_sync.account_move_line_view_search_levy").id],
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("utility_kind", "=", LineKind.LEVY.value),
                ("parent_state", "=", "posted"),
                ("move_id.utility_section_id", "=", self.section_id.id),
                ("invoice_date", ">=", f"{self.year}-01-01"),
                ("invoice_date", "<=", f"{self.year}-12-31"),
            ],
            "context": {"create": False},
        }
