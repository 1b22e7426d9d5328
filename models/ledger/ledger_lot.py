from odoo import api, fields, models
from odoo.exceptions import UserError

# PostgreSQL's usual compression took longer than all checks of the documents; a server built without LZ4 keeps it.
QUICK_COMPRESSION = """
    SELECT set_config(name, 'lz4', true) FROM pg_settings
     WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)
"""


class LedgerLot(models.Model):
    """A file of a run: its bytes are kept before they are delivered, so that a crash never makes a second one."""

    _name = "ledger.lot"
    _description = "Lot"
    _order = "id desc"
    _rec_name = "number"

    run_id = fields.Many2one("ledger.run", required=True, ondelete="restrict", index=True)
    connector_id = fields.Many2one(related="run_id.connector_id", store=True, index=True)
    company_ids = fields.Many2many("res.company", string="Companies", required=True)
    number = fields.Char(string="Lot", required=True)
    name = fields.Char(string="File", required=True)
    layout_id = fields.Many2one("ledger.layout", required=True, ondelete="restrict")
    state = fields.Selection(
        [("written", "To Deliver"), ("delivered", "Delivered"), ("abandoned", "Abandoned"), ("refused", "Refused")],
        required=True,
        default="written",
    )
    attachment_id = fields.Many2one("ir.attachment", string="Content", ondelete="restrict")
    size = fields.Integer(help="In bytes.")
    sha256 = fields.Char(string="SHA-256")
    document_count = fields.Integer(string="Documents in the Lot")
    date_delivered = fields.Datetime(string="Delivered On")

    _number_unique = models.UniqueIndex("(connector_id, number)")

    # === ACTIONS === #

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "new",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        # sudo: documents of every company, whether or not the caller may see them; none is shown
        if self.env["ledger.document"].sudo().search_count([("lot_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A lot whose documents left in it is kept."))

    # === BUSINESS === #

    @api.model
    def _make(self, run, layout, content, values):
        """Return a new lot of a run with the bytes of its file."""
        lot = self.create({"run_id": run.id, "layout_id": layout.id, **values})
        self.env.cr.execute(QUICK_COMPRESSION)
        # In the database, with the transaction: what a full disk or a crash leaves of a file in the file store keeps
        # the same content from ever being written there again.
        kept = {"db_datas": content, "mimetype": "text/plain", "res_model": lot._name, "res_id": lot.id}
        lot.attachment_id = self.env["ir.attachment"].create({"name": lot.name, **kept})
        return lot
