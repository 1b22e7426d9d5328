from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.common.guarded import Guard
from .utility_synchronize_mixin import EVERY_METER


class UtilityMeterForceSynchronize(models.TransientModel):
    """*Forcer la synchronisation du compteur*: a card's readings prevail over those of the other cards (notice 1)."""

    _name = "utility.meter.force.synchronize"
    _description = "Force the Synchronisation of a Meter"
    _inherit = ["utility.synchronize.mixin"]
    _guard = Guard(
        kept="line_ids",
        once="meter_ids",
        given="remove_extra",
    )

    meter_ids = fields.Many2many("utility.meter", readonly=True)
    remove_extra = fields.Boolean(
        string="Remove the readings that exist only in the other sections",
        help="Billed readings are never removed.",
    )
    extra_count = fields.Integer(compute="_compute_extra_count")
    line_ids = fields.One2many("utility.meter.force.synchronize.line", "wizard_id", readonly=True)
    has_reason = fields.Boolean(compute="_compute_has_reason")

    @api.depends("line_ids.outcome")
    def _compute_extra_count(self):
        for wizard in self:
            wizard.extra_count = len(wizard.line_ids.filtered(lambda line: line.outcome in ("only_there", "remove")))

    @api.model
    def _open_for(self, meters):
        """Open the dialog for one card per point.

        :raises AccessError: the user is not a manager of the sections
        :raises UserError: a meter is not shared, or two cards of one point are chosen
        """
        meters.check_access("write")
        self.env["utility.meter"]._check_may_force()
        lonely = meters.filtered(lambda m: not m.is_shared)
        if lonely or not meters:
            raise UserError(
                self.env._(
                    "These meters are not shared with another section: %(meters)s.",
                    meters=", ".join(lonely[:5].mapped("display_name")) or "–",
                )
            )
        if len(meters.connection_point_id) < len(meters):
            raise UserError(
                self.env._("Several cards of one connection point are chosen. Keep the one whose readings are right.")
            )
        # created by the server: the meters were checked above, and are checked again when the dialog is confirmed
        wizard = self._by_server().create({"meter_ids": [fields.Command.set(meters.ids)]}).with_env(self.env)
        return wizard._show(self.env._("Synchronise meter readings"))

    @api.onchange("remove_extra")
    def _onchange_remove_extra(self):
        """Update the preview when the removal is ticked or unticked, unless counting it takes long."""
        if self.is_prepared_by_job:
            return
        summary = self._summary()
        self = self._by_server()
        self.summary = self._render_summary(summary)
        self.line_ids = [fields.Command.clear(), *self._prepare_lines(summary)]

    def _note_confirmed(self, counts):
        self.meter_ids._log_forced(self._counted({outcome.value: number for outcome, number in counts.items()}))

    def _check_asked(self):
        self.env["utility.meter"]._check_may_force()
        self.meter_ids.check_access("write")

    def _asked(self):
        return [("meter_id", "in", self.meter_ids.ids)]

    def _complete(self):
        return True, self.remove_extra

    def _sent_count(self):
        return self.env["utility.reading"].search_count(self._asked())

    def _sent(self, which=EVERY_METER):
        return SQL(
            "SELECT chosen.meter_id AS meter, NULL::integer[] AS readings "
            "FROM (SELECT unnest(%s) AS meter_id) AS chosen WHERE %s",
            self.meter_ids._origin.ids,
            which,
        )


class UtilityMeterForceSynchronizeLine(models.TransientModel):
    _name = "utility.meter.force.synchronize.line"
    _description = "Reading on Another Section"
    _inherit = ["utility.synchronize.line.mixin"]
    _guard = Guard(
        kept="wizard_id",
    )

    wizard_id = fields.Many2one("utility.meter.force.synchronize", required=True, ondelete="cascade")
