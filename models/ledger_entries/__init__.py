"""Content of entries for the accounting system: read, checked, rendered in a layout.

This package returns plain data and bytes. It delivers no files and knows no runs.
"""

from . import (
    account_move,
    account_move_line,
    ledger_anomaly,
    ledger_document,
    ledger_document_changes,
    ledger_layout,
    res_company,
    res_partner,
)
