from . import (
    ir_rule,
    res_partner,
    res_users,
    utility_section,
    utility_connection_point,
    utility_device,
    utility_meter,
    utility_subscription,
    utility_reading,
    utility_reading_checks,
)
