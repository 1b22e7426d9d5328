from . import (
    ledger_code,
    codes_in,
    binding,
)
