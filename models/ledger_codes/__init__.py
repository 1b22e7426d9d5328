"""The référentiel: codes of the accounting system and the Odoo records that they stand for.

`codes_in` reads files of codes, `incoming_codes` compares their rows with the stored codes, `binding` binds codes to
records, `missing_records` creates those that are missing. This package neither reads nor writes entries.
"""

from . import ledger_code, res_company
