from odoo import fields, models

from ..common.guarded import Guard


class UtilityDevice(models.Model):
    """A replaced device of a connection point: the point's history, visible to every section."""

    _name = "utility.device"
    _description = "Replaced Device"
    _inherit = ["utility.guarded"]
    _order = "removed_on desc, id desc"
    _rec_name = "serial_number"
    _guard = Guard(
        kept="connection_point_id serial_number brand device_model diameter digits year seal "
        "installation_date removed_on removed_by_id section_id",
    )

    connection_point_id = fields.Many2one(
        "utility.connection.point", required=True, index=True, ondelete="cascade", readonly=True
    )
    serial_number = fields.Char(readonly=True)
    brand = fields.Char(readonly=True)
    device_model = fields.Char(string="Model", readonly=True)
    diameter = fields.Integer(string="Diameter (mm)", readonly=True)
    digits = fields.Integer(string="Number of Digits", readonly=True)
    year = fields.Integer(string="Year of Manufacture", readonly=True)
    seal = fields.Char(readonly=True)
    installation_date = fields.Date(readonly=True)
    removed_on = fields.Date(string="Removal Date", required=True, readonly=True)
    removed_by_id = fields.Many2one(
        "res.users", string="Replaced By", readonly=True, default=lambda self: self.env.user
    )
    section_id = fields.Many2one("utility.section", string="From Section", readonly=True)
