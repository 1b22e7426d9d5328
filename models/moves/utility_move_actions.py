from odoo import api, fields, models
from odoo.exceptions import UserError

from .section_occupancy import MoveRequest, SectionOccupancy
from .undoing import Undoing
from .utility_move import WAITING


class UtilityMove(models.Model):
    """Actions on a departure or an arrival: accept or decline that of another section, undo a mistaken one."""

    _inherit = "utility.move"

    # === ACTIONS === #

    def action_accept(self):
        """*Synchroniser*: apply here what another section entered; an obstacle is written on its line only.

        :return: number of moves applied
        """
        self.check_access("write")
        waiting = self.filtered(lambda move: move.state in WAITING)
        for move in waiting:
            move._take_back() if move.state == "to_undo" else move._accept()
        done = len(waiting.filtered(lambda move: move.state in ("done", "undone")))
        left = len(waiting) - done
        message = self.env._("%(done)s done, %(left)s blocked: see the obstacles.", done=done, left=left)
        if not left:
            message = self.env._("%s done.", done)
        return self._notify(message, "warning" if left else "success")

    def action_decline(self):
        """*Annuler*: leave the section's subscriptions unchanged and record the answer."""
        self.check_access("write")
        waiting = self.filtered(lambda move: move.state in WAITING)
        for state, moves in waiting.grouped("state").items():
            moves._by_server().write(
                {
                    "state": "undone" if state == "to_undo" else "declined",
                    "user_id": self.env.uid,
                    "done_on": fields.Datetime.now(),
                }
            )

    def action_undo(self):
        """Undo everything, in every section, as long as nothing of it is posted.

        :raises UserError: something is posted, or billed by a campaign
        """
        self.check_access("write")
        for move in self.filtered(lambda move: move.state == "done"):
            Undoing(move).carry_out()
        return self._notify(self.env._("Undone: the subscriptions are as before."), "success")

    # === BUSINESS === #

    def _accept(self):
        section = SectionOccupancy(self.env)
        self.meter_id.connection_point_id._lock()
        try:
            with self.env.cr.savepoint():
                self._by_server().write(section.apply(self.meter_id, self._move_request(), self))
        except UserError as error:
            self._by_server().write({"state": "blocked", "reason": str(error)})

    def _take_back(self):
        """Undo here what the other section undid."""
        try:
            with self.env.cr.savepoint():
                Undoing(self).of_section()
        except UserError as error:
            self._by_server().reason = str(error)

    def _move_request(self):
        """Return what was entered in the other section, with the contact that this one may use."""
        return MoveRequest(
            day=self.date,
            kind=self.reading_kind,
            index=self.index,
            arriving=self._arriving(),
            payer=self.payer_id,
            is_owner=self.is_owner,
            address=self.last_bill_address or {},
        )

    def _arriving(self):
        if not self.arriving_name:
            return None
        if self.is_owner and self.meter_id.owner_id:
            return self.meter_id.owner_id
        if self.arriving_partner_id:
            return self.arriving_partner_id
        described = self.arriving_values or {"name": self.arriving_name}
        return SectionOccupancy(self.env).contact_for(self.meter_id, described)

    @api.model
    def _notify(self, message, kind):
        params = {"message": message, "type": kind, "next": {"type": "ir.actions.client", "tag": "soft_reload"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
