from odoo import fields, models

from ..common.guarded import Guard


class ResCompany(models.Model):
    _inherit = "res.company"
    _guard = Guard(given="utility_retention_months")

    utility_retention_months = fields.Integer(
        string="Personal Data Kept",
        help="Number of months after the end of a subscription after which its people are anonymised; bills and "
        "volumes stay. 0: never automatically.",
    )

    _utility_retention_positive = models.Constraint(
        "CHECK(utility_retention_months >= 0)", "The number of months can't be negative."
    )
