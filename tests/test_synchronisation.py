"""*Synchroniser les relèves de compteurs*: nothing is sent before a user has confirmed (notice 1)."""

from odoo.exceptions import UserError

from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase


class SynchronisationCase(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.cards = cls.shared()

    def assertLine(self, wizard, **expected):
        self.assertEqual(len(wizard.line_ids), 1)
        self.assertEqual({name: wizard.line_ids[name] for name in expected}, expected)

    def synchronise(self, readings, user=None):
        return self.ask(readings, user).action_confirm()


class TestDialog(SynchronisationCase):
    """What the dialog shows is what would change there."""

    def test_question_names_the_other_section(self):
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        self.assertIn("<strong>ASSAINISSEMENT</strong>", wizard.question)
        self.assertNotIn("EAU", wizard.question)

    def test_none_to_152(self):
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        self.assertLine(wizard, section_name="ASSAINISSEMENT", before="none", after="152", outcome="create")
        self.assertEqual(str(wizard.line_ids.date), JUNE)
        self.assertEqual(self.indexes(self.there), {}, "a preview changes nothing")

    def test_150_to_152(self):
        self.read_index(self.there, JUNE, 150)
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        self.assertLine(wizard, before="150", after="152", outcome="correct", reason="")

    def test_modified_consumption(self):
        self.read_index(self.here, MARCH, 100)
        reading = self.read_index(self.here, JUNE, 152)
        self.synchronise(self.here.reading_ids)
        reading.with_user(self.agent_water).consumption = 40
        self.assertLine(self.ask(reading), before="152", after="152 (modified consumption: 40)", outcome="correct")

    def test_same(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.read_index(self.there, JUNE, 152)
        self.assertLine(self.ask(reading), before="152", after="152", outcome="same")

    def test_blocked_because_billed(self):
        self.read_index(self.there, JUNE, 150).state = "billed"
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        self.assertLine(wizard, before="150", after="152", outcome="blocked")
        for word in ("ASSAINISSEMENT", "billed", "150", "152"):
            self.assertIn(word, wizard.line_ids.reason)
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {JUNE: 150})

    def test_blocked_by_a_later_reading_over_there(self):
        self.read_index(self.there, SEPTEMBER, 140)
        reading = self.read_index(self.here, JUNE, 152)
        wizard = self.ask(reading)
        self.assertLine(wizard, before="none", outcome="blocked")
        self.assertIn("140", wizard.line_ids.reason)
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {SEPTEMBER: 140})
        self.assertNotEqual(reading.sync_state, "synced")

    def test_who_sees_one_section_is_not_told_what_stands_in_the_other(self):
        """Invariant 5: they see the other section's name and nothing else of it, and yet may synchronise."""
        self.read_index(self.there, JUNE, 150)
        self.read_index(self.there, SEPTEMBER, 160)
        self.read_index(self.here, JUNE, 158)
        self.read_index(self.here, SEPTEMBER, 159)
        wizard = self.ask(self.here.reading_ids, self.agent_water)
        self.assertEqual(wizard.line_ids.mapped("section_name"), ["ASSAINISSEMENT"] * 2)
        self.assertFalse([line for line in wizard.line_ids if line.before or line.reason])
        self.assertNotIn("150", f"{wizard.question}{wizard.summary}")
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {JUNE: 158, SEPTEMBER: 159})
        for answer in self.here.with_user(self.agent_water).reading_ids.answer_ids:
            self.assertFalse(answer.previous)
        answers = self.here.with_user(self.agent_both).reading_ids.answer_ids
        self.assertEqual(sorted(answers.mapped("previous")), ["150", "160"])

    def test_a_reading_shows_what_it_was_before_another_section_corrected_it(self):
        self.read_index(self.there, MARCH, 100)
        corrected = self.read_index(self.there, JUNE, 150)
        self.read_index(self.here, MARCH, 100)
        self.ask(self.read_index(self.here, JUNE, 158), self.agent_water).action_confirm()
        history = corrected.with_user(self.agent_sewerage).correction_ids
        self.assertEqual(history.user_id, self.agent_water)
        self.assertEqual((history.previous, history.previous_consumption, history.index), ("150", "50", 158))
        self.assertEqual((corrected.index, corrected.consumption), (158, 58))
        self.assertFalse(corrected.correction_ids.with_user(self.agent_water).previous, "not for the other section")
        specification = {"correction_ids": {"fields": {"section_id": {"fields": {"display_name": {}}}}}}
        shown = corrected.with_user(self.agent_sewerage).web_read(specification)
        self.assertEqual(shown[0]["correction_ids"][0]["section_id"]["display_name"], "EAU")

    def test_a_no_tells_the_other_section_nothing(self):
        reading = self.read_index(self.here, JUNE, 152)
        self.ask(reading).action_decline()
        answers = self.env["utility.reading.answer"]
        self.assertFalse(answers.with_user(self.agent_sewerage).search([]))
        self.assertEqual(answers.with_user(self.agent_water).search([]).answer, "declined")
        self.ask(reading).action_confirm()
        self.assertEqual(answers.with_user(self.agent_sewerage).search([]).answer, "synchronized")

    def test_many_readings_in_one_dialog(self):
        others = [self.shared(f"17-{n}")[0] for n in (101, 102)]
        readings = self.env["utility.reading"]
        for card in (self.here, *others):
            readings += self.read_index(card, MARCH, 100) + self.read_index(card, JUNE, 150)
        self.read_index(others[0].with_user(self.agent_both).shared_meter_ids.sudo(), JUNE, 140)
        wizard = self.ask(readings)
        self.assertEqual(len(wizard.line_ids), 6)
        self.assertIn("<strong>ASSAINISSEMENT</strong> : 5 readings added, 1 corrected", wizard.summary)
        one = readings[0].with_user(self.agent_both)
        asked = self.dialog(readings.with_user(self.agent_both).action_ask(), self.agent_both)
        self.assertEqual(len(asked.line_ids), 6)
        wizard.action_confirm()
        self.assertEqual(set(readings.mapped("sync_state")), {"synced"})
        self.assertIs(one.action_ask(), False, "nothing waits")

    def test_three_sections(self):
        leisure = self.section("LOISIRS", self.budget_water, service="other")
        cards = self.shared("17-300", (self.water, self.sewerage, leisure))
        wizard = self.ask(self.read_index(cards[1], JUNE, 152))
        self.assertEqual(set(wizard.line_ids.mapped("section_name")), {"EAU", "LOISIRS"})
        self.assertIn("<strong>EAU</strong>, <strong>LOISIRS</strong>", wizard.question)
        wizard.action_confirm()
        self.assertEqual(cards.reading_ids.mapped("index"), [152, 152, 152])
        self.assertEqual(cards.reading_ids.mapped("sync_state"), ["synced"] * 3)

    def test_two_sections_that_contradict_each_other(self):
        """A person has to choose: neither value is sent, and the dialog says so."""
        here, there = self.read_index(self.here, JUNE, 152), self.read_index(self.there, JUNE, 150)
        wizard = self.ask(here + there)
        self.assertFalse(wizard.line_ids)
        self.assertIn("2 readings are left out", wizard.summary)
        wizard.action_confirm()
        self.assertEqual((self.indexes(self.here), self.indexes(self.there)), ({JUNE: 152}, {JUNE: 150}))
        self.assertEqual((here + there).mapped("sync_state"), ["pending", "pending"])
        self.assertEqual(self.here.gap_count, 1)
        (here + there).sync_state = "synced"
        self.assertEqual(self.here.gap_count, 0)

    def test_opened_before_a_reading_changed(self):
        reading = self.read_index(self.here, JUNE, 152)
        wizard = self.ask(reading)
        reading.with_user(self.agent_water).index = 160
        with self.assertRaisesRegex(UserError, "changed since the dialog was opened"):
            wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {})

    def test_opened_before_the_other_section_changed(self):
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        self.read_index(self.there, JUNE, 150)
        with self.assertRaisesRegex(UserError, "changed since the dialog was opened"):
            wizard.action_confirm()

    def test_confirmed_twice(self):
        wizard = self.ask(self.read_index(self.here, JUNE, 152))
        wizard.action_confirm()
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {JUNE: 152})

    def test_what_waits_is_asked_about_after_a_save(self):
        readings = self.env["utility.reading"].with_user(self.agent_both)
        with self.assertRaisesRegex(UserError, "There are no readings to synchronise"):
            readings.action_synchronize_all()
        reading = self.read_index(self.here, JUNE, 152).with_user(self.agent_both)
        for question in (reading.action_ask(), readings.action_synchronize_all()):
            wizard = self.dialog(question, self.agent_both)
            self.assertLine(wizard, section_name="ASSAINISSEMENT", after="152")
        wizard.action_confirm()
        self.assertIs(reading.action_ask(), False)

    def test_meter_that_is_not_shared(self):
        reading = self.read_index(self.meter(number="17-900"), JUNE, 152)
        with self.assertRaisesRegex(UserError, "None of these readings"):
            reading.with_user(self.agent_water).action_synchronize()


