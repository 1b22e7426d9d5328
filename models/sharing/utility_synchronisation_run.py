from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..common.guarded import Guard
from .reading_synchronisation import Synchronisation

#: Number of connection points per transaction, which lasts about half a second.
PAGE = 250
#: How long a question waits for its answer, like its dialog.
KEPT_UNANSWERED = timedelta(days=1)
#: Outcomes of a synchronisation, and the fields that count them.
_COUNTED = {
    "create": "created_count",
    "correct": "corrected_count",
    "same": "same_count",
    "blocked": "blocked_count",
    "only_there": "only_there_count",
    "remove": "removed_count",
}


class UtilitySynchronisationRun(models.Model):
    """An answer about many readings, carried out in the background, a page of connection points at a time."""

    _name = "utility.synchronisation.run"
    _inherit = ["utility.background.work", "utility.guarded", "utility.computed.name"]
    _description = "Synchronisation of Readings"
    _order = "id desc"
    _job = "utility_billing_sync.ir_cron_synchronisation"
    _guard = Guard(
        kept="company_ids answer is_forced remove_extra state item_ids created_count corrected_count same_count "
        "blocked_count only_there_count removed_count left_count",
    )

    company_ids = fields.Many2many(
        "res.company", string="Companies", readonly=True, help="Companies of the cards to synchronise."
    )
    answer = fields.Selection([("synchronized", "Synchronise"), ("declined", "Cancel")], required=True, readonly=True)
    is_forced = fields.Boolean(string="Forced", readonly=True)
    remove_extra = fields.Boolean(string="Remove the Readings That Exist Only There", readonly=True)
    state = fields.Selection(
        [("asked", "Not Answered"), ("running", "In progress"), ("stopped", "Stopped"), ("done", "Done")],
        required=True,
        readonly=True,
    )
    item_ids = fields.One2many("utility.synchronisation.item", "run_id", string="Cards", readonly=True)
    created_count = fields.Integer(string="Readings Added", readonly=True)
    corrected_count = fields.Integer(string="Readings Corrected", readonly=True)
    same_count = fields.Integer(string="Already the Same", readonly=True)
    blocked_count = fields.Integer(string="Blocked", readonly=True)
    only_there_count = fields.Integer(string="Only There: Kept", readonly=True)
    removed_count = fields.Integer(string="Only There: Removed", readonly=True)
    left_count = fields.Integer(
        string="Meters Left",
        readonly=True,
        help="Their readings changed after the answer: the question stays open for them.",
    )

    @api.depends("create_date")
    @api.depends_context("lang", "tz", "uid")
    def _compute_display_name(self):
        for run in self:
            launched, zone = run.create_date or fields.Datetime.now(), self.env.context.get("tz")
            day = format_datetime(self.env, launched, zone, dt_format="short")
            run.display_name = self.env._("Synchronisation of %(day)s", day=day)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if "running" in self.mapped("state"):
            raise UserError(self.env._("This synchronisation is in progress: stop it first."))

    # === BUSINESS === #

    @api.model
    def _prepare(self, sent: SQL, complete=False):
        """Store what a dialog asks about, in its present state: readings that change before the answer are left out.

        :param sent: query of the cards sent: (meter, array of readings, or NULL for all of them), which the user may
            send: the caller has checked it
        """
        # sudo: users cannot create a run directly; the caller has checked the rights on the readings
        run = self.sudo().create(
            {"answer": "synchronized", "is_forced": complete, "state": "asked", "user_id": self.env.uid}
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO utility_synchronisation_item (run_id, meter_id, company_id, point, revision, readings)
                SELECT %s, m.id, m.company_id, p.id, p.sharing_revision, to_jsonb(sent.readings)
                  FROM (%s) AS sent
                  JOIN utility_meter m ON m.id = sent.meter
                  JOIN utility_connection_point p ON p.id = m.connection_point_id
                """,
                run.id,
                sent,
            )
        )
        [(total, companies)] = self.env.execute_query(
            SQL(
                "SELECT count(DISTINCT point), array_agg(DISTINCT company_id) FROM utility_synchronisation_item "
                "WHERE run_id = %s",
                run.id,
            )
        )
        run.write({"total": total, "company_ids": [fields.Command.set(companies or [])]})
        return run.with_env(self.env)

    def _launch(self, answer, remove=False):
        """Carry out an answer in the background, in the name of the user, whose rights the caller has checked.

        :param answer: *synchronized* or *declined*
        :param remove: readings that only the other cards have are removed
        :return: the action that shows the progress
        :raises UserError: the question was answered before
        """
        # sudo: as in _prepare
        run = self.sudo()
        if run.state != "asked":
            raise UserError(self.env._("This question is already answered."))
        run.write({"answer": answer, "remove_extra": remove, "state": "running", "user_id": self.env.uid})
        run._wake_job()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Synchronisation of readings"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def _check_may_work(self):
        """Check the rights of the user who launches, stops or resumes the work.

        :raises AccessError: not an agent of all the companies, or, of a forced synchronisation, not a manager
        """
        self.check_access("read")
        self.env["utility.reading"].check_access("write")
        for run in self:
            run.company_ids.check_access("read")
            if run.is_forced:
                self.env["utility.meter"]._check_may_force()

    def _work_batch(self):
        """Answer for a page of points as the user who launched the work.

        :return: number of points processed; None if one is locked by somebody: the page is retried soon
        """
        run = self._as_launched()
        page = self._unless_locked(lambda: self._answer_page(run))
        if page is None:
            return None
        points, left, counts = page
        self.write(
            {
                "state": "running" if points else "done",
                "cursor": points[-1] if points else self.cursor,
                "progress": self.progress + len(points) if points else self.total,
                "attempts": 0,
                "left_count": self.left_count + left,
                **{name: self[name] + counts[outcome] for outcome, name in _COUNTED.items()},
            }
        )
        return len(points)

    def _answer_page(self, run):
        """Answer for the next points whose readings have not changed since the answer was given.

        :param run: this work for the user who launched it
        :return: (ids of the points, number of points left, counts by outcome)
        """
        items = self._next_items()
        points = sorted({point for _meter, point, _revision, _readings in items})
        revisions = self._lock(points)
        sent = {
            meter: None if readings is None else set(readings)
            for meter, point, revision, readings in items
            if revisions.get(point) == revision + 1  # the lock itself increments it
        }
        left = len({point for meter, point, *_rest in items if meter not in sent})
        counts = run._answer(sent) if sent else Counter()
        return points, left, Counter({outcome.value: number for outcome, number in counts.items()})

    def _answer(self, sent):
        """Carry out or decline what is sent, with the user's rights; return the counts by outcome."""
        meters = self.env["utility.meter"].browse(sent)
        given = [reading for readings in sent.values() for reading in readings or ()]
        asked = Domain("meter_id", "in", meters.ids) if self.is_forced else Domain("id", "in", given)
        meters.check_access("write" if self.is_forced else "read")
        self.env["utility.reading"].browse(given).check_access("write")
        work = Synchronisation(self.env, sent, self.is_forced, self.remove_extra)
        counts = Counter()
        if self.answer == "declined":
            work.decline_page()
        else:
            counts = work.carry_out_page()
            if self.is_forced:
                meters._log_forced()
        self.env["utility.reading"]._after_answer(asked, synchronized=self.answer == "synchronized")
        return counts

    def _next_items(self):
        """Return the cards of the next page of points: (meter, point, revision when answered, readings)."""
        return self.env.execute_query(
            SQL(
                """
                SELECT meter_id, point, revision, readings FROM utility_synchronisation_item
                 WHERE run_id = %(run)s AND point > %(cursor)s AND point <= (
                       SELECT max(point) FROM (
                              SELECT DISTINCT point FROM utility_synchronisation_item
                               WHERE run_id = %(run)s AND point > %(cursor)s ORDER BY point LIMIT %(page)s) AS page)
                 ORDER BY point, meter_id
                """,
                run=self.id,
                cursor=self.cursor,
                page=PAGE,
            )
        )

    @api.autovacuum
    def _gc_asked(self):
        """Delete the questions that nobody answered."""
        limit = fields.Datetime.now() - KEPT_UNANSWERED
        self.search([("state", "=", "asked"), ("create_date", "<", limit)]).unlink()

    def _lock(self, points):
        """Lock the points that still exist; return {point: its revision}."""
        found = self.env["utility.connection.point"].browse(points).exists()
        found._lock()
        return dict(
            self.env.execute_query(
                SQL("SELECT id, sharing_revision FROM utility_connection_point WHERE id = ANY(%s)", found.ids)
            )
        )


class UtilitySynchronisationItem(models.Model):
    """A card whose readings a background synchronisation sends, as the dialog showed it."""

    _name = "utility.synchronisation.item"
    _inherit = ["utility.guarded"]
    _description = "Card to Synchronise"
    _log_access = False
    _rec_name = "meter_id"
    _guard = Guard(
        kept="run_id meter_id company_id point revision readings",
    )

    run_id = fields.Many2one("utility.synchronisation.run", required=True, readonly=True, ondelete="cascade")
    meter_id = fields.Many2one("utility.meter", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", readonly=True)
    point = fields.Integer(string="Connection Point", readonly=True, aggregator=None)
    revision = fields.Integer(readonly=True, aggregator=None, help="Of the connection point, when it was answered.")
    readings = fields.Json(readonly=True, help="Ids of the readings that are sent; empty for all of them.")

    _page = models.Index("(run_id, point)")
