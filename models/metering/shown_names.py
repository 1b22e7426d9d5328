"""Finds records by their display names, in search boxes, fields and import files.

A display name consists of parts: « #B-1003 · EAU », « Durand · #B-1003 · EAU », « #B-1003 · EAU · 30/06/2025 ».
"""

from datetime import UTC, date, datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools.misc import get_lang

SEPARATOR = " · "
#: A text that more records contain is frequent: its search stops at the end of a page instead of listing them all.
FEW = 1_000


class UtilityShownName(models.AbstractModel):
    """Mixin of records found by their display name; the model defines the searches in `_shown_as`."""

    _name = "utility.shown.name"
    _description = "Found By Its Shown Name"

    @api.model
    def _search_display_name(self, operator, value):
        found = search_shown(operator, value, lambda *name: found_by(self, *self._shown_as(*name)))
        return super()._search_display_name(operator, value) if found is None else found

    def _shown_as(self, operator, parts):
        """Return the domains that find the records with one display name: any of them.

        Each domain compares texts of one table, so that PostgreSQL can use an index for it.

        :param operator: comparison of texts: `ilike`, `=`
        :param parts: the parts of the name
        """
        raise NotImplementedError

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Refuse, in an import, a name that several records have: Odoo would take the first one.

        :raises ValueError: message that the import shows for the cell
        """
        found = super().name_search(*self._proposed(name, domain, operator, limit), limit)
        if operator == "=" and len(found) > 1 and self.env.context.get("import_file"):
            raise ValueError(
                self.env._(
                    "%(name)s is the name of several records (%(found)s): write one of these names in the file.",
                    name=name,
                    found=", ".join(self.browse(id_)._name_in_files() for id_, _shown in found[:5]),
                )
            )
        return found

    def _name_in_files(self):
        """Return a name that says which record is meant where others have the same display name."""
        return self.display_name

    def _proposed(self, name, domain, operator, limit):
        """Return name, domain and operator of the search for a few records with a part of a name.

        The domains of a name are searched in turn, until there are enough records.
        """
        ways = self._shown_as(operator, split_name(name)) if limit and name and operator == "ilike" else ()
        if len(ways) < 2:
            return name, domain, operator
        given, ids = Domain(domain or Domain.TRUE), set()
        for way in ways:
            ids.update(self.search(way & given, limit=limit).ids)
            if len(ids) >= limit:
                break
        return "", [("id", "in", list(ids))], operator


def split_name(name) -> list[str]:
    """Return the parts of a display name."""
    return [part.strip() for part in name.split(SEPARATOR.strip())]


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
    return Domain.OR(match(comparison, split_name(name)) for name in names)


def found_by(model, *domains) -> Domain:
    """Return the domain of the records found by any of these domains.

    Each is searched alone and at once, if it finds few records: PostgreSQL reads a whole table for an OR of conditions
    on several tables, and for records that refer to what such an OR finds. A search that finds many stays a condition:
    a list then reads its records in order, up to the end of its page.
    """
    if len(domains) == 1:
        return domains[0]
    few, many = set(), []
    for domain in domains:
        ids = model._search(domain, limit=FEW + 1).get_result_ids()
        if len(ids) > FEW:
            many.append(domain)
        else:
            few.update(ids)
    return Domain.OR([Domain("id", "in", list(few)), *many])


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


def found_by_day(model, parts, match, field="date") -> Domain:
    """Return the domain of the records shown as « name · day », by both or by either of them.

    :param parts: the parts of the name
    :param match: called with the name without the day, returns the domain of the records so named
    :param field: the field of the day; the day of a moment is the one in the user's time zone
    """
    day = read_day(model.env, parts[-1])
    name = SEPARATOR.join(parts[:-1] if day else parts)
    found = match(name) if name else Domain.TRUE
    if not day:
        return found
    if model._fields[field].type == "date":
        return found & Domain(field, "=", day)
    midnights = (datetime.combine(each, time.min) for each in (day, day + timedelta(days=1)))
    first, next_one = (model.env.tz.localize(each).astimezone(UTC).replace(tzinfo=None) for each in midnights)
    return found & Domain(field, ">=", first) & Domain(field, "<", next_one)
