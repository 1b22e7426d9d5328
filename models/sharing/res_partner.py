from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    utility_sharing_enabled = fields.Boolean(compute="_compute_utility_sharing_enabled")

    @api.depends_context("allowed_company_ids")
    def _compute_utility_sharing_enabled(self):
        self.utility_sharing_enabled = any(self.env.companies.mapped("share_connection_points"))

    def action_attach_connection_point(self):
        """Open *Rattacher un point de raccordement* for this subscriber (notice 1)."""
        self.ensure_one()
        return self.env["utility.meter.attach"]._open_for(self)
