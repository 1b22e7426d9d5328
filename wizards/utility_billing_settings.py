from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.common.guarded import Guard

OPTIONS = ("utility_use_billing_types", "utility_use_units", "share_connection_points", "utility_retention_months")


class UtilityBillingSettings(models.TransientModel):
    """*Élément de facturation* for managers without access to Odoo's settings, which are for administrators."""

    _name = "utility.billing.settings"
    _description = "Billing Settings"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        once="company_id",
        given="utility_use_billing_types utility_use_units share_connection_points utility_retention_months",
    )

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    utility_use_billing_types = fields.Boolean(
        string="Billing Type", default=lambda self: self.env.company.utility_use_billing_types
    )
    utility_use_units = fields.Boolean(string="Units", default=lambda self: self.env.company.utility_use_units)
    share_connection_points = fields.Boolean(
        string="Connection Point Sharing", default=lambda self: self.env.company.share_connection_points
    )
    utility_retention_months = fields.Integer(
        string="Personal Data Kept (Months)", default=lambda self: self.env.company.utility_retention_months
    )

    @api.model
    def action_open(self):
        """Open the options of the current company: in Odoo's settings if the user has access, otherwise in a dialog."""
        name = "res_config_settings_action" if self.env.is_admin() else "utility_billing_settings_action"
        return self.env["ir.actions.act_window"]._for_xml_id(f"utility_billing_sync.{name}")

    def action_save(self):
        """Switch the options of the company on or off.

        :raises AccessError: the company is not one of the user's
        """
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("%s is not one of your companies.", self.company_id.display_name))
        # sudo: managers may not write companies; writes three options of one company of theirs
        self.company_id.sudo().write({name: self[name] for name in OPTIONS})
        return {"type": "ir.actions.client", "tag": "reload"}
