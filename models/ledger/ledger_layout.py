import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...core.ledger.findings import LedgerError
from ...core.ledger.layouts import Layout, usual_words
from ...core.ledger.layouts.model import ENCODINGS
from ...core.ledger.presets import PRESETS
from ..common.copies import copied_names
from ..common.guarded import Guard
from .ledger_column import CORE_FIELDS
from .sentences import tell

FLOWS = [
    ("entries", "Entries"),
    ("updates", "Updates of Integrated Documents"),
    ("fec", "FEC"),
    ("acknowledgement", "Acknowledgement"),
    ("payments", "Payments"),
    ("company", "Companies"),
    ("third_party", "Third Parties"),
    ("account", "Accounts"),
    ("journal", "Journals"),
    ("vat_profile", "VAT Profiles"),
    ("payment_mode", "Payment Modes"),
    ("analytic_axis", "Analytic Axes"),
    ("analytic_section", "Analytic Sections"),
]
FORM = ("name", "flow", "file_name", "delimiter", "quoting", "encoding", "line_end", "date_format", "decimal_sign")
#: Fields of a connector that refer to layouts.
LAYOUTS_OF_CONNECTOR = (
    "entries_layout_id",
    "updates_layout_id",
    "acknowledgement_layout_id",
    "payments_layout_id",
    "referential_layout_ids",
)
FLAGS = ("header", "trailing_newline", "skip_zero_lines")
COLUMN_PATHS = [f"column_ids.{name}" for name in (*CORE_FIELDS, "first_line_only", "sequence")]
WORD_PATHS = [f"word_ids.{name}" for name in ("attribute", "there", "here", "sequence")]
# Characters for the values of selections, which are names.
SIGNS = {
    "delimiter": {"semicolon": ";", "bar": "|", "tab": "\t", "comma": ","},
    "decimal_sign": {"comma": ",", "point": "."},
    "line_end": {"crlf": "\r\n", "lf": "\n"},
    "date_format": {
        "slashed": "%d/%m/%Y",
        "ddmmyyyy": "%d%m%Y",
        "ddmmyy": "%d%m%y",
        "yyyymmdd": "%Y%m%d",
        "iso": "%Y-%m-%d",
    },
}


