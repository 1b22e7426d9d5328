from odoo import fields, models

from ..common.guarded import Guard


class ResPartner(models.Model):
    _inherit = "res.partner"
    _guard = Guard(given="utility_bill_by_email")

    utility_bill_by_email = fields.Boolean(
        string="Bills by E-mail", help="This person agreed to get their bills by e-mail and not on paper."
    )
