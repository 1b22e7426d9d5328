"""Dashboard: figures of the sections and of the connectors that need attention, each with a link to its records.

This package uses all others but `followup`, which adds to the dashboard.
"""

from . import utility_dashboard, utility_dashboard_telemetry, utility_irregularity
