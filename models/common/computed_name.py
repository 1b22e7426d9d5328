"""Finds records by display names that are computed, as those of runs: « Envoi – 23/11/2026 09:00 »."""

from odoo import api, models
from odoo.fields import Domain

from ...core.serials.words import words


class UtilityComputedName(models.AbstractModel):
    """Mixin of models with few records, found by their computed display name or a part of it.

    Of a model without a name to search by, Odoo finds every record.
    """

    _name = "utility.computed.name"
    _description = "Found By Its Computed Name"

    @api.depends(lambda self: (self._rec_name,) if self._rec_name else ())
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.model
    def _search_display_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            positive = "=" if operator == "!=" else operator.removeprefix("not ")
            return ~Domain(self._search_display_name(positive, value))
        is_part = "like" in operator
        if is_part and not value:
            return Domain.TRUE
        names = [value] if isinstance(value, str) else value or ()
        # no record is without a name, and blanks or punctuation name none
        wanted = list(filter(None, map(_plain, (name for name in names if isinstance(name, str)))))
        shown = {record.id: _plain(record.display_name) for record in self.search([])}
        found = [id_ for id_, name in shown.items() if any(one in name if is_part else one == name for one in wanted)]
        by_name = Domain("id", "in", found)
        return by_name | super()._search_display_name(operator, value) if self._rec_names_search else by_name


def _plain(name):
    """Return a name without capitals, accents and punctuation."""
    return " ".join(words(name))
