from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..models.common.guarded import Guard
from ..models.common.named_work import name_transaction
from ..models.common.progress import Progress
from ..models.sharing.reading_synchronisation import PAGE, Synchronisation
from ..models.sharing.synchronisation_summary import Summary

#: Most lines of a preview; the rest is only counted.
PREVIEW_LINES = 80
#: Number of readings above which an answer is carried out in the background.
IN_BACKGROUND = 5_000
#: Condition on `meter_id` that all cards meet.
EVERY_METER = SQL("true")


class UtilitySynchronizeMixin(models.AbstractModel):
    """Common part of the dialogs *Synchroniser les relèves de compteurs*: the question and the preview."""

    _name = "utility.synchronize.mixin"
    _description = "Synchronise Meter Readings"
    _inherit = ["utility.prepared.dialog"]
    _guard = Guard(
        kept="question summary revision change_count run_id",
    )

    question = fields.Html(readonly=True)
    summary = fields.Html(readonly=True)
    revision = fields.Integer(readonly=True, help="Of the connection points, when the preview was made.")
    change_count = fields.Integer(readonly=True, help="Number of readings that the preview counted.")
    run_id = fields.Many2one(
        "utility.synchronisation.run", readonly=True, help="Background synchronisation, for many readings."
    )

    @api.depends("line_ids.reason")
    def _compute_has_reason(self):
        for wizard in self:
            wizard.has_reason = any(wizard.line_ids.mapped("reason"))

    def _check_asked(self):
        """Hook: check that the user may still send what the dialog is about."""
        raise NotImplementedError

    def _sent(self, which=EVERY_METER) -> SQL:
        """Hook: return the query of the cards sent: (meter, array of the readings sent, NULL for all of them).

        :param which: condition on `meter_id`
        """
        raise NotImplementedError

    def _asked(self):
        """Hook: return the domain of the readings that the dialog is about."""
        raise NotImplementedError

    def _complete(self):
        """Hook: return whether the cards prevail, and whether readings that only the others have are removed."""
        return False, False

    def _note_confirmed(self, counts):
        """Hook: the answer was carried out."""

    # === ACTIONS === #

    def action_confirm(self):
        """*Synchroniser*: apply what the dialog showed, in the background if there are many readings.

        :raises UserError: a reading changed since the dialog was opened
        """
        self.ensure_one()
        self._check_asked()
        self._check_prepared()
        if self.run_id:
            return self.run_id._launch("synchronized", self._complete()[1])
        name_transaction(self, self.env.user)
        self._check_unchanged(self._lock())
        counts = Counter()
        with Progress(self.env, self.env._("Synchronisation of readings"), self.change_count) as progress:
            for part in self._parts():
                done = part.carry_out_page()
                counts.update(done)
                progress.advance(done.total())
        self._note_confirmed(counts)
        self.env["utility.reading"]._after_answer(self._asked(), synchronized=True)
        return self._notify(counts)

    def action_decline(self):
        """*Annuler*: leave the readings as they are, and record the answer."""
        self.ensure_one()
        self._check_asked()
        self._check_prepared()
        if self.run_id:
            return self.run_id._launch("declined", self._complete()[1])
        self._lock()
        for part in self._parts():
            part.decline_page()
        self.env["utility.reading"]._after_answer(self._asked(), synchronized=False)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS === #

    def _lock(self):
        """Lock the connection points.

        :return: their number
        """
        rows = self.env.execute_query(SQL("SELECT DISTINCT p.id %s", self._sent_points()))
        self.env["utility.connection.point"].browse(row[0] for row in rows)._lock()
        return len(rows)

    def _check_unchanged(self, locked):
        """Check that no reading of the points changed since the preview.

        :param locked: number of points, which this transaction has locked: a lock increments their revision
        """
        if self._current_revision() - locked != self.revision:
            raise UserError(
                self.env._(
                    "Readings of these meters changed since the dialog was opened. Close it and open it again to see "
                    "what would change now."
                )
            )

    def _current_revision(self):
        self.env.flush_all()
        distinct = SQL("SELECT DISTINCT p.id, p.sharing_revision AS revision %s", self._sent_points())
        [(total,)] = self.env.execute_query(SQL("SELECT COALESCE(sum(revision), 0) FROM (%s) AS point", distinct))
        return total

    def _sent_points(self) -> SQL:
        return SQL(
            "FROM (%s) AS sent JOIN utility_meter m ON m.id = sent.meter "
            "JOIN utility_connection_point p ON p.id = m.connection_point_id",
            self._sent(),
        )

    def _parts(self):
        """Yield what is sent in synchronisations of a page of points, each point with all its cards that are sent."""
        self.env.flush_all()
        complete, remove = self._complete()
        rows = self.env.execute_query(
            SQL("SELECT p.id, array_agg(m.id) %s GROUP BY p.id ORDER BY p.id", self._sent_points())
        )
        for page in split_every(PAGE, rows):
            meters = [meter for _point, cards in page for meter in cards]
            sent = self.env.execute_query(
                SQL("SELECT meter, readings FROM (%s) AS sent", self._sent(SQL("meter_id = ANY(%s)", meters)))
            )
            parts = {meter: None if readings is None else set(readings) for meter, readings in sent}
            yield Synchronisation(self.env, parts, complete, remove)

    def _sent_count(self):
        """Hook: return the number of readings sent."""
        raise NotImplementedError

    def _summary(self):
        """Return what would change, counted a page at a time."""
        summary = Summary(PREVIEW_LINES)
        [(cards,)] = self.env.execute_query(SQL("SELECT count(*) FROM (%s) AS sent", self._sent()))
        with Progress(self.env, self.env._("Readings to synchronise"), cards) as progress:
            for part in self._parts():
                part.summarise_page(summary)
                progress.advance(len(part.sent))
        return summary

    def _show(self, name):
        """Fill the dialog with the preview, or let the job do it; return the action that opens it."""
        self.env.flush_all()
        if not self._prepare_now_or_later(self._sent_count):
            self._by_server().summary = self._render_waiting()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _prepare(self):
        """Fill the dialog with the preview."""
        summary = self._summary()
        sections = sorted({section for section, _outcome in summary.counts})
        is_long, run = summary.counts.total() > IN_BACKGROUND, self.env["utility.synchronisation.run"]
        self._by_server().write(
            {
                "question": self._render_question(sections),
                "summary": self._render_summary(summary),
                "line_ids": self._prepare_lines(summary),
                "revision": self._current_revision(),
                "change_count": summary.counts.total(),
                "run_id": is_long and run._prepare(self._sent(), self._complete()[0]).id,
            }
        )
