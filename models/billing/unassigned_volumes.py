"""Volumes measured outside every contract, which no bill charges: they must be reported (invariant 11)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL, format_date

from ...core.billing.obstacles import ObstacleReason
from ..metering.reading_sql import served_by


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A reading that is billed to no subscription.

    :param left_id: subscription that ended since the previous reading, None if nobody was subscribed
    :param previous_end: last day of the last subscription before, None if there was none
    """

    reading_id: int
    meter_id: int
    owner_id: int | None
    previous_date: date
    date: date
    volume: Decimal
    left_id: int | None
    previous_end: date | None
    tariff_id: int | None


class UnassignedVolumes:
    """Volumes of a campaign's days without any contract.

    :param run: the campaign, which the caller may write; queries are restricted to its section
    """

    def __init__(self, run):
        self.env = run.env
        self.run = run

    def rows(self) -> list[Unassigned]:
        """Return these volumes by meter and date, in one query."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT r.id, r.meter_id, m.owner_id, r.previous_date, r.date, r.consumption::text,
                   CASE WHEN before.date_end > r.previous_date THEN before.id END, before.date_end,
                   COALESCE(before.tariff_id, after.tariff_id)
              FROM utility_reading r
              JOIN utility_meter m ON m.id = r.meter_id
              JOIN utility_connection_point p ON p.id = m.connection_point_id
         LEFT JOIN LATERAL (
                   SELECT s.id, s.date_end, s.tariff_id FROM utility_subscription s
                    WHERE s.meter_id = r.meter_id AND s.date_start < r.date ORDER BY s.date_start DESC LIMIT 1
                   ) before ON TRUE
         LEFT JOIN LATERAL (
                   SELECT s.tariff_id FROM utility_subscription s
                    WHERE s.meter_id = r.meter_id AND s.date_start >= r.date ORDER BY s.date_start LIMIT 1
                   ) after ON TRUE
             WHERE m.section_id = %(section)s AND r.date BETWEEN %(start)s AND %(end)s AND r.state != 'billed'
               AND r.previous_date < r.date AND r.consumption > 0 AND %(selected)s
               AND NOT EXISTS (SELECT FROM utility_subscription s WHERE s.meter_id = r.meter_id AND %(served)s)
             ORDER BY r.meter_id, r.date
            """,
            section=self.run.section_id.id,
            start=self.run.reading_start,
            end=self.run.reading_end,
            selected=self._selected(),
            served=SQL(served_by("r", "s")),
        )
        return [Unassigned(*row[:5], Decimal(row[5]), *row[6:]) for row in self.env.execute_query(query)]

    def _selected(self) -> SQL:
        conditions = self.run._place_conditions()
        if self.run.subscription_ids:
            conditions.append(SQL("m.id IN %s", tuple(self.run.subscription_ids.meter_id.ids)))
        return SQL(" AND ").join([SQL("TRUE"), *conditions])

    def bill_owners(self) -> None:
        """If the section bills owners, create their subscriptions for the days without a subscriber."""
        if self.run.section_id.vacancy != "owner":
            return
        days = {}
        for row in self.rows():
            if row.owner_id and not row.left_id:
                start, _end, _row = days.get(row.meter_id, (self._first_day(row), None, None))
                days[row.meter_id] = start, row.date - timedelta(1), row
        self.env["utility.subscription"]._by_server().create(
            [
                {
                    "partner_id": row.owner_id,
                    "meter_id": meter_id,
                    "date_start": start,
                    "date_end": end,
                    "tariff_id": row.tariff_id,
                    "is_vacancy": True,
                }
                for meter_id, (start, end, row) in days.items()
            ]
        )

    def _first_day(self, row):
        return row.previous_end + timedelta(1) if row.previous_end else row.previous_date

    def findings(self) -> list[tuple]:
        """Return (subscription or None, meter, reason, sentence, model, id) of each."""
        rows = self.rows()
        meters = self.env["utility.meter"].browse({row.meter_id for row in rows})
        names = {meter.id: meter.display_name for meter in meters}
        return [self._finding(row, names[row.meter_id]) for row in rows]

    def _finding(self, row, meter):
        reason = ObstacleReason.LEFT if row.left_id else ObstacleReason.VACANT
        values = {
            "meter": meter,
            "day": format_date(self.env, row.date),
            "volume": self.env["utility.reading"]._format_volume(row.volume),
            "subscription": self.env["utility.subscription"].browse(row.left_id or []).display_name,
        }
        sentence = self.env["utility.billing.finding"]._template(reason) % values
        return row.left_id, row.meter_id, reason, sentence, "utility.meter", row.meter_id
