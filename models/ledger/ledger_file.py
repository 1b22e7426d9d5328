from odoo import api, fields, models

from ...core.ledger.findings import Finding
from .ledger_layout import FLOWS


class LedgerFile(models.Model):
    """An incoming file.

    By its name and digest, an answer or a file of payments is read once, even if a crash prevents that it is moved.
    """

    _name = "ledger.file"
    _description = "Incoming File"
    _order = "id desc"

    run_id = fields.Many2one("ledger.run", required=True, ondelete="restrict", index=True)
    connector_id = fields.Many2one(related="run_id.connector_id", store=True, index=True)
    name = fields.Char(string="File", required=True)
    flow = fields.Selection([*FLOWS, ("scan", "Scan")], required=True)
    company_id = fields.Many2one("res.company", help="Company of a scan.")
    move_id = fields.Many2one(
        "account.move", string="Bill", ondelete="set null", index="btree_not_null", help="Created from a scan."
    )
    size = fields.Integer(help="In bytes.")
    sha256 = fields.Char(string="SHA-256")
    changed_at = fields.Float(help="Time of its last change on the server, in seconds since 1970.")
    state = fields.Selection(
        [("done", "File Read"), ("open", "Rows Expected"), ("error", "Refused")], required=True, default="done"
    )
    layout_digest = fields.Char(help="Digest of the layout used to read it.")
    read_again = fields.Boolean(help="The next run reads it again.")

    _read_once = models.UniqueIndex(
        "(connector_id, flow, name, sha256, COALESCE(changed_at, 0))"
        " WHERE flow IN ('acknowledgement', 'payments') AND state = 'done'"
    )
    _scanned_once = models.UniqueIndex("(company_id, sha256) WHERE flow = 'scan' AND state = 'done'")

    @api.model
    def _refuse(self, values, error):
        """Record that a file was refused as a whole, with the reason (Finding or LedgerError)."""
        file = self.create(values | {"state": "error"})
        file.run_id._keep_findings([Finding(error.code, "", error.params)], file.name)
