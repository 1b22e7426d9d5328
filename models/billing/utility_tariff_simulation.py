"""What a year costs by a tariff: the bill of 120 m³, by which services compare their prices (CGCT, D. 2224-1 to 5)."""

from datetime import timedelta
from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import format_amount, formatLang

from ...core.billing import BillRequest, Consumption, Period, Rounding, Tariff, compute_bill
from ...core.billing.errors import BillingError
from ...core.billing.reference_price import REFERENCE_VOLUME
from ...core.metering.intervals import years_before


class UtilityTariff(models.Model):
    _inherit = "utility.tariff"

    simulation = fields.Html(
        string="Bill of 120 m³",
        compute="_compute_simulation",
        sanitize=False,
        help="A whole year of 120 m³ by the version in force, taxes included.",
    )

    @api.depends("version_ids.date_start", "version_ids.line_ids.price", "version_ids.summary")
    @api.depends_context("lang", "uid")
    def _compute_simulation(self):
        today = fields.Date.context_today(self)
        for tariff in self:
            # what is saved: prices that are being typed have gaps
            dated = tariff._origin.version_ids.sorted("date_start")
            current = dated.filtered(lambda version: version.date_start <= today)[-1:] or dated[:1]
            tariff.simulation = current._simulate() if current else False


class UtilityTariffVersion(models.Model):
    _inherit = "utility.tariff.version"

    def _simulate(self):
        """Return the bill of a year of 120 m³ as a table, False where the version cannot be billed yet."""
        bill = self._reference_bill()
        if bill is None:
            return False
        lines = {line.id: line for line in self.line_ids}
        rows, net, gross = Markup(), Decimal(0), Decimal(0)
        for charge in bill.lines:
            line = lines[charge.key]
            net, gross = net + charge.amount, gross + line._with_taxes(charge.amount)
            rows += self._row(line.name or "", charge.quantity, charge.unit_price, charge.amount)
        head = (self.env._("Price from %s", format_date(self.env, self.date_start)), self.env._("Quantity"))
        head += (self.env._("Price"), self.env._("Amount"))
        totals = self._total(self.env._("Total before tax"), net)
        totals += self._total(self.env._("Total with taxes"), gross)
        totals += self._total(self.env._("Price per m³ with taxes"), gross / REFERENCE_VOLUME)
        heads = Markup().join(Markup("<th%s>%s</th>") % (_end(place), text) for place, text in enumerate(head))
        table = "<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody><tfoot>%s</tfoot></table>"
        return Markup(table) % (heads, rows, totals)

    def _reference_bill(self):
        (version,) = self._to_core() or (None,)
        if version is None or not version.lines:
            return None
        # the year that ends with the day before the same day: 365 days, 366 over a 29th of February
        last = years_before(self.date_start, -1) - timedelta(days=1)
        year = Period(self.date_start, last)
        rounding = Rounding(Decimal(str(self.currency_id.rounding or 0.01)))
        request = BillRequest(year, Tariff((version,)), (Consumption(year, REFERENCE_VOLUME),), rounding=rounding)
        try:
            return compute_bill(request)
        except BillingError:
            return None

    def _row(self, name, quantity, price, amount):
        decimals = max(2, -price.normalize().as_tuple().exponent)
        shown = self.env["utility.reading"]._format_volume(quantity)
        cells = (name, shown, formatLang(self.env, float(price), digits=decimals), self._money(amount))
        return Markup("<tr>%s</tr>") % Markup().join(
            Markup("<td%s>%s</td>") % (_end(place), text) for place, text in enumerate(cells)
        )

    def _total(self, label, amount):
        return Markup("<tr class='fw-bold'><td colspan='3'>%s</td><td class='text-end'>%s</td></tr>") % (
            label,
            self._money(amount),
        )

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)


class UtilityTariffLine(models.Model):
    _inherit = "utility.tariff.line"

    def _with_taxes(self, amount):
        """Return an amount of this line with the taxes of its product."""
        company = self.company_id or self.env.company
        # sudo: agents read prices and no taxes; the sum alone is shown
        taxes = self.sudo().product_id.taxes_id.filtered(lambda tax: tax.company_id == company)
        return Decimal(str(taxes.compute_all(float(amount), currency=self.currency_id)["total_included"]))


def _end(place):
    return Markup(" class='text-end'") if place else Markup()
