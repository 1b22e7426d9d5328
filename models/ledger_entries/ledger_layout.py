from odoo import api, fields, models
from odoo.tools import OrderedSet

from ...core.ledger.findings import LedgerError
from ...core.ledger.fingerprint import UPDATABLE, ContentChange, updates
from ...core.ledger.layouts import Writer
from ...core.ledger.records import OUTGOING
from ..common.guarded import Guard
from ..ledger.ledger_layout import COLUMN_PATHS, FLAGS, FORM, WORD_PATHS
from ..ledger.sentences import tell


class LedgerLayout(models.Model):
    """Preview of a layout: the file of a real document."""

    _inherit = "ledger.layout"
    _guard = Guard(given="preview_move_id")

    preview_move_id = fields.Many2one(
        "account.move",
        string="Preview On",
        store=False,
        domain="[('state', '=', 'posted'), ('move_type', '!=', 'entry')]",
    )
    preview = fields.Text(compute="_compute_preview", help="File of this document, as it would be written.")

    @api.depends("preview_move_id", "column_ids", *FORM, *FLAGS, "yes_text", "no_text", *COLUMN_PATHS, *WORD_PATHS)
    def _compute_preview(self):
        for layout in self:
            try:
                layout.preview = layout._render_preview()
            except LedgerError as error:
                layout.preview = tell(self.env, error)

    # === BUSINESS === #

    def _render_preview(self):
        layout = self._to_core()
        title = layout.delimiter.join(column.name for column in layout.columns)
        if self.flow not in OUTGOING:
            return title
        document = self._preview_document()
        if not document:
            return self.env._("Post an invoice to see its file here.")
        lot = self.env["ledger.connector"]._preview_lot(document.company)
        items = [document] if self.flow != "updates" else self._sample_updates(document)
        rendered = [Writer(layout, lot).render(item) for item in items]
        rows = [title] if layout.header else []
        rows += [row for part in rendered for row in part.rows]
        remarks = OrderedSet(tell(self.env, finding) for part in rendered for finding in part.findings)
        return "\n".join([layout.name_for(lot, document.company), "", *rows, "", *remarks])

    def _sample_updates(self, document):
        return updates(document, ContentChange(UPDATABLE, ()))

    def _preview_document(self):
        """Return the core Document of the chosen entry, or of the latest one of the user's companies, or None."""
        move = self.preview_move_id or self.env["account.move"].search(
            [("state", "=", "posted"), ("move_type", "!=", "entry"), ("company_id", "in", self.env.companies.ids)],
            order="id desc",
            limit=1,
        )
        return self.env["ledger.document"]._collect_moves(move._origin.ids).get(move._origin.id)
