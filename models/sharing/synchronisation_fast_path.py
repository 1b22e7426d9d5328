"""SQL fast path of a synchronisation: the other cards have all readings of this one except the latest, which are sent.

The step of a reading (previous index, consumptions, finding) depends on the device and the readings of its card only.
If a card has the same device and the same readings as the sent card, except for the latest ones, which are sent, its
steps will be those of the sent card: they are copied, not computed again. Every point on which another decision is
possible is left to `core.metering.synchronisation`, which decides all cases, including these.
"""

from collections import Counter

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.metering.synchronisation import Outcome
from ..metering.reading_sql import (
    INSERTED_COLUMNS,
    modification,
    moment,
    same_value,
    signature,
    slot,
    to_check,
)
from .utility_reading_answer import INSERT_ANSWERS

_PAGE = 10_000


#: Condition that nothing could refuse or question a reading on a card that lacks it.
_PLAIN = SQL(
    """lacking.state != 'billed' AND lacking.kind NOT IN ('removal', 'installation') AND lacking.rollover IS NOT TRUE
       AND lacking.index >= 0 AND (COALESCE(p.digits, 0) = 0 OR lacking.index < 10 ^ p.digits)
       AND lacking.date >= COALESCE(p.installation_date, lacking.date)"""
)

#: Every card of the points of the cards sent, compared with the sent one, reading by reading.
_COMPARED = f"""
    WITH card AS (
        SELECT m.id, m.connection_point_id AS point FROM utility_meter m
         WHERE m.active AND m.id = ANY(%(cards)s)
    ), alone AS (
        SELECT min(id) AS id, point FROM card GROUP BY point HAVING count(*) = 1
    ), pair AS (
        SELECT alone.id AS source, target.id AS target, alone.point
          FROM alone JOIN utility_meter target
            ON target.connection_point_id = alone.point AND target.id != alone.id AND target.active
         WHERE NOT EXISTS (SELECT FROM utility_device d WHERE d.connection_point_id = alone.point)
    ), held AS (
        SELECT meter_id, count(*) AS number, max({moment("r")}) AS last
          FROM utility_reading r WHERE meter_id IN (SELECT target FROM pair) GROUP BY meter_id
    ), compared AS (
        SELECT pair.*, lacking.id AS reading, there.id IS NULL AS is_lacking,
               part.id IS NOT NULL OR whole.id IS NOT NULL AS is_sent,
               CASE WHEN there.id IS NULL THEN
                   (part.id IS NOT NULL OR whole.id IS NOT NULL) AND %(plain)s AND lacking.date <= %(today)s
                   AND {moment("lacking")} > COALESCE(held.last, -1000000)
               ELSE {same_value("there", "lacking")} END AS is_usual,
               count(there.id) OVER (PARTITION BY pair.target) = COALESCE(held.number, 0) AS is_whole
          FROM pair
          JOIN utility_connection_point p ON p.id = pair.point
          JOIN utility_reading lacking ON lacking.meter_id = pair.source
     LEFT JOIN utility_reading there ON there.meter_id = pair.target AND there.date = lacking.date
                                    AND {slot("there")} = {slot("lacking")}
     LEFT JOIN unnest(%(parts)s::integer[]) AS part(id) ON part.id = lacking.id
     LEFT JOIN unnest(%(whole)s::integer[]) AS whole(id) ON whole.id = pair.source
     LEFT JOIN held ON held.meter_id = pair.target
    ), judged AS (
        SELECT *, bool_and(is_usual AND is_whole) OVER (PARTITION BY point) AS is_mirror FROM compared
    )
    SELECT source, reading, target, is_lacking FROM judged WHERE is_mirror AND is_sent
"""
#: Readings to copy, and the cards that receive them.
_COPIES = """
    unnest(%s, %s) WITH ORDINALITY AS copy(reading, target, rank)
    JOIN utility_reading r ON r.id = copy.reading
    JOIN utility_meter target ON target.id = copy.target
"""
_INSERT = f"""
    INSERT INTO utility_reading ({INSERTED_COLUMNS})
    SELECT target.id, target.section_id, target.company_id, r.date, r.index, r.kind, false,
           COALESCE(r.previous_index, 0), r.previous_date, COALESCE(r.computed_consumption, 0),
           COALESCE(r.consumption, 0), r.is_modified IS TRUE, r.finding,
           CASE WHEN {to_check("r.finding")} THEN 'draft' ELSE 'confirmed' END, 'synced', r.id,
           {modification("r", "r", "%(user)s")}, {signature("%(user)s")}
      FROM %(copies)s
     ORDER BY copy.rank
"""
_ANSWERS = f"""
    {INSERT_ANSWERS}
    SELECT r.id, r.meter_id, r.section_id, r.company_id, s.id, s.name, target.company_id, %(user)s, %(now)s,
           %(forced)s, r.date, 'synchronized', 'create', r.index, CASE WHEN r.is_modified THEN r.consumption END, NULL,
           NULL, NULL
      FROM %(copies)s
      JOIN utility_section s ON s.id = target.section_id
     ORDER BY copy.rank
"""


