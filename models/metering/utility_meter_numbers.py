from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError

from ...core.serials.words import words


class UtilityMeter(models.Model):
    """Numbers that another meter of the section has already: asked about on a form, refused in an import."""

    _inherit = "utility.meter"

    # === SCREENS === #

    @api.onchange("serial_number", "section_id")
    def _onchange_serial_number(self):
        """Warn if another meter of the section has the same number."""
        number = plain_number(self.serial_number)
        same = self._by_number(self.section_id).get((self.section_id.id, number), self.browse()) - self._origin
        same = same[:1]
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
        sample = "/utility_billing_sync/samples/compteurs.csv"
        return [{"label": self.env._("Sample File"), "template": sample}]

    # === BUSINESS === #

    @api.model
    def _by_number(self, sections):
        """Return {(section id, letters and digits of a number): its meters} of some sections."""
        found = defaultdict(self.browse)
        query = self._search([("section_id", "in", sections.ids), ("serial_number", "!=", False)])
        names = ("id", "section_id", "serial_number")
        rows = query.select(*(self._field_to_sql(query.table, name, query) for name in names))
        for meter_id, section_id, number in self.env.execute_query(rows):
            if plain := plain_number(number):
                found[section_id, plain] |= self.browse(meter_id)
        return found

    def _check_not_known(self):
        """Refuse imported meters that the section already has: an import cannot ask about each of them.

        :raises ValidationError: a meter of the section has the same number, and not another maker
        """
        known = self._by_number(self.section_id)
        for meter in self:
            others = known.get((meter.section_id.id, plain_number(meter.serial_number)), self.browse()) - meter
            if same := others.filtered(meter._may_be):
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


def plain_number(number):
    """Return the letters and digits of a serial number: capitals, blanks and signs make no difference."""
    return "".join(words(number))
