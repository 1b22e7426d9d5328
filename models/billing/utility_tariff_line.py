from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang
from odoo.tools.float_utils import float_repr

from ...core.billing import Heading, LineKind, Per, TariffLine
from ..common.guarded import SERVER, Guard
from .utility_tariff import CHECKED_AS_A_WHOLE

PRICE = (16, 6)
BOUND = (16, 3)


class UtilityTariffLine(models.Model):
    """One price: a fixed part, a block of volume or a levy, with the product that defines accounts and taxes."""

    _name = "utility.tariff.line"
    _description = "Tariff Price"
    _inherit = ["utility.guarded"]
    _order = "sequence, id"
    _guard = Guard(
        kept="company_id",
        once="version_id",
        given="sequence product_id name kind heading price per lower upper share levy_date",
    )

    version_id = fields.Many2one("utility.tariff.version", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="version_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="version_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Its account and taxes are those of the bill, through the subscriber's fiscal position.",
    )
    name = fields.Char(
        string="Label",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        translate=True,
    )
    kind = fields.Selection(
        [(LineKind.FIXED.value, "Fixed part"), (LineKind.BLOCK.value, "Block"), (LineKind.LEVY.value, "Levy")],
        required=True,
        default=LineKind.BLOCK.value,
    )
    heading = fields.Selection(
        [
            (Heading.DISTRIBUTION.value, "Water distribution"),
            (Heading.COLLECTION.value, "Wastewater collection and treatment"),
            (Heading.PUBLIC_BODIES.value, "Public bodies"),
        ],
        required=True,
        compute="_compute_heading",
        store=True,
        readonly=False,
        precompute=True,
        help="Heading of the bill (order of 10 July 1996).",
    )
    price = fields.Float(
        required=True,
        digits=PRICE,
        help="Before tax: a year or half-year for a fixed part, a unit of volume otherwise.",
    )
    per = fields.Selection(
        [(Per.YEAR.value, "Year"), (Per.HALF_YEAR.value, "Half-year")],
        required=True,
        default=Per.YEAR.value,
        help="Period that the price of a fixed part covers; it is charged by days of service.",
    )
    share = fields.Selection(
        [
            ("distributor", "Distributor's part"),
            ("communal", "Communal part"),
            ("intercommunal", "Intercommunal part"),
        ],
        string="Part",
        help="Beneficiary of this part of the price, shown on bills (order of 10 July 1996, article 2).",
    )
    levy_date = fields.Selection(
        [("invoice", "Bill's date"), ("consumption", "Days of consumption")],
        string="Rate of the",
        required=True,
        default="invoice",
        help="Levies are due at the rate in force on the bill's date, whatever the days of consumption (code de "
        "l'environnement, L.213-10-4), unless they are set otherwise.",
    )
    lower = fields.Float(string="From", digits=BOUND, help="Volume a year above which the block begins.")
    upper = fields.Float(string="To", digits=BOUND, help="Volume a year at which the block ends. 0: no limit.")

    _price_positive = models.Constraint("CHECK(price >= 0)", "A price can't be negative.")

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.product_id.name

    @api.depends("kind")
    def _compute_heading(self):
        """Compute the heading: public bodies for a levy, otherwise the section's own (arrêté of 10 July 1996)."""
        for line in self:
            if line.kind == LineKind.LEVY:
                line.heading = Heading.PUBLIC_BODIES.value
            elif not line.heading or line.heading == Heading.PUBLIC_BODIES:
                sewerage = line.version_id.tariff_id.section_id.service == "sewerage"
                line.heading = (Heading.COLLECTION if sewerage else Heading.DISTRIBUTION).value

    @api.constrains("kind", "heading", "lower", "upper")
    def _check_tariff(self):
        if self.env.context.get(CHECKED_AS_A_WHOLE) is not SERVER:
            self.version_id.tariff_id._check_versions()

    @api.constrains("product_id")
    def _check_company_of_product(self):
        for line in self:
            company = line.product_id.company_id
            if company and company != line.company_id:
                raise ValidationError(
                    self.env._(
                        "Product %(product)s belongs to %(company)s: choose a product of the tariff's own company.",
                        product=line.product_id.display_name,
                        company=company.sudo().name,  # sudo: the name of the company of a readable product
                    )
                )

    def unlink(self):
        tariffs = self.version_id.tariff_id
        result = super().unlink()
        if self.env.context.get(CHECKED_AS_A_WHOLE) is not SERVER:
            tariffs._check_versions()
        return result

    # === BUSINESS === #

    def _sentence(self):
        """Return the price in words: « Consumption, 0 to 120 m³ a year: 1.25 €/m³ »."""
        unit = self.version_id.tariff_id.section_id.uom_id.name or ""
        of_fixed = dict(self._fields["per"]._description_selection(self.env))[self.per].lower()
        words = {
            "label": self.name,
            "price": formatLang(self.env, self.price, digits=self._decimals()),
            "currency": self.currency_id.symbol or "",
            "per": of_fixed if self.kind == LineKind.FIXED else unit,
            "unit": unit,
            "lower": formatLang(self.env, self.lower, digits=0),
            "upper": formatLang(self.env, self.upper, digits=0),
        }
        if self.kind != LineKind.BLOCK or not (self.lower or self.upper):
            return self.env._("%(label)s: %(price)s %(currency)s/%(per)s", **words)
        if self.upper:
            return self.env._(
                "%(label)s, %(lower)s to %(upper)s %(unit)s a year: %(price)s %(currency)s/%(per)s", **words
            )
        return self.env._("%(label)s, above %(lower)s %(unit)s, no limit: %(price)s %(currency)s/%(per)s", **words)

    def _decimals(self):
        """Return the number of decimals that the price needs, at least two."""
        exponent = Decimal(float_repr(self.price, PRICE[1])).normalize().as_tuple().exponent
        return max(2, -exponent)

    def _to_core(self) -> TariffLine:
        block = self.kind == LineKind.BLOCK
        upper = Decimal(float_repr(self.upper, BOUND[1]))
        return TariffLine(
            key=self.id,
            kind=LineKind(self.kind),
            heading=Heading(self.heading),
            price=Decimal(float_repr(self.price, PRICE[1])).normalize() + 0,
            per=Per(self.per),
            lower=Decimal(float_repr(self.lower, BOUND[1])) if block else Decimal(0),
            upper=upper if block and upper else None,
            at_invoice=self.kind == LineKind.LEVY and self.levy_date == "invoice",
        )
