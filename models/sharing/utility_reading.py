from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .reading_synchronisation import Synchronisation
from .sync_states import SyncStates


class UtilityReading(models.Model):
    _inherit = "utility.reading"

    # === ACTIONS === #

    def action_synchronize(self):
        """Open *Synchroniser les relèves de compteurs* for these readings (notice 1, "soumise à validation").

        :return: the action of the dialog
        :raises UserError: none of them is on a shared meter
        """
        self.check_access("write")
        shared = self.filtered(lambda r: r.sync_state != "not_shared")
        if not shared:
            raise UserError(self.env._("None of these readings is on a meter shared with another section."))
        return self.env["utility.reading.synchronize"]._open_for(shared)

    def action_ask(self):
        """Open the dialog for those of these readings that wait; called by the web client after a save.

        :return: the action of the dialog, or False if nothing waits
        """
        waiting = self.filtered(lambda r: r.sync_state == "pending")
        return waiting.action_synchronize() if waiting else False

    @api.model
    def action_synchronize_all(self):
        """Open the dialog for every reading that waits and that the agent may change."""
        waiting = self.search(Domain("sync_state", "=", "pending"))
        if not waiting:
            raise UserError(self.env._("There are no readings to synchronise."))
        return waiting.action_synchronize()

    # === BUSINESS === #

    @api.model
    def _ask_sections(self, reading_ids, point_ids):
        """Make new values wait for an answer, and update the states of all readings of the points (invariant 4)."""
        states = SyncStates(self.env)
        states.ask_again(reading_ids)
        states.refresh(point_ids)
        return super()._ask_sections(reading_ids, point_ids)

    @api.model
    def _said_with(self, readings):
        """Hook: return sentences about what else is sent with readings once their synchronisation is confirmed.

        :param readings: domain of the readings that the question is about
        """
        return []

    @api.model
    def _after_answer(self, readings, synchronized):
        """Hook called after the synchronisation of readings was confirmed or declined.

        :param readings: domain of the readings that the question was about
        """

    def _synchronisation(self):
        """Return the Synchronisation that sends these readings."""
        return Synchronisation(self.env, {meter.id: set(ids) for meter, ids in self._by_meter()})

    def _points(self):
        """Return the connection points of these readings."""
        meters = self.env["utility.meter"].browse(meter.id for meter, _ids in self._by_meter())
        return meters.connection_point_id

    def _by_meter(self):
        """Return (meter, ids of its readings among these).

        Grouped by PostgreSQL, so as not to load the values of hundreds of thousands of readings.
        """
        return self._read_group(Domain("id", "in", self.ids), ["meter_id"], ["id:array_agg"])