class LedgerLayout(models.Model):
    """A file layout, edited by administrators. The product's presets are records to copy or change."""

    _name = "ledger.layout"
    _description = "File Layout"
    _inherit = ["utility.guarded", "utility.in.use"]
    _order = "flow, sequence, name, id"
    _guard = Guard(
        given="name sequence active flow file_name delimiter quoting encoding line_end date_format "
        "decimal_sign header trailing_newline yes_text no_text column_ids skip_zero_lines word_ids",
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    flow = fields.Selection(FLOWS, required=True, default="entries", help="Content of the file.")
    file_name = fields.Char(
        required=True,
        default="ECR_{lot}.txt",
        help="{lot}, {company}, {origin}, {siren} and {date} are replaced. In the name of a file to read, * stands for "
        "any text.",
    )
    delimiter = fields.Selection(
        [("semicolon", "Semicolon"), ("bar", "Vertical Bar"), ("tab", "Tab"), ("comma", "Comma")],
        required=True,
        default="semicolon",
    )
    quoting = fields.Selection(
        [("none", "Never"), ("minimal", "When Needed"), ("all", "Always")],
        required=True,
        default="none",
        help="Without quotes, delimiters and line breaks in the data are replaced, with a remark.",
    )
    encoding = fields.Selection([(name, name) for name in ENCODINGS], required=True, default="cp1252")
    line_end = fields.Selection([("crlf", "CR LF"), ("lf", "LF")], required=True, default="crlf")
    date_format = fields.Selection(
        [
            ("slashed", "DD/MM/YYYY"),
            ("ddmmyyyy", "DDMMYYYY"),
            ("ddmmyy", "DDMMYY"),
            ("yyyymmdd", "YYYYMMDD"),
            ("iso", "YYYY-MM-DD"),
        ],
        required=True,
        default="slashed",
    )
    decimal_sign = fields.Selection([("comma", "Comma"), ("point", "Point")], required=True, default="comma")
    header = fields.Boolean(string="Header Line")
    trailing_newline = fields.Boolean(string="Line End After Last Line", default=True)
    skip_zero_lines = fields.Boolean(string="Omit Zero Lines", help="Lines without debit, credit or currency amount.")
    yes_text = fields.Char(string="Yes", required=True, default="OUI")
    no_text = fields.Char(string="No", required=True, default="NON")
    column_ids = fields.One2many("ledger.column", "layout_id", string="Columns", copy=True)
    word_ids = fields.One2many(
        "ledger.word",
        "layout_id",
        string="Correspondences",
        copy=True,
        help="The other system's words for the values of an attribute.",
    )

    is_read_only = fields.Boolean(
        compute="_compute_is_read_only",
        search="_search_is_read_only",
        string="Used by Others",
        help="Used by connectors of companies to which you have no access: copy it to change it.",
    )

    @api.depends_context("uid")
    def _compute_is_read_only(self):
        used = self._used_by_others()
        for layout in self:
            layout.is_read_only = layout._origin.id in used

    @api.model
    def _search_is_read_only(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", list(self._used_by_others()))]

    @api.model
    def _used_by_others(self):
        """Return the ids of the layouts used by connectors with a company that the user may not enter.

        If there are any, they include the product's presets, which every connector may use.
        """
        # sudo: the user may not see the connectors; only whether a layout is used is shown
        connectors = (
            self.env["ledger.connector"].sudo().with_context(active_test=False).search([("company_ids", "!=", False)])
        )
        mine = self.env.user.company_ids
        others = connectors.filtered(lambda connector: connector.company_ids - mine)
        used = {layout.id for name in LAYOUTS_OF_CONNECTOR for layout in others[name]}
        if others:
            presets = [("model", "=", self._name), ("module", "=", "utility_billing_sync")]
            used.update(self.env["ir.model.data"].sudo().search(presets).mapped("res_id"))  # sudo: ids of records
        return used

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: layouts are common to companies; only connectors that the user may read are named
        connectors = self.env["ledger.connector"].sudo()
        for layout in self:
            users = connectors.search(Domain.OR([(name, "in", layout.ids)] for name in LAYOUTS_OF_CONNECTOR))
            if users:
                readable = users.with_env(self.env)._filtered_access("read")
                yield self.env._(
                    "File layout %(layout)s is used by a connector (%(connectors)s): choose another one there first.",
                    layout=layout.name,
                    connectors=", ".join(readable.mapped("name")) or len(users),
                )

    @api.constrains("flow", "active", "column_ids", "word_ids", *FORM, *FLAGS, "yes_text", "no_text")
    def _check_layout(self):
        """Refuse a layout that the writer or the reader could not use."""
        for layout in self:
            try:
                layout._to_core()
            except LedgerError as error:
                raise ValidationError(tell(self.env, error)) from error

    @api.model_create_multi
    def create(self, vals_list):
        """Add the words that accounting systems usually write to layouts of incoming files."""
        return super().create(
            [
                vals if "word_ids" in vals else {**vals, "word_ids": self._usual_words(vals.get("flow"))}
                for vals in vals_list
            ]
        )

    def copy_data(self, default=None):
        return copied_names(self, super().copy_data(default), default)

    # === BUSINESS === #

    def _to_core(self):
        """Return the core Layout.

        :raises LayoutError: the layout cannot be used
        """
        values = {name: SIGNS.get(name, {}).get(self[name], self[name] or "") for name in FORM}
        flags = {name: self[name] for name in FLAGS}
        columns = tuple(column._to_core() for column in self.column_ids.sorted("sequence"))
        words = tuple(word._to_core() for word in self.word_ids.sorted("sequence"))
        texts = {"yes": self.yes_text or "", "no": self.no_text or ""}
        return Layout(**values, **flags, **texts, columns=columns, words=words)

    def _outline(self):
        """Return the layout as text for users: its settings on a line, then a line for each column."""
        shown = self.fields_get([*FORM, *FLAGS], ["string", "type", "selection"])
        settings = [
            self.env._("%(label)s: %(value)s", label=shown[name]["string"], value=self._shown(shown[name], self[name]))
            for name in (*FORM, *FLAGS)
        ]
        columns = [column._outline(place) for place, column in enumerate(self.column_ids.sorted("sequence"), 1)]
        return "\n".join(["; ".join(settings), *columns])

    def _shown(self, field, value):
        if field["type"] == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return dict(field.get("selection", ())).get(value, value)

    def _digest(self):
        """Return a digest of the layout. If it is unchanged, a file would be read in the same way."""
        return hashlib.sha256(repr(self._to_core()).encode()).hexdigest()[:32]

    @api.model
    def _load_presets(self):
        """Create the product's presets that do not exist yet (called by data/ledger_layouts.xml)."""
        for sequence, (key, preset) in enumerate(PRESETS.items()):
            name = f"utility_billing_sync.ledger_layout_{key}"
            if not self.env.ref(name, raise_if_not_found=False):
                values = self._values_from_core(preset) | {"sequence": sequence}
                self._load_records([{"xml_id": name, "values": values, "noupdate": True}])

    @api.model
    def _values_from_core(self, layout):
        values = {name: getattr(layout, name) for name in (*FORM, *FLAGS)}
        for name, signs in SIGNS.items():
            values[name] = next(key for key, sign in signs.items() if sign == values[name])
        columns = [
            fields.Command.create(self.env["ledger.column"]._values_from_core(column) | {"sequence": place})
            for place, column in enumerate(layout.columns)
        ]
        texts = {"yes_text": layout.yes, "no_text": layout.no}
        return values | texts | {"column_ids": columns, "word_ids": self._usual_words(layout.flow)}

    @api.model
    def _usual_words(self, flow):
        """Return the commands to create the words that accounting systems usually write in a flow."""
        words = self.env["ledger.word"]
        return [
            fields.Command.create(words._values_from_core(word) | {"sequence": place})
            for place, word in enumerate(usual_words(flow))
        ]
