"""State of the exchange: connector, layout, document, lot, run, file, anomaly.

The content of entries is in `ledger_entries`, the meaning of codes in `ledger_codes`, the work of runs in
`ledger_exchange`.
"""

from . import (
    ir_cron,
    ledger_layout,
    ledger_column,
    ledger_word,
    ledger_file_place,
    ledger_file_place_transport,
    ledger_connector,
    ledger_connector_schedule,
    ledger_run,
    ledger_lot,
    ledger_file,
    ledger_document,
    ledger_document_rows,
    ledger_anomaly,
    res_company,
)
