"""The référentiel: codes of the accounting system and the Odoo records that they stand for.

Files of codes become rows, rows become codes, codes are bound. No entry is read or written here.
"""

from . import (
    ledger_code,
    codes_in,
    binding,
)
