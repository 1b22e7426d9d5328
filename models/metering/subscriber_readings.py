"""The readings a subscriber may see of their meter: those of their own days, never a neighbour's or a successor's."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL

from .reading_sql import served_by


@dataclass(frozen=True, slots=True)
class ServedReading:
    """A confirmed reading taken during a subscription.

    :param consumption: m³ since the reading before; None where it is the meter's first, or where days of the
        subscriber before are in it
    """

    date: date
    index: float
    kind: str
    consumption: float | None


def served_readings(env, wanted, limit):
    """Return the last readings of subscriptions, oldest first: one query, whatever their number.

    Installations measure nothing and are left out.
    Who calls answers for the right to read these subscriptions.

    :param wanted: [(key, subscription id, last day or None)], keys are integers
    :param limit: readings a subscription
    :return: {key: [ServedReading]}
    """
    found = defaultdict(list)
    if wanted:
        env["utility.reading"].flush_model()
        env["utility.subscription"].flush_model(["meter_id", "date_start", "date_end"])
        for key, *values in env.execute_query(_query(wanted, limit)):
            found[key].append(ServedReading(*values))
    return found


def _query(wanted, limit):
    keys, subscriptions, last_days = (list(column) for column in zip(*wanted, strict=True))
    return SQL(
        """
        SELECT w.key, r.date, r.index::float, r.kind, r.consumption::float
          FROM unnest(%(keys)s::int[], %(subscriptions)s::int[], %(last_days)s::date[])
               AS w(key, subscription_id, last_day)
          JOIN utility_subscription s ON s.id = w.subscription_id
         CROSS JOIN LATERAL (
               SELECT r.id, r.date, r.index, r.kind,
                      CASE WHEN r.previous_date IS NOT NULL AND NOT EXISTS (
                                SELECT 1 FROM utility_subscription o
                                 WHERE o.meter_id = s.meter_id AND o.date_start < s.date_start
                                   AND r.previous_date < s.date_start - 1 AND o.date_end > r.previous_date)
                           THEN r.consumption END AS consumption
                 FROM utility_reading r
                WHERE r.meter_id = s.meter_id AND r.state != 'draft' AND r.kind != 'installation'
                  AND %(served)s
                  AND (w.last_day IS NULL OR r.date <= w.last_day)
                ORDER BY r.date DESC, r.id DESC LIMIT %(limit)s) r
         ORDER BY w.key, r.date, r.id
        """,
        keys=keys,
        subscriptions=subscriptions,
        last_days=last_days,
        limit=limit,
        served=SQL(served_by("r", "s")),
    )


def bars(readings, height):
    """Return the bars of a consumption graph: the highest is ``height`` tall, the others in proportion.

    :return: [{"date", "volume" in m³, "height"}]; readings without a consumption have no bar
    """
    measured = [reading for reading in readings if reading.consumption is not None]
    highest = max((reading.consumption for reading in measured), default=0)
    return [
        {
            "date": reading.date,
            "volume": reading.consumption,
            "height": max(0, round(height * reading.consumption / highest)) if highest > 0 else 0,
        }
        for reading in measured
    ]
