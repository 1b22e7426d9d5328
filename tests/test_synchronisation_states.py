"""Answers are recorded; a reading's state shows its relation to the other sections (invariant 4)."""

from odoo import fields

from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER
from .test_synchronisation import SynchronisationCase as Case


class TestAnswer(Case):
    def test_yes(self):
        reading = self.read_index(self.here, JUNE, 152)
        before = fields.Datetime.now()
        self.synchronise(reading)
        self.assertEqual(self.indexes(self.there), {JUNE: 152})
        self.assertEqual(self.there.reading_ids.origin_reading_id, reading)
        answer = reading.answer_ids
        self.assertEqual((answer.answer, answer.outcome, answer.index), ("synchronized", "create", 152))
        self.assertEqual((answer.user_id, str(answer.date)), (self.agent_both, JUNE))
        self.assertEqual((answer.section_id, answer.target_section_id), (self.water, self.sewerage))
        self.assertGreaterEqual(answer.answered_on, before)

    def test_no(self):
        self.read_index(self.there, JUNE, 150)
        reading = self.read_index(self.here, JUNE, 152)
        self.ask(reading).action_decline()
        self.assertEqual((self.indexes(self.here), self.indexes(self.there)), ({JUNE: 152}, {JUNE: 150}))
        self.assertEqual(reading.sync_state, "declined")
        answer = reading.answer_ids
        self.assertEqual((answer.answer, answer.outcome), ("declined", "declined"))
        self.assertEqual((answer.user_id, answer.previous), (self.agent_both, "150"))

    def test_each_answer_is_kept(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.ask(reading, self.agent_water).action_decline()
        self.synchronise(reading, self.agent_both)
        self.assertEqual(reading.answer_ids.mapped("answer"), ["synchronized", "declined"])
        self.assertEqual(reading.answer_ids.user_id, self.agent_both + self.agent_water)

    def test_answers_survive_the_reading(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.ask(reading).action_decline()
        answer = reading.answer_ids
        reading.unlink()
        self.assertTrue(answer.exists())
        self.assertEqual((str(answer.date), answer.index), (JUNE, 152))


class TestStates(Case):
    def assertStates(self, here, there):
        self.env.invalidate_all()
        found = self.here.reading_ids.mapped("sync_state"), self.there.reading_ids.mapped("sync_state")
        self.assertEqual(found, (here, there))

    def test_meter_of_one_section(self):
        reading = self.read_index(self.meter(number="17-900"), JUNE, 152)
        self.assertEqual(reading.sync_state, "not_shared")

    def test_life_of_a_question(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.assertStates(["pending"], [])
        self.ask(reading)
        self.assertStates(["pending"], [])
        self.ask(reading).action_decline()
        self.assertStates(["declined"], [])
        reading.with_user(self.agent_water).index = 153
        self.assertStates(["pending"], [])
        self.synchronise(reading)
        self.assertStates(["synced"], ["synced"])
        self.there.reading_ids.with_user(self.agent_sewerage).index = 154
        self.assertStates(["diverging"], ["pending"])
        self.synchronise(self.there.reading_ids, self.agent_sewerage)
        self.assertStates(["synced"], ["synced"])
        self.there.reading_ids.with_user(self.agent_sewerage).unlink()
        self.assertStates(["diverging"], [])

    def test_same_value_entered_in_both(self):
        self.read_index(self.here, JUNE, 152)
        self.read_index(self.there, JUNE, 152)
        self.assertStates(["synced"], ["synced"])

    def test_what_other_sections_need_not_know_asks_nothing(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.synchronise(reading)
        reading.with_user(self.agent_water).modification_reason = "x"
        self.assertStates(["synced"], ["synced"])

    def test_saving_the_same_index_asks_nothing(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.synchronise(reading)
        reading.with_user(self.agent_water).index = 152
        self.assertStates(["synced"], ["synced"])

    def test_readings_that_a_new_card_brings(self):
        """Before it is shared a meter has no question; once shared, its readings wait or diverge."""
        here, own = self.meter(number="17-500"), self.meter(self.sewerage, "AS-5")
        for day, index, other in ((MARCH, 100, 100), (JUNE, 150, 140), (SEPTEMBER, 200, None)):
            self.read_index(here, day, index)
            if other:
                self.read_index(own, day, other)
        own.with_user(self.agent_both)._attach_to(here.connection_point_id)
        states = [r.sync_state for r in here.reading_ids.sorted("date")]
        self.assertEqual(states, ["synced", "diverging", "pending"])
        self.assertEqual([r.sync_state for r in own.reading_ids.sorted("date")], ["synced", "diverging"])

    def test_archived_card_ends_the_questions(self):
        self.read_index(self.here, JUNE, 152)
        self.there.with_user(self.manager).active = False
        self.assertStates(["not_shared"], [])

    def test_waiting_list_of_an_agent(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.read_index(self.there, SEPTEMBER, 160)
        action = self.env["utility.reading"].with_user(self.agent_water).action_synchronize_all()
        wizard = self.dialog(action, self.agent_water)
        self.assertEqual(wizard.reading_ids, reading)

    def test_gaps_between_sections(self):
        self.read_index(self.here, JUNE, 152)
        self.read_index(self.there, JUNE, 150)
        self.read_index(self.here, SEPTEMBER, 160)
        self.assertEqual(self.cards.mapped("gap_count"), [2, 2])
        agreed = self.shared("17-200")
        differing = self.env["utility.meter"].search([("gap_count", ">", 0), ("id", "in", (self.cards + agreed).ids)])
        self.assertEqual(differing, self.cards)


class TestEveryWayIn(Case):
    """A reading entered in any way waits for an answer: nothing is sent by itself."""

    def assertWaits(self):
        self.env.invalidate_all()
        self.assertEqual(self.here.reading_ids.mapped("sync_state"), ["pending"])
        self.assertFalse(self.there.reading_ids)

    def test_import(self):
        readings = self.env["utility.reading"].with_user(self.agent_water)
        result = readings.load(["meter_id/.id", "date", "index"], [[str(self.here.id), JUNE, "152"]])
        self.assertFalse(result["messages"])
        self.assertWaits()

    def test_rpc(self):
        self.env["utility.reading"].with_user(self.agent_water).create(
            {"meter_id": self.here.id, "date": JUNE, "index": 152}
        )
        self.assertWaits()

    def test_rpc_with_defaults_in_the_context(self):
        readings = self.env["utility.reading"].with_user(self.agent_water).with_context(default_sync_state="synced")
        readings.create({"meter_id": self.here.id, "date": JUNE, "index": 152})
        self.assertWaits()

    def test_reading_ids_of_the_card(self):
        values = {"date": DECEMBER, "index": 152}
        self.here.with_user(self.agent_water).write({"reading_ids": [fields.Command.create(values)]})
        self.assertWaits()

    def test_copy(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.synchronise(reading)
        copy = reading.with_user(self.agent_water).copy({"date": DECEMBER})
        self.assertEqual((copy.sync_state, copy.origin_reading_id.id), ("pending", False))
        self.assertFalse(copy.is_modified)
