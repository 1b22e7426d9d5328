from . import (
    common,
    metering,
    sharing,
    ledger,
    ledger_codes,
    ledger_entries,
    ledger_exchange,
    billing,
    moves,
    self_readings,
    setup,
    dashboard,
)
