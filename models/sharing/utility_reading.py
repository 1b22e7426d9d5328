from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.guarded import Guard
from .reading_synchronisation import Synchronisation
from .sync_states import SyncStates


class UtilityReading(models.Model):
    _inherit = "utility.reading"
    _guard = Guard(kept="answer_ids correction_ids")

    sharing_enabled = fields.Boolean(related="company_id.share_connection_points")
    answer_ids = fields.One2many("utility.reading.answer", "reading_id", string="Answers", readonly=True)
    correction_ids = fields.One2many(
        "utility.reading.answer",
        "target_reading_id",
        string="Corrected by Other Sections",
        readonly=True,
        domain=[("answer", "=", "synchronized")],
        help="Who replaced this reading by that of another section, when, and what it was before.",
    )

    # === ACTIONS === #

    def action_synchronize(self):
        """Open *Synchroniser les relèves de compteurs* for these readings (notice 1, "soumise à validation").

        :return: the action of the dialog
        :raises UserError: none of them is on a shared meter
        """
        chosen = Domain("id", "in", self.ids)
        self._check_writable(chosen)
        return self._ask_about(chosen)

    def action_ask(self):
        """Open the dialog for those of these readings that wait; called by the web client after a save.

        :return: the action of the dialog, or False if nothing waits
        """
        waiting = self.filtered(lambda r: r.sync_state == "pending")
        return waiting.action_synchronize() if waiting else False

    @api.model
    def action_synchronize_all(self):
        """Open the dialog for every reading that waits and that the agent may change."""
        waiting = Domain("sync_state", "=", "pending")
        if not self.search_count(waiting, limit=1):
            raise UserError(self.env._("There are no readings to synchronise."))
        self._check_writable(Domain("id", "in", self._search(waiting)))
        return self._ask_about(waiting)

    def action_synchronize_waiting(self):
        """*Tout synchroniser*: a button of the list, whatever is ticked."""
        return self.action_synchronize_all()

    # === BUSINESS === #

    @api.model
    def _ask_about(self, readings):
        """Open the dialog for readings of shared meters; any number of them, not loaded.

        :param Domain readings: the readings, which the user may write
        :return: the action of the dialog
        :raises UserError: none of them is on a shared meter
        """
        shared = readings & Domain("sync_state", "!=", "not_shared")
        if not self.search_count(shared, limit=1):
            raise UserError(self.env._("None of these readings is on a meter shared with another section."))
        return self.env["utility.reading.synchronize"]._open_for(shared)

    @api.model
    def _check_writable(self, readings):
        """Check that the user may write all of any number of readings, without loading them.

        :param readings: domain of the readings
        :raises AccessError: the user may not write one of them
        """
        self.browse().check_access("write")
        rules = self.env["ir.rule"]._compute_domain(self._name, "write")
        # sudo: readings that the user may not write are only named in the refusal
        refused = self.sudo().search(Domain(readings) & ~Domain(rules), limit=5)
        self.browse(refused.ids).check_access("write")

    @api.model
    def _ask_sections(self, reading_ids, point_ids):
        """Make new values wait for an answer, and update the states of all readings of the points (invariant 4)."""
        states = SyncStates(self.env)
        states.ask_again(reading_ids)
        states.refresh(point_ids)
        return super()._ask_sections(reading_ids, point_ids)

    @api.model
    def _sentences_on_sent(self, readings):
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

    def _by_meter(self):
        """Return (meter, ids of its readings among these).

        Grouped by PostgreSQL, so as not to load the values of hundreds of thousands of readings.
        """
        return self._read_group(Domain("id", "in", self.ids), ["meter_id"], ["id:array_agg"])
