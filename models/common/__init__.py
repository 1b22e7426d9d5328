"""Means that every part uses: background work with progress, rows by the thousand, formats of volumes.

Nothing of the trade lives here: no meter, no bill, no ledger.
"""

from . import (
    guarded,
    ir_rule,
    background_work,
    ir_actions_report,
    res_config_settings,
)
