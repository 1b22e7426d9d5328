from odoo import api, fields, models
from odoo.fields import Domain

from ...core.metering.ageing import YEARS_IN_SERVICE, renewal_date


class UtilityConnectionPoint(models.Model):
    """When the device of a point is to be replaced (order of 6 March 2007)."""

    _inherit = "utility.connection.point"

    renewal_date = fields.Date(
        string="To Replace From",
        compute="_compute_renewal_date",
        help="15 years after its installation, else its make.",
    )
    is_renewal_due = fields.Boolean(
        string="To Replace", compute="_compute_renewal_date", search="_search_is_renewal_due"
    )

    @api.depends("installation_date", "year")
    def _compute_renewal_date(self):
        today = fields.Date.context_today(self)
        for point in self:
            point.renewal_date = renewal_date(point.installation_date or None, point.year)
            point.is_renewal_due = bool(point.renewal_date and point.renewal_date <= today)

    def _search_is_renewal_due(self, operator, _value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        installed = Domain("installation_date", "<=", fields.Date.subtract(today, years=YEARS_IN_SERVICE))
        made = Domain("installation_date", "=", False) & Domain("year", ">", 0)
        return installed | (made & Domain("year", "<=", today.year - YEARS_IN_SERVICE))
