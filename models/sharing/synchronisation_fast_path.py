"""The usual case of a synchronisation, by SQL: the other cards hold what this one held before the readings sent.

What a reading's step says (previous index, consumptions, finding) follows from the device and the readings of its
card. A card that holds, of the same device, the same readings as the sent card but for the latest ones, which are
sent, will therefore have the sent card's steps: they are copied, not worked out again. Where anything leaves room for
another decision, the point is left to `core.metering.synchronisation`, which decides all cases, these too.
"""

from collections import Counter

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.metering.synchronisation import Outcome
from ..metering.reading_rows import SLOT, TO_CHECK

_PAGE = 10_000


def _slot(alias):
    return SQL(SLOT.replace("kind", f"{alias}.kind"))


#: Is there, for a reading that one card has and another lacks, a reason that could refuse or question it there?
_PLAIN = SQL(
    """lacking.state != 'billed' AND lacking.kind NOT IN ('removal', 'installation') AND lacking.rollover IS NOT TRUE
       AND lacking.index >= 0 AND (COALESCE(p.digits, 0) = 0 OR lacking.index < 10 ^ p.digits)
       AND lacking.date >= COALESCE(p.installation_date, lacking.date)"""
)

#: Every card of the points of the cards sent beside the sent one, reading by reading.
_COMPARED = """
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
        SELECT meter_id, count(*) AS number, max((date - date '1900-01-01') * 3 + %(slot)s) AS last
          FROM utility_reading WHERE meter_id IN (SELECT target FROM pair) GROUP BY meter_id
    ), compared AS (
        SELECT pair.*, lacking.id AS reading, there.id IS NULL AS is_lacking,
               part.id IS NOT NULL OR whole.id IS NOT NULL AS is_sent,
               CASE WHEN there.id IS NULL THEN
                   (part.id IS NOT NULL OR whole.id IS NOT NULL) AND %(plain)s AND lacking.date <= %(today)s
                   AND (lacking.date - date '1900-01-01') * 3 + %(lacking_slot)s > COALESCE(held.last, -1000000)
               ELSE there.index = lacking.index AND there.kind = lacking.kind
                   AND there.rollover IS TRUE = lacking.rollover IS TRUE
                   AND there.is_modified IS TRUE = lacking.is_modified IS TRUE
                   AND (lacking.is_modified IS NOT TRUE OR there.consumption = lacking.consumption)
               END AS is_usual,
               count(there.id) OVER (PARTITION BY pair.target) = COALESCE(held.number, 0) AS is_whole
          FROM pair
          JOIN utility_connection_point p ON p.id = pair.point
          JOIN utility_reading lacking ON lacking.meter_id = pair.source
     LEFT JOIN utility_reading there ON there.meter_id = pair.target AND there.date = lacking.date
                                    AND %(there_slot)s = %(lacking_slot)s
     LEFT JOIN unnest(%(parts)s::integer[]) AS part(id) ON part.id = lacking.id
     LEFT JOIN unnest(%(whole)s::integer[]) AS whole(id) ON whole.id = pair.source
     LEFT JOIN held ON held.meter_id = pair.target
    ), judged AS (
        SELECT *, bool_and(is_usual AND is_whole) OVER (PARTITION BY point) AS is_mirror FROM compared
    )
    SELECT source, reading, target, is_lacking FROM judged WHERE is_mirror AND is_sent
"""
#: The readings that are copied and the cards that get them.
_COPIES = """
    unnest(%s, %s) WITH ORDINALITY AS copy(reading, target, rank)
    JOIN utility_reading r ON r.id = copy.reading
    JOIN utility_meter target ON target.id = copy.target
"""


class MirrorCopy:
    """The points, among those of the cards sent, whose other cards only lack the latest readings that are sent.

    :param sent: {card id: ids of the readings that are sent, or None for all of them}
    :param complete: the cards sent are made the truth of the others (forced synchronisation)
    :param today: no later reading is copied
    """

    def __init__(self, env, sent, complete, today):
        self.env = env
        self.complete = complete
        #: (card sent, reading sent, other card, does it lack the reading?)
        self.rows = env.execute_query(self._query(sent, today))
        #: the cards sent whose points are of this case
        self.cards = {card for card, _reading, _target, _lacking in self.rows}
        #: (reading sent, card that lacks it)
        self.copies = [(reading, target) for _card, reading, target, lacking in self.rows if lacking]
        self.counts = Counter({Outcome.CREATE: len(self.copies), Outcome.SAME: len(self.rows) - len(self.copies)})

    def apply(self) -> Counter:
        """Copy the readings, keep the answers, settle the questions. Returns how many readings met each outcome."""
        for page in split_every(_PAGE, self.copies):
            copies = SQL(_COPIES, *map(list, zip(*page, strict=True)))
            self._insert(copies)
            self._record(copies)
        if self.cards:
            self._settle()
        return +self.counts

    def _query(self, sent, today) -> SQL:
        """Return the query of what is sent of these points to each other card, which lacks it or has it."""
        parts = [reading for readings in sent.values() for reading in readings or ()]
        whole = [card for card, readings in sent.items() if readings is None]
        return SQL(
            _COMPARED,
            cards=list(sent),
            parts=parts,
            whole=whole,
            slot=SQL(SLOT),
            lacking_slot=_slot("lacking"),
            there_slot=_slot("there"),
            plain=_PLAIN,
            today=today,
        )

    def _insert(self, copies):
        # a modified consumption keeps who modified it, when and why
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO utility_reading (
                    meter_id, section_id, company_id, date, index, kind, rollover, previous_index, previous_date,
                    computed_consumption, consumption, is_modified, finding, state, sync_state, origin_reading_id,
                    modification_reason, modified_by_id, modified_on, create_uid, write_uid, create_date, write_date)
                SELECT target.id, target.section_id, target.company_id, r.date, r.index, r.kind, false,
                       COALESCE(r.previous_index, 0), r.previous_date, COALESCE(r.computed_consumption, 0),
                       COALESCE(r.consumption, 0), r.is_modified IS TRUE, r.finding,
                       CASE WHEN r.finding = ANY(%(to_check)s) THEN 'draft' ELSE 'confirmed' END, 'synced', r.id,
                       CASE WHEN r.is_modified THEN r.modification_reason END,
                       CASE WHEN r.is_modified THEN COALESCE(r.modified_by_id, %(user)s) END,
                       CASE WHEN r.is_modified THEN COALESCE(r.modified_on, now() AT TIME ZONE 'UTC') END,
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM %(copies)s
                 ORDER BY copy.rank
                """,
                to_check=[code.value for code in TO_CHECK],
                user=self.env.uid,
                copies=copies,
            )
        )

    def _record(self, copies):
        """Keep who answered what, when (invariant 4)."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO utility_reading_answer (
                    reading_id, meter_id, section_id, company_id, target_section_id, target_section_name,
                    target_company_id, user_id, answered_on, forced, date, answer, outcome, index, consumption)
                SELECT r.id, r.meter_id, r.section_id, r.company_id, s.id, s.name, target.company_id, %(user)s,
                       %(now)s, %(forced)s, r.date, 'synchronized', 'create', r.index,
                       CASE WHEN r.is_modified THEN r.consumption END
                  FROM %(copies)s
                  JOIN utility_section s ON s.id = target.section_id
                 ORDER BY copy.rank
                """,
                user=self.env.uid,
                now=fields.Datetime.now(),
                forced=self.complete,
                copies=copies,
            )
        )

    def _settle(self):
        """All cards of these points hold the same now."""
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
