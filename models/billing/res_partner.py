from odoo import api, fields, models
from odoo.fields import Domain

from ..common.guarded import Guard
from ..metering.res_partner import AGENT

DUE = Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial", "in_payment"))


class ResPartner(models.Model):
    """What a subscriber owes, and the documents about them, as smart buttons of their form."""

    _inherit = "res.partner"
    _guard = Guard(kept="utility_anonymized_on")

    utility_anonymized_on = fields.Date(string="Anonymised On", readonly=True, copy=False)
    utility_due = fields.Monetary(
        string="To Pay",
        currency_field="utility_currency_id",
        compute="_compute_utility_due",
        help="What remains to be paid of the bills of every section that the user may enter.",
    )
    utility_currency_id = fields.Many2one("res.currency", compute="_compute_utility_due")
    utility_document_count = fields.Integer(
        string="Number of Documents", compute="_compute_utility_document_count", groups=AGENT
    )

    @api.depends("subscription_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_utility_due(self):
        moves = self._everywhere().env["account.move"]
        owed = {}
        if moves.has_access("read"):
            groups = moves._read_group(self._due_domain(), ["partner_id"], ["amount_residual_signed:sum"])
            owed = {partner.id: amount for partner, amount in groups}
        for partner in self:
            partner.utility_due = owed.get(partner._origin.id, 0.0)
            partner.utility_currency_id = self.env.company.currency_id

    def _forget_names(self, subscriptions, contacts):
        """Hook: remove what records keep of an anonymised person as text; superuser rights.

        :param subscriptions: all those of the person
        :param contacts: the person and their contacts who were anonymised too
        """

    def _due_domain(self):
        sales = Domain("move_type", "in", ("out_invoice", "out_refund"))
        return DUE & sales & Domain("partner_id", "in", self.ids)

    @api.depends("subscription_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_utility_document_count(self):
        for partner in self:
            partner.utility_document_count = self.env["ir.attachment"].search_count(partner._documents_domain())

    def _documents_domain(self):
        """Return the domain of a subscriber's documents: their own, those of their bills, contracts and leaks."""
        bills = self.env["account.move"]
        if bills.has_access("read"):
            bills = bills.search([("partner_id", "in", self.ids), ("utility_subscription_id", "!=", False)])
        contracts = self.subscription_ids
        leaks = self.env["utility.leak.alert"]
        if leaks.has_access("read"):
            leaks = leaks.search([("subscription_id", "in", contracts.ids)])
        return Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in (self, bills, contracts, leaks)
        )

    # === ACTIONS === #

    def action_view_due(self):
        """Open the bills that are still to be paid, those of every section."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.account_move_action_bill")
        name = self.env._("To Pay")
        action |= {"name": name, "display_name": name, "domain": list(self._due_domain())}
        moves = self._everywhere().env["account.move"]
        owed = moves.search(self._due_domain()) if moves.has_access("read") else moves
        elsewhere = owed.company_id - self.env.companies
        if not elsewhere:
            return action
        # the list shows the companies that are ticked: those of the bills are ticked first
        params = {"company_ids": elsewhere.ids, "next": action}
        return {"type": "ir.actions.client", "tag": "utility_enter_company", "params": params}

    def action_view_documents(self):
        """Open the documents of the subscriber."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": list(self._documents_domain()),
            "context": {"create": False},
        }
