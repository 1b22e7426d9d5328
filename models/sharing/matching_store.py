"""Loads the cards of two sections for `core.matching`, and stores the pairs: SQL, one query each.

Called by the background work of a matching as the user who launched it, whose right to read the meters of both
sections is checked here. SQL is used because a section may have fifty thousand cards, with eight values each.
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.gc import disabling_gc

from ...core.matching import Card, Matching, Pair
from ..common.bulk import copy_rows
from ..metering.reading_sql import running

_PAGE = 5000
COLUMNS = (
    "run_id", "state", "meter_id", "other_meter_id", "score", "confidence", "ambiguous", "serial_likeness",
    "address_likeness", "subscriber_likeness", "serial_number", "street", "subscriber", "diameter",
    "other_serial_number", "other_street", "other_subscriber", "other_diameter", "reasons", "third_meter_id",
)  # fmt: skip
#: Cards of a section, with the name of the present subscriber, those of former ones, and the replaced numbers.
_CARDS = f"""
       SELECT m.id, COALESCE(p.serial_number, ''), COALESCE(p.brand, ''), COALESCE(p.street, ''),
              COALESCE(p.zip, ''), COALESCE(p.city, ''), COALESCE(running.name, ''), COALESCE(p.diameter, 0),
              COALESCE(p.year, 0), past.names, replaced.numbers
         FROM utility_meter m
         JOIN utility_connection_point p ON p.id = m.connection_point_id
    LEFT JOIN (
           SELECT DISTINCT ON (s.meter_id) s.meter_id, partner.name
             FROM utility_subscription s JOIN res_partner partner ON partner.id = s.partner_id
            WHERE s.section_id = %(section)s AND {running("s", "%(today)s")}
            ORDER BY s.meter_id, s.date_start DESC, s.id DESC) AS running ON running.meter_id = m.id
    LEFT JOIN (
           SELECT s.meter_id, array_agg(partner.name ORDER BY s.date_start DESC, s.id DESC) AS names
             FROM utility_subscription s JOIN res_partner partner ON partner.id = s.partner_id
            WHERE s.section_id = %(section)s AND s.date_end < %(today)s
            GROUP BY s.meter_id) AS past ON past.meter_id = m.id
    LEFT JOIN (
           SELECT d.connection_point_id, array_agg(d.serial_number ORDER BY d.removed_on DESC) AS numbers
             FROM utility_device d WHERE d.serial_number > ''
            GROUP BY d.connection_point_id) AS replaced ON replaced.connection_point_id = p.id
        WHERE m.section_id = %(section)s AND m.active AND p.active
          AND NOT (%(moving)s AND p.is_shared IS TRUE)
          AND NOT EXISTS (SELECT FROM utility_meter there
                           WHERE there.connection_point_id = p.id AND there.section_id = %(other)s)
"""


class MatchStore:
    """Cards and pairs of one matching.

    :param run: a `utility.meter.matching`, as the user who asked for it
    """

    def __init__(self, run):
        self.env = run.env
        self.run = run

    def propose(self) -> int:
        """Replace the undecided pairs of the matching by those that the present cards form.

        :return: the number of pairs proposed
        :raises AccessError: the user may not read the meters of one of the sections
        """
        run = self.run
        (run.section_id | run.other_section_id).check_access("read")
        self.env["utility.meter"].check_access("read")
        self.env.flush_all()
        # no reference cycles here: searching a million new values for them took a third of the time
        with disabling_gc():
            cards = self.cards(run.section_id, run.other_section_id)
            others = self.cards(run.other_section_id, run.section_id, moving=True)
            found = Matching(cards.values(), others.values(), self._refused())
            self._replace([*found.pairs, *found.same_place()], cards, others)
        return len(found.pairs)

    def _refused(self) -> list[tuple[int, int]]:
        """Return the couples that a person marked as different devices, in this matching or another."""
        return self.env.execute_query(
            SQL("SELECT meter_id, other_meter_id FROM utility_meter_match WHERE state = 'distinct'")
        )

    def cards(self, section, other, moving=False) -> dict[int, Card]:
        """Return the cards of a section that have no counterpart in the other one, by id.

        :param moving: the cards are to be attached elsewhere: leave out those shared with other sections
        """
        today = fields.Date.context_today(section)
        rows = self.env.execute_query(
            SQL(
                _CARDS,
                section=section.id,
                other=other.id,
                today=today,
                moving=moving,
            )
        )
        return {row[0]: Card(*row[:-2], row[-2] or (), row[-1] or ()) for row in rows}

    def pair_by_hand(self, card, other):
        """Record a pair chosen by a person.

        :param card: of the section that keeps its points
        :param other: of the section to attach
        :return: the `utility.meter.match`, to be decided on
        :raises AccessError: the user may not read one of the cards
        :raises UserError: a card is not of its section, archived, or shared with the other section
        """
        self.run._check_may_work()
        (card | other).check_access("read")
        cards = self.cards(self.run.section_id, self.run.other_section_id)
        others = self.cards(self.run.other_section_id, self.run.section_id, moving=True)
        if card.id not in cards or other.id not in others:
            raise UserError(
                self.env._(
                    "Choose one card of each section that is neither archived nor already shared with another section."
                )
            )
        shown = (*_shown(cards[card.id]), *_shown(others[other.id]))
        values = dict(zip(COLUMNS[-10:-2], shown, strict=True))
        values |= {"run_id": self.run.id, "meter_id": card.id, "other_meter_id": other.id, "confidence": "manual"}
        # sudo: pairs are written by the server only; the rights were checked above
        pair = self.env["utility.meter.match"].sudo().create(values)
        return pair.with_env(self.env)

    def _replace(self, pairs: list[Pair], cards, others):
        run = self.run
        self.env.cr.execute(
            SQL("DELETE FROM utility_meter_match WHERE run_id = %s AND state NOT IN ('attached', 'distinct')", run.id)
        )
        rows = (
            (
                *(run.id, "proposed"),
                *(pair.left, pair.right, pair.score, pair.confidence.value, pair.ambiguous),
                *(pair.serial.value, pair.address.value, pair.subscriber.value),
                *_shown(cards[pair.left]),
                *_shown(others[pair.right]),
                ",".join(sorted(pair.reasons)) or None,
                pair.third,
            )
            for pair in pairs
        )
        for page in split_every(_PAGE, rows):
            # JSON would take Python and PostgreSQL half as long again
            copy_rows(self.env.cr, "utility_meter_match", COLUMNS, page)
        # many new rows: the plans of the lists and batches that follow depend on up-to-date statistics
        self.env.cr.execute(SQL("ANALYZE utility_meter_match (run_id, state, confidence)"))
        self.env["utility.meter.match"].invalidate_model(flush=False)
        run.invalidate_recordset(flush=False)


def _shown(card: Card) -> tuple:
    """Return what the screen shows of a card, stored as it was: once attached, both cards show the same."""
    town = " ".join(filter(None, (card.zip, card.city)))
    address = ", ".join(filter(None, (card.street, town)))
    return card.serial or None, address or None, card.subscriber or None, card.diameter
