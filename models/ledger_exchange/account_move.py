from odoo import fields, models

from ..common.guarded import Guard
from ..ledger_entries.account_move import MONITOR


class AccountMove(models.Model):
    """Vendor bills that were created from received files."""

    _inherit = "account.move"
    _guard = Guard(kept="ledger_scan_ids")

    ledger_scan_ids = fields.One2many(
        "ledger.file",
        "move_id",
        string="Received Files",
        domain=[("flow", "=", "scan")],
        readonly=True,
        groups=MONITOR,
    )
