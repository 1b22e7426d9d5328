from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.common.guarded import Guard

OPTIONS = ("utility_use_billing_types", "utility_use_units", "share_connection_points", "utility_retention_months")


class UtilityBillingSettings(models.TransientModel):
    """*Paramétrage → Facturation*: the options of a company, for a person in charge (notice 1, "Activation").

    Odoo's own settings are for its administrators, who find the options there as well.
    """

    _name = "utility.billing.settings"
    _description = "Billing Settings"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        once="company_id",
        given="utility_use_billing_types utility_use_units share_connection_points utility_retention_months",
        across="company_id",
    )

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
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

    @api.depends("company_id")
    def _compute_display_name(self):
        self.display_name = self.env._("Billing")

    @api.onchange("company_id")
    def _onchange_company_id(self):
        """Show the options of the company that is chosen."""
        if self.company_id in self.env.user.company_ids:
            company = self._everywhere().company_id
            self.update({name: company[name] for name in OPTIONS})

    @api.model_create_multi
    def create(self, vals_list):
        """Save the page and apply its options to the company at once."""
        self.browse()._check_given(vals_list)
        settings = super().create(vals_list)
        settings._apply()
        return settings

    def write(self, vals):
        self._check_given([vals])
        result = super().write(vals)
        self._apply()
        return result

    # === ACTIONS === #

    @api.model
    def action_open(self):
        """Open the options of the current company."""
        return self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_billing_settings_action")

    def action_save(self):
        """*Enregistrer*: menus and screens follow the options."""
        self.ensure_one()
        self._apply()
        return {"type": "ir.actions.client", "tag": "reload"}

    # === BUSINESS === #

    def _apply(self):
        """Switch the options of the companies on or off.

        :raises AccessError: a company is not one of the user's
        """
        for page in self:
            if page.company_id not in self.env.user.company_ids and not self.env.su:
                raise AccessError(self.env._("%s is not one of your companies.", page.company_id.display_name))
            # sudo: called by a person in charge, who may not write companies; writes only the options of their company
            page.company_id.sudo().write({name: page[name] for name in OPTIONS})
