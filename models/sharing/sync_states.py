"""Where readings stand to the other sections: asked, synchronised, declined, diverging; for many meters at once."""

from collections import defaultdict

from odoo.tools import SQL

from ..metering.reading_sql import slot, value
from ..metering.reading_store import flush


class SyncStates:
    """The synchronisation states of an environment's readings. Callers hold the lock of the connection points."""

    def __init__(self, env):
        self.env = env
        self.model = env["utility.reading"]

    def ask_again(self, reading_ids) -> None:
        """Let readings of shared meters that nobody was asked about wait for an answer."""
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
        """Put the synchronisation states of all readings of some points right.

        All cards hold the same value: synced. A question that is open or was answered no stays so. What was synced
        and no longer is, or stands differently on a card that was just attached, diverges; what other cards lack waits.
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
        """Return the query of the readings of these cards whose state is not the right one, with the right one.

        The cards go in as arrays: their number is then known to the planner, however fresh the rows are. Their
        readings are looked up card by card: pages of a large file would each go through all that came before.
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
