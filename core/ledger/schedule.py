"""Computes when a connector synchronises next, at the same local time all year round."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .findings import Finding, ScheduleError

FREQUENCIES = ("daily", "weekly")
MINUTES_A_DAY = 24 * 60


def next_run(frequency: str, weekday: int, hours: float, zone: str, after: datetime) -> datetime:
    """Return the first run strictly after `after` (aware datetime), as an aware UTC datetime.

    A time that a clock change skips becomes the first existing moment after it; of a time that occurs twice, the first
    one counts.

    :param frequency: daily or weekly
    :param weekday: for weekly: 0 (Monday) to 6 (Sunday)
    :param hours: time of day as a float (12.5 is 12:30), to the minute
    :param zone: name of a time zone
    :raises ScheduleError: a value is wrong (schedule_wrong)
    """
    place, wall = _zone(zone), _wall(hours)
    _check(frequency, weekday, after)
    today = after.astimezone(place).date()
    days = (today + timedelta(days=number) for number in range(8))
    moments = (
        _moment(datetime.combine(day, wall), place) for day in days if frequency == "daily" or day.weekday() == weekday
    )
    return next(moment for moment in moments if moment > after)


def _moment(wall: datetime, place: ZoneInfo) -> datetime:
    """Convert a wall-clock time to UTC."""
    moment = wall.replace(tzinfo=place).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) == wall:
        return moment
    # Skipped hour (PEP 495): fold=1 is before the clock change, fold=0 after it. Clocks change on whole seconds.
    low = int(wall.replace(tzinfo=place, fold=1).astimezone(UTC).timestamp())
    high = int(moment.timestamp())
    before = _offset(low, place)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, place) == before else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _offset(timestamp: int, place: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(timestamp, place).utcoffset()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise ScheduleError("schedule_wrong", reason=Finding("because_zone", params={"value": str(name)})) from None


def _wall(hours: float) -> time:
    minutes = round(hours * 60) if 0 <= hours < 24 else -1
    if not 0 <= minutes < MINUTES_A_DAY:
        raise ScheduleError("schedule_wrong", reason=Finding("because_time", params={"value": str(hours)}))
    return time(*divmod(minutes, 60))


def _check(frequency: str, weekday: int, after: datetime) -> None:
    if frequency not in FREQUENCIES:
        raise ScheduleError("schedule_wrong", reason=Finding("because_frequency", params={"value": str(frequency)}))
    if frequency == "weekly" and weekday not in range(7):
        raise ScheduleError("schedule_wrong", reason=Finding("because_weekday", params={"value": str(weekday)}))
    if after.utcoffset() is None:
        raise ScheduleError("schedule_wrong", reason=Finding("because_naive"))
