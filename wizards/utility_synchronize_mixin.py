from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..models.common.guarded import Guard
from ..models.common.named_work import name_transaction
from ..models.common.progress import Progress
from ..models.sharing.reading_synchronisation import PAGE, Synchronisation
from ..models.sharing.synchronisation_summary import Summary
from .synchronisation_words import outcome_words

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
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="question summary revision change_count run_id",
    )

    question = fields.Html(readonly=True)
    summary = fields.Html(readonly=True)
    revision = fields.Integer(readonly=True, help="Of the connection points, when the preview was made.")
    change_count = fields.Integer(readonly=True, help="Number of readings that the preview counted.")
    run_id = fields.Many2one(
        "utility.synchronisation.run", readonly=True, help="Of so many readings that it takes long."
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
        """*Synchroniser*: apply what the dialog showed, in the background if it is much.

        :raises UserError: a reading changed since the dialog was opened
        """
        self.ensure_one()
        self._check_asked()
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

    def _summary(self):
        """Return what would change, counted a page at a time."""
        summary = Summary(PREVIEW_LINES)
        for part in self._parts():
            part.summarise_page(summary)
        return summary

    def _show(self, name):
        """Fill the dialog with the preview and return the action that opens it."""
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

    def _render_question(self, sections):
        names = Markup(", ").join(Markup("<strong>%s</strong>") % name for name in sections)
        question = self.env._("Do you want to synchronise the meter readings in billing %(sections)s?")
        before, _sep, after = question.partition("%(sections)s")
        return Markup("<p>%s%s%s</p>") % (before, names, after)

    def _render_summary(self, summary):
        """Return the counts by section and outcome, if the lines do not show them; by section only, if the user may not
        know more before they answer."""
        sent, counted = Counter(), {}
        for (section, outcome), number in summary.counts.items():
            if section in summary.closed:
                sent[section] += number
            else:
                counted.setdefault(section, {})[outcome.value] = number
        said = {section: self._counted(numbers) for section, numbers in counted.items()}
        said |= {section: self.env._("%s sent", number) for section, number in sent.items()}
        rows = [Markup("<li><strong>%s</strong> : %s</li>") % row for row in sorted(said.items())]
        total = summary.counts.total()
        notes = self.env["utility.reading"]._said_with(self._asked())
        if summary.conflict_count:
            notes.append(
                self.env._(
                    "%(count)s readings are left out: two sections changed them differently. Open one of them and "
                    "synchronise it alone to choose.",
                    count=summary.conflict_count,
                )
            )
        if total > PREVIEW_LINES:
            notes.append(self.env._("The first %(shown)s changes are listed.", shown=PREVIEW_LINES))
        if total > IN_BACKGROUND:
            notes.append(self.env._("So many readings are synchronised in the background: you can go on working."))
        if total <= 1 and not notes:
            return False
        return Markup("<ul>%s</ul>%s") % (
            Markup().join(rows),
            Markup().join(Markup("<p>%s</p>") % note for note in notes),
        )

    def _prepare_lines(self, summary):
        open_to = {card.id: card.section_name not in summary.closed for card, _change in summary.changes}
        changes = [(card, change, open_to[card.id]) for card, change in summary.changes]
        if not summary.is_whole:
            # the choice of the listed lines would reveal that they are unusual
            changes = [change for change in changes if change[-1]]
        meters = self._meters_of({card.point_id for card, _change, _mine in changes})
        return [
            fields.Command.create(self._prepare_line(*change) | meters.get(change[0].point_id, {}))
            for change in changes
        ]

    def _meters_of(self, points):
        """Return {point: number and subscriber to show}, from cards that the user may see."""
        cards = self.env["utility.meter"].search([("connection_point_id", "in", list(points))])
        return {
            point.id: {
                "meter": f"#{point.serial_number}" if point.serial_number else point.name,
                "subscriber": ", ".join(dict.fromkeys(of_point.partner_id.mapped("name"))),
            }
            for point, of_point in cards.grouped("connection_point_id").items()
        }

    def _prepare_line(self, card, change, mine):
        """Return the values of a preview line. For a company that the user has no access to, neither the present value
        nor the outcome is shown before they answer (invariant 5): by trial and error, they would reveal the index."""
        reading = change.source or change.target
        sentence = self.env["utility.reading"]._finding_sentence
        reasons = [sentence(card.section_name, finding) for finding in change.reasons] if mine else []
        return {
            "section_name": card.section_name,
            "date": reading.date,
            "before": self._describe(change.target) if mine else "",
            "after": self._describe(change.source),
            "outcome": change.outcome.value if mine else False,
            "reason": "\n".join(reasons),
        }

    def _describe(self, reading):
        volume = self.env["utility.reading"]._format_volume
        if reading is None:
            return self.env._("none")
        if reading.modified is None:
            return volume(reading.index)
        return self.env._(
            "%(index)s (modified consumption: %(volume)s)",
            index=volume(reading.index),
            volume=volume(reading.modified),
        )

    def _notify(self, counts):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Readings synchronised"),
                "message": self._counted({outcome.value: number for outcome, number in counts.items()}),
                "type": "warning" if any(outcome.value == "blocked" for outcome in counts) else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _counted(self, numbers):
        """Return a sentence such as « 8 readings added, 1 corrected »; only the first part names what is counted."""
        outcomes = self.env["utility.synchronize.line.mixin"]._fields["outcome"].get_values(self.env)
        found = [(outcome, numbers[outcome]) for outcome in outcomes if numbers.get(outcome)]
        return ", ".join(
            outcome_words(self.env, number, named=not place)[outcome] for place, (outcome, number) in enumerate(found)
        )
