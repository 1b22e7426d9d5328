from odoo import fields, models

from ..common.guarded import Guard


class ResPartner(models.Model):
    _inherit = "res.partner"
    _guard = Guard(kept="utility_anonymized_on")

    utility_anonymized_on = fields.Date(string="Anonymised On", readonly=True, copy=False)
