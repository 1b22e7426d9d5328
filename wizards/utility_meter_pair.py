from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.guarded import Guard
from ..models.sharing.match_cards import MatchCards
from ..models.sharing.matching_store import MatchStore


class UtilityMeterPair(models.TransientModel):
    """*Rapprocher à la main*: pair two cards that a person knows to be one device."""

    _name = "utility.meter.pair"
    _description = "Pair Two Cards by Hand"
    _inherit = ["utility.guarded"]
    _guard = Guard(once="run_id", given="meter_id other_meter_id", across="run_id meter_id other_meter_id")

    run_id = fields.Many2one("utility.meter.matching", string="Matching", required=True, ondelete="cascade")
    section_id = fields.Many2one(related="run_id.section_id", related_sudo=True)
    other_section_id = fields.Many2one(related="run_id.other_section_id", related_sudo=True)
    meter_id = fields.Many2one("utility.meter", string="Card Kept", ondelete="cascade")
    other_meter_id = fields.Many2one("utility.meter", string="Card Attached to It", ondelete="cascade")
    facts = fields.Char(compute="_compute_facts", string="Its Information")
    other_facts = fields.Char(compute="_compute_facts", string="The Other's Information")

    @api.depends("meter_id", "other_meter_id")
    @api.depends_context("lang")
    def _compute_facts(self):
        for wizard in self:
            wizard = wizard._reachable()
            read = MatchCards(self.env, [*wizard.meter_id.ids, *wizard.other_meter_id.ids])
            wizard.facts = wizard._facts(wizard.meter_id, read)
            wizard.other_facts = wizard._facts(wizard.other_meter_id, read)

    def _facts(self, card, read):
        if not card:
            return ""
        place = " ".join(filter(None, (card.street, card.zip, card.city)))
        facts = (card.serial_number, place, card.partner_id.name, read.last_reading(card.id), read.past(card.id))
        return " · ".join(filter(None, facts))

    # === ACTIONS === #

    def action_confirm(self):
        """Attach the two cards, in the background, like any other pair.

        :raises UserError: one of the cards is missing or shared already
        """
        self.ensure_one()
        self = self._reachable()
        pair = MatchStore(self.run_id).pair_by_hand(self.meter_id, self.other_meter_id)
        return pair.action_attach() | {"params": self._closing(pair)}

    # === BUSINESS === #

    def _reachable(self):
        """Return this dialog with all of the user's companies allowed, not only those ticked."""
        return self.with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _closing(self, pair):
        """Close the dialog and notify the user of what happens."""
        message = self.env._("Pair being attached: %s.", pair.display_name)
        return {"message": message, "type": "success", "next": {"type": "ir.actions.act_window_close"}}

    @api.model
    def _open_for(self, run, card):
        """Open the dialog with one of the two cards.

        :raises UserError: the card belongs to neither section
        """
        sections = {run.section_id: "meter_id", run.other_section_id: "other_meter_id"}
        if card.section_id not in sections:
            raise UserError(self.env._("Open the cards without pair from their matching first."))
        wizard = self.create({"run_id": run.id, sections[card.section_id]: card.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pair by hand"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"allowed_company_ids": self.env.user.company_ids.ids},
        }
