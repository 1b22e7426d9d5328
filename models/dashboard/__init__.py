"""Dashboard: figures of the sections and of the connectors that need attention, each with a link to its records.

This package depends on all others; none depends on it.
"""

from . import utility_dashboard, utility_dashboard_telemetry, utility_irregularity
