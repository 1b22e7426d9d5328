from odoo import api, fields, models

from ..models.common.guarded import Guard
from ..models.metering.utility_connection_point import DEVICE_INFORMATION

#: What a new device usually has in common with the one that it replaces.
COMMON = ("brand", "device_model", "diameter", "digits")


class UtilityMeterReplace(models.TransientModel):
    """Replacement of a point's device: a removal reading on the old one, an installation reading on the new one."""

    _name = "utility.meter.replace"
    _description = "Replace the Device of a Meter"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        once="meter_id",
        given="date removal_index installation_index serial_number brand device_model diameter digits year seal",
    )

    meter_id = fields.Many2one("utility.meter", required=True, readonly=True)
    unit_name = fields.Char(related="meter_id.unit_name")
    last_index = fields.Float(related="meter_id.last_index", string="Last Index Read")
    last_reading_date = fields.Date(related="meter_id.last_reading_date", string="Last Read On")
    date = fields.Date(required=True, default=fields.Date.context_today)
    removal_index = fields.Float(string="Last Index of the Old Device", required=True, digits=(16, 3))
    installation_index = fields.Float(string="First Index of the New Device", required=True, digits=(16, 3))
    serial_number = fields.Char()
    brand = fields.Char(compute="_compute_common", store=True, readonly=False, precompute=True)
    device_model = fields.Char(string="Model", compute="_compute_common", store=True, readonly=False, precompute=True)
    diameter = fields.Integer(
        string="Diameter (mm)", compute="_compute_common", store=True, readonly=False, precompute=True
    )
    digits = fields.Integer(
        string="Number of Digits", compute="_compute_common", store=True, readonly=False, precompute=True
    )
    year = fields.Integer(string="Year of Manufacture")
    seal = fields.Char()

    @api.depends("meter_id")
    def _compute_common(self):
        """Propose the characteristics of the device that is replaced: they stay unless others are given."""
        for wizard in self:
            for name in COMMON:
                wizard[name] = wizard.meter_id[name]

    def action_confirm(self):
        """Move the old device to the point's history, enter both readings, and ask whether to synchronise them."""
        self.ensure_one()
        meter, point = self.meter_id, self.meter_id.connection_point_id
        meter.check_access("write")
        point._lock()
        self.env["utility.device"]._by_server().create(self._prepare_old_device(point))
        meter.write(self._prepare_new_device(point))
        readings = self.env["utility.reading"].create(
            [
                {"meter_id": meter.id, "date": self.date, "kind": kind, "index": index}
                for kind, index in (("removal", self.removal_index), ("installation", self.installation_index))
            ]
        )
        if meter.is_shared:
            return readings.action_synchronize()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_new_device(self, point):
        values = {name: self[name] for name in DEVICE_INFORMATION} | {"installation_date": self.date}
        if point.name == point.serial_number:
            values["name"] = self.serial_number or point.name
        return values

    def _prepare_old_device(self, point):
        return {name: point[name] for name in DEVICE_INFORMATION} | {
            "connection_point_id": point.id,
            "installation_date": point.installation_date,
            "removed_on": self.date,
            "section_id": self.meter_id.section_id.id,
        }
