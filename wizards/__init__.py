"""The dialogs: they ask, show what would change, and leave the work to the services of `models/`."""

from . import (
    ledger_fec,
    utility_billing_settings,
    utility_synchronize_mixin,
    utility_synchronize_preview,
    utility_synchronize_line_mixin,
    utility_reading_synchronize,
    utility_meter_force_synchronize,
    utility_meter_attach,
    utility_meter_pair,
    utility_meter_replace,
    utility_leak_certificate,
    utility_subscription_change_meter,
    utility_move_dialog,
    utility_reading_import,
    utility_reading_import_format,
    utility_reading_import_column,
    utility_reading_import_check,
    utility_reading_import_refusal,
    utility_reading_import_answers,
)
