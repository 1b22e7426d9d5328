"""Shared infrastructure: background work, bulk inserts, guarded and imported values, records in use, PDF documents.

Nothing here depends on the trade: no meter, no bill, no ledger.
"""

from . import (
    imported,
    guarded,
    database_copy,
    ir_rule,
    computed_name,
    in_use,
    background_work,
    prepared_dialog,
    ir_actions_report,
    res_groups,
)
