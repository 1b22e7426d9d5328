"""Loads the bills that affect a batch of subscriptions: conflicting ones, those to settle, cancelled ones."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from ...core.billing import BillLine, Heading, LineKind, Nature, Period
from ...core.billing.cases import Charged, Measured
from ...core.billing.periods import subtract
from ...core.metering.readings import ReadingKind
from ..metering.reading_sql import slot

#: Condition of a live bill: neither cancelled nor fully credited.
LIVE = SQL("m.utility_billing_run_id IS NOT NULL AND m.state != 'cancel' AND m.utility_credited IS NOT TRUE")

#: Condition of a bill that no later one has settled.
TO_SETTLE = SQL("%s AND m.state = 'posted' AND m.utility_settled_by_id IS NULL", LIVE)


def load_bills(env, scope, cases):
    """Add to each case the other bills that affect it."""
    _bills_in_the_way(env, scope, cases)
    _freed_days(env, scope, cases)
    instalments, estimates = _instalments(env, cases), _bills_of_estimates(env, cases)
    lines = _charged_lines(env, [*instalments, *estimates])
    rows = _settled_readings(env, list(estimates))
    for move_id, (case_id, volume) in instalments.items():
        cases[case_id].instalments[move_id] = Charged(volume, lines[move_id])
    for move_id, (case_id, volume) in estimates.items():
        cases[case_id].estimates[move_id] = Charged(volume, lines[move_id], rows[move_id])


def _bills_in_the_way(env, scope, cases):
    """Return bills that already charge a part of the period, and drafts of other campaigns that may be discarded."""
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT ON (m.utility_subscription_id) m.utility_subscription_id, m.id, m.utility_billing_run_id,
                   m.state
              FROM account_move m
             WHERE m.utility_subscription_id = ANY(%(ids)s) AND %(live)s
               AND ((m.utility_date_start <= %(end)s AND m.utility_date_end >= %(start)s)
                    OR (m.state = 'draft' AND m.utility_billing_type = 'estimated')
                    OR EXISTS (SELECT FROM jsonb_array_elements(m.utility_freed_days) AS freed
                                WHERE (freed ->> 0)::date <= %(end)s AND (freed ->> 1)::date >= %(start)s))
             ORDER BY m.utility_subscription_id, m.id DESC
            """,
            ids=list(cases),
            live=LIVE,
            start=scope.period.start,
            end=scope.period.end,
        )
    )
    for case_id, *bill in rows:
        cases[case_id].bill = tuple(bill)


def _freed_days(env, scope, cases):
    """Return earlier days of service whose bill was cancelled or fully credited, and that no other bill charges."""
    rows = env.execute_query(
        SQL(
            """
            SELECT m.utility_subscription_id, m.utility_date_start, m.utility_date_end, m.utility_freed_days, %(live)s
              FROM account_move m
             WHERE m.utility_billing_run_id IS NOT NULL AND m.utility_subscription_id IN (
                   SELECT m.utility_subscription_id FROM account_move m
                    WHERE m.utility_subscription_id = ANY(%(ids)s) AND m.utility_billing_run_id IS NOT NULL
                      AND NOT (%(live)s))
            """,
            ids=list(cases),
            live=LIVE,
        )
    )
    freed, charged = defaultdict(list), defaultdict(list)
    for case_id, start, end, more, is_live in rows:
        days = [Period(start, end), *(Period(*map(date.fromisoformat, part)) for part in more or ())]
        (charged if is_live else freed)[case_id] += days
    for case_id, days in freed.items():
        case = cases[case_id]
        served = (part.clip(case.date_start, case.date_end) for part in days)
        kept = subtract(filter(None, served), [scope.period, *charged[case_id]])
        case.freed = tuple(part for part in kept if part.end < scope.period.start)


def _instalments(env, cases) -> dict[int, tuple[int, Decimal]]:
    """Return instalments that no measured bill has deducted yet, oldest first: {bill id: (subscription id, m³)}."""
    return _found(
        env,
        SQL(
            """
            SELECT m.id, m.utility_subscription_id, COALESCE(m.utility_volume, 0)::text FROM account_move m
             WHERE m.utility_subscription_id = ANY(%s) AND %s AND m.utility_billing_type = 'estimated' ORDER BY m.id
            """,
            [case.id for case in cases.values() if case.billing_type != "flat"],
            TO_SETTLE,
        ),
    )


