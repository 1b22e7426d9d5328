from odoo import fields, models

from ..common.guarded import Guard


class UtilityDwellingClass(models.Model):
    """Comparable dwellings of a section's area, with their mean yearly consumption.

    If a dwelling's past is unknown, a leak is compared with its class (CGCT L.2224-12-4 III bis).
    """

    _name = "utility.dwelling.class"
    _description = "Class of Dwellings"
    _inherit = ["utility.guarded"]
    _order = "sequence, id"
    _guard = Guard(
        kept="company_id",
        once="section_id",
        given="sequence name area_mean",
    )

    section_id = fields.Many2one("utility.section", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="For instance: house with a garden, three-room flat.")
    area_mean = fields.Float(
        string="Mean of the Area (m³ a Year)", digits=(16, 3), required=True, help="Yearly volume of one such dwelling."
    )

    _mean_positive = models.Constraint("CHECK(area_mean > 0)", "The mean of a class must be above 0 m³.")
