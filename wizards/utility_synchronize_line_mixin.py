from odoo import fields, models

from ..models.common.guarded import Guard


class UtilitySynchronizeLineMixin(models.AbstractModel):
    """One reading on one other card, in a preview."""

    _name = "utility.synchronize.line.mixin"
    _description = "Change on Another Section"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="section_name meter subscriber date before after outcome reason",
    )

    section_name = fields.Char(string="Billing", readonly=True)
    meter = fields.Char(readonly=True)
    subscriber = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    before = fields.Char(string="Now", readonly=True)
    after = fields.Char(string="Will Be", readonly=True)
    outcome = fields.Selection(
        [
            ("create", "Added"),
            ("correct", "Corrected"),
            ("same", "Already the same"),
            ("blocked", "Blocked"),
            ("only_there", "Only there: kept"),
            ("remove", "Only there: removed"),
        ],
        string="Result",
        readonly=True,
    )
    reason = fields.Char(readonly=True)
