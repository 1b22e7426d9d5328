from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _get_view_group_hierarchy(self):
        """Translate what the form of rights shows where nothing is chosen: Odoo keeps it in English, untranslatable."""
        hierarchy = super()._get_view_group_hierarchy()
        words = {"No": self.env._("No"), "View": self.env._("View")}
        privileges = {
            privilege_id: privilege | {"placeholder": words.get(privilege["placeholder"], privilege["placeholder"])}
            for privilege_id, privilege in hierarchy["privileges"].items()
        }
        return hierarchy | {"privileges": privileges}
