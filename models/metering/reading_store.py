"""Loads and stores the readings of many meters at once, in a constant number of queries.

The rules are in `core.metering`. Callers hold the lock of the connection points and have checked the access rights;
SQL is used because the same few statements serve one reading and a hundred thousand.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.metering.consumption import ReadingStep, chain
from ...core.metering.readings import Device, Meter, Reading, ReadingKind
from ..common.json_rows import json_rows
from .reading_rows import CardReadings, NewReading, needs_check, step_values
from .reading_sql import INSERTED_COLUMNS, modification, signature, slot, to_check

_PAGE = 5000
#: Columns of a new reading in the order of `_insert_values`.
_NEW = (
    *("rank", "meter_id", "date", "index", "kind", "rollover", "previous_index", "previous_date", "computed"),
    *("consumption", "is_modified", "finding", "state", "origin", "reason"),
)
#: Who modified a consumption, when and why: copied with a reading from another section. A subquery per row, since
#: PostgreSQL, if its statistics say that the table is empty, would join each row with all rows inserted before.
_ORIGIN = """
     LEFT JOIN LATERAL (
               SELECT modification_reason, modified_by_id, modified_on FROM utility_reading
                WHERE id = v.origin OFFSET 0) o ON true
"""
_INSERT = f"""
        INSERT INTO utility_reading ({INSERTED_COLUMNS})
        SELECT v.meter_id, m.section_id, m.company_id, v.date, v.index, v.kind, v.rollover, v.previous_index,
               v.previous_date, v.computed, v.consumption, v.is_modified, v.finding, v.state, 'not_shared', v.origin,
               {modification("v", "o", "%(user)s", "v.reason")}, {signature("%(user)s")}
          FROM json_to_recordset(%(values)s) AS v(
               rank integer, meter_id integer, date date, index numeric, kind varchar, rollover boolean,
               previous_index numeric, previous_date date, computed numeric, consumption numeric,
               is_modified boolean, finding varchar, state varchar, origin integer, reason varchar)
    CROSS JOIN LATERAL (
               SELECT section_id, company_id FROM utility_meter WHERE id = v.meter_id OFFSET 0) m
{_ORIGIN}
         ORDER BY v.rank
     RETURNING id
