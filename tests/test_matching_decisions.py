"""*Rapprocher les compteurs*: what a person sees of a pair, refuses, and pairs by hand."""

from odoo.exceptions import AccessError, UserError

from .support.sharing import JUNE, MARCH
from .test_matching import MatchingCase


class DecisionCase(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.english = cls.manager.with_context(lang="en_US")

    def open(self, run):
        """The matching as a person in charge sees it who has one company ticked."""
        user = self.manager
        return run.with_env(
            self.env(user=user.id, context={"allowed_company_ids": self.budget_water.ids, "lang": "en_US"})
        )

    def look_at(self, run, cards):
        return self.open(run).match_ids.filtered(lambda pair: pair.meter_id == cards[0])


class TestWhatIsShown(DecisionCase):
    def test_likeness_in_words(self):
        run = self.proposed()
        self.assertEqual(self.look_at(run, self.sure).words, "number written differently, same place, same subscriber")
        self.assertEqual(self.look_at(run, self.probable).words, "same number, place missing, subscriber missing")

    def test_what_speaks_against_it(self):
        twins = self.pair("19-000451", "8 rue du Four", "19-000452", "8 r. du Four")
        twins[0].diameter, twins[1].diameter = 15, 40
        pair = self.look_at(self.proposed(), twins)
        self.assertEqual(pair.confidence, "possible")
        self.assertIn("perhaps two devices bought together", pair.words)
        self.assertIn("different diameter", pair.words)

    def test_both_cards_one_above_the_other(self):
        pair = self.look_at(self.proposed(), self.sure)
        self.assertEqual(pair.numbers, "17-001234\nitron 17 OO1234")
        self.assertEqual((pair.places, pair.last_readings), ("4 rue du Lavoir, 63000\n4 R. LAVOIR", "–\n–"))
        self.assertIn("cave", pair.difference_html, "though one company is ticked")

    def test_the_third_card_is_named(self):
        twin = self.meter(self.sewerage, "17.001234", street="4 rue du Lavoir")
        self.subscribe(twin)
        pair = self.look_at(self.proposed(), self.sure)
        self.assertEqual({pair.other_meter_id, pair.third_meter_id}, {self.sure[1], twin})
        self.assertIn(f"equally similar to {pair.third_meter_id.sudo().display_name}", pair.words)

    def test_last_index_of_both_cards(self):
        here, there = self.sure
        for card, day, index in ((here, MARCH, 100), (here, JUNE, 1250.5), (there, JUNE, 1250)):
            self.read_index(card, day, index)
        pair = self.look_at(self.proposed(), self.sure)
        self.assertEqual(pair.last_reading, "1,250.500 (06/30/2025)")
        self.assertEqual(pair.other_last_reading, "1,250 (06/30/2025)")
        self.assertEqual(self.look_at(pair.run_id, self.second).last_reading, "")

    def test_former_subscribers_and_replaced_devices(self):
        here, there = self.sure
        there.subscription_ids.date_end = "2024-12-31"
        self.env["utility.subscription"].create(
            {"partner_id": self.martin.id, "meter_id": there.id, "date_start": "2025-01-01"}
        )
        self.env["utility.device"].create(
            {"connection_point_id": here.connection_point_id.id, "serial_number": "99-1", "removed_on": "2017-05-02"}
        )
        pair = self.look_at(self.proposed(), self.sure)
        self.assertEqual((pair.subscriber, pair.other_subscriber), ("Durand", "Martin Luc"))
        self.assertEqual((pair.past, pair.other_past), ("device 99-1 until 05/02/2017", "Durand until 12/31/2024"))
        self.assertIn("former subscriber", pair.words)
        here.device_ids.removed_on = "2017-05-03"
        pair.invalidate_recordset(["past"], flush=False)
        self.assertEqual(pair.past, "device 99-1 until 05/03/2017", "what is not in the database yet, too")

    def test_a_device_replaced_in_one_section(self):
        here, there = self.pair("25-777666", "8 rue du Four", "19-000451", "8 r. du Four")
        self.env["utility.device"].create(
            {
                "connection_point_id": here.connection_point_id.id,
                "serial_number": "19000451",
                "removed_on": "2025-05-02",
            }
        )
        pair = self.look_at(self.proposed(), (here, there))
        self.assertEqual((pair.other_meter_id, pair.confidence), (there, "probable"))
        self.assertIn("number of a device replaced since", pair.words)

    def test_one_place_two_devices_is_a_list_of_its_own(self):
        here, there = self.pair("25-777666", "8 rue du Four", "19-000451", "8 r. du Four")
        run = self.proposed()
        pair = self.look_at(run, (here, there))
        self.assertEqual((pair.confidence, pair.other_meter_id), ("other_device", there))
        self.assertEqual((run.other_device_count, run.open_count), (1, 3), "it is not to look at with the others")


class TestCounts(DecisionCase):
    def test_a_matching_that_is_not_saved_has_no_cards(self):
        new = self.env["utility.meter.matching"].new({"section_id": self.water.id})
        self.assertEqual((new.alone_count, new.other_alone_count, new.open_count), (0, 0, 0))

    def test_settled_left_without_pair(self):
        run = self.proposed()
        self.assertEqual((run.settled_count, run.open_count), (0, 3))
        self.assertEqual((run.alone_count, run.other_alone_count), (1, 0), "18-111111")
        self.look_at(run, self.probable).action_set_apart()
        self.look_at(run, self.sure).action_attach()
        self.work()
        self.env.invalidate_all()
        self.assertEqual((run.settled_count, run.open_count), (2, 1))
        self.assertEqual((run.alone_count, run.other_alone_count), (2, 1))

    def test_the_cards_without_pair(self):
        run = self.open(self.proposed())
        action = run.action_view_alone()
        Meter = self.env["utility.meter"].with_env(run.env).with_context(**action["context"])
        self.assertEqual(Meter.search(action["domain"]), self.alone)
        action = run.with_context(of_section_to_attach=True).action_view_alone()
        self.assertFalse(Meter.search(action["domain"]))
        self.assertEqual(Meter.search([("unpaired_matching_id", "=", run.id)]), self.alone)

    def test_who_may_not_enter_both_searches_nothing(self):
        run = self.proposed()
        with self.assertRaises(AccessError):
            self.env["utility.meter"].with_user(self.agent_both).search([("unpaired_matching_id", "=", run.id)])


class TestNotTheSameDevice(DecisionCase):
    def test_it_is_not_proposed_again(self):
        run = self.proposed()
        pair = self.look_at(run, self.sure)
        pair.sudo().note = "Why it was refused before"
        pair.action_set_apart()
        self.assertEqual((pair.state, pair.decided_by_id), ("distinct", self.manager))
        self.assertEqual((pair.note, bool(pair.decided_on)), (False, True))
        for again in (run, self.matching()):
            again.action_propose()
            self.work()
            found = again.match_ids.filtered(lambda m: m.meter_id == self.sure[0] and m.state == "proposed")
            self.assertNotEqual(found.other_meter_id, self.sure[1])
        self.assertEqual(pair.exists().state, "distinct")

    def test_taken_back(self):
        run = self.proposed()
        pair = self.look_at(run, self.sure)
        pair.action_set_apart()
        pair.action_reconsider()
        self.assertEqual(pair.state, "proposed")
        run.action_propose()
        self.work()
        self.assertEqual(self.look_at(run, self.sure).confidence, "certain")

    def test_not_of_what_is_attached(self):
        run = self.proposed()
        self.attach_all(run)
        with self.assertRaisesRegex(UserError, "undone first"):
            self.look_at(run, self.sure).action_set_apart()

    def test_only_by_a_person_in_charge_of_both(self):
        run = self.proposed()
        for user in (self.agent_both, self.plain_user):
            for name in ("action_set_apart", "action_reconsider"):
                with self.assertRaises(AccessError):
                    getattr(run.match_ids.with_user(user), name)()


class TestByHand(DecisionCase):
    def dialog(self, run, **values):
        return self.env["utility.meter.pair"].with_env(self.open(run).env).create({"run_id": run.id, **values})

    def test_two_cards_that_a_person_knows(self):
        there = self.meter(self.sewerage, "sans n°", street="derrière l'église")
        run = self.open(self.proposed())
        card = self.alone.with_env(run.env).with_context(utility_matching_id=run.id)
        wizard = self.env["utility.meter.pair"].with_env(run.env).browse(card.action_pair_by_hand()["res_id"])
        self.assertEqual((wizard.meter_id, wizard.other_meter_id), (self.alone, self.env["utility.meter"]))
        wizard.other_meter_id = there
        self.assertIn("18-111111", wizard.facts)
        self.assertIn("derrière l'église", wizard.other_facts)
        wizard.action_confirm()
        self.work()
        self.assertEqual(there.connection_point_id, self.alone.connection_point_id)
        pair = self.look_at(run, (self.alone, there))
        self.assertEqual((pair.confidence, pair.state, pair.serial_number), ("manual", "attached", "18-111111"))
        pair.action_undo()
        self.work()
        self.assertFalse(there.is_shared)

    def test_a_card_of_each_section_that_is_not_shared(self):
        run = self.proposed()
        self.attach_all(run)
        other, elsewhere = self.meter(self.sewerage, "5"), self.meter(self.sewerage, "6")
        third = self.section("IRRIGATION", self.budget_water)
        self.env["utility.meter"].create(
            {"section_id": third.id, "connection_point_id": elsewhere.connection_point_id.id}
        )
        wrong = (self.sure[1], self.alone, elsewhere)
        for cards in (*((self.alone, card) for card in wrong), (self.sure[0], other), (other, self.alone)):
            with self.subTest(cards), self.assertRaises(UserError):
                self.dialog(run, meter_id=cards[0].id, other_meter_id=cards[1].id).action_confirm()
        with self.assertRaises(UserError):
            self.dialog(run, meter_id=self.alone.id).action_confirm()
