from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .sync_states import SyncStates


class UtilityConnectionPoint(models.Model):
    """Sharing of a point by several sections: who may share it, who may read it, what sharing forbids."""

    _inherit = "utility.connection.point"

    readers = fields.Char(compute="_compute_readers", help="Sections whose agents can read notes on this point.")

    @api.depends("is_shared")
    def _compute_readers(self):
        # sudo: every agent of a shared point may see the names of its sections (invariant 5)
        cards = self.env["utility.meter"].sudo().search([("connection_point_id", "in", self._origin.ids)])
        by_point = cards.grouped(lambda card: card.connection_point_id.id)
        for point in self:
            sections = by_point.get(point._origin.id, cards.browse()).section_id
            point.readers = ", ".join(sections.sorted("sequence").mapped("name"))

    @api.model
    def _attachable_to(self, section):
        # sudo: only whether the section's company shares its points; the user may not read its settings
        if not section.sudo().company_id.share_connection_points:
            return super()._attachable_to(section)
        # in all companies of the user, like the dialog that attaches a point
        cards = self.env["utility.meter"].with_context(allowed_company_ids=self.env.user.company_ids.ids)
        query = cards._search(
            [
                ("section_id", "!=", section.id),
                ("company_id.share_connection_points", "=", True),
                ("serial_number", "!=", False),
                ("connection_point_id", "not any", [("meter_ids.section_id", "in", section.ids)]),
            ]
        )
        names = ("connection_point_id", "serial_number", "brand", "section_id")
        point, serial, brand, theirs = (cards._field_to_sql(query.table, name, query) for name in names)
        name = SQL("(SELECT name FROM utility_section WHERE id = %s)", theirs)
        return self.env.execute_query(query.select(point, serial, brand, name))

    def _refresh_sharing(self):
        """Update the synchronisation states after the cards of the points changed."""
        SyncStates(self.env).refresh(self.exists().ids)
        return super()._refresh_sharing()

    def _check_sharing_allowed(self):
        """Check that every company concerned has the option on, and the user has access to all of them (invariant 5).

        :raises ValidationError: the option is off
        :raises AccessError: the user has no access to one of the companies
        """
        # sudo: the companies of a point's cards are compared with the user's; only a name is shown
        shared = self.sudo().filtered("is_shared")
        companies = shared.company_ids
        companies._note_sharing()
        off = companies.filtered(lambda c: not c.share_connection_points)
        if off:
            raise ValidationError(
                self.env._(
                    "%(companies)s: the option “Connection Point Sharing” is off. Switch it on first "
                    "(Configuration → Billing → Billing Element).",
                    companies=", ".join(off.mapped("name")),
                )
            )
        if not self.env.su and companies - self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "Sharing %(meters)s requires access to all the companies concerned: ask a colleague who works in "
                    "each of the sections.",
                    meters=", ".join(shared[:5].mapped("display_name")),
                )
            )
