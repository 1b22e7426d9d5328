from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..ledger_entries.account_move import MONITOR
from ..ledger_entries.reconcile import Reconciler
from .runner import Runner

#: Events that bring a document from the stage stored in this database back to "to_export", its stage when it was sent.
EVENTS_BACK = {"sent": ("release",), "integrated": ("change",), "rejected": ("correct",)}
RESTORE_SENT = """
    WITH content AS (
        UPDATE ledger_content content SET content_sent = row.content
          FROM unnest(%(ids)s::int[], %(contents)s::text[]) AS row(id, content)
         WHERE content.id = row.id
    )
    UPDATE ledger_document document
       SET operation = row.operation, has_anomaly = false, number_sent = row.number, company_sent = row.company
      FROM unnest(%(ids)s::int[], %(operations)s::varchar[], %(numbers)s::varchar[], %(companies)s::varchar[])
        AS row(id, operation, number, company)
     WHERE document.id = row.id
"""


class LedgerDocument(models.Model):
    """*Visuel Synchronisations*: export of documents, and their recovery after a database was restored."""

    _inherit = "ledger.document"

    # === ACTIONS === #

    @api.model
    def action_compare(self):
        """Find changes of entries that bypassed the documents; called by the list once it is shown.

        :return: whether a document changed, so that the list must be read again
        """
        self._check_may_export()
        # sudo: the caller may see the monitor; documents of their own companies are brought up to date
        connectors = self.env["ledger.connector"].search([("company_ids", "in", self.env.companies.ids)])
        found = [Reconciler(connector).reconcile() for connector in connectors.sudo()]  # sudo: as above
        return any(found)

    @api.model
    def action_open_monitor(self):
        """Open *Visuel Synchronisations* after a comparison, for callers without its list."""
        self.action_compare()
        return self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_document_action")

    def action_export(self):
        """*Exporter*: send these documents, except those with anomalies.

        :return: the action that shows the run, or a notification if there is nothing to export
        """
        self._check_may_export()
        # "exporting": each run also delivers the lots that an interrupted run left
        waiting = [("id", "in", self.ids), ("state", "in", ("to_export", "exporting", "rejected"))]
        # sudo: ids of archived connectors, and the name of one of a document that the caller may read
        archived = self.env["ledger.connector"].sudo().search([("active", "=", False)])
        open_ones = [*waiting, ("connector_id", "not in", archived.ids)]
        # by ids: there may be hundreds of thousands of them
        groups = self._read_group(open_ones, ["connector_id"], ["id:recordset", "company_id:recordset"])
        if not groups:
            held = self.search([*waiting, ("connector_id", "in", archived.ids)], limit=1)
            if held:
                held.connector_id.sudo()._check_active()  # sudo: as above
            return self._say_nothing_to_export()
        runs = self.env["ledger.run"]
        for connector, documents, companies in groups:
            run = Runner(connector).start("export", "manual", companies, documents)
            runs |= runs.browse(run.id)
        return runs._action_show()

    def action_export_all(self):
        """*Tout exporter*: send every document of the user's companies that is ready."""
        self._check_may_export()
        ready = self.search([("state", "=", "to_export"), ("company_id", "in", self.env.companies.ids)])
        return ready.action_export()

    # === BUSINESS === #

    def _say_nothing_to_export(self):
        """Return a notification that nothing is ready, with the number of documents to correct."""
        held = self.search_count([("has_anomaly", "=", True), ("company_id", "in", self.env.companies.ids)])
        message = self.env._("Every document of these companies has been sent.")
        if held:
            message = self.env._("%s documents are waiting for a correction: see their red triangles.", held)
        params = {"title": self.env._("Nothing to export"), "message": message, "type": "warning" if held else "info"}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _check_may_export(self):
        if not (self.env.su or self.env.user.has_group(MONITOR)):
            raise AccessError(self.env._("Exporting requires the right “Synchronisation Monitor”."))
        self.check_access("read")

    def _back_in_flight(self, lot, traced):
        """Mark documents as sent in this lot, whatever stage the restored database has for them.

        :param traced: {document id: document as sent, from the lot's trace}
        """
        # an update is sent only after the document was accepted
        accepted = self.filtered(
            lambda document: traced[document.id].operation == "update" and document.stage == "sent"
        )
        accepted._accept()
        for stage, documents in self.grouped("stage").items():
            for event in (*EVENTS_BACK.get(stage, ()), "collect"):
                documents._move_on(event, lot_id=lot.id)
        self.anomaly_ids.unlink()
        self.flush_model()
        names = {"operations": "operation", "contents": "content", "numbers": "number", "companies": "company"}
        columns = {column: [getattr(row, name) for row in traced.values()] for column, name in names.items()}
        self.env.cr.execute(SQL(RESTORE_SENT, ids=list(traced), **columns))
        self._after_rows({"operation", "has_anomaly", "number_sent", "company_sent"})
