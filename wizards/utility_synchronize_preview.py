from collections import Counter

from markupsafe import Markup

from odoo import fields, models

from . import utility_synchronize_mixin as mixin
from .synchronisation_words import outcome_words


class UtilitySynchronizeMixin(models.AbstractModel):
    """Words of the preview: the question, the counts by section, the lines."""

    _inherit = "utility.synchronize.mixin"

    def _render_waiting(self):
        """Return what is known before the preview: how many readings are sent."""
        sentence = self.env._(
            "%(count)s readings. What would change is being counted in the background, and appears here.",
            count=self._sent_count(),
        )
        return Markup("<p>%s</p>") % sentence

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
        notes = self.env["utility.reading"]._sentences_on_sent(self._asked())
        if summary.conflict_count:
            notes.append(
                self.env._(
                    "%(count)s readings are left out: two sections changed them differently. Open one of them and "
                    "synchronise it alone to choose.",
                    count=summary.conflict_count,
                )
            )
        if total > mixin.PREVIEW_LINES:
            notes.append(self.env._("The first %(shown)s changes are listed.", shown=mixin.PREVIEW_LINES))
        if total > mixin.IN_BACKGROUND:
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
