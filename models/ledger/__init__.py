"""State of the exchange: connector, layout, document, lot, run, file, anomaly.

What an entry says is `ledger_entries`, what codes mean `ledger_codes`, the work of a run `ledger_exchange`.
"""

from . import (
    ir_cron,
    ledger_layout,
    ledger_column,
    ledger_word,
    ledger_connector,
    ledger_connector_transport,
    ledger_connector_copy,
    ledger_connector_schedule,
    ledger_run,
    ledger_lot,
    ledger_file,
    ledger_document,
    ledger_document_rows,
    ledger_anomaly,
    res_company,
)
