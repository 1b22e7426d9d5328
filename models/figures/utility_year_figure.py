from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.float_utils import float_repr

from ...core.billing import BillingError, LineKind
from ...core.billing.reference_price import REFERENCE_VOLUME, reference_price
from ...core.metering.ageing import YEARS_IN_SERVICE
from ..billing.bill_sql import net_volume
from ..metering.reading_sql import in_service, running
from ..metering.shown_names import SEPARATOR

MODULE = "utility_billing_sync"

#: Years of each section since its first bill.
_YEARS = """
    SELECT s.id AS section_id, s.company_id, y.year
      FROM utility_section s
CROSS JOIN LATERAL generate_series(
           (SELECT extract(year FROM min(invoice_date))::int FROM account_move
             WHERE utility_section_id = s.id AND state = 'posted'),
           extract(year FROM CURRENT_DATE)::int) AS y(year)
"""
#: Subscriptions that run on the last day of a year, or today.
_SERVED = f"""
    SELECT count(*) AS subscriptions, COALESCE(sum(GREATEST(s.dwellings, 1)), 0) AS dwellings
      FROM utility_subscription s
     WHERE s.section_id = years.section_id AND s.is_vacancy IS NOT TRUE
       AND {running("s", "LEAST(make_date(years.year, 12, 31), CURRENT_DATE)")}
"""


def _billed():
    """Return the query of the amounts of posted bills and credit notes, by section and year."""
    return f"""
    SELECT move.utility_section_id AS section_id, extract(year FROM move.invoice_date)::int AS year,
           count(*) FILTER (WHERE move.utility_billing_run_id IS NOT NULL) AS bills,
           sum({net_volume("move")}) AS volume,
           sum(move.amount_untaxed_signed) AS untaxed, sum(move.amount_total_signed) AS total,
           sum(move.amount_residual_signed) FILTER (WHERE move.move_type = 'out_invoice') AS unpaid,
           sum(move.amount_total_signed) FILTER (WHERE move.move_type = 'out_invoice') AS invoiced
      FROM account_move move
     WHERE move.state = 'posted' AND move.utility_section_id IS NOT NULL
     GROUP BY 1, 2
    """


def _meters():
    """Return the query of a section's meters in service, and how old they are."""
    return f"""
    SELECT count(*) AS number, avg((CURRENT_DATE - p.installation_date) / 365.25) AS mean_age,
           count(*) FILTER (WHERE {_is_due("p")}) AS due
      FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
     WHERE m.section_id = years.section_id AND m.active AND {in_service("m", "CURRENT_DATE")}
    """


def _is_due(point):
    """Return the SQL condition that a device is to be replaced, as in `core.metering.ageing`."""
    return f"""COALESCE({point}.installation_date + interval '{YEARS_IN_SERVICE} years' <= CURRENT_DATE,
        {point}.year > 0 AND {point}.year + {YEARS_IN_SERVICE} <= extract(year FROM CURRENT_DATE))"""


