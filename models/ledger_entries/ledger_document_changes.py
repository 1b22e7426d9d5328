"""Changes in an update, in readable form: values as sent and present values."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ...core.ledger.fingerprint import Fingerprint
from ...core.ledger.sent_values import changed_fields, keep_values, shown_labels
from ..ledger.ledger_content import kept_contents
from ..ledger.sentences import field_label
from .entry_reader import Collector


class LedgerDocument(models.Model):
    _inherit = "ledger.document"

    values_sent = fields.Json(prefetch=False, copy=False, help="Values as sent, of the fields that have changed since.")
    change_summary = fields.Text(string="What Changes", compute="_compute_changes")
    change_table = fields.Html(string="Changes", compute="_compute_changes", sanitize=False)

    @api.depends("operation", "stage", "write_date", "values_sent")
    @api.depends_context("lang")
    def _compute_changes(self):
        self.change_summary = self.change_table = False
        updates = self.filtered(lambda document: document.operation == "update" and document.stage != "integrated")
        if not updates:
            return
        # sudo: values of documents that the user may read; of payment modes, only the names are shown
        kept = kept_contents(self.env, updates.ids)
        identities = updates.sudo()._identities()
        found = {document: document._changes(core, kept[document.id]) for document, core in identities.items()}
        for document in updates:
            changes = found.get(document, [])
            document.change_summary = "\n".join(document._format_change(*change) for change in changes)
            document.change_table = changes and document._render_changes(changes)

    def _identities(self):
        """Return {document: core Document with ids in place of codes}."""
        found = Collector(self.env).identities(self.move_id.ids) if self else {}
        return {document: found[document.move_id.id] for document in self if document.move_id.id in found}

    def _changes(self, core, kept):
        """Return [(label of the field, accepted value, value of the update)], formatted.

        :param kept: stored contents (KeptContent)
        """
        accepted = Fingerprint.from_text(kept.integrated)
        now = Fingerprint.from_text(kept.sent if self.stage == "sent" else kept.content)
        changes = changed_fields(self.values_sent or {}, core, accepted, now)
        return [(field_label(self.env, change.name), *self._format_values(change)) for change in changes]

    def _format_change(self, label, before, after):
        return self.env._("%(field)s: %(before)s → %(after)s", field=label, before=before, after=after)

    def _format_values(self, change):
        before, after = change.before, change.after
        if change.name == "label" and before is not None and after is not None:
            before, after = shown_labels(before, after)
        return self._format_value(change.name, before), self._format_value(change.name, after)

    def _format_value(self, name, value):
        if value is None:
            return self.env._("(not stored)")
        if name == "payment_approval":
            return dict(self.env["account.move"]._fields[name]._description_selection(self.env)).get(value, value)
        if name == "payment_mode" and value:
            value = self.env["account.payment.method.line"].browse(int(value)).exists().name
        if name == "due_date" and value:
            value = format_date(self.env, value)
        if name == "label":
            value = ", ".join(value)
        return value or self.env._("(empty)")

    def _render_changes(self, changes):
        heads = (self.env._("Field"), self.env._("As Sent"), self.env._("Now"))
        head = Markup().join(Markup("<th>%s</th>") % text for text in heads)
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-muted'>%s</td><td class='fw-bold'>%s</td></tr>") % row
            for row in changes
        )
        table = Markup("<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>")
        return table % (head, rows)

    # === BUSINESS === #

    def _keep_sent_values(self):
        """Store the readable values of documents that were sent, before their entries change."""
        # sudo: as in _refresh, called when entries are written, for any user; nothing is shown
        sent = self.sudo().filtered(lambda d: d.operation == "update" or d.stage in ("sent", "rejected"))
        contents = kept_contents(self.env, sent.ids) if sent else {}
        for document, core in sent._identities().items():
            needed = filter(None, (contents[document.id].sent, contents[document.id].integrated))
            kept = keep_values(document.values_sent or {}, core, *map(Fingerprint.from_text, needed))
            if kept != (document.values_sent or {}):
                document.values_sent = kept
