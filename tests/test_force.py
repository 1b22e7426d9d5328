"""*Forcer la synchronisation du compteur*: the readings of one card replace those of the others (notice 1)."""

from odoo.exceptions import AccessError, UserError

from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase


class TestForce(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.cards = cls.shared()
        for day, index in ((MARCH, 100), (JUNE, 150), (SEPTEMBER, 200)):
            cls.read_index(cls.here, day, index)
        cls.read_index(cls.there, MARCH, 90).state = "billed"
        cls.read_index(cls.there, JUNE, 140)
        cls.read_index(cls.there, DECEMBER, 250)

    def force(self, cards=None, user=None):
        user = user or self.manager
        return self.dialog((cards or self.here).with_user(user).action_force_synchronization(), user)

    def outcomes(self, wizard):
        return {str(line.date): line.outcome for line in wizard.line_ids}

    def test_preview(self):
        wizard = self.force()
        self.assertEqual(
            self.outcomes(wizard),
            {MARCH: "blocked", JUNE: "correct", SEPTEMBER: "create", DECEMBER: "only_there"},
        )
        self.assertEqual(wizard.extra_count, 1)
        self.assertIn("ASSAINISSEMENT", wizard.question)
        self.assertEqual(len(self.there.reading_ids), 3, "a preview changes nothing")

    def test_created_corrected_billed_left(self):
        self.force().action_confirm()
        self.assertEqual(self.indexes(self.there), {MARCH: 90, JUNE: 150, SEPTEMBER: 200, DECEMBER: 250})
        consumptions = self.there.reading_ids.sorted("date").mapped("consumption")
        self.assertEqual(consumptions, [0, 60, 50, 50])
        states = {str(r.date): r.sync_state for r in self.here.reading_ids}
        self.assertEqual((states[JUNE], states[SEPTEMBER]), ("synced", "synced"))
        self.assertNotEqual(states[MARCH], "synced", "the billed one still differs")

    def test_it_is_in_the_history_of_every_card(self):
        self.force().action_confirm()
        self.assertRegex(self.here.message_ids[0].body, "Forced synchronisation of the other sections: .*1")
        told = "Forced synchronisation from section EAU: its readings are those of this card."
        self.assertIn(told, self.there.message_ids[0].body)
        others = self.shared("17-002")
        self.read_index(others[0], MARCH, 10)
        self.force(self.here + others[0]).action_confirm()
        for card in (self.here, others[0]):
            self.assertIn("Forced synchronisation of the other sections.", card.message_ids[0].body)
        self.assertIn(told, others[1].message_ids[0].body)

    def test_removal_only_when_ticked(self):
        wizard = self.force()
        wizard.remove_extra = True
        wizard._onchange_remove_extra()
        self.assertEqual(self.outcomes(wizard)[DECEMBER], "remove")
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {MARCH: 90, JUNE: 150, SEPTEMBER: 200})

    def test_billed_extra_is_never_removed(self):
        self.there.reading_ids.filtered(lambda r: str(r.date) == DECEMBER).state = "billed"
        wizard = self.force()
        wizard.remove_extra = True
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there)[DECEMBER], 250)

    def test_answers_are_kept(self):
        wizard = self.force()
        wizard.remove_extra = True
        wizard.action_confirm()
        answers = self.env["utility.reading.answer"].search([("meter_id", "=", self.here.id)])
        kept = {str(a.date): (a.outcome, a.user_id, a.forced) for a in answers}
        expected = {MARCH: "blocked", JUNE: "correct", SEPTEMBER: "create", DECEMBER: "remove"}
        self.assertEqual(kept, {day: (outcome, self.manager, True) for day, outcome in expected.items()})

    def test_refused_by_annuler(self):
        before = self.indexes(self.there)
        self.force().action_decline()
        self.assertEqual(self.indexes(self.there), before)

    def test_many_meters_from_the_list(self):
        other = self.shared("17-002")[0]
        self.read_index(other, JUNE, 10)
        self.force(self.here + other).action_confirm()
        self.assertEqual(self.indexes(other.with_user(self.agent_both).shared_meter_ids), {JUNE: 10})
        self.assertEqual(self.indexes(self.there)[JUNE], 150)

    def test_two_cards_of_one_point(self):
        with self.assertRaisesRegex(UserError, "Several cards"):
            self.force(self.cards)

    def test_meter_that_is_not_shared(self):
        with self.assertRaisesRegex(UserError, "not shared.*17-003"):
            self.force(self.meter(number="17-003"))

    def test_stale(self):
        wizard = self.force()
        self.read_index(self.there, "2025-11-30", 240)
        with self.assertRaisesRegex(UserError, "changed since"):
            wizard.action_confirm()

    def test_a_person_in_charge_alone(self):
        with self.assertRaises(AccessError):
            self.here.with_user(self.agent_both).action_force_synchronization()
        with self.assertRaises(AccessError):
            self.env["utility.meter.force.synchronize"].with_user(self.agent_both).create({"meter_ids": self.here.ids})
        wizard = self.force()
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent_both).action_confirm()
