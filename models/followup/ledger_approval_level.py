from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_amount

from ..common.guarded import Guard
from ..ledger_entries.account_move import APPROVER


class LedgerApprovalLevel(models.Model):
    """Amount up to which some approvers may approve a company's vendor bills; without any, all of them any amount."""

    _name = "ledger.approval.level"
    _description = "Approval Level"
    _inherit = ["utility.guarded", "utility.computed.name"]
    _order = "company_id, amount, id"
    _guard = Guard(once="company_id", given="amount user_ids", asked="company_id amount")

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(string="Up To", help="Taxes included, in the company's currency. 0: any amount.")
    user_ids = fields.Many2many(
        "res.users",
        string="Approvers",
        required=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(APPROVER).ids)],
    )

    _not_negative = models.Constraint("CHECK (amount >= 0)", "The amount of a level can't be negative. 0: any amount.")

    @api.depends("company_id", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for level in self:
            amount = level.amount and format_amount(self.env, level.amount, level.currency_id)
            level.display_name = " · ".join(filter(None, [level.company_id.name, amount or self.env._("Any amount")]))

    @api.constrains("user_ids")
    def _check_approvers(self):
        for level in self:
            others = level.user_ids.filtered(lambda user: not user.has_group(APPROVER))
            if others:
                raise ValidationError(
                    self.env._(
                        "%s: these people do not have the right “Payment Approval”. Give it to them first.",
                        ", ".join(others.mapped("name")),
                    )
                )

    @api.model
    def _limits_of(self, user):
        """Return {company id: amount up to which a user approves, None: any}; companies without levels are left out."""
        # sudo: connector managers define the levels; only the user's own limit is returned
        limits = {level.company_id.id: 0.0 for level in self.sudo().search([])}
        for level in self.sudo().search([("user_ids", "in", user.ids)]):  # sudo: as above
            company = level.company_id.id
            known = limits[company]
            limits[company] = None if known is None or not level.amount else max(known, level.amount)
        return limits
