from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.common.guarded import Guard
from ..models.sharing.reading_synchronisation import Synchronisation
from .utility_synchronize_mixin import PREVIEW_LINES


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
        self._check_in_charge()
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
        """Update the preview when the removal is ticked or unticked."""
        synchronisation = self._synchronisation()
        preview = synchronisation.preview_summary(PREVIEW_LINES)
        self = self._by_server()
        self.summary = self._render_summary(preview, synchronisation)
        self.line_ids = [fields.Command.clear(), *self._prepare_lines(preview, synchronisation)]

    def action_confirm(self):
        self._check_in_charge()
        return super().action_confirm()

    def _note_confirmed(self, counts):
        """Say in the history of every card of these points whose readings they are now."""
        forced = {meter.connection_point_id.id: meter for meter in self.meter_ids}
        # sudo: cards of companies that the user may not enter get the note, too; the name of a section is no secret
        # (invariant 5)
        cards = self.env["utility.meter"].sudo().search([("connection_point_id", "in", self._points().ids)])
        counted = self._counted({outcome.value: number for outcome, number in counts.items()})
        bodies = {}
        for card in cards:
            source = forced[card.connection_point_id.id]
            if card.id != source.id:
                bodies[card.id] = self.env._(
                    "Forced synchronisation from section %(section)s: its readings are those of this card.",
                    section=source.section_id.name,
                )
            elif len(forced) == 1 and counted:
                bodies[card.id] = self.env._("Forced synchronisation of the other sections: %s.", counted)
            else:
                bodies[card.id] = self.env._("Forced synchronisation of the other sections.")
        cards._message_log_batch(bodies)

    def _check_in_charge(self):
        if not (self.env.su or self.env.user.has_group("utility_billing_sync.group_utility_manager")):
            raise AccessError(self.env._("Only managers of the sections can force the synchronisation."))

    def _synchronisation(self):
        self.meter_ids.check_access("write")
        sent = dict.fromkeys(self.meter_ids._origin.ids)
        return Synchronisation(self.env, sent, complete=True, remove=self.remove_extra)

    def _asked(self):
        return [("meter_id", "in", self.meter_ids.ids)]

    def _points(self):
        return self.meter_ids.connection_point_id


class UtilityMeterForceSynchronizeLine(models.TransientModel):
    _name = "utility.meter.force.synchronize.line"
    _description = "Reading on Another Section"
    _inherit = ["utility.synchronize.line.mixin"]
    _guard = Guard(
        kept="wizard_id",
    )

    wizard_id = fields.Many2one("utility.meter.force.synchronize", required=True, ondelete="cascade")
