"""Tariffs, campaigns, bills, leaks and the hand-over between sections.

The rules are in `core.billing`; this package collects cases, writes invoices and stores what bills print.
"""

from . import (
    utility_section,
    utility_dwelling_class,
    utility_tariff,
    utility_tariff_version,
    utility_tariff_line,
    utility_tariff_simulation,
    utility_meter,
    utility_subscription_tariff,
    utility_subscription,
    utility_subscription_retention,
    res_partner,
    res_company,
    res_config_settings,
    account_journal,
    product_product,
    utility_billed_reading,
    utility_reading,
    utility_leak_alert,
    utility_leak_alert_letter,
    utility_leak_alert_passing,
    utility_billing_run,
    utility_billing_run_selection,
    utility_billing_run_work,
    utility_billing_finding,
    utility_billing_handover,
    account_move,
    account_move_print,
    account_move_line,
)
