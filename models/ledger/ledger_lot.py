from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...core.ledger.acknowledgement import whole_refusal
from ...core.ledger.delivery import StoredLot, deliver_lot
from ...core.ledger.findings import DeliveryConflict

BLOCK = 256 * 1024
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

    def action_abandon(self):
        """Give up a lot whose name is taken over there by another content: its documents may leave in another lot.

        :raises UserError: the lot is not in conflict, it could still arrive
        """
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Giving a lot up is for who sets connectors up."))
        self.check_access("read")
        with self.connector_id._open_transport() as transport:
            try:
                deliver_lot(transport, self._stored(), ())
            except DeliveryConflict:
                # sudo: nobody writes lots by hand; the caller may see every company of this one
                return self.sudo()._release()
        raise UserError(self.env._("This lot has arrived or can be delivered: it is not given up."))

    def action_accept(self):
        """The accounting system has the file and its answer is lost: the documents that wait for it are integrated.

        :raises UserError: no document of the lot waits for an answer
        """
        _lot, waiting = self._take_for_answer()
        waiting._accept()

    def action_refuse(self):
        """The accounting system refused the whole file: its documents may be corrected and leave in another lot.

        :raises UserError: no document of the lot waits for an answer
        """
        lot, waiting = self._take_for_answer()
        waiting._reject(dict.fromkeys(waiting.ids, whole_refusal(lot.number)))
        lot.state = "refused"

    # === BUSINESS === #

    def _take_for_answer(self):
        """Return the lot, locked, and its documents that wait for an answer which somebody gives by hand."""
        self.ensure_one()
        if not self.env.user.has_group("utility_billing_sync.group_ledger_manager"):
            raise AccessError(self.env._("Saying what became of a lot is for who sets connectors up."))
        self.check_access("read")
        # sudo: nobody writes lots by hand; the caller may see every company of this one
        lot = self.sudo().try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        waiting = lot._documents("exported") if lot.state == "delivered" else lot.env["ledger.document"]
        if not waiting:
            raise UserError(self.env._("No document of this lot waits for an answer."))
        return lot, waiting

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

    def _stored(self):
        folder = self.connector_id.sudo().entries_folder  # sudo: a folder's name, not shown
        return StoredLot(f"{folder}/{self.name}", self.size, self.sha256)

    def _chunks(self):
        # sudo: the lot's own file, for the delivery that the user may start
        content = self.attachment_id.sudo().raw
        return (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))

    def _recover(self, transport):
        """Steps 3 and 4, for the first time or after a crash: bring the file to its place, mark its documents.

        A lot that another run holds is left to it.

        :raises TransportError: it did not arrive; the lot stays to be delivered
        """
        lot = self.try_lock_for_update(allow_referencing=True)
        lot.invalidate_recordset()
        if lot.state != "written":
            return
        # the answer may be here before our own confirmation: then the file has arrived, and was taken
        if lot._documents("exporting"):
            lot._leave_trace(transport)
            deliver_lot(transport, lot._stored(), lot._chunks())
        lot._confirm()

    def _confirm(self):
        now = fields.Datetime.now()
        self.write({"state": "delivered", "date_delivered": now})
        waiting = self._documents("exporting")
        waiting._move_on("confirm", date_exported=now)
        if not self.connector_id.acknowledgement_layout_id:
            waiting._accept()
        run = self.run_id
        run._count(exported=self.document_count)
        if run.state == "written" and all(lot.state == "delivered" for lot in run.lot_ids):
            run._move_on("deliver")
            if run.date_end and not run.retry_on:
                # the run that made it is over: it ends well after all
                run._finish()

    def _release(self):
        self.state = "abandoned"
        documents = self._documents("exporting")
        documents._move_on("release", lot_id=None)
        if self.run_id.state == "written":
            self.run_id._move_on("abandon")
        documents._refresh()

    def _documents(self, state):
        return self.env["ledger.document"].search([("lot_id", "=", self.id), ("state", "=", state)], order="id")
