"""What an entry says to the accounting system: read, checked, written by a layout.

Plain data and bytes come out of here; no file is delivered and no run is known.
"""

from . import (
    account_move,
    account_move_line,
    ledger_anomaly,
    ledger_document,
    ledger_document_changes,
    ledger_layout,
    res_company,
)
