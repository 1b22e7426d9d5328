"""Runs and their steps: codes in, entries out, answers, payments, scans and electronic invoices in, recovery.

The delivery protocol of `docs/architecture.rst` is carried out here. Models hold buttons and hooks; the work is done by
plain classes, which a run's `Runner` calls.
"""

from . import (
    account_merge,
    account_move,
    account_move_line,
    base_partner_merge,
    ledger_code,
    ledger_connector,
    ledger_document,
    ledger_file,
    ledger_lot,
    ledger_payment,
    ledger_run,
    res_company,
    res_partner,
)
