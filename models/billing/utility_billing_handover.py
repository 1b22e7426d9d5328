from odoo import fields, models
from odoo.tools import SQL

from ..metering.reading_sql import slot


class UtilityBillingHandover(models.Model):
    """Shared meters that one section billed and the other has not received yet.

    The water operator gives the sewerage service the elements of billing within one month of its own billing
    (CGCT R.2224-19-7).
    """

    _name = "utility.billing.handover"
    _description = "Reading Billed Here, Not Received There"
    _auto = False
    _log_access = False
    _order = "invoice_date, id"

    reading_id = fields.Many2one("utility.reading", readonly=True)
    serial_number = fields.Char(string="Meter", readonly=True)
    street = fields.Char(readonly=True)
    section_id = fields.Many2one("utility.section", string="Billed By", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Reading of", readonly=True)
    invoice_date = fields.Date(string="Billed On", readonly=True)
    age = fields.Integer(string="Age (Days)", readonly=True, aggregator="max", help="The duty is one month.")
    target_section_name = fields.Char(string="Not Received By", readonly=True)
    target_company_id = fields.Many2one("res.company", string="Company That Waits", readonly=True)

    @property
    def _table_query(self):
        """A shared meter whose reading is on a standing bill here, and absent on another section's card of the point.

        There is a row for each section that waits (a point has far fewer than 16). Whoever waits sees nothing of the
        other budget but the section's name and the day of its bill.
        """
        return SQL(
            """
            SELECT b.id * 16 + row_number() OVER (PARTITION BY b.id ORDER BY other.id) AS id,
                   b.reading_id, p.serial_number, p.street, m.section_id, b.company_id, b.date, move.invoice_date,
                   (CURRENT_DATE - move.invoice_date) AS age,
                   s.name AS target_section_name, other.company_id AS target_company_id
              FROM utility_billed_reading b
              JOIN account_move move ON move.id = b.move_id AND move.state = 'posted'
              JOIN utility_meter m ON m.id = b.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
              JOIN utility_meter other ON other.connection_point_id = m.connection_point_id
               AND other.id != m.id AND other.active
              JOIN utility_section s ON s.id = other.section_id
             WHERE b.released IS NOT TRUE
               AND NOT EXISTS (SELECT 1 FROM utility_reading r
                                WHERE r.meter_id = other.id AND r.date = b.date AND %s = %s)
            """,
            SQL(slot("r")),
            SQL(slot("b")),
        )

    # === ACTIONS === #

    def action_synchronize(self):
        """Open the question of the readings' synchronisation."""
        return self.reading_id.action_synchronize()
