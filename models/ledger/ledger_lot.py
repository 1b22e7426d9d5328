import base64
import zlib
from urllib.parse import quote as url_quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# `packed`: bytes of the file; `manifest`: a line per document (core/ledger/traces.py), both compressed (zlib);
# `documents`: their ids, in the order of the file. None ever changes.
ADD_COLUMNS = """
    ALTER TABLE ledger_lot ADD COLUMN IF NOT EXISTS packed bytea, ADD COLUMN IF NOT EXISTS manifest bytea,
                           ADD COLUMN IF NOT EXISTS documents int4[];
    ALTER TABLE ledger_lot ALTER COLUMN packed SET STORAGE EXTERNAL, ALTER COLUMN manifest SET STORAGE EXTERNAL
"""
#: Bytes of the file that are decompressed at a time.
BLOCK = 256 * 1024


class LedgerLot(models.Model):
    """A file of a run, stored before it is delivered, so that a crash never leads to a second one."""

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
    layout_as_sent = fields.Text(help="The settings and columns of the layout when the file was rendered.")
    state = fields.Selection(
        [("written", "To Deliver"), ("delivered", "Delivered"), ("abandoned", "Abandoned"), ("refused", "Refused")],
        required=True,
        default="written",
    )
    file = fields.Binary(compute="_compute_file", string="Content")
    size = fields.Integer(help="In bytes.")
    sha256 = fields.Char(string="SHA-256")
    document_count = fields.Integer(string="Documents in the Lot")
    date_delivered = fields.Datetime(string="Delivered On")

    _number_unique = models.UniqueIndex("(connector_id, number)")

    def init(self):
        self.env.cr.execute(ADD_COLUMNS)

    def _compute_file(self):
        for lot in self:
            lot.file = base64.b64encode(lot._content())

    # === ACTIONS === #

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/ledger.lot/{self.id}/file/{url_quote(self.name)}?download=true",
            "target": "new",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        # sudo: documents of companies that the user cannot see count as well; none is shown
        if self.env["ledger.document"].sudo().search_count([("lot_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A lot in which documents were sent cannot be deleted."))

    # === BUSINESS === #

    @api.model
    def _make(self, run, layout, packed, values):
        """Create a lot of a run.

        :param packed: bytes of its file, compressed (zlib)
        """
        lot = self.create({"run_id": run.id, "layout_id": layout.id, "layout_as_sent": layout._outline(), **values})
        # In the database, not the file store: after a full disk or a crash, a partial file there would prevent the same
        # content from being written again.
        lot._keep(packed=packed)
        return lot

    def _keep(self, **values):
        """Write columns that the ORM does not know (ADD_COLUMNS)."""
        changes = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        self.env.cr.execute(SQL("UPDATE ledger_lot SET %s WHERE id = %s", changes, self.id))

    def _kept(self, name):
        """Return the value of a column that the ORM does not know (ADD_COLUMNS)."""
        query = SQL("SELECT %s FROM ledger_lot WHERE id = %s", SQL.identifier(name), self.id)
        value = self.env.execute_query(query)[0][0]
        return bytes(value) if isinstance(value, memoryview) else value

    def _content(self):
        """Return the bytes of the file."""
        return b"".join(self._chunks())

    def _chunks(self):
        """Yield the bytes of the file in blocks."""
        unpacking, packed = zlib.decompressobj(), self._kept("packed") or b""
        while packed:
            yield unpacking.decompress(packed, BLOCK)
            packed = unpacking.unconsumed_tail
        yield unpacking.flush()

    def _manifest(self):
        """Return the manifest: a line per document."""
        packed = self._kept("manifest")
        return zlib.decompress(packed) if packed else b""
