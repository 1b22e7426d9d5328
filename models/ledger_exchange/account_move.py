from odoo import fields, models


class AccountMove(models.Model):
    """Vendor bills that were created from received files."""

    _inherit = "account.move"

    ledger_scan_ids = fields.One2many(
        "ledger.file", "move_id", string="Received Files", domain=[("flow", "=", "scan")], readonly=True
    )
