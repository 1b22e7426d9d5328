"""Records are found by the names they are shown under, in search boxes, in fields and in import files.

A shown name is made of parts: « #B-1003 · EAU », « Durand · #B-1003 · EAU », « #B-1003 · EAU · 30/06/2025 ».
"""

from datetime import date, datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import get_lang

SEPARATOR = " · "


class UtilityShownName(models.AbstractModel):
    """A record that is found by the name it is shown under; the model says in `_shown_as` what that means."""

    _name = "utility.shown.name"
    _description = "Found By Its Shown Name"

    @api.model
    def _search_display_name(self, operator, value):
        found = search_shown(operator, value, self._shown_as)
        return super()._search_display_name(operator, value) if found is None else found

    def _shown_as(self, operator, parts):
        """Return the domain of the records shown under one name.

        :param operator: compares a text: `ilike`, `=`
        :param parts: the parts of the name
        """
        raise NotImplementedError

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Refuse, in an import, a name that several records bear: Odoo would take the first one.

        :raises ValueError: what an import tells of the cell
        """
        found = super().name_search(name, domain, operator, limit)
        if operator == "=" and len(found) > 1 and self.env.context.get("import_file"):
            raise ValueError(
                self.env._(
                    "%(name)s is the name of several records (%(found)s): write one of these names in the file.",
                    name=name,
                    found=", ".join(shown for _id, shown in found[:5]),
                )
            )
        return found


def search_shown(operator, value, match):
    """Return the domain of the records shown under a name, or under one of several.

    :param operator: as `_search_display_name` gets it: `in` with names, or a comparison with a text
    :param match: called with (operator for a text, parts of the name), returns the domain of one name
    :return: None where the comparison is not one that finds records by a name: Odoo's own way serves then
    """
    if operator in Domain.NEGATIVE_OPERATORS:
        found = search_shown("=" if operator == "!=" else operator.removeprefix("not "), value, match)
        return None if found is None else ~found
    names, comparison = ([value], operator) if isinstance(value, str) else (value, "=")
    if not all(isinstance(name, str) and name for name in names):
        return None
    return Domain.OR(match(comparison, [part.strip() for part in name.split(SEPARATOR.strip())]) for name in names)


def read_day(env, text) -> date | None:
    """Return the day that a text says in the user's own way of writing dates, or None."""
    try:
        return datetime.strptime(text, get_lang(env).date_format).date()
    except ValueError:
        return None