class TestArithmeticOverThere(SynchronisationCase):
    """The consumption of a received reading is computed from the readings of the receiving section."""

    def test_consumption_is_the_other_sections_own(self):
        self.read_index(self.there, MARCH, 90)
        self.read_index(self.here, MARCH, 100).sudo().sync_state = "declined"
        self.synchronise(self.read_index(self.here, JUNE, 152))
        arrived = self.there.reading_ids.sorted("date")[-1]
        self.assertEqual((arrived.previous_index, arrived.consumption), (90, 62))

    def test_next_reading_over_there_is_recomputed(self):
        self.read_index(self.there, MARCH, 90)
        last = self.read_index(self.there, DECEMBER, 200)
        self.synchronise(self.read_index(self.here, JUNE, 152))
        self.env.invalidate_all()
        self.assertEqual((last.previous_index, last.consumption), (152, 48))

    def test_modified_consumption_keeps_who_and_why(self):
        self.read_index(self.here, MARCH, 100)
        mine = self.read_index(self.here, JUNE, 152).with_user(self.agent_water)
        mine.write({"consumption": 40, "modification_reason": "Leak"})
        self.synchronise(self.here.reading_ids, self.agent_both)
        arrived = self.there.reading_ids.sorted("date")[-1]
        self.assertEqual((arrived.computed_consumption, arrived.consumption), (52, 40))
        self.assertEqual((arrived.modified_by_id, arrived.modification_reason), (self.agent_water, "Leak"))
        self.assertEqual(arrived.modified_on, mine.modified_on)
        mine.action_reset_consumption()
        self.synchronise(mine, self.agent_both)
        self.env.invalidate_all()
        self.assertEqual((arrived.consumption, arrived.is_modified), (52, False))
        self.assertFalse(arrived.modified_by_id or arrived.modification_reason)

    def test_replacement_reaches_the_other_section(self):
        self.read_index(self.here, MARCH, 100)
        self.synchronise(self.here.reading_ids)
        values = {
            "date": JUNE,
            "removal_index": 130,
            "installation_index": 5,
            "serial_number": "NEW-1",
            "digits": 5,
        }
        replace = self.env["utility.meter.replace"].with_user(self.agent_water)
        action = replace.create({"meter_id": self.here.id, **values}).action_confirm()
        wizard = self.dialog(action, self.agent_water)
        self.assertEqual(wizard.line_ids.mapped("outcome"), [False, False], "told to who may enter the other company")
        wizard.action_confirm()
        self.read_index(self.there, SEPTEMBER, 25)
        self.assertEqual(self.there.reading_ids.sorted("id").mapped("consumption"), [0, 30, 0, 20])
        self.assertEqual((self.there.serial_number, self.there.device_ids.section_id), ("NEW-1", self.water))
