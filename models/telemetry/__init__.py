"""Remote readings: sources of files, the files read, alarms, and numbers without a meter.

The rules are in `core.metering.telemetry`; the values kept are then entered like those of any file of readings.
"""

from . import (
    utility_section,
    utility_telemetry_source,
    utility_telemetry_transport,
    utility_telemetry_schedule,
    utility_telemetry_file,
    utility_telemetry_alarm,
    utility_telemetry_unknown,
)
