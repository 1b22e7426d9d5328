from odoo import fields, models

from ..models.common.guarded import Guard


class UtilityReadingImportRefusal(models.TransientModel):
    """A refused row of an imported file, and the reason."""

    _name = "utility.reading.import.refusal"
    _description = "Refused Row of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "line"
    _guard = Guard(
        kept="import_id line meter reason",
    )

    import_id = fields.Many2one("utility.reading.import", required=True, ondelete="cascade")
    line = fields.Integer(readonly=True)
    meter = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)


class UtilityReadingImportRemark(models.TransientModel):
    """A row of an imported file whose reading must be confirmed, and the reason."""

    _name = "utility.reading.import.remark"
    _description = "Row to Check of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "line"
    _guard = Guard(
        kept="import_id line meter reason",
    )

    import_id = fields.Many2one("utility.reading.import", required=True, ondelete="cascade")
    line = fields.Integer(readonly=True)
    meter = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
