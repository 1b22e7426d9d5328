from . import (
    utility_billing_settings,
    utility_synchronize_mixin,
    utility_reading_synchronize,
    utility_meter_force_synchronize,
    utility_meter_attach,
    utility_meter_pair,
    utility_meter_replace,
    utility_subscription_change_meter,
    utility_reading_import,
    utility_reading_import_format,
    utility_reading_import_column,
    utility_reading_import_refusal,
)
