from odoo import fields, models

from .ledger_layout import FLOWS


class LedgerFile(models.Model):
    """A file that came in. An answer is read once: its name and digest say so, whatever crashes before it is moved."""

    _name = "ledger.file"
    _description = "Incoming File"
    _order = "id desc"

    run_id = fields.Many2one("ledger.run", required=True, ondelete="restrict", index=True)
    connector_id = fields.Many2one(related="run_id.connector_id", store=True, index=True)
    name = fields.Char(string="File", required=True)
    flow = fields.Selection([*FLOWS, ("scan", "Scan")], required=True)
    company_id = fields.Many2one("res.company", help="Of a scan.")
    move_id = fields.Many2one(
        "account.move", string="Bill", ondelete="set null", index="btree_not_null", help="Made from a scan."
    )
    size = fields.Integer(help="In bytes.")
    sha256 = fields.Char(string="SHA-256")
    state = fields.Selection(
        [("done", "File Read"), ("open", "Rows Expected"), ("error", "Refused")], required=True, default="done"
    )
    layout_digest = fields.Char(help="Digest of the layout by which an answer was read.")
    read_again = fields.Boolean(help="It is read again by the next run.")

    _read_once = models.UniqueIndex("(connector_id, name, sha256) WHERE flow = 'acknowledgement' AND state = 'done'")
    _scanned_once = models.UniqueIndex("(company_id, sha256) WHERE flow = 'scan' AND state = 'done'")
