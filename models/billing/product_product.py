from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "utility.in.use"]

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: products are common to companies; only tariffs that the user may read are named
        lines = self.env["utility.tariff.line"].sudo().search([("product_id", "in", self.ids)])
        lines = lines.filtered(lambda line: line.version_id.tariff_id.active and not line.version_id._is_over())
        for product, charged in lines.grouped("product_id").items():
            tariffs = charged.version_id.tariff_id.with_env(self.env)
            yield self.env._(
                "%(product)s is charged by tariffs in force (%(tariffs)s): choose another product in them first.",
                product=product.with_env(self.env).display_name,
                tariffs=", ".join(tariffs._filtered_access("read").mapped("name")) or len(tariffs),
            )
