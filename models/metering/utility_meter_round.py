from odoo import api, fields, models
from odoo.tools import SQL

from .reading_sql import to_read


class UtilityMeter(models.Model):
    """The round: the order in which a section's meters are read, and those still to read.

    Separate from the card itself, since only the round and the dashboard use it.
    """

    _inherit = "utility.meter"

    is_to_read = fields.Boolean(
        string="To Read",
        compute="_compute_is_to_read",
        search="_search_is_to_read",
        help="The meter has a subscriber and has not been read since the start of its section's round.",
    )

    @api.depends("reading_ids.date", "subscription_ids.state", "section_id.round_start")
    def _compute_is_to_read(self):
        waiting = set(self.search([("id", "in", self._origin.ids), ("is_to_read", "=", True)]).ids)
        for meter in self:
            meter.is_to_read = meter._origin.id in waiting

    def _search_is_to_read(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env["utility.reading"].flush_model(["meter_id", "date", "kind"])
        self.env["utility.subscription"].flush_model(["meter_id", "date_start", "date_end"])
        self.env["utility.section"].flush_model(["round_start"])
        found = SQL(
            f"(SELECT m.id FROM utility_meter m JOIN utility_section s ON s.id = m.section_id "
            f"WHERE {to_read('m', 's', '%(today)s')})",
            today=fields.Date.context_today(self),
        )
        return [("id", "in" if (operator == "in") == (True in value) else "not in", found)]

    # === BUSINESS === #

    @api.model
    def _first_of_round(self, section):
        """Return the meter that the section reads first."""
        return self._after_in_round(section, "", -(2**31), 0)

    def _next_of_round(self):
        """Return the meter read after this one: same section, next in its route, then the next route."""
        return self._after_in_round(self.section_id, self.route or "", self.sequence, self.id)

    def _after_in_round(self, section, *place):
        """Return the next meter by the index of the routes: as fast with a million meters as with ten."""
        row = section and self.env.execute_query(
            SQL(
                """
                SELECT id FROM utility_meter
                 WHERE section_id = %s AND active AND (COALESCE(route, ''), sequence, id) > (%s, %s, %s)
                 ORDER BY COALESCE(route, ''), sequence, id LIMIT 1
                """,
                section.id,
                *place,
            )
        )
        return self.browse(row[0][0] if row else [])
