from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.ledger.states import STAGES, shown_state
from ..common.bulk import id_array
from .ledger_content import TABLE
from .sentences import field_label

IS_ON_ITS_WAY = Domain("stage", "=", "sent") & Domain("lot_id", "any!", [("state", "=", "written")])
STATE = """
    CASE WHEN %(stage)s != 'sent' THEN %(stage)s
         WHEN %(lot)s IN (SELECT id FROM ledger_lot WHERE state = 'written') THEN 'exporting'
         ELSE 'exported' END
"""
# Stores the content as sent as the accepted one. Returns the documents to refresh: those changed meanwhile, and those
# with anomalies.
STORE_ACCEPTED = """
    WITH changed AS (
        UPDATE ledger_content SET content_integrated = content_sent, content_sent = NULL
         WHERE id = ANY(%(ids)s::int[]) AND (content_sent IS NOT NULL OR content_integrated IS NOT NULL)
     RETURNING id, content_integrated
    )
    SELECT id FROM changed WHERE content_integrated IS NOT NULL
     UNION
    SELECT document_id FROM ledger_anomaly WHERE document_id = ANY(%(ids)s::int[])
"""


class LotReference(fields.Many2one):
    """Lot of a document, without a foreign key, which PostgreSQL would check for each document that is sent."""

    def update_db_foreign_key(self, model, column):
        """Create no foreign key: a lot with documents cannot be deleted (`ledger.lot`, `_unlink_except_sent`)."""


class LedgerDocument(models.Model):
    """An entry to be created or updated in the accounting system, with its state.

    Users do not edit these records: hooks of entries, exports and answers write them, as the superuser.
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
    stage = fields.Selection(
        [("to_export", "To Export"), ("sent", "Sent"), ("integrated", "Integrated"), ("rejected", "Rejected")],
        required=True,
        default="to_export",
        help="Stored state: whether a sent document has arrived depends on its lot.",
    )
    state = fields.Selection(
        [
            ("to_export", "To Export"),
            ("exporting", "Exporting"),
            ("exported", "Exported"),
            ("integrated", "Integrated"),
            ("rejected", "Rejected"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    number = fields.Char(string="Document")
    number_sent = fields.Char(
        string="Number as Sent", help="Number of its first sending, by which the accounting system knows it."
    )
    company_sent = fields.Char(help="Code of its company when it was first sent.")
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
    lot_id = LotReference("ledger.lot")
    date_exported = fields.Datetime(related="lot_id.date_delivered", string="Exported On")
    date_integrated = fields.Datetime(string="Integrated On")
    anomaly_ids = fields.One2many("ledger.anomaly", "document_id", string="Anomalies")
    has_anomaly = fields.Boolean(string="With Anomalies")
    changed_fields = fields.Char(string="Changed Attributes", help="Technical names of the changed fields.")
    changed_labels = fields.Char(
        string="Changed Fields", compute="_compute_changed_labels", help="Fields that an update would change."
    )

    # Few indexes: each one slows down every change of stage.
    _move_unique = models.UniqueIndex("(move_id, connector_id)")
    _due_index = models.Index("(connector_id, operation, date, id) WHERE stage = 'to_export'")
    _anomaly_index = models.Index("(connector_id) WHERE has_anomaly IS TRUE")

    def init(self):
        self.env.cr.execute(TABLE)
        # replaced by `stage`; as a required column of an earlier version, it would prevent insertions
        self.env.cr.execute("ALTER TABLE ledger_document DROP COLUMN IF EXISTS state")

    @api.depends("stage", "lot_id.state")
    def _compute_state(self):
        # sudo: only whether the lot has arrived; the user may not see the lot, which may have other companies
        for document in self.sudo():
            document.state = shown_state(document.stage, document.lot_id.state != "written")

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        kept = [stage for stage in value if STAGES.get(stage) == stage]
        found = Domain("stage", "in", kept)
        if {"exporting", "exported"} <= set(value):
            return found | Domain("stage", "=", "sent")
        if "exporting" in value:
            return found | IS_ON_ITS_WAY
        if "exported" in value:
            return found | Domain("stage", "=", "sent") & ~IS_ON_ITS_WAY
        return found

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of `state`, so that lists can be grouped and sorted by it."""
        if field_expr != "state":
            return super()._field_to_sql(alias, field_expr, query)
        stage, lot = (super(LedgerDocument, self)._field_to_sql(alias, name, query) for name in ("stage", "lot_id"))
        return SQL(STATE, stage=stage, lot=lot)

    @api.depends("changed_fields")
    @api.depends_context("lang")
    def _compute_changed_labels(self):
        for document in self:
            names = (document.changed_fields or "").split(", ")
            document.changed_labels = ", ".join(field_label(self.env, name) for name in names)

    # === ACTIONS === #

    def action_view_anomalies(self):
        """Show the document's anomalies (red triangle)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_document_action_anomalies")
        return action | {"res_id": self.id, "name": self.env._("Anomalies of %s", self.number)}

    def action_open_move(self):
        """Open the entry, where anomalies are corrected."""
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
        """Hook: update these documents from their entries."""

    def _accept(self):
        """Mark documents as integrated, as they were sent. A change since then becomes an update."""
        self._move_on("accept", date_integrated=fields.Datetime.now(), changed_fields=None)
        # the refresh finds updates, and removes the remarks on what was sent
        rows = self.env.execute_query(SQL(STORE_ACCEPTED, ids=id_array(self.ids)))
        self.browse(row[0] for row in rows)._refresh()

    def _reject(self, findings):
        """Mark documents as rejected by the accounting system.

        :param findings: {document id: core Finding}
        """
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
