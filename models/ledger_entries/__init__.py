from . import (
    ledger_document,
    reconcile,
    account_move,
    account_move_line,
)
