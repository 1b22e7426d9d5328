"""The state, and the services that work on it: a package for each part of the trade.

A package uses only those below it (docs/architecture.rst, *Packages of models/*).
"""

from . import (
    common,
    metering,
    sharing,
    ledger,
    ledger_codes,
    ledger_entries,
    ledger_payments,
    ledger_exchange,
    billing,
    collecting,
    moves,
    self_readings,
    setup,
    figures,
    telemetry,
    sending,
    dashboard,
    followup,
)
