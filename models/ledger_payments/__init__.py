"""Payments that the accounting system reports: kept as they were received, and registered on the entries they pay.

Rows become `ledger.payment` (`incoming_payments`), whose bills are looked for (`payment_targets`), on which they are
registered as entries (`registration`). How files come in is `ledger_exchange`.
"""

from . import account_move, ledger_connector, ledger_payment
