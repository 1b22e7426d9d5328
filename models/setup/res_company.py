from odoo import fields, models

from ..common.guarded import Guard


class ResCompany(models.Model):
    _inherit = "res.company"
    _guard = Guard(given="utility_setup_closed")

    utility_setup_closed = fields.Boolean(
        string="Setup Closed", help="The dashboard no longer shows how far the setup is; the menu still does."
    )
