from odoo import api, models
from odoo.tools import SQL

#: Received and not allocated: of the section and payer of the first bill that the payment is about.
CREDITS = """
    SELECT section, payer, -SUM(residual)
      FROM (SELECT DISTINCT ON (payment.id, line.id) bill.utility_section_id AS section, bill.partner_id AS payer,
                   line.amount_residual AS residual
              FROM ledger_payment payment
              JOIN ledger_payment_bill_rel paid ON paid.ledger_payment_id = payment.id
              JOIN account_move bill ON bill.id = paid.account_move_id
              JOIN account_move_line line ON line.move_id = payment.entry_id
              JOIN account_account account ON account.id = line.account_id
             WHERE payment.sense = 'payment' AND line.parent_state = 'posted' AND line.amount_residual < 0
               AND account.account_type = 'asset_receivable'
               AND bill.utility_section_id IN %(sections)s AND bill.partner_id IN %(payers)s
          ORDER BY payment.id, line.id, bill.id) AS unallocated
  GROUP BY section, payer
"""


class AccountMove(models.Model):
    """Payments of the accounting system on bills of sections."""

    _inherit = "account.move"

    @api.model
    def _utility_credits(self, sections, payers):
        credits_of = super()._utility_credits(sections, payers)
        if sections and payers:
            self.env["account.move.line"].flush_model()
            self.env["ledger.payment"].flush_model()
            query = SQL(CREDITS, sections=tuple(sections.ids), payers=tuple(payers.ids))
            credits_of |= {(section, payer): amount for section, payer, amount in self.env.execute_query(query)}
        return credits_of

    def _utility_portal_payments(self):
        """Return the payments of a bill as the portal shows them, oldest first.

        :return: a dict each: date, label, amount, cancelled (date and reason of a refusal or reversal, or False)
        """
        self.ensure_one()
        # sudo: the caller may see the bill; what was paid on it is shown, nothing else of the entries
        bill = self.sudo()
        reported = bill.env["ledger.payment"].search([("bill_ids", "in", bill.ids), ("sense", "=", "payment")])
        by_entry = {payment.entry_id: payment for payment in reported}
        rows = [bill._utility_portal_row(partial, by_entry) for partial in bill._get_all_reconciled_invoice_partials()]
        rows += [
            {
                "date": payment.date,
                "label": payment.mode_label or bill.env._("Payment"),
                "amount": cancellation.amount,
                "cancelled": {
                    "date": cancellation.date,
                    "is_refusal": cancellation.sense == "refusal",
                    "reason": cancellation.message or "",
                },
            }
            for payment in reported
            for cancellation in payment.cancellation_ids
        ]
        return sorted(rows, key=lambda row: (row["date"], bool(row["cancelled"])))

    def _utility_portal_row(self, partial, by_entry):
        """Return what the portal shows of one allocation: a payment that came in, another payment, a credit note."""
        line = partial["aml"]
        move, payment = line.move_id, by_entry.get(line.move_id)
        if payment:
            label = payment.mode_label
        elif move.is_invoice():
            label = self.env._("Credit Note %s", move.name)
        else:
            method = line.payment_id.payment_method_line_id
            label = method.name if method.code != "manual" else ""
        day = payment.date if payment else line.date
        return {"date": day, "label": label or self.env._("Payment"), "amount": partial["amount"], "cancelled": False}
