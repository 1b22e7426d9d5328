"""Remote readings: sources of files, what was taken of them, alarms, and numbers that no meter bears.

The rules are those of `core.metering.telemetry`; values that are kept go the way of every file of readings.
"""

from . import (
    utility_telemetry_source,
    utility_telemetry_transport,
    utility_telemetry_schedule,
    utility_telemetry_file,
    utility_telemetry_alarm,
    utility_telemetry_unknown,
)