class SynchronisationFastPath:
    """Handles the points, among those of the cards sent, whose other cards lack only the latest readings that are sent.

    :param sent: {card id: ids of the readings that are sent, or None for all of them}
    :param complete: the cards sent prevail over the others (forced synchronisation)
    :param today: no later reading is copied
    """

    def __init__(self, env, sent, complete, today):
        self.env = env
        self.complete = complete
        #: (card sent, reading sent, other card, whether it lacks the reading)
        self.rows = env.execute_query(self._query(sent, today))
        #: sent cards whose points take the fast path
        self.cards = {card for card, _reading, _target, _lacking in self.rows}
        #: (reading sent, card that receives it)
        self.copies = [(reading, target) for _card, reading, target, lacking in self.rows if lacking]
        self.counts = Counter({Outcome.CREATE: len(self.copies), Outcome.SAME: len(self.rows) - len(self.copies)})

    def apply(self) -> Counter:
        """Copy the readings, record the answers, close the questions; return the number of readings by outcome."""
        for page in split_every(_PAGE, self.copies):
            copies = SQL(_COPIES, *map(list, zip(*page, strict=True)))
            self._insert(copies)
            self._insert_answers(copies)
        if self.cards:
            self._mark_synced()
        return +self.counts

    def _query(self, sent, today) -> SQL:
        """Return the query of the readings sent to each other card of these points, and whether it lacks them."""
        parts = [reading for readings in sent.values() for reading in readings or ()]
        whole = [card for card, readings in sent.items() if readings is None]
        return SQL(
            _COMPARED,
            cards=list(sent),
            parts=parts,
            whole=whole,
            plain=_PLAIN,
            today=today,
        )

    def _insert(self, copies):
        self.env.cr.execute(SQL(_INSERT, user=self.env.uid, copies=copies))

    def _insert_answers(self, copies):
        """Record who answered what, when (invariant 4)."""
        query = SQL(_ANSWERS, user=self.env.uid, now=fields.Datetime.now(), forced=self.complete, copies=copies)
        self.env.cr.execute(query)

    def _mark_synced(self):
        """Mark the readings of these points as synchronised, since all cards now agree."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE utility_reading r SET sync_state = 'synced'
                  FROM utility_meter sent
                  JOIN utility_meter card ON card.connection_point_id = sent.connection_point_id AND card.active
                 WHERE sent.id = ANY(%s) AND r.meter_id = card.id AND r.sync_state != 'synced'
                """,
                list(self.cards),
            )
        )
        for name in ("utility.reading", "utility.reading.answer"):
            self.env[name].invalidate_model(flush=False)
        self.env["utility.meter"].invalidate_model(["reading_ids"], flush=False)
