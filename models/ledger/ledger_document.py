from odoo import api, fields, models
from odoo.tools import SQL

from .sentences import field_label


class LedgerDocument(models.Model):
    """An accounting document as the accounting system must know it: what it would be sent as, and how far it is.

    Nobody edits these records: hooks on the documents, exports and answers do, as the superuser.
    """

    _name = "ledger.document"
    _description = "Document To Synchronise"
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id"]

    connector_id = fields.Many2one("ledger.connector", required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", required=True, ondelete="restrict")
    operation = fields.Selection(
        [("create", "New Entry"), ("update", "Update")], string="Kind", required=True, default="create"
    )
    state = fields.Selection(
        [
            ("to_export", "To Export"),
            ("exporting", "Exporting"),
            ("exported", "Exported"),
            ("integrated", "Integrated"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="to_export",
    )
    number = fields.Char(string="Document")
    number_sent = fields.Char(string="Number Over There", help="Its number when it left, by which it is known there.")
    company_sent = fields.Char(help="The code of its company when it left.")
    move_type = fields.Selection(
        [
            ("out_invoice", "Customer Invoice"),
            ("out_refund", "Customer Credit Note"),
            ("in_invoice", "Vendor Bill"),
            ("in_refund", "Vendor Credit Note"),
            ("out_receipt", "Sales Receipt"),
            ("in_receipt", "Purchase Receipt"),
        ],
        string="Document Type",
    )
    journal_id = fields.Many2one("account.journal")
    partner_id = fields.Many2one("res.partner", string="Third Party")
    date = fields.Date(index=True)
    amount = fields.Monetary(help="Total with taxes; negative for a credit note.")
    currency_id = fields.Many2one("res.currency")
    run_id = fields.Many2one(related="lot_id.run_id", string="Synchronisation")
    lot_id = fields.Many2one("ledger.lot", ondelete="restrict", index="btree_not_null")
    date_exported = fields.Datetime(string="Exported On")
    date_integrated = fields.Datetime(string="Integrated On")
    anomaly_ids = fields.One2many("ledger.anomaly", "document_id", string="Anomalies")
    has_anomaly = fields.Boolean(string="In Anomaly")
    signature = fields.Char(help="Digest of the entry when it was last looked at: any change shows, whoever made it.")
    content = fields.Text(prefetch=False, help="What the document says now, field by field (digests).")
    content_source = fields.Char(
        prefetch=False, help="Digest of what `content` was worked out from: while it stays, so does `content`."
    )
    content_sent = fields.Text(prefetch=False, help="What it said when it last left.")
    codes_refused = fields.Char(prefetch=False, help="Digest of its codes when it was refused.")
    content_integrated = fields.Text(prefetch=False, help="What the accounting system accepted.")
    changed_fields = fields.Char(string="Changed Attributes", help="Their names in the exchange.")
    changed_labels = fields.Char(
        string="Changed Fields", compute="_compute_changed_labels", help="What an update would change."
    )

    # A document changes its state three times on its way: each index is paid for each time.
    _move_unique = models.UniqueIndex("(move_id, connector_id)")
    _due_index = models.Index("(connector_id, operation, date, id) WHERE state = 'to_export'")
    _anomaly_index = models.Index("(connector_id) WHERE has_anomaly")

    @api.depends("changed_fields")
    @api.depends_context("lang")
    def _compute_changed_labels(self):
        for document in self:
            names = (document.changed_fields or "").split(", ")
            document.changed_labels = ", ".join(field_label(self.env, name) for name in names)

    # === ACTIONS === #

    def action_view_anomalies(self):
        """The red triangle: what is wrong, which field to correct, where."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_document_action_anomalies")
        return action | {"res_id": self.id, "name": self.env._("Anomalies of %s", self.number)}

    def action_open_move(self):
        """Open the document itself, where it is corrected."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # === BUSINESS === #

    def _refresh(self):
        """Hook: look again at what the entries of these documents say."""

    def _accept(self):
        """The accounting system has these documents as they were sent; a later change here becomes an update."""
        sent = SQL.identifier("content_sent")
        self._move_on("accept", content_integrated=sent, date_integrated=fields.Datetime.now(), changed_fields=None)
        # what changed here meanwhile is an update; remarks on what left are over
        query = SQL(
            "SELECT id FROM ledger_document document WHERE id = ANY(%s)"
            " AND (content IS DISTINCT FROM content_integrated"
            " OR EXISTS (SELECT FROM ledger_anomaly anomaly WHERE anomaly.document_id = document.id))",
            self.ids,
        )
        self.browse(row[0] for row in self.env.execute_query(query))._refresh()

    def _reject(self, findings):
        """The accounting system refused them; `findings`: {document id: core finding}."""
        self._move_on("reject")
        self.anomaly_ids.unlink()
        anomalies = self.env["ledger.anomaly"]
        anomalies.create(
            [
                anomalies._values(findings[document.id], document_id=document.id, company_id=document.company_id.id)
                for document in self
            ]
        )
        self.write({"has_anomaly": True})
