from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.guarded import Guard

#: Most lines of a preview; the rest is only counted.
PREVIEW_LINES = 80


class UtilitySynchronizeMixin(models.AbstractModel):
    """Common part of the dialogs *Synchroniser les relèves de compteurs*: the question and the preview."""

    _name = "utility.synchronize.mixin"
    _description = "Synchronise Meter Readings"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="question summary revision",
    )

    question = fields.Html(readonly=True)
    summary = fields.Html(readonly=True)
    revision = fields.Integer(readonly=True, help="Of the connection points, when the preview was made.")

    @api.depends("line_ids.reason")
    def _compute_has_reason(self):
        for wizard in self:
            wizard.has_reason = any(wizard.line_ids.mapped("reason"))

    def _synchronisation(self):
        """Hook: return the synchronisation that the dialog is about."""
        raise NotImplementedError

    def _note_confirmed(self, counts):
        """Hook: the answer was carried out."""

    def _points(self):
        """Hook: return the connection points that the dialog is about."""
        raise NotImplementedError

    def _asked(self):
        """Hook: return the domain of the readings that the dialog is about."""
        raise NotImplementedError

    # === ACTIONS === #

    def action_confirm(self):
        """*Synchroniser*: apply what the dialog showed.

        :raises UserError: a reading changed since the dialog was opened
        """
        self.ensure_one()
        points = self._points()
        points._lock()
        # the lock itself increments each revision
        if self._current_revision(points) - len(points) != self.revision:
            raise UserError(
                self.env._(
                    "Readings of these meters changed since the dialog was opened. Close it and open it again to see "
                    "what would change now."
                )
            )
        counts = self._synchronisation().carry_out()
        self._note_confirmed(counts)
        self.env["utility.reading"]._after_answer(self._asked(), synchronized=True)
        return self._notify(counts)

    def action_decline(self):
        """*Annuler*: leave the readings as they are, and record the answer."""
        self.ensure_one()
        self._points()._lock()
        synchronisation = self._synchronisation()
        synchronisation.decline(synchronisation.preview())
        self.env["utility.reading"]._after_answer(self._asked(), synchronized=False)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS === #

    def _current_revision(self, points):
        points.invalidate_recordset(["sharing_revision"])
        return sum(points.mapped("sharing_revision"))

    def _show(self, name):
        """Fill the dialog with the preview and return the action that opens it."""
        synchronisation = self._synchronisation()
        preview = synchronisation.preview_summary(PREVIEW_LINES)
        sections = sorted({section for section, _outcome in preview.counts})
        self._by_server().write(
            {
                "question": self._render_question(sections),
                "summary": self._render_summary(preview, synchronisation),
                "line_ids": self._prepare_lines(preview, synchronisation),
                "revision": self._current_revision(self._points()),
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

    def _render_summary(self, preview, synchronisation):
        """Return the counts by section and outcome, if the lines do not show them; by section only, if the user may not
        know more before they answer."""
        closed = {info.section_name for info in preview.cards.values() if not synchronisation.is_open(info)}
        sent, counted = Counter(), {}
        for (section, outcome), number in preview.counts.items():
            if section in closed:
                sent[section] += number
            else:
                counted.setdefault(section, {})[outcome.value] = number
        said = {section: self._counted(numbers) for section, numbers in counted.items()}
        said |= {section: self.env._("%s sent", number) for section, number in sent.items()}
        rows = [Markup("<li><strong>%s</strong> : %s</li>") % row for row in sorted(said.items())]
        total = preview.counts.total()
        notes = self.env["utility.reading"]._said_with(self._asked())
        if preview.conflicts:
            notes.append(
                self.env._(
                    "%(count)s readings are left out: two sections changed them differently. Open one of them and "
                    "synchronise it alone to choose.",
                    count=len(preview.conflicts),
                )
            )
        if total > PREVIEW_LINES:
            notes.append(self.env._("The first %(shown)s changes are listed.", shown=PREVIEW_LINES))
        if total <= 1 and not notes:
            return False
        return Markup("<ul>%s</ul>%s") % (
            Markup().join(rows),
            Markup().join(Markup("<p>%s</p>") % note for note in notes),
        )

    def _outcome_labels(self):
        return dict(self.env["utility.synchronize.line.mixin"]._fields["outcome"]._description_selection(self.env))

    def _prepare_lines(self, preview, synchronisation):
        changes = [(card, change, synchronisation.is_open(card)) for card, change in preview.changes]
        if preview.counted_only:
            # the choice of the listed lines would reveal that they are unusual
            changes = [change for change in changes if change[-1]]
        changes = changes[:PREVIEW_LINES]
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
        found = [(outcome, numbers[outcome]) for outcome in self._outcome_labels() if numbers.get(outcome)]
        return ", ".join(
            self._outcome_words(number, named=not place)[outcome] for place, (outcome, number) in enumerate(found)
        )

    def _outcome_words(self, number, named):
        """Return {outcome: its words for a number of readings}, with or without « readings »."""
        if number == 1:
            return {
                "create": self.env._("1 reading added") if named else self.env._("1 added"),
                "correct": self.env._("1 reading corrected") if named else self.env._("1 corrected"),
                "same": self.env._("1 reading already the same") if named else self.env._("1 already the same"),
                "blocked": self.env._("1 reading blocked") if named else self.env._("1 blocked"),
                "only_there": self.env._("1 reading kept, only there") if named else self.env._("1 kept, only there"),
                "remove": self.env._("1 reading removed") if named else self.env._("1 removed"),
            }
        return {
            "create": self.env._("%s readings added", number) if named else self.env._("%s added", number),
            "correct": self.env._("%s readings corrected", number) if named else self.env._("%s corrected", number),
            "same": self.env._("%s readings already the same", number)
            if named
            else self.env._("%s already the same", number),
            "blocked": self.env._("%s readings blocked", number) if named else self.env._("%s blocked", number),
            "only_there": self.env._("%s readings kept, only there", number)
            if named
            else self.env._("%s kept, only there", number),
            "remove": self.env._("%s readings removed", number) if named else self.env._("%s removed", number),
        }


class UtilitySynchronizeLineMixin(models.AbstractModel):
    """One reading on one other card, in a preview."""

    _name = "utility.synchronize.line.mixin"
    _description = "Change on Another Section"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="section_name meter subscriber date before after outcome reason",
    )

    section_name = fields.Char(string="Billing", readonly=True)
    meter = fields.Char(readonly=True)
    subscriber = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    before = fields.Char(string="Now", readonly=True)
    after = fields.Char(string="Will Be", readonly=True)
    outcome = fields.Selection(
        [
            ("create", "Added"),
            ("correct", "Corrected"),
            ("same", "Already the same"),
            ("blocked", "Blocked"),
            ("only_there", "Only there: kept"),
            ("remove", "Only there: removed"),
        ],
        string="Result",
        readonly=True,
    )
    reason = fields.Char(readonly=True)
