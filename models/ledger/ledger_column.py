from odoo import api, fields, models

from ...core.ledger.layouts import Column
from ...core.ledger.records import FLOWS, Attribute
from ..common.guarded import Guard
from .sentences import field_label

NO_ATTRIBUTE = Attribute("", "", "")
CORE_FIELDS = ("name", "attribute", "constant", "width", "align", "pad", "truncate", "required", "decimals")


class LedgerColumn(models.Model):
    """A column of a file layout: a named attribute or a constant, never an expression."""

    _name = "ledger.column"
    _description = "File Layout Column"
    _inherit = ["utility.guarded"]
    _order = "layout_id, sequence, id"
    _guard = Guard(
        once="layout_id",
        given="sequence name attribute constant width align pad truncate required decimals first_line_only",
    )

    layout_id = fields.Many2one("ledger.layout", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=1000)
    name = fields.Char(required=True)
    # a function, whose labels an import accepts in the user's language
    attribute = fields.Selection(lambda self: self._select_attribute(), string="Value", help="Empty: the constant.")
    constant = fields.Char()
    width = fields.Integer(help="In characters; 0: no limit.")
    align = fields.Selection([("left", "Left"), ("right", "Right")], required=True, default="left")
    pad = fields.Char(string="Padding", size=1)
    truncate = fields.Boolean(help="Truncates texts that are too long; otherwise, the document has an anomaly.")
    required = fields.Boolean()
    decimals = fields.Integer(
        compute="_compute_decimals", store=True, readonly=False, precompute=True, help="Of amounts and rates."
    )
    first_line_only = fields.Boolean()

    @api.model
    def _select_attribute(self):
        names = {name for flow in FLOWS.values() for name in flow}
        return sorted(((name, field_label(self.env, name)) for name in names), key=lambda item: item[1])

    @api.depends("attribute")
    def _compute_decimals(self):
        """By default, amounts have two decimals and rates six."""
        for column in self:
            is_rate = any(flow.get(column.attribute, NO_ATTRIBUTE).kind == "rate" for flow in FLOWS.values())
            column.decimals = 6 if is_rate else column.decimals or 2

    @api.constrains(*CORE_FIELDS, "first_line_only", "sequence")
    def _check_column(self):
        self.layout_id._check_layout()

    def _to_core(self):
        values = {
            name: self[name] or Column.__dataclass_fields__[name].default for name in CORE_FIELDS if name != "decimals"
        }
        values |= {"name": self.name or "", "decimals": self.decimals}
        return Column(**values, first_line_only=self.first_line_only)

    @api.model
    def _values_from_core(self, column):
        return {name: getattr(column, name) for name in (*CORE_FIELDS, "first_line_only")}

    def _outline(self, place):
        """Return the column as a line of text for users."""
        content = dict(self._select_attribute()).get(self.attribute) or f"« {self.constant or ''} »"
        width = f" ({self.width})" if self.width else ""
        return f"{place}. {self.name}: {content}{width}"
