"""Synchronisation states of readings, for many meters at once: pending, synchronised, declined, diverging."""

from collections import defaultdict

from odoo.tools import SQL

from ..metering.reading_sql import slot, value
from ..metering.reading_store import flush


class SyncStates:
    """Updates synchronisation states of readings. Callers hold the lock of the connection points."""

    def __init__(self, env):
        self.env = env
        self.model = env["utility.reading"]

    def ask_again(self, reading_ids) -> None:
        """Make readings of shared meters wait for an answer if nobody was asked about them."""
        if not reading_ids:
            return
        flush(self.env)
        self.env.cr.execute(
            SQL(
                """
                UPDATE utility_reading r SET sync_state = 'pending', origin_reading_id = NULL
                  FROM utility_meter m JOIN utility_connection_point p ON p.id = m.connection_point_id
                 WHERE m.id = r.meter_id AND p.is_shared AND r.id IN %s
                """,
                tuple(reading_ids),
            )
        )
        self.model.invalidate_model(["sync_state", "origin_reading_id"], flush=False)

    def refresh(self, point_ids) -> None:
        """Update the synchronisation states of all readings of some points.

        If all cards have the same value: synced. An open or declined question stays so. Readings that were synced and
        no longer are, or differ on a card that was just attached, diverge; readings that other cards lack are pending.
        """
        if not point_ids:
            return
        flush(self.env)
        cards = self.env.execute_query(
            SQL(
                """
                SELECT id, connection_point_id, count(*) OVER (PARTITION BY connection_point_id)
                  FROM utility_meter WHERE active AND connection_point_id IN %s
                """,
                tuple(point_ids),
            )
        )
        if not cards:
            return
        changed = defaultdict(list)
        for reading_id, state in self.env.execute_query(self._state_query(cards)):
            changed[state].append(reading_id)
        for state, reading_ids in changed.items():
            self.env.cr.execute(
                SQL("UPDATE utility_reading SET sync_state = %s WHERE id = ANY(%s)", state, reading_ids)
            )
        self.model.invalidate_model(["sync_state"], flush=False)

    def _state_query(self, cards) -> SQL:
        """Return the query of the readings of these cards whose state must change, with the new state.

        The cards are passed as arrays, whose length the planner knows even without statistics. Their readings are
        looked up card by card: otherwise each page of a large file would scan all previous ones.
        """
        meters, points, counts = (list(column) for column in zip(*cards, strict=True))
        return SQL(
            """
            WITH compared AS (
                SELECT r.id, r.sync_state, c.cards,
                       count(*) OVER (PARTITION BY c.point, date, %(slot)s) AS present,
                       count(*) OVER (PARTITION BY c.point, date, %(slot)s, %(value)s) AS agreeing
                  FROM unnest(%(meters)s, %(points)s, %(counts)s) AS c(id, point, cards)
            CROSS JOIN LATERAL (SELECT * FROM utility_reading WHERE meter_id = c.id OFFSET 0) r
            ), settled AS (
                SELECT id, sync_state, CASE
                       WHEN cards = 1 THEN 'not_shared'
                       WHEN agreeing = cards THEN 'synced'
                       WHEN sync_state IN ('pending', 'declined') THEN sync_state
                       WHEN sync_state = 'not_shared' AND agreeing = present THEN 'pending'
                       ELSE 'diverging' END AS state
                  FROM compared
            )
            SELECT id, state FROM settled WHERE sync_state IS DISTINCT FROM state
            """,
            meters=meters,
            points=points,
            counts=counts,
            slot=SQL(slot()),
            value=SQL(value()),
        )
