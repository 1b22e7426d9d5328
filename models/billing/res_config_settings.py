from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    share_connection_points = fields.Boolean(related="company_id.share_connection_points", readonly=False)
    utility_use_billing_types = fields.Boolean(related="company_id.utility_use_billing_types", readonly=False)
    utility_use_units = fields.Boolean(related="company_id.utility_use_units", readonly=False)
    utility_retention_months = fields.Integer(related="company_id.utility_retention_months", readonly=False)
