from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..common.guarded import Guard
from .binding import Binder

KINDS = [
    ("company", "Company"),
    ("third_party", "Third Party"),
    ("account", "Account"),
    ("journal", "Journal"),
    ("vat_profile", "VAT Profile"),
    ("payment_mode", "Payment Mode"),
    ("analytic_axis", "Analytic Axis"),
    ("analytic_section", "Analytic Section"),
]
#: Odoo's model for the codes of each kind.
MODELS = {
    "company": "res.company",
    "third_party": "res.partner",
    "account": "account.account",
    "journal": "account.journal",
    "vat_profile": "account.tax",
    "payment_mode": "account.payment.method.line",
    "analytic_axis": "account.analytic.plan",
    "analytic_section": "account.analytic.account",
}
# Fields that come from a row of a file.
CONTENT = {"company_code", "kind", "code", "name", "details", "active"}


class LedgerCode(models.Model):
    """A code of a company's référentiel, as in the accounting system, and the record to which it is bound."""

    _name = "ledger.code"
    _description = "Reference Code"
    _inherit = ["utility.guarded"]
    _order = "kind, company_code, code, id"
    _rec_names_search = ["code", "name"]
    _guard = Guard(
        kept="connector_id company_id company_code kind code name details res_model bound_by_hand mark "
        "closed_on is_missing is_doubtful proposed former_id",
        given="active res_id record_ref",
    )

    connector_id = fields.Many2one("ledger.connector", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", index=True)
    company_code = fields.Char(readonly=True, help="The company's code in the accounting system.")
    kind = fields.Selection(KINDS, required=True)
    code = fields.Char(required=True)
    name = fields.Char()
    details = fields.Json(string="Other Values", help="The other values of the row.")
    details_text = fields.Char(compute="_compute_details_text", string="Details")
    active = fields.Boolean(default=True)
    res_model = fields.Char(string="Bound Model", compute="_compute_res_model", store=True)
    res_id = fields.Many2oneReference(model_field="res_model", string="Bound Record", index=True)
    record_ref = fields.Reference(
        "_select_models", compute="_compute_record_ref", inverse="_inverse_record_ref", string="In Odoo"
    )
    is_bound = fields.Boolean(compute="_compute_is_bound", search="_search_is_bound", string="Bound")
    bound_by_hand = fields.Boolean(readonly=True)
    closed_on = fields.Date(
        readonly=True, help="Date on which it was found missing from the files of the accounting system."
    )
    is_missing = fields.Boolean(
        readonly=True, help="Missing from the latest files, which seem to be incomplete: it stays active."
    )
    is_doubtful = fields.Boolean(
        string="To Decide",
        readonly=True,
        help="In the latest files, the code stands for another third party: nothing is sent under it until somebody "
        "decides.",
    )
    proposed = fields.Json(readonly=True, help="Name and other values of its row in the latest files, if in doubt.")
    proposed_name = fields.Char(string="Name in the Latest Files", compute="_compute_proposed_name")
    former_id = fields.Integer(
        readonly=True, help="Record that the code stood for before it was given to another third party."
    )
    mark = fields.Char(
        readonly=True,
        prefetch=False,
        help="Digest of its row in the file: an identical row is recognised without being parsed.",
    )

    _code_unique = models.UniqueIndex("(connector_id, kind, company_code, code)")
    _record_index = models.Index("(company_id, res_model, res_id) WHERE res_id IS NOT NULL")

    @api.depends("kind", "code", "name")
    def _compute_display_name(self):
        for code in self:
            code.display_name = f"{code.code} {code.name or ''}".strip()

    @api.model
    def _search_display_name(self, operator, value):
        """Find codes by the name that is shown, the code before its name, too."""
        found = super()._search_display_name(operator, value)
        names = [value] if isinstance(value, str) else value
        if operator not in ("ilike", "=", "in") or not all(isinstance(name, str) for name in names):
            return found
        parts = (name.strip().partition(" ") for name in names)
        comparison = "ilike" if operator == "ilike" else "="
        whole = (Domain("code", "=", code) & Domain("name", comparison, name) for code, _space, name in parts if name)
        return Domain.OR([found, *whole])

    @api.depends("details")
    def _compute_details_text(self):
        for code in self:
            code.details_text = ", ".join(f"{name}: {value}" for name, value in (code.details or {}).items())

    @api.depends("proposed")
    def _compute_proposed_name(self):
        for code in self:
            code.proposed_name = (code.proposed or {}).get("name")

    @api.depends("kind")
    def _compute_res_model(self):
        for code in self:
            code.res_model = MODELS.get(code.kind)

    @api.model
    def _select_models(self):
        names = {model.model: model.name for model in map(self.env["ir.model"]._get, MODELS.values())}
        return [(model, names[model]) for model in MODELS.values()]

    @api.depends("res_model", "res_id")
    def _compute_record_ref(self):
        for code in self:
            found = code.res_id and self.env[code.res_model].browse(code.res_id).exists()
            code.record_ref = found and f"{code.res_model},{found.id}"

    def _inverse_record_ref(self):
        """Bind the code by hand; the next import keeps the binding."""
        for code in self:
            record = code.record_ref
            if record and record._name != code.res_model:
                raise ValidationError(
                    self.env._("%(code)s is not bound to a record of this kind.", code=code.display_name)
                )
            company = record and "company_id" in record and record.company_id
            if company and code.company_id and company != code.company_id and code.kind != "company":
                raise ValidationError(self.env._("%s belongs to another company.", record.display_name))
            code.res_id = record.id if record else False

    @api.depends("res_id")
    def _compute_is_bound(self):
        for code in self:
            code.is_bound = bool(code.res_id)

    @api.model
    def _search_is_bound(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return Domain("res_id", "!=", False) & Domain("res_id", "!=", 0)

    def write(self, vals):
        """Record that a user's binding was made by hand, and forget the mark of a code whose content changed.

        The next import then keeps the binding, and reads the code's row again.
        """
        self._check_given([vals])
        by_hand = "res_id" in vals and not self.env.su
        result = super().write(vals)
        if vals.keys() & CONTENT:
            self._by_server().write({"mark": False})
        if by_hand:
            self._by_server().write({"bound_by_hand": bool(vals["res_id"])})
            self.filtered("is_doubtful")._take_proposed()
            self._after_binding()
        return result

    # === ACTIONS === #

    def action_create_companies(self):
        """Create the companies that only the accounting system has, and add them to the connector.

        :raises AccessError: the user may not create companies
        """
        if not self.env["res.company"].has_access("create"):
            raise AccessError(self.env._("Only users who may create companies can do this: ask your administrator."))
        self.check_access("write")
        todo = self.filtered(lambda code: code.kind == "company" and not code.res_id)
        if not todo:
            raise UserError(self.env._("These companies are already known here."))
        for code in todo:
            details = code.details or {}
            company = self.env["res.company"].create(
                {"name": code.name, "ledger_code": code.code, "scan_directory": details.get("scan_directory")}
            )
            # sudo: the user may write the code and created the company
            code.sudo().write({"res_id": company.id, "company_id": company.id})
            code.connector_id.company_ids |= company
        return {"type": "ir.actions.client", "tag": "reload"}

    def action_same_party(self):
        """*Même tiers*: the code still stands for the same third party, which changed its name or numbers."""
        self.check_access("write")
        doubtful = self.filtered("is_doubtful")
        doubtful._take_proposed()
        doubtful._after_binding()

    def action_other_party(self):
        """*Autre tiers*: the code stands for another third party, to which it is bound anew (created if needed)."""
        self.check_access("write")
        doubtful = self.filtered("is_doubtful")
        for code in doubtful:
            # sudo: the user may write the code; a binding is removed that the server had made
            code.sudo().write({"former_id": code.res_id, "res_id": False, "bound_by_hand": False})
        doubtful._take_proposed()
        for connector, codes in doubtful.grouped("connector_id").items():
            # sudo: as for a run, which managers of the connector start
            Binder(connector.sudo()).bind("third_party", codes.company_id)
        doubtful._after_binding()

    # === BUSINESS === #

    def _take_proposed(self):
        """Store what the latest files say of these codes."""
        for code in self:
            proposed = code.proposed or {}
            values = {"name": proposed.get("name"), "details": proposed.get("details")}
            code._by_server().write({**values, "is_doubtful": False, "proposed": False})

    def _close(self, held=False):
        """Deactivate codes that are missing from the files.

        :param held: only mark them as missing, as the files may be incomplete
        """
        if held:
            self.write({"is_missing": True})
        else:
            self.write({"active": False, "is_missing": False, "closed_on": self.env.cr.now().date()})

    @api.model
    def _follow_merge(self, model, ids):
        """Bind the codes of merged records to the one that remains; the caller has checked rights."""
        left = self.env[model].browse(ids).exists()
        if len(left) == 1:
            merged = self.with_context(active_test=False).search([("res_model", "=", model), ("res_id", "in", ids)])
            merged.write({"res_id": left.id})

    @api.model
    def _models_of_kinds(self):
        """Return {kind: model of the records that its codes stand for}."""
        return MODELS

    def _after_binding(self):
        """Hook: update the company to which a company code was bound."""
        for code in self.filtered(lambda code: code.kind == "company" and code.res_id):
            # sudo: called for managers of connectors, who bind a code to one of their companies
            company = self.env["res.company"].sudo().browse(code.res_id)
            if company not in code.connector_id.company_ids:
                raise ValidationError(self.env._("%s is not a company of this connector.", company.name))
            values = {"ledger_code": code.code, "scan_directory": (code.details or {}).get("scan_directory")}
            company.write(values)
            code.sudo().company_id = company  # sudo: as above
