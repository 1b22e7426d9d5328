"""What people are told without asking: digests by e-mail, vendor bills to approve, who may approve how much.

This package stands on all others; none knows it.
"""

from . import ledger_approval_level, account_move, res_users
