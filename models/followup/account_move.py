from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import format_amount

from ..ledger_entries.account_move import APPROVER

MODULE = "utility_billing_sync"


class AccountMove(models.Model):
    """Vendor bills that wait for approval: since when, and whether they are within the user's level."""

    _inherit = "account.move"

    payment_approval_age = fields.Integer(
        string="Age (Days)", compute="_compute_payment_approval_age", help="Since the date of the bill."
    )
    payment_approval_amount = fields.Monetary(
        string="Total to Approve", compute="_compute_payment_approval_amount", help="A credit note deducts."
    )
    payment_within_level = fields.Boolean(
        string="Within My Level",
        compute="_compute_payment_within_level",
        search="_search_payment_within_level",
        help="You may approve this amount.",
    )

    @api.depends("invoice_date")
    def _compute_payment_approval_age(self):
        today = fields.Date.context_today(self)
        for move in self:
            move.payment_approval_age = (today - move.invoice_date).days if move.invoice_date else 0

    @api.depends("amount_total_in_currency_signed")
    def _compute_payment_approval_amount(self):
        """Compute what is to pay: Odoo counts what the company owes as negative."""
        for move in self:
            move.payment_approval_amount = -move.amount_total_in_currency_signed

    @api.depends("amount_total_signed", "company_id")
    @api.depends_context("uid")
    def _compute_payment_within_level(self):
        limits = self.env["ledger.approval.level"]._limits_of(self.env.user)
        for move in self:
            limit = limits.get(move.company_id.id)
            move.payment_within_level = limit is None or abs(move.amount_total_signed) <= limit

    def _search_payment_within_level(self, operator, _value):
        if operator != "in":
            return NotImplemented
        limits = self.env["ledger.approval.level"]._limits_of(self.env.user)
        within = Domain("company_id", "not in", [company for company, limit in limits.items() if limit is not None])
        for company, limit in limits.items():
            if limit is not None:
                amount = Domain("amount_total_signed", "<=", limit) & Domain("amount_total_signed", ">=", -limit)
                within |= Domain("company_id", "=", company) & amount
        return within

    # === BUSINESS === #

    @api.model
    def _to_approve_by_company(self):
        """Return [(company, number, amount, age in days of the oldest)] of the bills that the user may approve now."""
        if not (self.env.user.has_group(APPROVER) and self.has_access("write")):
            return []
        mine = [("payment_approval", "=", "pending"), ("state", "=", "posted"), ("payment_within_level", "=", True)]
        found = self._read_group(mine, ["company_id"], ["__count", "amount_total_signed:sum", "invoice_date:min"])
        today = fields.Date.context_today(self)
        return [(company, number, -amount, (today - oldest).days) for company, number, amount, oldest in found]

    def _set_payment_approval(self, answer):
        if answer == "approved":
            self._check_may_approve()
            self.filtered(lambda move: move.payment_approval != "approved")._check_level()
        return super()._set_payment_approval(answer)

    def _check_level(self):
        """Refuse to approve what is above the user's level.

        :raises AccessError: naming who may
        """
        above = self.filtered(lambda move: not move.payment_within_level) if not self.env.su else self.browse()
        if above:
            move = above[0]
            raise AccessError(
                self.env._(
                    "%(bill)s, %(amount)s: above your approval level. Ask %(names)s.",
                    bill=move.display_name,
                    amount=format_amount(self.env, abs(move.amount_total_signed), move.company_id.currency_id),
                    names=move._names_of_approvers() or self.env._("the managers of the approval levels"),
                )
            )

    def _names_of_approvers(self):
        """Return the names of the users who may approve the bill."""
        # sudo: an approver sees which colleagues of the bill's company may approve it, nothing else of the levels
        levels = self.env["ledger.approval.level"].sudo().search([("company_id", "=", self.company_id.id)])
        amount = abs(self.amount_total_signed)
        reaching = levels.filtered(lambda level: not level.amount or amount <= level.amount)
        return ", ".join(reaching.user_ids.mapped("name"))
