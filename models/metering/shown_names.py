"""Finds records by their display names, in search boxes, fields and import files.

A display name consists of parts: « #B-1003 · EAU », « Durand · #B-1003 · EAU », « #B-1003 · EAU · 30/06/2025 ».
"""

from datetime import date, datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools.misc import get_lang

SEPARATOR = " · "


class UtilityShownName(models.AbstractModel):
    """Mixin of records found by their display name; the model defines the search in `_shown_as`."""

    _name = "utility.shown.name"
    _description = "Found By Its Shown Name"

    @api.model
    def _search_display_name(self, operator, value):
        found = search_shown(operator, value, self._shown_as)
        return super()._search_display_name(operator, value) if found is None else found

    def _shown_as(self, operator, parts):
        """Return the domain of the records with one display name.

        :param operator: comparison of texts: `ilike`, `=`
        :param parts: the parts of the name
        """
        raise NotImplementedError

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Refuse, in an import, a name that several records have: Odoo would take the first one.

        :raises ValueError: message that the import shows for the cell
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
    """Return the domain of the records with a display name, or one of several.

    :param operator: as in `_search_display_name`: `in` with names, or a comparison with a text
    :param match: called with (operator for a text, parts of the name), returns the domain of one name
    :return: None if the operator does not search by name, so that Odoo's own search applies
    """
    if operator in Domain.NEGATIVE_OPERATORS:
        found = search_shown("=" if operator == "!=" else operator.removeprefix("not "), value, match)
        return None if found is None else ~found
    names, comparison = ([value], operator) if isinstance(value, str) else (value, "=")
    if not all(isinstance(name, str) and name for name in names):
        return None
    return Domain.OR(match(comparison, [part.strip() for part in name.split(SEPARATOR.strip())]) for name in names)


def found_by(model, *domains) -> Domain:
    """Return the domain of the records found by any of these domains.

    Each is searched alone and at once: PostgreSQL reads a whole table for an OR of conditions on several tables, and
    for records that refer to what such an OR finds.
    """
    return Domain("id", "in", list({id_ for domain in domains for id_ in model.search(domain, order="id").ids}))


def text_index(*columns):
    """Return the definition of an index for searches within texts; none if the extension `pg_trgm` is missing."""

    def definition(registry):
        if not registry.has_trigram:
            return ""
        wrapped = registry.unaccent if registry.has_unaccent == FunctionStatus.INDEXABLE else str
        return f"USING gin ({', '.join(f'{wrapped(column)} gin_trgm_ops' for column in columns)})"

    return definition


def read_day(env, text) -> date | None:
    """Return the day that a text means in the user's date format, or None."""
    try:
        return datetime.strptime(text, get_lang(env).date_format).date()
    except ValueError:
        return None
