"""Sections, connection points, devices, meters, subscriptions and readings, and files of readings.

Covers the meters of one section. `sharing` covers the relations between sections, `billing` the bills.
"""

from . import (
    ir_http,
    ir_rule,
    res_company,
    res_partner,
    res_partner_hub,
    res_users,
    shown_names,
    utility_section,
    utility_connection_point,
    utility_device,
    utility_meter,
    utility_meter_numbers,
    utility_meter_round,
    utility_subscription,
    utility_reading,
    utility_reading_checks,
    utility_reading_word,
    utility_reading_import_run,
    utility_reading_import_row,
)
