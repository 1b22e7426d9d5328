from odoo import fields, models

from ..models.common.guarded import Guard


class UtilityReadingImportColumn(models.TransientModel):
    """What a column of an imported file holds: found by its name, corrected by the user."""

    _name = "utility.reading.import.column"
    _description = "Column of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "position"
    _guard = Guard(
        once="import_id",
        given="position name sample role",
    )

    import_id = fields.Many2one("utility.reading.import", required=True, ondelete="cascade")
    position = fields.Integer(readonly=True)
    name = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="First Value", readonly=True)
    role = fields.Selection(
        [
            ("meter", "Meter"),
            ("date", "Date"),
            ("index", "Index"),
            ("kind", "Kind of reading"),
            ("consumption", "Consumption"),
            ("street", "Street"),
            ("zip", "ZIP"),
            ("city", "City"),
            ("digits", "Number of digits"),
        ],
        string="Holds",
    )
