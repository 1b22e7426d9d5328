from odoo import fields, models

from ..common.guarded import Guard


class UtilityReadingImportRow(models.Model):
    """A row of a file imported in the background, and its result."""

    _name = "utility.reading.import.row"
    _inherit = ["utility.guarded"]
    _description = "Row of an Imported File"
    _log_access = False
    _order = "line"
    _rec_name = "line"
    _guard = Guard(
        kept="run_id rank line meter date index kind consumption details seconds unknown_kind fault proposals fate "
        "reason",
    )

    run_id = fields.Many2one("utility.reading.import.run", required=True, readonly=True, ondelete="cascade")
    rank = fields.Integer(readonly=True, help="Place of the meter among those of the file.")
    line = fields.Integer(readonly=True, aggregator=None)
    meter = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    index = fields.Char(readonly=True)
    kind = fields.Char(readonly=True)
    consumption = fields.Char(readonly=True)
    details = fields.Char(readonly=True)
    seconds = fields.Integer(readonly=True)
    unknown_kind = fields.Char(readonly=True)
    fault = fields.Char(readonly=True)
    proposals = fields.Char(readonly=True)
    fate = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("new", "New"),
            ("corrected", "Corrected"),
            ("unchanged", "Already There"),
            ("thinned", "Other Readings of the Day"),
            ("refused", "Refused"),
        ],
        string="Result",
        readonly=True,
    )
    reason = fields.Char(readonly=True)

    _line = models.UniqueIndex("(run_id, line)")
    _page = models.Index("(run_id, rank, line) WHERE fate = 'waiting'")
