from odoo import fields, models

from ..models.common.guarded import Guard


class UtilityReadingImportColumn(models.TransientModel):
    """Content of a column of an imported file: detected by its name, corrected by the user."""

    _name = "utility.reading.import.column"
    _description = "Column of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "position"
    _guard = Guard(
        once="import_id",
        given="position name sample role unit found_unit",
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
            ("time", "Hour"),
            ("unit", "Unit"),
            ("kind", "Kind of reading"),
            ("consumption", "Consumption"),
            ("street", "Street"),
            ("zip", "ZIP"),
            ("city", "City"),
            ("digits", "Number of digits"),
        ],
        string="Content",
    )
    unit = fields.Selection(
        [("m3", "m³"), ("hl", "hL"), ("dal", "daL"), ("l", "Litres")],
        help="Unit of the index or consumption in the file; values are stored in m³.",
    )
    # the last detection, by comparison with which a user's choice is recognised
    found_unit = fields.Char(readonly=True)
