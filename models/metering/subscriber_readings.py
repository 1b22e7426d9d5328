"""Readings that a subscriber may see: those of their own days, never those of other subscribers of the meter."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...core.metering.graph import WIDTH, GraphWords, draw, graph_bars
from ...core.metering.intervals import intervals
from .reading_sql import served_by, slot


@dataclass(frozen=True, slots=True)
class ServedReading:
    """A confirmed reading taken during a subscription.

    :param consumption: m³ since the previous reading; None for the meter's first reading, or if it includes days before
        the subscription
    """

    date: date
    index: float
    kind: str
    previous_date: date | None
    consumption: float | None

    @property
    def key(self):
        return self.date


def subscriber_readings(env, wanted, limit):
    """Return the last readings of subscriptions, oldest first, in one query.

    Installations measure nothing and are left out. The caller has checked the right to read these subscriptions.

    :param wanted: [(key, subscription id, last day or None)], keys are integers
    :param limit: number of readings per subscription
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
        SELECT w.key, r.date, r.index::float, r.kind, r.previous_date, r.consumption::float
          FROM unnest(%(keys)s::int[], %(subscriptions)s::int[], %(last_days)s::date[])
               AS w(key, subscription_id, last_day)
          JOIN utility_subscription s ON s.id = w.subscription_id
         CROSS JOIN LATERAL (
               SELECT r.id, r.date, r.index, r.kind, r.previous_date,
                      CASE WHEN r.previous_date >= s.date_start - 1 THEN r.consumption END AS consumption
                 FROM utility_reading r
                WHERE r.meter_id = s.meter_id AND r.state != 'draft' AND r.kind != 'installation'
                  AND %(served)s
                  AND (w.last_day IS NULL OR r.date <= w.last_day)
                ORDER BY r.date DESC, %(slot)s DESC LIMIT %(limit)s) r
         ORDER BY w.key, r.date, %(slot)s
        """,
        keys=keys,
        subscriptions=subscriptions,
        last_days=last_days,
        limit=limit,
        served=SQL(served_by("r", "s")),
        slot=SQL(slot("r")),
    )


def bars(readings, height, count=None):
    """Return the bars of a consumption graph: the highest has the given `height`, the others are in proportion.

    An estimate and the reading that corrects it form one bar.

    :param count: maximum number of bars; the last ones are shown
    :return: [{"date", "volume" in m³, "height"}]; readings without a consumption have no bar
    """
    drawn = [part for part in _intervals(readings) if part.has_device and part.volume >= 0]
    drawn = drawn[-count:] if count else drawn
    highest = max((part.volume for part in drawn), default=0)
    return [
        {
            "date": part.end,
            "volume": float(part.volume),
            "height": round(height * float(part.volume) / float(highest)) if highest > 0 else 0,
        }
        for part in drawn
    ]


def drawn_graph(env, readings, count, unit, key, width=WIDTH):
    """Return the consumption graph as SVG, or False if fewer than two readings measure something.

    :param readings: [ServedReading], oldest first
    :param count: number of bars at most, the last ones
    :param key: distinguishes it from the other graphs of the page
    :param width: of the drawing, see `core.metering.graph.draw`
    """
    bars_shown = graph_bars(_intervals(readings), count)
    if not bars_shown:
        return False
    words = GraphWords(
        title=env._("Consumption"),
        unit=unit or "m³",
        consumption=env._("Consumption"),
        year_before=env._("A year before"),
        estimated=env._("Estimated"),
        mean=env._("Mean"),
        day=lambda day: format_date(env, day, date_format="MMM yy"),
        number=lambda number: formatLang(env, float(number), digits=0 if number == number.to_integral_value() else 1),
    )
    return Markup(draw(bars_shown, words, key, width))


def _intervals(readings):
    measured = (reading for reading in readings if reading.consumption is not None)
    return intervals(replace(reading, consumption=Decimal(str(reading.consumption))) for reading in measured)
