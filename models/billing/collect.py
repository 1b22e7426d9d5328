"""Collects the data from which a batch of subscriptions is billed, in a constant number of queries.

The rules are in `core.billing`, decisions in `core.billing.decide`. Called by a campaign, to whose company the user who
launched it has access; every query is restricted to the given subscriptions.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ...core.billing.cases import Alert, Case, Measured, PastReading, Scope
from ...core.billing.leak import Basis
from ...core.metering.readings import ReadingKind
from ..metering.reading_sql import served_by, slot
from .collect_bills import load_bills

#: Years of readings to load: the three years that a leak is compared with, and the campaign's own.
YEARS_OF_HISTORY = 4
#: Readings of the campaign's days, and readings omitted since the last bill of the meter.
UNBILLED_READINGS = """
    SELECT s.id, r.id, r.date, r.index::text, r.kind, r.previous_date, COALESCE(r.previous_index, 0)::text,
           COALESCE(r.consumption, 0)::text, r.state, COALESCE(r.previous_date < s.date_start - 1, FALSE)
      FROM utility_subscription s
      JOIN utility_reading r ON r.meter_id = s.meter_id
     WHERE s.id = ANY(%(ids)s) AND r.state != 'billed' AND r.date <= %(end)s AND %(served)s
       AND NOT EXISTS (SELECT 1 FROM utility_billed_reading b
                        WHERE b.reading_id = r.id AND b.released IS NOT TRUE)
       AND (r.date >= %(start)s OR EXISTS (
            SELECT 1 FROM utility_billed_reading b
             WHERE b.meter_id = r.meter_id
               AND (b.reading_id = r.id OR (b.released IS NOT TRUE AND b.date < r.date))))
     ORDER BY s.id, r.date, %(slot)s
"""


def collect(env, scope: Scope, subscription_ids: list[int]) -> list[Case]:
    """Return the cases of these subscriptions, in the same order, in a constant number of queries."""
    cases = _subscriptions(env, scope, subscription_ids)
    for loader in (_tariffs, _readings, _history, _alerts, load_bills):
        loader(env, scope, cases)
    return [cases[id_] for id_ in subscription_ids if id_ in cases]


def _subscriptions(env, scope, subscription_ids) -> dict[int, Case]:
    rows = env.execute_query(
        SQL(
            """
            SELECT s.id, s.meter_id, s.partner_id, s.payer_id, s.date_start, s.date_end,
                   CASE WHEN %s THEN s.billing_type ELSE 'measured' END, COALESCE(s.flat_volume, 0)::text,
                   COALESCE(s.is_dwelling, FALSE), COALESCE(p.serial_number, p.name, ''),
                   GREATEST(COALESCE(s.dwellings, 1), 1),
                   COALESCE(NULLIF(c.area_mean, 0), NULLIF(section.area_mean, 0))::text
              FROM utility_subscription s
              JOIN utility_section section ON section.id = s.section_id
              JOIN utility_meter m ON m.id = s.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
         LEFT JOIN utility_dwelling_class c ON c.id = s.dwelling_class_id
             WHERE s.id = ANY(%s)
            """,
            scope.use_billing_types,
            list(subscription_ids),
        )
    )
    return {
        row[0]: Case(*row[:7], Decimal(flat), is_dwelling, number, dwellings, area and Decimal(area))
        for row in rows
        for flat, is_dwelling, number, dwellings, area in [row[7:]]
    }


def _tariffs(env, scope, cases):
    rows = env.execute_query(
        SQL(
            """
            SELECT subscription_id, date_start, tariff_id FROM utility_subscription_tariff
             WHERE subscription_id = ANY(%s) ORDER BY subscription_id, date_start
            """,
            list(cases),
        )
    )
    for case_id, start, tariff_id in rows:
        cases[case_id].tariffs.append((start, tariff_id))


def _readings(env, scope, cases):
    """Return the unbilled readings of the campaign's days, and those omitted since the last bill of the meter.

    Readings older than the first bill are never billed, unless the bill that used them was cancelled.
    """
    rows = env.execute_query(
        SQL(
            UNBILLED_READINGS,
            ids=list(cases),
            start=scope.reading_start,
            end=scope.reading_end,
            slot=SQL(slot("r")),
            served=SQL(served_by("r", "s")),
        )
    )
    for case_id, id_, day, index, kind, before, previous, volume, state, is_outside in rows:
        case = cases[case_id]
        if before is None:
            case.first_index = case.first_index or (day if kind != ReadingKind.INSTALLATION else None)
            continue
        values = Decimal(index), ReadingKind(kind), before, Decimal(previous), Decimal(volume)
        case.readings.append(Measured(id_, day, *values, state, is_outside))


def _history(env, scope, cases):
    """Return the readings of the meter, for all its subscribers, with their volumes after the relief of a leak."""
    by_meter = defaultdict(list)
    for case in cases.values():
        by_meter[case.meter_id].append(case)
    rows = env.execute_query(
        SQL(
            """
            SELECT r.meter_id, r.id, r.date, r.kind, r.previous_date, COALESCE(r.consumption, 0)::text,
                   leak.relieved::text
              FROM utility_reading r
         LEFT JOIN LATERAL (
                   SELECT CASE WHEN section.service = 'sewerage' OR section.leak_excluded THEN a.mean ELSE a.cap END
                          AS relieved
                     FROM utility_leak_alert a JOIN utility_section section ON section.id = a.section_id
                    WHERE a.reading_id = r.id AND a.state = 'certified' AND a.mean > 0 LIMIT 1) leak ON TRUE
             WHERE r.meter_id = ANY(%s) AND r.previous_date IS NOT NULL AND r.date > %s AND r.date <= %s
             ORDER BY r.meter_id, r.date, %s
            """,
            list(by_meter),
            scope.reading_start.replace(year=scope.reading_start.year - YEARS_OF_HISTORY, day=1),
            scope.reading_end,
            SQL(slot("r")),
        )
    )
    for meter_id, id_, day, kind, before, volume, relieved in rows:
        row = PastReading(id_, day, ReadingKind(kind), before, Decimal(volume), relieved and Decimal(relieved))
        for case in by_meter[meter_id]:
            case.history.append(row)


def _alerts(env, scope, cases):
    rows = env.execute_query(
        SQL(
            """
            SELECT subscription_id, reading_id, state, COALESCE(mean, 0)::text, COALESCE(cap, 0)::text, basis
              FROM utility_leak_alert WHERE subscription_id = ANY(%s)
            """,
            list(cases),
        )
    )
    for case_id, reading_id, state, mean, cap, basis in rows:
        cases[case_id].alerts[reading_id] = Alert(state, Decimal(mean), Decimal(cap), Basis(basis))
