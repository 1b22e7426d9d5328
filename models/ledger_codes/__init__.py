"""The référentiel: codes of the accounting system and the Odoo records that they stand for.

Files of codes become rows (`codes_in`), rows become codes (`incoming_codes`), codes are bound (`binding`). No entry is
read or written here.
"""

from . import ledger_code
