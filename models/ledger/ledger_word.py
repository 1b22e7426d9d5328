from odoo import api, fields, models

from ...core.ledger.layouts import Word
from ...core.ledger.layouts.words import known_values
from ...core.ledger.records import FLOWS
from ..common.guarded import Guard
from .sentences import field_label


class LedgerWord(models.Model):
    """A correspondence of a file layout: a word of the other system and its value here."""

    _name = "ledger.word"
    _description = "File Layout Correspondence"
    _inherit = ["utility.guarded"]
    _order = "layout_id, attribute, sequence, id"
    _rec_name = "there"
    _guard = Guard(once="layout_id", given="sequence attribute there here")

    layout_id = fields.Many2one("ledger.layout", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=1000)
    # a function, whose labels an import accepts in the user's language
    attribute = fields.Selection(lambda self: self._select_attribute(), string="Value Of", required=True)
    there = fields.Char(
        string="In the Files",
        required=True,
        help="Case and accents do not matter. The first word of a value is written.",
    )
    here = fields.Char(required=True)
    known_values = fields.Char(compute="_compute_known_values", string="Possible Values")

    @api.model
    def _select_attribute(self):
        names = {name for flow in FLOWS.values() for name, attribute in flow.items() if attribute.kind == "text"}
        return sorted(((name, field_label(self.env, name)) for name in names), key=lambda item: item[1])

    @api.depends("attribute", "layout_id.flow")
    def _compute_known_values(self):
        for word in self:
            word.known_values = ", ".join(known_values(word.layout_id.flow, word.attribute))

    @api.constrains("attribute", "there", "here", "sequence")
    def _check_word(self):
        self.layout_id._check_layout()

    def _to_core(self):
        return Word(self.attribute, self.there or "", self.here or "")

    @api.model
    def _values_from_core(self, word):
        return {"attribute": word.attribute, "there": word.there, "here": word.here}
