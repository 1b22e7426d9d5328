from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools.float_utils import float_repr

from ...core.billing import Heading, Kind
from ..metering.subscriber_readings import bars, served_readings

#: Bars of the graph on the bill, and their height on paper in pixels.
GRAPH_PERIODS = 8
GRAPH_HEIGHT = 60

HEADING_RANKS = {heading.value: rank for rank, heading in enumerate(Heading)}
NO_HEADING = len(HEADING_RANKS)


class AccountMove(models.Model):
    """What a section's bill shows to the subscriber (order of 10 July 1996), over account's own invoice."""

    _inherit = "account.move"

    utility_consumption_graph = fields.Json(
        compute="_compute_utility_consumption_graph",
        help="The subscriber's last consumptions up to this bill, oldest first: date, volume, height of the bar.",
    )

    @api.depends("utility_subscription_id", "utility_reading_ids", "reversed_entry_id", "utility_date_end")
    def _compute_utility_consumption_graph(self):
        """All the bills of one print at once: one query of readings for the whole batch."""
        # sudo: the subscriber prints their own bill from the portal; only the days of its own subscription are read
        bills = self.sudo().filtered("utility_subscription_id")
        wanted = [(bill.id, bill.utility_subscription_id.id, bill._utility_last_day()) for bill in bills if bill.id]
        readings = served_readings(self.env, wanted, GRAPH_PERIODS)
        for move in self:
            graph = bars(readings.get(move.id, []), GRAPH_HEIGHT)
            move.utility_consumption_graph = [bar | {"date": bar["date"].isoformat()} for bar in graph]

    def _utility_last_day(self):
        """Return the day of the last reading billed, else the last day served: the graph does not foretell."""
        return max(self._utility_printed_readings().mapped("date"), default=self.utility_date_end) or None

    def _utility_printed_readings(self):
        """Return the readings that the bill stands on; those of the bill that it gives back, on a credit note."""
        return self.utility_reading_ids or self.reversed_entry_id.utility_reading_ids

    # === PRINT === #

    def _get_move_lines_to_report(self):
        """The lines of a section's bill are grouped under the headings of the order, in its own order."""
        lines = super()._get_move_lines_to_report()
        return lines.sorted(_heading_rank) if self.utility_subscription_id else lines

    def _prepare_utility_bill(self):
        """Return what the printed bill shows beside account's own invoice; nothing for an ordinary invoice.

        :return: {} or {"headings": {id of its first line: name}, "subtotals": {id of its last line: (before tax,
            after tax)}, "terms": {line id: quantity and price to print}, "readings": rows of the meter's table,
            "section", "unit", "meter", "place", "volume"}
        """
        self.ensure_one()
        if not self.utility_subscription_id:
            return {}
        headings, subtotals = self._prepare_utility_headings()
        # sudo: the names of the section and of the meter of this very bill, whoever may read the bill
        section, meter = self.sudo().utility_section_id, self.sudo().utility_meter_id
        return {
            "headings": headings,
            "subtotals": subtotals,
            "terms": {
                line.id: self._prepare_utility_terms(line) for line in self.invoice_line_ids if line.utility_kind
            },
            "readings": self._prepare_utility_readings(),
            "section": section.name,
            "unit": section.uom_id.name,
            "meter": meter.serial_number or meter.name,
            "place": ", ".join(filter(None, [meter.street, meter.city])),
            "volume": self._utility_format_volume(self.utility_volume),
        }

    def _prepare_utility_headings(self):
        """Return the heading above each first line and the subtotals under each last one; no empty heading."""
        names = dict(self.env["account.move.line"]._fields["utility_heading"]._description_selection(self.env))
        headings, subtotals = {}, {}
        for heading, lines in self._get_move_lines_to_report().grouped("utility_heading").items():
            if heading:
                headings[lines[0].id] = names[heading]
                subtotals[lines[-1].id] = (sum(lines.mapped("price_subtotal")), sum(lines.mapped("price_total")))
        return headings, subtotals

    def _prepare_utility_readings(self):
        """Return the rows of the meter's table: device, both indexes with their dates, consumption, billed volume."""
        # sudo: the rows of this very bill, which who prints it may read, and the device that they were read on
        rows = self.sudo()._utility_printed_readings()
        return [
            {
                "device": _device_of(row),
                "kind": row.kind,
                "previous_date": row.previous_date,
                "previous_index": self._utility_format_volume(row.previous_index),
                "date": row.date,
                "index": self._utility_format_volume(row.index),
                "consumption": self._utility_format_volume(row.consumption),
                "volume": self._utility_format_volume(row.volume),
                "relieved": row.volume != row.consumption,
            }
            for row in rows  # not filtered(): it would forget the other bills of the print, and query one by one
            if row.kind != "installation"
        ]

    def _prepare_utility_terms(self, line):
        """Return the quantity and the unit price of the tariff: days of service for a fixed part, else a volume.

        Account's own columns may hold (1, amount), where Odoo's product would not round to the amount of the bill.
        """
        fixed = line.utility_kind == Kind.FIXED
        days = (line.utility_date_end - line.utility_date_start + timedelta(1)).days if fixed else 0
        quantity = days if fixed else abs(line.utility_quantity)
        return {
            "quantity": self._utility_format_volume(-quantity if line.quantity < 0 else quantity),
            "fixed": fixed,
            # sudo: the tariff that this very line charges, whoever may read the bill
            "per": line.utility_tariff_line_id.sudo().per if fixed else False,
            "price": line.utility_unit_price,
        }

    def _utility_format_volume(self, volume):
        """Write m³ or days as people do, in the language of the bill."""
        return self.env["utility.reading"]._format_volume(Decimal(float_repr(volume or 0, 3)))


def _heading_rank(line):
    return HEADING_RANKS.get(line.utility_heading, NO_HEADING)


def _device_of(row):
    """Return the number of the device that a billed reading was read on: another may have replaced it since."""
    point = row.meter_id.connection_point_id
    gone = point.device_ids.filtered(lambda device: device.removed_on >= row.date).sorted("removed_on")
    return (gone[:1].serial_number if gone else point.serial_number) or row.meter_id.name
