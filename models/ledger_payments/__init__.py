"""Payments that the accounting system reports: kept as they were received, and registered on the entries they pay.

`incoming_payments` stores rows as `ledger.payment`, `payment_targets` finds the bills that they pay, `registration`
makes their entries and reconciles them. `ledger_exchange` receives the files.
"""

from . import account_move, ledger_connector, ledger_payment
