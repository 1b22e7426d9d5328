from odoo import fields, models

from ..common.guarded import Guard


class UtilityMeter(models.Model):
    """The owner, who is responsible between two subscribers."""

    _inherit = "utility.meter"
    _guard = Guard(
        given="owner_id",
    )

    owner_id = fields.Many2one(
        "res.partner",
        string="Owner of the Place",
        index="btree_not_null",
        tracking=True,
        help="Billed for consumption between two subscribers, if the section's setting says so.",
    )
