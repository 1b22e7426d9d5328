"""Marks documents settled by a received payment, alone or with credit notes, as paid: they were shown as reversed."""

PAID = """
    UPDATE account_move document
       SET payment_state = 'paid'
     WHERE document.payment_state = 'reversed'
       AND EXISTS (
               SELECT 1
                 FROM account_move_line own
                 JOIN account_partial_reconcile part ON own.id IN (part.debit_move_id, part.credit_move_id)
                 JOIN account_move_line other ON other.id IN (part.debit_move_id, part.credit_move_id)
                 JOIN ledger_payment payment ON payment.entry_id = other.move_id
                WHERE own.move_id = document.id)
"""


def migrate(cr, _version):
    cr.execute(PAID)
