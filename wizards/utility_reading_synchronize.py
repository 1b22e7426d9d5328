from odoo import api, fields, models

from ..models.common.guarded import Guard


class UtilityReadingSynchronize(models.TransientModel):
    """*Synchroniser les relèves de compteurs*: asked after a reading of a shared meter is saved (notice 1)."""

    _name = "utility.reading.synchronize"
    _description = "Synchronise Meter Readings"
    _inherit = ["utility.synchronize.mixin"]
    _guard = Guard(
        kept="line_ids",
        once="reading_ids",
    )

    reading_ids = fields.Many2many("utility.reading", readonly=True)
    line_ids = fields.One2many("utility.reading.synchronize.line", "wizard_id", readonly=True)
    has_reason = fields.Boolean(compute="_compute_has_reason")

    @api.model
    def _open_for(self, readings):
        # created by the server: the caller has checked the readings, and they are checked again on confirmation
        wizard = self._by_server().create({"reading_ids": [fields.Command.set(readings.ids)]}).with_env(self.env)
        return wizard._show(self.env._("Synchronise meter readings"))

    def _synchronisation(self):
        # read with the user's own rights: the dialog shows no more than the list that it was opened from
        readings = self.reading_ids.exists()
        readings.check_access("write")
        return readings._synchronisation()

    def _asked(self):
        return [("id", "in", self.reading_ids.ids)]

    def _points(self):
        return self.reading_ids._points()


class UtilityReadingSynchronizeLine(models.TransientModel):
    _name = "utility.reading.synchronize.line"
    _description = "Reading on Another Section"
    _inherit = ["utility.synchronize.line.mixin"]
    _guard = Guard(
        kept="wizard_id",
    )

    wizard_id = fields.Many2one("utility.reading.synchronize", required=True, ondelete="cascade")
