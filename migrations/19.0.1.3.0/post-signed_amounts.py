"""Credit notes count as negative in the totals of *Visuel Synchronisations*."""

SIGNED = """
    UPDATE ledger_document SET amount = -amount WHERE move_type IN ('out_refund', 'in_refund') AND amount > 0
"""


def migrate(cr, _version):
    cr.execute(SIGNED)
