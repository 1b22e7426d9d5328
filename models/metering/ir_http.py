from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client which companies have sections: its lists say which of them the switcher leaves out."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            # sudo: ids of the user's own companies that have a section; nothing of the sections is shown
            sections = self.env["utility.section"].sudo().search([("company_id", "in", user.company_ids.ids)])
            info["utility_company_ids"] = sections.company_id.ids
        return info
