from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..metering.reading_sql import slot
from ..metering.shown_names import SEPARATOR, found_by_day

#: Offset of the ids of alerts, above those of billed readings; JavaScript integers are exact up to 2^53.
AFTER_READINGS = 2**45
#: Offset of the ids of volumes that a credit note freed, above those of alerts.
AFTER_LEAKS = 2**46


class UtilityBillingHandover(models.Model):
    """Shared meters that one section billed and the other has not received yet.

    The water operator gives the sewerage service the data for its bills within one month of its own billing
    (CGCT R.2224-19-7).
    """

    _name = "utility.billing.handover"
    _description = "Reading Billed Here, Not Received There"
    _inherit = ["utility.shown.name"]
    _auto = False
    _log_access = False
    _order = "invoice_date, id"

    what = fields.Selection(
        [("reading", "Reading"), ("leak", "Possible leak"), ("credit", "Volume freed by a credit note")],
        string="To Hand Over",
        readonly=True,
    )
    reading_id = fields.Many2one("utility.reading", readonly=True)
    serial_number = fields.Char(string="Meter", readonly=True)
    street = fields.Char(readonly=True)
    section_id = fields.Many2one("utility.section", string="Billed By", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Reading of", readonly=True)
    invoice_date = fields.Date(string="Billed or Known On", readonly=True)
    age = fields.Integer(string="Age (Days)", readonly=True, aggregator="max", help="The legal deadline is one month.")
    target_section_name = fields.Char(string="Not Received By", readonly=True)
    target_company_id = fields.Many2one("res.company", string="Waiting Company", readonly=True)

    @api.depends("serial_number", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            day = row.date and format_date(self.env, row.date)
            row.display_name = " · ".join(filter(None, [row.serial_number, day])) or row.target_section_name

    def _shown_as(self, operator, parts):
        """Return the domain of the rows of a number and a day, or of a waiting section."""
        number = found_by_day(self, parts, lambda number: Domain("serial_number", operator, number))
        return [number | Domain("target_section_name", operator, SEPARATOR.join(parts))]

    @property
    def _table_query(self):
        """Return the query of readings, possible leaks and credit notes of a section that another one waits for.

        There is one row per waiting section (a point has far fewer than 16). The waiting section sees nothing of the
        other budget but the section's name and the day of its bill.
        """
        return SQL("%s UNION ALL %s UNION ALL %s", self._readings_query(), self._leaks_query(), self._credits_query())

    def _readings_query(self):
        """Return the query of readings on a live bill here that another card of the point lacks."""
        return SQL(
            """
            SELECT b.id::bigint * 16 + row_number() OVER (PARTITION BY b.id ORDER BY other.id) AS id,
                   'reading' AS what, b.reading_id, p.serial_number, p.street, m.section_id, b.company_id, b.date,
                   move.invoice_date, (CURRENT_DATE - move.invoice_date) AS age,
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

    def _leaks_query(self):
        """Return the query of possible leaks, certified or with a warned subscriber, that were not passed on yet."""
        return SQL(
            """
            SELECT %s + a.id::bigint * 16 + row_number() OVER (PARTITION BY a.id ORDER BY other.id) AS id,
                   'leak' AS what, a.reading_id, p.serial_number, p.street, m.section_id, m.company_id, r.date,
                   COALESCE(a.received_on, a.warned_on) AS invoice_date,
                   (CURRENT_DATE - COALESCE(a.received_on, a.warned_on)) AS age,
                   s.name AS target_section_name, other.company_id AS target_company_id
              FROM utility_leak_alert a
              JOIN utility_reading r ON r.id = a.reading_id
              JOIN utility_meter m ON m.id = r.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
              JOIN utility_meter other ON other.connection_point_id = m.connection_point_id
               AND other.id != m.id AND other.active
              JOIN utility_section s ON s.id = other.section_id
             WHERE a.sync_state IN ('pending', 'declined') AND a.state IN ('warned', 'checking', 'certified')
            """,
            AFTER_READINGS,
        )

    def _credits_query(self):
        """Return the query of readings whose bill was fully credited here, and that another card's bill still charges.

        They are listed until the reading is billed again here, or its bill is credited there too.
        """
        return SQL(
            """
            SELECT %(after)s + b.id::bigint * 16 + row_number() OVER (PARTITION BY b.id ORDER BY other.id) AS id,
                   'credit' AS what, b.reading_id, p.serial_number, p.street, m.section_id, b.company_id, b.date,
                   note.day AS invoice_date, (CURRENT_DATE - note.day) AS age,
                   s.name AS target_section_name, other.company_id AS target_company_id
              FROM utility_billed_reading b
              JOIN account_move move ON move.id = b.move_id AND move.utility_credited
              JOIN LATERAL (
                   SELECT max(n.invoice_date) AS day FROM account_move n
                    WHERE n.reversed_entry_id = move.id AND n.state = 'posted') note ON note.day IS NOT NULL
              JOIN utility_meter m ON m.id = b.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
              JOIN utility_meter other ON other.connection_point_id = m.connection_point_id
               AND other.id != m.id AND other.active
              JOIN utility_section s ON s.id = other.section_id
             WHERE b.released
               AND NOT EXISTS (SELECT FROM utility_billed_reading next
                                WHERE next.meter_id = b.meter_id AND next.date = b.date AND next.id > b.id
                                  AND %(next)s = %(slot)s)
               AND EXISTS (SELECT FROM utility_billed_reading theirs
                             JOIN account_move bill ON bill.id = theirs.move_id AND bill.state = 'posted'
                            WHERE theirs.meter_id = other.id AND theirs.date = b.date
                              AND theirs.released IS NOT TRUE AND %(theirs)s = %(slot)s)
            """,
            after=AFTER_LEAKS,
            next=SQL(slot("next")),
            slot=SQL(slot("b")),
            theirs=SQL(slot("theirs")),
        )

    # === ACTIONS === #

    def action_synchronize(self):
        """Open the question of the readings' synchronisation."""
        return self.reading_id.action_synchronize()
