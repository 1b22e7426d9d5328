"""Where an anomaly is corrected, and by whom: the triangle opens the record itself (notice 2: « directement »)."""

from odoo import api, fields, models
from odoo.fields import Domain

#: Anomalies to correct in the référentiel, with the kind of code to bind.
CODES = {
    "account_unbound": "account",
    "analytic_unbound": "analytic_section",
    "company_not_known": "company",
    "company_unbound": "company",
    "journal_unknown": "journal",
    "payment_mode_unbound": "payment_mode",
    "third_party_doubtful": "third_party",
    "third_party_replaced": "third_party",
    "third_party_unbound": "third_party",
}
COMPANIES = ("company_locked",)
CONNECTORS = ("analytic_left_out", "currency_unknown", "deactivation_no_rows", "deactivation_share")
#: Group that can correct an anomaly, by place.
RIGHTS = {
    "code": "utility_billing_sync.group_ledger_manager",
    "company": "base.group_erp_manager",
    "connector": "utility_billing_sync.group_ledger_manager",
    "document": "account.group_account_invoice",
}
MODELS = {"code": "ledger.code", "company": "res.company", "connector": "ledger.connector", "document": "account.move"}
#: Maximum number of users named with the right.
MAX_NAMES = 2


class LedgerAnomaly(models.Model):
    _inherit = "ledger.anomaly"

    may_correct = fields.Boolean(compute="_compute_may_correct")
    who_corrects = fields.Text(string="To Be Corrected By", compute="_compute_may_correct")

    @api.depends("code", "document_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_may_correct(self):
        may = {place: self.env[model].has_access("write") for place, model in MODELS.items()}
        people = {}
        for anomaly in self:
            place = anomaly._place()
            anomaly.may_correct = bool(place) and may[place]
            if not place or may[place]:
                anomaly.who_corrects = False
                continue
            key = place, anomaly.company_id
            if key not in people:
                people[key] = anomaly._people(place)
            anomaly.who_corrects = people[key]

    def _place(self):
        """Return where the anomaly is corrected: a key of `MODELS`, or "" if it cannot be corrected here."""
        if self.code in CODES:
            return "code"
        if self.code in COMPANIES and self.company_id:
            return "company"
        if self.code in CONNECTORS:
            return "connector"
        return "document" if self.document_id else ""

    def _people(self, place):
        """Return the right required for the correction, and some of its users in the company, a line each."""
        # sudo: names of colleagues, which internal users may read, selected by a right that the reader lacks
        group = self.env.ref(RIGHTS[place]).sudo()
        domain = [("id", "in", group.all_user_ids.ids), ("share", "=", False)]
        if self.company_id:
            domain.append(("company_ids", "in", self.company_id.ids))
        users = self.env["res.users"].sudo().search(domain, order="id desc", limit=MAX_NAMES)  # sudo: as above
        # line breaks, as names may contain commas
        return "\n".join([self.env._("Right “%s”", group.full_name), *users.mapped("name")])

    # === ACTIONS === #

    def action_correct(self):
        """Open the record to correct (notice 2)."""
        self.ensure_one()
        place = self._place()
        if place == "code":
            return self._action_codes()
        if place == "document":
            return self.document_id.action_open_move()
        record = self.company_id if place == "company" else self._connector()
        action = {"company": "res_company_action_ledger", "connector": "ledger_connector_action"}[place]
        found = self.env["ir.actions.act_window"]._for_xml_id(f"utility_billing_sync.{action}")
        views = [(view, mode) for view, mode in found["views"] if mode == "form"]
        return found | {"res_id": record.id, "views": views, "view_mode": "form"}

    def _connector(self):
        return self.document_id.connector_id or self.run_id.connector_id

    def _action_codes(self):
        """Open the codes to bind: those with the record's name, otherwise all unbound ones."""
        kind, params = CODES[self.code], self.params or {}
        name = params.get("name") or params.get("journal") or ""
        domain = Domain("connector_id", "=", self._connector().id) & Domain("kind", "=", kind)
        if self.company_id and kind != "company":
            domain &= Domain("company_id", "=", self.company_id.id)
        named = Domain("code", "ilike", name) | Domain("name", "ilike", name)
        found = bool(name) and self.env["ledger.code"].search_count(domain & named, limit=1)
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_code_action")
        context = {"search_default_code": name} if found else {"search_default_unbound": 1}
        return action | {"domain": list(domain), "context": context}
