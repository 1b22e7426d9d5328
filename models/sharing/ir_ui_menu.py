from odoo import models

SHARING_MENUS = (
    "utility_menu_to_synchronise",
    "utility_reading_menu_pending",
    "utility_move_menu_waiting",
    "utility_meter_menu_gaps",
    "utility_meter_matching_menu",
    "utility_billing_handover_menu",
)


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide the menus about sharing from users without any company that shares (notice 1, "Activation")."""
        hidden = super()._load_menus_blacklist()
        if any(self.env.user.company_ids.mapped("share_connection_points")):
            return hidden
        refs = (self.env.ref(f"utility_billing_sync.{name}", raise_if_not_found=False) for name in SHARING_MENUS)
        return [*hidden, *(menu.id for menu in refs if menu)]
