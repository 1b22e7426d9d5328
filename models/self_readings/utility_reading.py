from odoo import fields, models

from ..common.guarded import Guard


class UtilityReading(models.Model):
    _inherit = "utility.reading"
    _guard = Guard(kept="self_report_id")

    self_report_id = fields.Many2one(
        "utility.self.report",
        string="Reported by the Subscriber",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    self_report_photo = fields.Image(related="self_report_id.photo", string="Photo")
    self_reported_on = fields.Datetime(related="self_report_id.reported_on", string="Reported On")
