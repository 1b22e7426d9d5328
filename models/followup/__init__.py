"""Reminders: digests by e-mail, vendor bills to approve and the amounts that each approver may approve.

This package depends on all others; none depends on it.
"""

from . import ledger_approval_level, account_move, utility_dashboard, res_users