class UtilityYearFigure(models.Model):
    """A section's year: volumes, subscribers, amounts, the price of 120 m³, the age of its meters."""

    _name = "utility.year.figure"
    _description = "Figures of the Year"
    _inherit = ["utility.shown.name"]
    _auto = False
    _log_access = False
    _order = "year desc, section_id"

    section_id = fields.Many2one("utility.section", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Char(readonly=True)
    first_day = fields.Date(readonly=True)
    volume = fields.Float(string="m³ Billed", digits=(16, 0), readonly=True)
    bill_count = fields.Integer(string="Bills", readonly=True)
    subscriber_count = fields.Integer(
        string="Subscriptions", readonly=True, help="Running on 31 December; for the present year, today."
    )
    dwelling_count = fields.Integer(string="Dwellings", readonly=True, help="Dwellings of these subscriptions.")
    amount_untaxed = fields.Monetary(string="Billed Before Tax", readonly=True, help="Net of credit notes.")
    amount_total = fields.Monetary(string="Billed, Taxes Included", readonly=True, help="Net of credit notes.")
    unpaid = fields.Monetary(string="Unpaid Today", readonly=True, help="Amount due on the bills of the year.")
    unpaid_rate = fields.Float(
        string="Unpaid (%)",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Share of the amount billed, taxes included.",
    )
    meter_count = fields.Integer(string="Meters", readonly=True, help="In service; for the present year only.")
    mean_age = fields.Float(
        string="Mean Age of Meters", digits=(16, 1), readonly=True, aggregator="avg", help="Years since installation."
    )
    due_count = fields.Integer(string="Meters to Replace", readonly=True, help="Older than 15 years.")

    tariff_id = fields.Many2one(
        "utility.tariff",
        string="Tariff of Reference",
        compute="_compute_price",
        help="The most common tariff among the section's subscriptions.",
    )
    price_fixed = fields.Monetary(string="120 m³: Fixed Part", compute="_compute_price")
    price_volume = fields.Monetary(string="120 m³: Consumption", compute="_compute_price")
    price_levy = fields.Monetary(string="120 m³: Levies", compute="_compute_price")
    price_tax = fields.Monetary(string="120 m³: VAT", compute="_compute_price")
    price_total = fields.Monetary(
        string="Price of 120 m³", compute="_compute_price", help="At the prices in force on 1 January, taxes included."
    )
    price_per_m3 = fields.Float(string="Price per m³", digits=(16, 4), compute="_compute_price")

    @api.depends("section_id", "year")
    def _compute_display_name(self):
        for figure in self:
            figure.display_name = f"{figure.section_id.name} {figure.year}"

    def _shown_as(self, operator, parts):
        """Return the domain of the figures of a section, of a year, or of both."""
        name = SEPARATOR.join(parts)
        section, _blank, year = name.rpartition(" ")
        both = Domain("section_id.name", operator, section) & Domain("year", "=", year)
        return [both | Domain("section_id.name", operator, name) | Domain("year", operator, name)]

    @property
    def _table_query(self):
        """Return the query of a row per section and year since its first bill. The record rule restricts companies."""
        return SQL(
            f"""
            WITH years AS ({_YEARS}), billed AS ({_billed()})
            SELECT years.section_id::bigint * 10000 + years.year AS id, years.section_id, years.company_id,
                   years.year::varchar AS year, make_date(years.year, 1, 1) AS first_day,
                   COALESCE(billed.volume, 0) AS volume, COALESCE(billed.bills, 0) AS bill_count,
                   served.subscriptions AS subscriber_count, served.dwellings AS dwelling_count,
                   COALESCE(billed.untaxed, 0) AS amount_untaxed, COALESCE(billed.total, 0) AS amount_total,
                   COALESCE(billed.unpaid, 0) AS unpaid,
                   COALESCE(100 * billed.unpaid / NULLIF(billed.invoiced, 0), 0) AS unpaid_rate,
                   meters.number AS meter_count, meters.mean_age, meters.due AS due_count
              FROM years
         LEFT JOIN billed ON billed.section_id = years.section_id AND billed.year = years.year
        CROSS JOIN LATERAL ({_SERVED}) served
         LEFT JOIN LATERAL ({_meters()}) meters ON years.year = extract(year FROM CURRENT_DATE)
            """  # pylint: disable=sql-injection
        )

    @api.depends("section_id", "year")
    def _compute_price(self):
        for section, rows in self.grouped("section_id").items():
            tariff = self._reference_tariff(section)
            for row in rows:
                row.tariff_id = tariff
                parts = row._price_parts(tariff) if tariff else dict.fromkeys((*LineKind, "tax"), 0.0)
                row.price_fixed, row.price_volume = parts[LineKind.FIXED], parts[LineKind.BLOCK]
                row.price_levy, row.price_tax = parts[LineKind.LEVY], parts["tax"]
                row.price_total = sum(parts.values())
                row.price_per_m3 = row.price_total / float(REFERENCE_VOLUME)

    def _reference_tariff(self, section):
        groups = self.env["utility.subscription"]._read_group(
            [("section_id", "=", section.id), ("state", "=", "running"), ("tariff_id", "!=", False)],
            ["tariff_id"],
            ["__count"],
            order="__count DESC, tariff_id",
            limit=1,
        )
        return groups[0][0] if groups else self.env["utility.tariff"]

    def _price_parts(self, tariff):
        """Return {kind of price: amount before tax, "tax": VAT} of 120 m³; nothing before the first version."""
        parts = dict.fromkeys((*LineKind, "tax"), 0.0)
        try:
            lines = reference_price(tariff._to_core(), int(self.year)).lines
        except BillingError:
            return parts
        for line in lines:
            amount = float(line.amount)
            parts[line.kind] += amount
            product = self.env["utility.tariff.line"].browse(line.key).product_id
            taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
            found = taxes.compute_all(amount, currency=self.currency_id, product=product)
            parts["tax"] += found["total_included"] - found["total_excluded"]
        return {name: float(float_repr(value, 2)) for name, value in parts.items()}

    # === ACTIONS === #

    def action_view_bills(self):
        """Open the bills and credit notes of this year's figures."""
        return self._open("account_move_action_bill", self._bills_domain())

    def action_view_unpaid(self):
        """Open the bills of this year that are not fully paid."""
        unpaid = [("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
        return self._open("account_move_action_bill", [*self._bills_domain(), *unpaid])

    def action_view_levies(self):
        """Open the levies of this year."""
        return self._open(
            "utility_year_levy_action", [("section_id", "=", self.section_id.id), ("year", "=", self.year)]
        )

    def action_view_due_meters(self):
        """Open the meters of the section that are to be replaced."""
        domain = [("section_id", "=", self.section_id.id), ("connection_point_id.is_renewal_due", "=", True)]
        return self._open("utility_meter_action_due", domain)

    def _bills_domain(self):
        last = fields.Date.end_of(self.first_day, "year")
        return [
            ("utility_section_id", "=", self.section_id.id),
            ("state", "=", "posted"),
            ("invoice_date", ">=", self.first_day),
            ("invoice_date", "<=", last),
        ]

    def _open(self, name, domain):
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.{name}")
        return action | {"domain": domain, "context": {"create": False}}
