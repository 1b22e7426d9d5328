from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...core.serials.words import plain_number, plain_number_sql
from .sample_url import sample_url


class UtilityMeter(models.Model):
    """Numbers that another meter of the section has already: asked about on a form, refused in an import."""

    _inherit = "utility.meter"

    # === SCREENS === #

    @api.onchange("serial_number", "section_id")
    def _onchange_serial_number(self):
        """Warn if another meter of the section has the same number."""
        same = self._alike(self._numbered_alike())[:1]
        if same:
            return {
                "warning": {
                    "title": self.env._("Is this another meter?"),
                    "message": self.env._(
                        "%(meter)s at %(place)s already has this number. If it is the same device, open that meter "
                        "instead of creating a second one.",
                        meter=same.display_name,
                        place=same._place(),
                    ),
                }
            }
        return None

    @api.model
    def get_import_templates(self):
        """Return the sample that the import screen offers."""
        return [{"label": self.env._("Sample File"), "template": sample_url(self.env, "compteurs.csv")}]

    # === BUSINESS === #

    def _numbered_alike(self):
        """Return {(section id, plain number): meters} that these meters' sections have under their numbers."""
        plain = [number for number in map(plain_number, self.mapped("serial_number")) if number]
        query = self._search([("section_id", "in", self.section_id.ids)])
        number = SQL(plain_number_sql("%s"), self._field_to_sql(query.table, "serial_number", query))
        query.add_where(SQL("%s = ANY(%s)", number, plain))
        rows = query.select(*(self._field_to_sql(query.table, name, query) for name in ("id", "section_id")), number)
        found = defaultdict(list)
        for meter_id, section_id, same in self.env.execute_query(rows):
            found[section_id, same].append(meter_id)
        return {key: self.browse(ids) for key, ids in found.items()}

    def _alike(self, found):
        """Return the other meters of a meter's section with its number, among those of `_numbered_alike`."""
        return found.get((self.section_id.id, plain_number(self.serial_number)), self.browse()) - self._origin

    def _check_not_known(self):
        """Refuse imported meters that the section already has: an import cannot ask about each of them.

        :raises ValidationError: a meter of the section has the same number, and not another maker
        """
        known = self._numbered_alike()
        for meter in self:
            if same := meter._alike(known).filtered(meter._may_be):
                raise ValidationError(
                    self.env._(
                        "%(meter)s at %(place)s already has this number. Remove the row from the file if it is the "
                        "same device; if it is another one, give the brand of both, or enter it by hand.",
                        meter=same[0].display_name,
                        place=same[0]._place(),
                    )
                )

    def _may_be(self, other):
        """Return whether two cards with one number may be the same device: each maker numbers its own devices."""
        return not (self.brand and other.brand) or self.brand == other.brand
