from odoo import api, fields, models

from .sentences import field_label, kept_params, tell_code

#: Maximum number of anomalies stored for a file; all are counted.
MAX_ANOMALIES = 1000


class LedgerAnomaly(models.Model):
    """The reason why a document or a row of a file is refused, and what to correct."""

    _name = "ledger.anomaly"
    _description = "Anomaly"
    _order = "blocking desc, id"
    _rec_names_search = ["document_id", "file_name", "run_id"]

    document_id = fields.Many2one("ledger.document", ondelete="cascade", index="btree_not_null")
    run_id = fields.Many2one("ledger.run", ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", index=True)
    code = fields.Char(required=True)
    params = fields.Json()
    field = fields.Char()
    file_name = fields.Char(string="File")
    line = fields.Integer()
    column = fields.Integer()
    blocking = fields.Boolean(default=True)
    message = fields.Text(compute="_compute_message", string="Anomaly")
    field_label = fields.Char(compute="_compute_message", string="To Correct")

    @api.depends("code", "params", "field")
    @api.depends_context("lang")
    def _compute_message(self):
        for anomaly in self:
            anomaly.message = tell_code(self.env, anomaly.code, anomaly.params or {})
            anomaly.field_label = field_label(self.env, anomaly.field) if anomaly.field else False

    @api.depends("document_id", "file_name", "run_id")
    def _compute_display_name(self):
        for anomaly in self:
            anomaly.display_name = (
                anomaly.document_id.display_name or anomaly.file_name or anomaly.run_id.display_name or anomaly.message
            )

    # === BUSINESS === #

    @api.model
    def _values(self, finding, **values):
        """Return the values of an anomaly from a core finding."""
        return {
            "code": finding.code,
            "params": kept_params(finding.params),
            "field": finding.field,
            "line": finding.line,
            "column": finding.column,
            "blocking": finding.blocking,
            **values,
        }
