"""Lists the alarms of files: one row per meter and kind, until somebody closes it."""

from ..metering.meter_finder import MeterFinder
from ..metering.reading_import_results import ImportAnswers


def keep_alarms(source, alarms) -> int:
    """Record the alarms of a file; return how many are new.

    :param alarms: {(number, kind): its days}
    """
    if not alarms:
        return 0
    # sudo: only the server writes alarms; the caller may read the source
    model = source.env["utility.telemetry.alarm"].sudo()
    known = {}
    for alarm in model.search([("section_id", "=", source.section_id.id)], order="id"):
        known[alarm.number, alarm.kind] = alarm
    numbers = sorted({number for number, _kind in alarms})
    places = MeterFinder(source.env, source.section_id, ImportAnswers()).find(numbers)
    new = []
    for (number, kind), days in alarms.items():
        alarm = known.get((number, kind.value))
        if alarm and (alarm.state == "open" or days.last <= (alarm.closed_on or alarm.last_day)):
            alarm.write({"first_day": min(alarm.first_day, days.first), "last_day": max(alarm.last_day, days.last)})
            continue
        new.append(
            {
                "source_id": source.id,
                "section_id": source.section_id.id,
                "number": number,
                "meter_id": places[number].meter_id,
                "kind": kind.value,
                "first_day": days.first,
                "last_day": days.last,
            }
        )
    model.create(new)
    return len(new)