def _bills_of_estimates(env, cases) -> dict[int, tuple[int, Decimal]]:
    """Return bills of the same subscriber ending with an estimated reading, without a later bill of an actual one."""
    return _found(
        env,
        SQL(
            """
            SELECT DISTINCT m.id, m.utility_subscription_id, COALESCE(m.utility_volume, 0)::text
              FROM utility_billed_reading b JOIN account_move m ON m.id = b.move_id
             WHERE b.meter_id = ANY(%s) AND b.kind = 'estimated' AND b.released IS NOT TRUE
               AND m.utility_subscription_id = ANY(%s) AND %s
               AND NOT EXISTS (SELECT FROM utility_billed_reading actual
                                WHERE actual.meter_id = b.meter_id AND actual.released IS NOT TRUE
                                  AND actual.kind != 'estimated' AND actual.date > b.date)
             ORDER BY m.id
            """,
            list({case.meter_id for case in cases.values() if case.readings}),
            list(cases),
            TO_SETTLE,
        ),
    )


def _found(env, query) -> dict[int, tuple[int, Decimal]]:
    return {id_: (case_id, Decimal(volume)) for id_, case_id, volume in env.execute_query(query)}


def _charged_lines(env, move_ids) -> dict[int, list[BillLine]]:
    """Return what bills charged for volumes, without their own deductions; credit notes have the opposite sign."""
    lines = defaultdict(list)
    if not move_ids:
        return lines
    rows = env.execute_query(
        SQL(
            """
            SELECT l.move_id, l.utility_tariff_line_id, l.utility_kind, l.utility_heading, l.utility_quantity::text,
                   l.utility_unit_price::text,
                   (CASE WHEN m.move_type = 'out_refund' THEN - l.price_subtotal ELSE l.price_subtotal END)::text,
                   l.utility_date_start, l.utility_date_end,
                   l.utility_kind = 'levy' AND COALESCE(price.levy_date, 'invoice') = 'invoice'
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
         LEFT JOIN utility_tariff_line price ON price.id = l.utility_tariff_line_id
             WHERE l.move_id IN %s AND l.utility_kind IN ('block', 'levy') AND l.utility_nature = 'charge'
             ORDER BY l.move_id, l.id
            """,
            tuple(move_ids),
        )
    )
    for move_id, key, kind, heading, quantity, price, amount, first, last, at_invoice in rows:
        lines[move_id].append(
            BillLine(
                key,
                LineKind(kind),
                Heading(heading),
                Decimal(quantity),
                Decimal(price),
                Decimal(amount),
                Period(first, last),
                Nature.CHARGE,
                at_invoice=at_invoice,
                document=move_id,
            )
        )
    return lines


def _settled_readings(env, move_ids) -> dict[int, list[Measured]]:
    """Return the readings that bills charged, including those of the bills that they settled."""
    readings = defaultdict(list)
    if not move_ids:
        return readings
    rows = env.execute_query(
        SQL(
            """
            WITH RECURSIVE settled(root, id) AS (
                SELECT id, id FROM account_move WHERE id IN %s
                UNION
                SELECT settled.root, m.id FROM settled JOIN account_move m ON m.utility_settled_by_id = settled.id
            )
            SELECT settled.root, b.reading_id, b.date, b.index::text, b.kind, b.previous_date,
                   COALESCE(b.previous_index, 0)::text, COALESCE(b.volume, 0)::text
              FROM settled JOIN utility_billed_reading b ON b.move_id = settled.id
             WHERE b.released IS NOT TRUE ORDER BY settled.root, b.date, %s
            """,
            tuple(move_ids),
            SQL(slot("b")),
        )
    )
    for move_id, id_, day, index, kind, before, previous, volume in rows:
        values = Decimal(index), ReadingKind(kind), before, Decimal(previous), Decimal(volume)
        readings[move_id].append(Measured(id_, day, *values))
    return readings
