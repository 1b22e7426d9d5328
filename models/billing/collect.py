"""What a batch of subscriptions is billed from: database rows to plain data, a constant number of queries.

Nothing here decides: the rules are in `core.billing` and in `core.billing.decide`. Who calls: a campaign, whose
company the person who launched it may enter; every query is held to the subscriptions it is given.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ...core.billing import BillLine, Heading, Kind, Nature, Period
from ...core.billing.cases import Case, Measured, Scope
from ..metering.reading_sql import served_by, slot


def collect(env, scope: Scope, subscription_ids: list[int]) -> list[Case]:
    """Return the cases of these subscriptions, in their order. Seven queries, whatever their number."""
    ids = tuple(subscription_ids) or (0,)
    cases = _subscriptions(env, scope, ids)
    for loader in (_readings, _live_bills, _instalments, _history, _certificates):
        loader(env, scope, cases)
    return [cases[id_] for id_ in subscription_ids if id_ in cases]


def _subscriptions(env, scope, ids) -> dict[int, Case]:
    rows = env.execute_query(
        SQL(
            """
            SELECT id, meter_id, partner_id, payer_id, tariff_id, date_start, date_end,
                   CASE WHEN %s THEN billing_type ELSE 'measured' END, COALESCE(flat_volume, 0)::text,
                   COALESCE(is_dwelling, FALSE)
              FROM utility_subscription WHERE id IN %s
            """,
            scope.use_billing_types,
            ids,
        )
    )
    return {row[0]: Case(*row[:8], Decimal(row[8]), row[9]) for row in rows}


def _readings(env, scope, cases):
    """Readings of the campaign's days that no bill uses, and those forgotten since the last bill of the meter.

    A reading closes the days before it: the one of the day a subscriber comes in is of the subscriber before,
    the one of the day after they leave is still theirs. Readings older than the first bill are the meter's past
    and stay so.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT s.id, r.id, r.date, r.index::text, r.kind, r.previous_date, r.previous_index::text,
                   r.consumption::text, r.state,
                   EXISTS (SELECT 1 FROM utility_subscription o
                            WHERE o.meter_id = s.meter_id AND o.date_start < s.date_start
                              AND r.previous_date < s.date_start - 1 AND o.date_end > r.previous_date)
              FROM utility_subscription s
              JOIN utility_reading r ON r.meter_id = s.meter_id
             WHERE s.id IN %(ids)s AND r.previous_date IS NOT NULL AND r.state != 'billed'
               AND r.date <= %(end)s AND %(served)s
               AND NOT EXISTS (SELECT 1 FROM utility_billed_reading b
                                WHERE b.reading_id = r.id AND b.released IS NOT TRUE)
               AND (r.date >= %(start)s OR EXISTS (
                    SELECT 1 FROM utility_billed_reading b
                     WHERE b.meter_id = r.meter_id AND b.released IS NOT TRUE AND b.date < r.date))
             ORDER BY s.id, r.date, %(slot)s
            """,
            ids=tuple(cases) or (0,),
            start=scope.reading_start,
            end=scope.reading_end,
            slot=SQL(slot("r")),
            served=SQL(served_by("r", "s")),
        )
    )
    for case_id, id_, day, index, kind, before, previous, volume, state, foreign in rows:
        cases[case_id].readings.append(
            Measured(
                id_, day, Decimal(index), kind, before, Decimal(previous or 0), Decimal(volume or 0), state, foreign
            )
        )


def _live_bills(env, scope, cases):
    """Bills that already charge some of the period, and drafts of other campaigns that may still be thrown away."""
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT ON (utility_subscription_id) utility_subscription_id, id, utility_billing_run_id, state
              FROM account_move
             WHERE utility_subscription_id IN %s AND utility_billing_run_id IS NOT NULL
               AND state != 'cancel' AND utility_credited IS NOT TRUE
               AND ((utility_date_start <= %s AND utility_date_end >= %s)
                    OR (state = 'draft' AND utility_billing_type = 'estimated'))
             ORDER BY utility_subscription_id, id DESC
            """,
            tuple(cases) or (0,),
            scope.period.end,
            scope.period.start,
        )
    )
    for case_id, *bill in rows:
        cases[case_id].bill = tuple(bill)


def _instalments(env, scope, cases):
    """Lines for volumes of the instalments that no measured bill deducted yet."""
    wanted = tuple(case.id for case in cases.values() if case.billing_type == "estimated") or (0,)
    rows = env.execute_query(
        SQL(
            """
            SELECT m.utility_subscription_id, m.id, l.utility_tariff_line_id, l.utility_kind, l.utility_heading,
                   l.utility_quantity::text, l.utility_unit_price::text, l.price_subtotal::text,
                   l.utility_date_start, l.utility_date_end
              FROM account_move m JOIN account_move_line l ON l.move_id = m.id
             WHERE m.utility_subscription_id IN %s AND m.utility_billing_run_id IS NOT NULL
               AND m.utility_billing_type = 'estimated' AND m.state = 'posted' AND m.utility_credited IS NOT TRUE
               AND m.utility_settled_by_id IS NULL AND l.utility_kind IN ('block', 'levy')
             ORDER BY m.id, l.id
            """,
            wanted,
        )
    )
    for case_id, move_id, key, kind, heading, quantity, price, amount, first, last in rows:
        line = BillLine(
            key,
            Kind(kind),
            Heading(heading),
            Decimal(quantity),
            Decimal(price),
            Decimal(amount),
            Period(first, last),
            Nature.CHARGE,
        )
        cases[case_id].instalments.setdefault(move_id, []).append(line)


def _history(env, scope, cases):
    """Volumes of the meter, whoever lived there, since three years before the campaign's first day."""
    by_meter = defaultdict(list)
    for case in cases.values():
        by_meter[case.meter_id].append(case)
    earliest = scope.reading_start.replace(year=scope.reading_start.year - 4, day=1)
    rows = env.execute_query(
        SQL(
            """
            SELECT meter_id, previous_date, date, consumption::text FROM utility_reading
             WHERE meter_id IN %s AND previous_date IS NOT NULL AND previous_date < date AND date > %s
               AND date <= %s AND consumption >= 0
            """,
            tuple(by_meter) or (0,),
            earliest,
            scope.reading_end,
        )
    )
    for meter_id, first, after, volume in rows:
        for case in by_meter[meter_id]:
            case.history.append((first, after, Decimal(volume)))


def _certificates(env, scope, cases):
    rows = env.execute_query(
        SQL(
            """
            SELECT subscription_id, reading_id FROM utility_leak_alert
             WHERE subscription_id IN %s AND state = 'certified'
            """,
            tuple(cases) or (0,),
        )
    )
    for case_id, reading_id in rows:
        cases[case_id].certified.add(reading_id)
