"""Makes amounts of payments paid out (vendor bills, credit notes paid back) negative: they were shown as received."""

PAID_OUT = """
    UPDATE ledger_payment payment
       SET signed_amount = -payment.amount
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
     WHERE line.move_id = payment.entry_id AND payment.sense = 'payment' AND line.balance > 0
       AND account.account_type IN ('asset_receivable', 'liability_payable')
"""
TAKEN_BACK = """
    UPDATE ledger_payment payment
       SET signed_amount = payment.amount
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
     WHERE line.move_id = payment.entry_id AND payment.sense != 'payment' AND line.balance < 0
       AND account.account_type IN ('asset_receivable', 'liability_payable')
"""


def migrate(cr, _version):
    cr.execute(PAID_OUT)
    cr.execute(TAKEN_BACK)
