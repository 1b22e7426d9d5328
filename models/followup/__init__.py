"""Reminders: digests by e-mail, vendor bills to approve and the amounts that each approver may approve.

This package uses all others; none uses it.
"""

from . import ledger_approval_level, account_move, utility_dashboard, res_users
