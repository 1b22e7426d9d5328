"""The SQL fast path of a synchronisation must give exactly the rows that the rules decide."""

import random
from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..models.common import progress
from ..models.sharing import reading_synchronisation
from ..models.sharing.reading_synchronisation import Synchronisation
from ..models.sharing.synchronisation_fast_path import SynchronisationFastPath
from ..models.sharing.synchronisation_summary import Summary
from .support.sharing import JUNE, MARCH, MODULE, SharingCase

POINTS = 120
FIRST = date(2023, 1, 31)
READINGS = """
    SELECT meter_id, date, index, kind, rollover, previous_index, previous_date, computed_consumption, consumption,
           is_modified, modification_reason, modified_by_id, finding, state, sync_state, origin_reading_id
      FROM utility_reading ORDER BY meter_id, date, id
"""
ANSWERS = """
    SELECT reading_id, meter_id, section_id, company_id, target_section_id, target_section_name, target_company_id,
           user_id, forced, date, answer, outcome, index, consumption, stored_previous
      FROM utility_reading_answer ORDER BY meter_id, reading_id, target_section_id, date
"""


@tagged("post_install", "-at_install", MODULE)
class TestSynchronisationFastPath(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = random.Random(7)
        cls.third = cls.section("IRRIGATION", cls.budget_water, service="other")
        cls.cards = [
            cls.shared(f"M{n:03}", sections=(cls.water, cls.sewerage, cls.third)[: cls.chance.choice((2, 2, 3))])
            for n in range(POINTS)
        ]
        cls.env["utility.reading"].create([row for cards in cls.cards for row in cls._history(cards)])
        cls._disturb()
        cls.env.flush_all()

    @classmethod
    def _history(cls, cards):
        """Readings of a point: the first card has all, the others the first ones, sometimes of another kind."""
        index, rows = cls.chance.randrange(100), []
        for rank in range(cls.chance.randrange(1, 7)):
            index += cls.chance.choice((0, 10, 11, 60))
            day = FIRST + timedelta(91 * rank)
            kind = cls.chance.choice(("real", "real", "real", "estimated", "remote"))
            row = {"date": day, "index": index, "kind": kind}
            if cls.chance.random() < 0.1:
                row |= {"consumption": 7, "modification_reason": "Fuite"}
            rows.append(row)
        known = cls.chance.randrange(len(rows) + 1)
        for place, card in enumerate(cards):
            for row in rows if place == 0 else rows[:known]:
                missing = place and cls.chance.random() < 0.04
                if not missing:
                    other = place and cls.chance.random() < 0.04
                    yield row | {"meter_id": card.id, "kind": "self_reported" if other else row["kind"]}

    @classmethod
    def _disturb(cls):
        """What has happened to some meters since: billed readings, another device, fewer digits, a later start."""
        for cards in cls.cards:
            event = cls.chance.randrange(14)
            readings = cls.chance.choice(cards).reading_ids.sorted("date")
            if event == 0:
                readings[-1:].state = "billed"
            elif event == 1:
                readings[:1].state = "billed"
            elif event == 2:
                cards.connection_point_id.digits = cls.chance.choice((2, 6))
            elif event == 3:
                cards.connection_point_id.installation_date = FIRST + timedelta(cls.chance.choice((-1, 200)))
            elif event == 4:
                cls.env["utility.device"].create(
                    {
                        "connection_point_id": cards.connection_point_id.id,
                        "serial_number": "OLD",
                        "removed_on": FIRST - timedelta(1),
                    }
                )
            elif event == 5:
                cards[-1].active = False

    def outcome(self, work, shortcut):
        """Do the work and undo it; returns how many readings met each outcome, and what was written."""
        with self.env.cr.savepoint() as savepoint:
            # a few points at a time: what becomes of one does not depend on the others; messages would outlive the test
            with patch.object(reading_synchronisation, "PAGE", 7), patch.object(progress, "PACE", 3600):
                counts = work.carry_out() if shortcut else work.apply(work.preview())
            written = [self.rows(query) for query in (READINGS, ANSWERS)]
            savepoint.rollback()
        self.env.invalidate_all()
        return {outcome: count for outcome, count in counts.items() if count}, *written

    def rows(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def compare(self, sent, complete, at_least):
        usual = SynchronisationFastPath(self.env, sent, complete, date(2026, 11, 1))
        self.assertGreater(len(usual.copies), at_least, "the shortcut is taken")
        self.assertLess(len(usual.cards), len(sent), "and some points have to be decided")
        there = [reading for _card, reading, _target, lacking in usual.rows if not lacking]
        self.assertGreater(len(there), 20, "readings that the other card already holds pass by the shortcut")
        self._check_known(usual)
        work = [Synchronisation(self.env, dict(sent), complete=complete) for _way in range(2)]
        planned = work[1].preview().changes
        for size in (7, 10_000):
            told = Summary(10)
            with patch.object(reading_synchronisation, "PAGE", size):
                for page in work[0]._pages():
                    page.summarise_page(told)
            counts = Counter((card.section_name, change.outcome) for card, change in planned)
            self.assertEqual(told.counts, counts, "the dialog counts what it does not plan")
            self.assertEqual((len(told.changes), told.is_whole), (10, False))
        copied, decided = self.outcome(work[0], True), self.outcome(work[1], False)
        for ours, theirs in zip(copied, decided, strict=True):
            self.assertEqual(ours, theirs)

    def test_readings_sent(self):
        sent = {}
        for cards in self.cards:
            chosen = cards[0].reading_ids
            if self.chance.random() < 0.2:
                chosen = chosen[: len(chosen) // 2]
            if chosen:
                sent[cards[0].id] = set(chosen.ids)
        self.compare(sent, False, at_least=60)

    def _check_known(self, usual):
        """Every reading that the fast path takes for known has, on the other card, the value that the rules compare."""
        for _card_id, reading_id, target_id, lacking in usual.rows:
            sent = self.env["utility.reading"].browse(reading_id)
            there = self.env["utility.meter"].browse(target_id).reading_ids.filtered(lambda r, d=sent.date: r.date == d)
            self.assertEqual(bool(there), not lacking)
            if there:
                self.assertEqual(there._shared_values(), sent._shared_values())

    def test_parts_of_a_card_sent(self):
        """Only the readings sent are copied: the fast path requires that the other card has all others already."""
        sent = {cards[0].id: set(cards[0].reading_ids.sorted("date")[-1:].ids) for cards in self.cards}
        usual = SynchronisationFastPath(self.env, sent, False, date(2026, 11, 1))
        self.assertGreater(len(usual.copies), 5)
        for card_id in usual.cards:
            card = self.env["utility.meter"].browse(card_id)
            for target in card.connection_point_id.meter_ids - card:
                others = card.reading_ids.filtered(lambda r, c=card_id: r.id not in sent[c])
                self.assertLessEqual(set(others.mapped("date")), set(target.reading_ids.mapped("date")))
        self.compare(sent, False, at_least=5)

    def test_cards_forced(self):
        self.compare({cards[0].id: None for cards in self.cards}, True, at_least=60)

    def test_two_cards_of_one_point_are_decided(self):
        water, sewerage = self.shared("17-900")
        mine, theirs = self.read_index(water, MARCH, 100), self.read_index(sewerage, JUNE, 120)
        sent = {water.id: {mine.id}, sewerage.id: {theirs.id}}
        self.env.flush_all()
        self.assertFalse(SynchronisationFastPath(self.env, sent, False, date(2026, 11, 1)).cards)

    def test_a_card_with_a_reading_of_its_own_is_decided(self):
        """The steps of what it receives follow from its own reading: 30 m³ since January, not the first index."""
        water, sewerage = self.shared("17-901")
        self.read_index(sewerage, FIRST, 70)
        mine = self.read_index(water, MARCH, 100)
        sent = {water.id: {mine.id}}
        self.env.flush_all()
        self.assertFalse(SynchronisationFastPath(self.env, sent, False, date(2026, 11, 1)).cards)
        Synchronisation(self.env, sent).carry_out()
        received = sewerage.reading_ids.filtered(lambda r: r.date == mine.date)
        self.assertEqual((received.previous_index, received.consumption), (70, 30))

    def test_the_same_number_of_queries_for_one_and_for_many(self):
        few, many = ({cards[0].id: None for cards in self.cards[:size]} for size in (12, POINTS))
        counts = []
        for sent in (few, many):
            with self.env.cr.savepoint() as savepoint:
                before = self.env.cr.sql_log_count
                SynchronisationFastPath(self.env, sent, True, date(2026, 11, 1)).apply()
                counts.append(self.env.cr.sql_log_count - before)
                savepoint.rollback()
        self.assertEqual(*counts)
