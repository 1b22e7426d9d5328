from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.guarded import Guard

TYPES = ("bank", "cash", "general")


class LedgerConnector(models.Model):
    _inherit = "ledger.connector"
    _guard = Guard(given="payment_journal_ids")

    payment_journal_ids = fields.Many2many(
        "account.journal",
        "ledger_connector_payment_journal_rel",
        string="Journals of Payments",
        domain="[('type', 'in', ('bank', 'cash', 'general')), ('company_id', 'in', company_ids)]",
        help="One per company, for the entries of received payments. These entries are not sent back.",
    )

    payment_count = fields.Integer(string="Payments Waiting", compute="_compute_payment_count")

    def _compute_payment_count(self):
        found = dict(
            self.env["ledger.payment"]._read_group(
                [("connector_id", "in", self.ids), ("state", "=", "waiting")], ["connector_id"], ["__count"]
            )
        )
        for connector in self:
            connector.payment_count = found.get(connector._origin, 0)

    @api.constrains("payment_journal_ids")
    def _check_payment_journals(self):
        for connector in self:
            journals = connector.payment_journal_ids
            if wrong := journals.filtered(lambda journal: journal.type not in TYPES):
                raise ValidationError(
                    self.env._("Payments are entered in a bank, cash or general journal: %s.", wrong[0].display_name)
                )
            if len(journals) > len(journals.company_id):
                raise ValidationError(self.env._("Choose one journal of payments for each company."))

    # === BUSINESS === #

    def _payment_journal(self, company):
        """Return the journal in which the payments of a company are entered, possibly none."""
        return self.payment_journal_ids.filtered(lambda journal: journal.company_id == company)
