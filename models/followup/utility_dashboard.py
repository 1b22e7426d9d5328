from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_amount

from ..ledger_entries.account_move import APPROVER

#: After the sections, before the connectors.
SEQUENCE = 999999


class UtilityDashboard(models.Model):
    """A card for approvers: the vendor bills that wait for them, in the companies that are ticked."""

    _inherit = "utility.dashboard"

    kind = fields.Selection(selection_add=[("approval", "Bills to approve")])
    approval_count = fields.Integer(string="Bills To Approve", compute="_compute_approval", groups=APPROVER)
    approval_amount = fields.Char(compute="_compute_approval", groups=APPROVER)
    approval_age = fields.Integer(string="Age of the Oldest", compute="_compute_approval", groups=APPROVER)
    approval_elsewhere = fields.Integer(
        string="In Companies That Are Not Ticked", compute="_compute_approval", groups=APPROVER
    )

    @property
    def _table_query(self):
        return SQL(
            "%s UNION ALL SELECT 2, 'approval', %s, NULL, NULL, NULL",
            super()._table_query,
            SEQUENCE,
        )

    @api.depends("kind")
    def _compute_approval(self):
        shown = self.filtered(lambda card: card.kind == "approval")
        everywhere = self.env["account.move"]._everywhere()._to_approve_by_company() if shown else []
        found = [row for row in everywhere if row[0] in self.env.companies]
        for card in self:
            waiting = found if card in shown else []
            card.approval_count = sum(number for _company, number, _amount, _age in waiting)
            elsewhere = sum(number for _company, number, _amount, _age in everywhere if card in shown)
            card.approval_elsewhere = elsewhere - card.approval_count
            card.approval_age = max((age for _company, _number, _amount, age in waiting), default=0)
            card.approval_amount = " + ".join(
                format_amount(self.env, amount, currency) for currency, amount in _by_currency(waiting).items()
            )

    def _compute_name(self):
        mine = self.filtered(lambda card: card.kind == "approval")
        mine.name = self.env._("Bills To Approve")
        return super(UtilityDashboard, self - mine)._compute_name()


def _by_currency(waiting):
    """Return {currency: amount} of what waits in each company."""
    amounts = {}
    for company, _number, amount, _age in waiting:
        amounts[company.currency_id] = amounts.get(company.currency_id, 0) + amount
    return amounts
