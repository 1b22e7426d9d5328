from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.float_utils import float_compare

from ..metering.shown_names import found_by_day
from ..metering.utility_reading import VOLUME


class UtilityBilledReading(models.Model):
    """A reading as a bill used it: a copy that never changes, whatever happens to the reading.

    While the bill is live, the row reserves the reading: deleting a draft deletes its rows, cancelling or fully
    crediting a bill releases them and keeps them as a trace.
    """

    _name = "utility.billed.reading"
    _description = "Billed Reading"
    _inherit = ["utility.shown.name"]
    _order = "date, id"
    _log_access = False

    move_id = fields.Many2one(
        "account.move", string="Bill", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    meter_id = fields.Many2one("utility.meter", required=True, index=True, ondelete="restrict", readonly=True)
    reading_id = fields.Many2one("utility.reading", index=True, ondelete="set null", readonly=True)
    device = fields.Char(readonly=True, help="Number of the device that was read; it may have been replaced since.")
    kind = fields.Selection(  # a function, so that labels are in the reader's language
        selection=lambda self: self.env["utility.reading"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    previous_kind = fields.Selection(
        selection=lambda self: self.env["utility.reading"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    previous_date = fields.Date(readonly=True)
    previous_index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    date = fields.Date(required=True, readonly=True)
    index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    rollover = fields.Boolean(string="Roll-over", readonly=True)
    computed_consumption = fields.Float(digits=VOLUME, readonly=True, help="Computed from both indexes.")
    is_modified = fields.Boolean(string="Modified Consumption", readonly=True)
    modification_reason = fields.Char(readonly=True)
    consumption = fields.Float(
        digits=VOLUME, readonly=True, help="Consumption: modified by a person, or computed from both indexes."
    )
    volume = fields.Float(
        digits=VOLUME, readonly=True, help="Billed volume: less than the consumption if a leak was certified."
    )
    released = fields.Boolean(
        readonly=True, help="The bill was cancelled or credited: the reading can be billed again."
    )
    state = fields.Selection(related="move_id.state")
    move_name = fields.Char(related="move_id.name", string="Number")

    _reserved_once = models.UniqueIndex(
        "(reading_id) WHERE released IS NOT TRUE", "This reading is already on another bill."
    )

    @api.depends("meter_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.meter_id.display_name} · {format_date(self.env, row.date)}"

    def _shown_as(self, operator, parts):
        return [found_by_day(self, parts, lambda meter: Domain("meter_id", operator, meter))]

    @api.model
    def _is_relieved(self, row):
        """Return whether less was billed than consumed because of a certified leak."""
        return float_compare(row.volume, row.consumption, precision_digits=VOLUME[1]) != 0