"""


def flush(env) -> None:
    """Flush the fields that the queries on readings use."""
    for name in ("utility.reading", "utility.meter", "utility.connection.point", "utility.device"):
        env[name].flush_model()


class ReadingStore:
    """Loads and stores readings in an environment's database."""

    def __init__(self, env):
        self.env = env
        self.model = env["utility.reading"]
        self.today = fields.Date.context_today(self.model)

    # === READ === #

    def cards(self, meter_ids) -> dict[int, CardReadings]:
        """Return the cards with all their readings, by meter id."""
        if not meter_ids:
            return {}
        flush(self.env)
        cards = self._bare_cards(tuple(meter_ids))
        self.env.cr.execute(
            SQL(
                """
                SELECT id, meter_id, date, index::text, kind, rollover,
                       CASE WHEN is_modified THEN consumption::text END, state = 'billed',
                       COALESCE(previous_index, 0)::text, previous_date, COALESCE(computed_consumption, 0)::text,
                       COALESCE(consumption, 0)::text, is_modified, finding
                  FROM utility_reading WHERE meter_id IN %s ORDER BY meter_id, date, %s
                """,
                tuple(meter_ids),
                SQL(slot()),
            )
        )
        for id_, meter_id, day, index, kind, rollover, modified, billed, *stored in self.env.cr.fetchall():
            card = cards[meter_id]
            modified = None if modified is None else Decimal(modified)
            previous_index, previous_date, computed, consumption, is_modified, finding = stored
            since = previous_date if billed else None
            index, kind = Decimal(index), ReadingKind(kind)
            card.readings.append(Reading(id_, day, index, kind, bool(rollover), modified, billed, since))
            card.stored[id_] = (
                Decimal(previous_index),
                previous_date,
                Decimal(computed),
                Decimal(consumption),
                bool(is_modified),
                finding,
            )
        return cards

    def meters(self, points) -> dict[int, Meter]:
        """Return the meters that the readings of some points depend on, by point id."""
        meters = {}
        for point in points:
            gone = point.device_ids.filtered("removed_on")
            starts = [point.installation_date, *gone.mapped("installation_date")]
            devices = (Device(point.digits), *(Device(d.digits, d.removed_on) for d in gone))
            meters[point.id] = Meter(devices, min(starts) if all(starts) else None)
        return meters

    def _bare_cards(self, meter_ids) -> dict[int, CardReadings]:
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, p.id, COALESCE(p.digits, 0), p.installation_date,
                       COALESCE(d.digits, 0), d.removed_on, d.installation_date
                  FROM utility_meter m
                  JOIN utility_connection_point p ON p.id = m.connection_point_id
             LEFT JOIN utility_device d ON d.connection_point_id = p.id
                 WHERE m.id IN %s
                """,
                meter_ids,
            )
        )
        devices, cards, starts = defaultdict(list), {}, defaultdict(list)
        for meter_id, point_id, digits, installed_on, old_digits, removed_on, old_installed_on in rows:
            if meter_id not in cards:
                cards[meter_id] = CardReadings(meter_id, point_id)
                devices[meter_id].append(Device(digits))
                starts[meter_id].append(installed_on)
            if removed_on:
                devices[meter_id].append(Device(old_digits, removed_on))
                starts[meter_id].append(old_installed_on)
        for meter_id, card in cards.items():
            known = starts[meter_id]
            card.meter = Meter(tuple(devices[meter_id]), min(known) if all(known) else None)
        return cards

    # === WRITE === #

    def insert(self, rows: Iterable[NewReading], advance=lambda count: None) -> list[int]:
        """Insert readings with the results of their steps; return their ids in the order of the rows.

        :param advance: called with the number of readings after each page
        """
        ids = []
        for page in split_every(_PAGE, rows):
            values = json_rows(_NEW, ((rank, *self._insert_values(row)) for rank, row in enumerate(page)))
            query = SQL(_INSERT, user=self.env.uid, values=values)
            ids += [id_ for (id_,) in self.env.execute_query(query)]
            advance(len(page))
        if len(ids) > _PAGE:
            self._update_statistics(len(ids))
        if ids:
            self._invalidate()
        return ids

    def _update_statistics(self, count: int) -> None:
        """Update PostgreSQL's statistics after many inserts in a new database, on which later plans depend."""
        known = SQL("SELECT reltuples FROM pg_class WHERE oid = 'utility_reading'::regclass")
        if self.env.execute_query(known)[0][0] < count / 2:
            self.env.cr.execute(SQL("ANALYZE utility_reading"))

    def _insert_values(self, row: NewReading) -> tuple:
        reading, step = row.reading, row.step
        return (
            row.meter_id,
            reading.date,
            reading.index,
            reading.kind.value,
            reading.rollover,
            *step_values(reading, step),
            "draft" if needs_check(step) else "confirmed",
            row.origin_id,
            row.reason,
        )

    def correct(self, rows: list[tuple[int, Reading, int | None]]) -> None:
        """Change the values of readings: (reading id, new values, origin reading id). Steps are saved separately."""
        # who modified a consumption, when and why comes from the origin if there is one, otherwise it stays
        kept = "v.origin IS NULL AND r.is_modified AND r.consumption = v.modified"
        query = f"""
            UPDATE utility_reading r
               SET index = v.index, kind = v.kind, rollover = v.rollover, is_modified = v.is_modified,
                   consumption = COALESCE(v.modified, r.consumption), origin_reading_id = v.origin,
                   modification_reason = CASE WHEN NOT v.is_modified THEN NULL
                       WHEN {kept} THEN r.modification_reason ELSE o.modification_reason END,
                   modified_by_id = CASE WHEN NOT v.is_modified THEN NULL
                       WHEN {kept} THEN r.modified_by_id ELSE COALESCE(o.modified_by_id, {int(self.env.uid)}) END,
                   modified_on = CASE WHEN NOT v.is_modified THEN NULL
                       WHEN {kept} THEN r.modified_on ELSE COALESCE(o.modified_on, now() AT TIME ZONE 'UTC') END,
                   write_uid = {int(self.env.uid)}, write_date = now() AT TIME ZONE 'UTC'
              FROM (VALUES %s) AS v(id, index, kind, rollover, is_modified, modified, origin)
{_ORIGIN}
             WHERE r.id = v.id AND r.state != 'billed'
        """
        values = [
            (id_, r.index, r.kind.value, r.rollover, r.modified is not None, r.modified, origin)
            for id_, r, origin in rows
        ]
        template = "(%s, %s::numeric, %s, %s, %s, %s::numeric, %s::integer)"
        self._update(query, values, template)

    def save_steps(self, card: CardReadings, steps, pending: list) -> None:
        """Add to `pending` the card's readings whose step differs from the stored one, except billed readings."""
        by_key = {reading.key: reading for reading in card.readings}
        for step in steps:
            reading = by_key.get(step.key)
            if reading is None or reading.billed:
                continue
            values = step_values(reading, step)
            if values != card.stored[reading.key]:
                pending.append((reading.key, *values))

    def write_steps(self, pending: list) -> None:
        """Store the rows collected by `save_steps`."""
        query = f"""
            UPDATE utility_reading r
               SET previous_index = v.previous_index, previous_date = v.previous_date,
                   computed_consumption = v.computed, consumption = v.consumption,
                   is_modified = v.is_modified, finding = v.finding,
                   modification_reason = CASE WHEN v.is_modified THEN r.modification_reason END,
                   modified_by_id = CASE WHEN v.is_modified THEN r.modified_by_id END,
                   modified_on = CASE WHEN v.is_modified THEN r.modified_on END,
                   state = CASE WHEN state = 'confirmed' AND {to_check("v.finding")}
                                 AND v.finding IS DISTINCT FROM r.finding THEN 'draft' ELSE state END
              FROM (VALUES %s) AS v(id, previous_index, previous_date, computed, consumption, is_modified, finding)
             WHERE r.id = v.id
        """
        template = "(%s, %s::numeric, %s::date, %s::numeric, %s::numeric, %s, %s)"
        self._update(query, pending, template)

    def remark(self, remarks: list[tuple[int, str]]) -> None:
        """Store why readings must be confirmed: (reading id, sentence)."""
        query = """
            UPDATE utility_reading r
               SET remark = v.remark, state = CASE WHEN state = 'confirmed' THEN 'draft' ELSE state END
              FROM (VALUES %s) AS v(id, remark)
             WHERE r.id = v.id AND r.state != 'billed'
        """
        self._update(query, remarks)

    def remove(self, reading_ids) -> None:
        """Delete readings that a forced synchronisation removes, except billed ones."""
        if reading_ids:
            self.env.cr.execute(
                SQL("DELETE FROM utility_reading WHERE id IN %s AND state != 'billed'", tuple(reading_ids))
            )
            self._invalidate()

    def _update(self, query: str, values: list[tuple], template=None) -> None:
        if values:
            self.env.cr.execute_values(query, values, template, page_size=_PAGE)
            self._invalidate()

    def _invalidate(self) -> None:
        self.model.invalidate_model(flush=False)
        self.env["utility.meter"].invalidate_model(["reading_ids"], flush=False)

    def occupied(self, moments) -> list[tuple]:
        """Return which moments already have a reading.

        :param moments: (meter id, date, kind, id of the reading to put there or 0)
        :return: (meter id, date, index) of the existing readings
        """
        flush(self.env)
        query = f"""
            SELECT r.meter_id, r.date, r.index::text, v.rank
              FROM (VALUES %s) AS v(rank, meter_id, date, kind, id)
              JOIN utility_reading r ON r.meter_id = v.meter_id AND r.date = v.date AND r.id != v.id
               AND {slot("r")} = {slot("v")}
        """
        values = [(rank, *moment) for rank, moment in enumerate(moments)]
        template = "(%s, %s, %s::date, %s, %s)"
        return self.env.cr.execute_values(query, values, template, page_size=_PAGE, fetch=True)

    def chain(self, card: CardReadings) -> list[ReadingStep]:
        return chain(card.meter, card.readings, self.today)
