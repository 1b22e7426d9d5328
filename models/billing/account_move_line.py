from decimal import Decimal

from odoo import fields, models
from odoo.tools.float_utils import float_repr

from ...core.billing import Heading, LineKind, Nature, price_per_litre
from ..common.guarded import Guard


class AccountMoveLine(models.Model):
    """Origin of a line of a section's bill."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "utility.guarded"]
    _guard = Guard(
        kept="utility_tariff_line_id utility_kind utility_heading utility_nature utility_date_start "
        "utility_date_end utility_quantity utility_unit_price",
    )

    utility_tariff_line_id = fields.Many2one(
        "utility.tariff.line", string="Price of the Tariff", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    utility_kind = fields.Selection(
        [(LineKind.FIXED.value, "Fixed part"), (LineKind.BLOCK.value, "Block"), (LineKind.LEVY.value, "Levy")],
        string="Kind of Price",
        readonly=True,
    )
    utility_heading = fields.Selection(
        [
            (Heading.DISTRIBUTION.value, "Water distribution"),
            (Heading.COLLECTION.value, "Wastewater collection and treatment"),
            (Heading.PUBLIC_BODIES.value, "Public bodies"),
        ],
        string="Heading",
        readonly=True,
    )
    utility_nature = fields.Selection(
        [(Nature.CHARGE.value, "Due"), (Nature.DEDUCTION.value, "Instalment deducted")], string="Nature", readonly=True
    )
    utility_date_start = fields.Date(string="Charged From", readonly=True)
    utility_date_end = fields.Date(string="Charged To", readonly=True)
    utility_quantity = fields.Float(
        string="Quantity Charged",
        digits=(16, 6),
        readonly=True,
        help="Volume, or the years or half-years served for a fixed part.",
    )
    utility_unit_price = fields.Float(
        string="Unit Price of the Tariff", digits=(16, 6), readonly=True, help="Before tax."
    )

    def _utility_price_per_litre(self, volume):
        """Return the price of a litre of these lines, all taxes included, without fixed parts; 0 without consumption.

        Deductions of other bills are left out, so that charges and volume are those of the same water.

        :param float volume: billed, in m³
        """
        lines = self._utility_charges()
        total, fixed = (
            abs(Decimal(float_repr(sum(part.mapped("price_total")), 6)))
            for part in (lines, lines.filtered(lambda line: line.utility_kind == LineKind.FIXED))
        )
        return float(price_per_litre(total, fixed, Decimal(float_repr(volume or 0, 3))) or 0)

    def _utility_charges(self):
        """Return the lines that charge something by a tariff, without deductions."""
        return self.filtered(lambda line: line.utility_kind and line.utility_nature == Nature.CHARGE)
