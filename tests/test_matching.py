"""*Rapprocher les compteurs*: proposed in pairs, attached in the background, undone."""

from ..models.metering.utility_connection_point import GENERAL_INFORMATION
from .support.sharing import JUNE, MARCH, SharingCase


class MatchingCase(SharingCase):
    """Two services that each typed the same four devices, and one that only one of them has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.martin = cls.env["res.partner"].create({"name": "Martin Luc"})
        cls.sure = cls.pair("17-001234", "4 rue du Lavoir", "itron 17 OO1234", "4 R. LAVOIR")
        cls.second = cls.pair("17-005678", "9 avenue du Lac", "017005678", "9 av. du Lac")
        cls.probable = cls.pair("17-009999", "1 place Neuve", "17-009999", "", subscribers=False)
        cls.alone = cls.meter(number="18-111111", street="30 quai Sud")
        cls.manager = cls.manager.with_context(allowed_company_ids=cls.budgets.ids)

    @classmethod
    def pair(cls, number, street, other_number, other_street, subscribers=True):
        here = cls.meter(number=number, street=street, zip="63000", brand="Itron", diameter=20, digits=5, year=2017)
        there = cls.meter(cls.sewerage, other_number, street=other_street, location="cave", seal="S1")
        if subscribers:
            cls.subscribe(here)
            cls.subscribe(there)
        return here, there

    def matching(self, user=None, **values):
        model = self.env["utility.meter.matching"].with_user(user or self.manager)
        model = model.with_context(allowed_company_ids=(user or self.manager).company_ids.ids)
        return model.create({"section_id": self.water.id, "other_section_id": self.sewerage.id, **values})

    def work(self):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_matching").method_direct_trigger()

    def proposed(self):
        run = self.matching()
        run.action_propose()
        self.work()
        self.assertEqual((run.state, run.error), ("ready", False))
        return run

    def match_of(self, run, cards):
        return run.match_ids.filtered(lambda match: match.meter_id == cards[0])

    def attach_all(self, run):
        run.match_ids.action_attach()
        self.work()
        self.assertEqual((run.state, run.error, run.progress), ("ready", False, run.total))

    def snapshot(self, cards):
        """All that attaching may touch, as it is in the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        points = cards.connection_point_id
        return [
            [(card.id, card.connection_point_id.id, card.active) for card in cards],
            [[point[name] for name in (*GENERAL_INFORMATION, "active", "is_shared")] for point in points],
            [point.company_ids.ids for point in points],
            [(r.id, r.index, r.sync_state, r.state) for r in cards.reading_ids.sorted("id")],
        ]


class TestProposal(MatchingCase):
    def test_pairs_with_their_confidence(self):
        run = self.proposed()
        found = {(match.meter_id, match.other_meter_id): match.confidence for match in run.match_ids}
        self.assertEqual(
            found, {self.sure: "certain", self.second: "certain", self.probable: "probable"}, "18-111111 has no pair"
        )
        self.assertEqual((run.certain_count, run.probable_count, run.possible_count), (2, 1, 0))

    def test_both_sides_are_shown_as_each_section_wrote_them(self):
        match = self.match_of(self.proposed(), self.sure)
        self.assertEqual((match.serial_number, match.other_serial_number), ("17-001234", "itron 17 OO1234"))
        self.assertEqual((match.street, match.other_street), ("4 rue du Lavoir, 63000", "4 R. LAVOIR"))
        self.assertEqual((match.subscriber, match.other_subscriber), ("Durand", "Durand"))
        self.assertEqual((match.serial_likeness, match.subscriber_likeness), ("alike", "same"))
        for text in ("EAU", "ASSAINISSEMENT", "Diameter (mm)", "20", "Location", "cave"):
            self.assertIn(text, match.difference_html)

    def test_whatever_was_typed_is_shown_as_it_is(self):
        street = '5 lieu-dit "Le Bois",\n\\.\n\tpré\r\\N; l\'étang'
        cards = self.pair("19-000001", street, "19 000001", street)
        match = self.match_of(self.proposed(), cards)
        self.assertEqual((match.street, match.other_street), (f"{street}, 63000", street))

    def test_what_is_ambiguous_is_never_certain(self):
        twin = self.meter(self.sewerage, "17.001234", street="4 rue du Lavoir")
        self.subscribe(twin)
        run = self.proposed()
        match = self.match_of(run, self.sure)
        self.assertEqual((match.confidence, match.ambiguous), ("possible", True))
        run.action_attach_certain()
        self.work()
        self.assertFalse(any((self.sure[0] | self.sure[1] | twin).mapped("is_shared")))
        self.assertTrue(self.second[0].is_shared)

    def test_cards_that_are_attached_already_are_left_out(self):
        self.second[1]._attach_to(self.second[0].connection_point_id)
        third = self.section("IRRIGATION", self.budget_water, service="other")
        point = self.sure[1].connection_point_id
        self.env["utility.meter"].create({"section_id": third.id, "connection_point_id": point.id})
        self.assertEqual(self.proposed().match_ids.meter_id, self.probable[0], "one shared, one shared with a third")

    def test_proposed_again_keeps_what_is_attached(self):
        run = self.proposed()
        run.action_attach_certain()
        self.work()
        self.meter(self.sewerage, "18 111111", street="30 quai Sud")
        run.action_propose()
        self.work()
        self.assertEqual((run.attached_count, run.certain_count, run.probable_count), (2, 1, 1))

    def test_ended_subscriptions_do_not_count(self):
        self.sure[1].subscription_ids.date_end = "2024-12-31"
        self.assertFalse(self.match_of(self.proposed(), self.sure).other_subscriber)


class TestAttachMatches(MatchingCase):
    def test_sure_ones_at_once(self):
        run = self.proposed()
        run.action_attach_certain()
        self.assertEqual((run.state, run.total), ("running", 2))
        self.work()
        self.assertEqual((run.attached_count, run.probable_count), (2, 1))
        for here, there in (self.sure, self.second):
            self.assertEqual(there.connection_point_id, here.connection_point_id)
            self.assertEqual((there.serial_number, there.diameter), (here.serial_number, 20), "the first one's wins")
            self.assertEqual(here.connection_point_id.company_ids, self.budgets)
            self.assertIn("Attached to connection point", there.message_ids[0].body)

    def test_selection(self):
        run = self.proposed()
        self.match_of(run, self.probable).action_attach()
        self.work()
        shared = self.env["utility.meter"].search([("is_shared", "=", True)])
        self.assertEqual(shared, self.probable[0] | self.probable[1])

    def test_readings_that_differ_and_that_lack(self):
        here, there = self.sure
        same = [self.read_index(card, MARCH, 100) for card in (here, there)]
        differing = [self.read_index(here, JUNE, 150), self.read_index(there, JUNE, 152)]
        lacking = self.read_index(here, "2025-07-31", 170)
        self.attach_all(self.proposed())
        states = [reading.sync_state for reading in (*same, *differing, lacking)]
        self.assertEqual(states, ["synced", "synced", "diverging", "diverging", "pending"])
        self.assertIn(here, self.env["utility.meter"].search([("gap_count", ">", 0)]))

    def test_undone_exactly(self):
        cards = self.env["utility.meter"].concat(*self.sure, *self.second, *self.probable)
        for card in cards:
            self.read_index(card, JUNE, 100 + card.id)
        before = self.snapshot(cards)
        run = self.proposed()
        self.attach_all(run)
        self.sure[1].diameter = 65
        self.assertNotEqual(self.snapshot(cards), before)
        self.sure[0].diameter = 20
        run.action_undo_all()
        self.work()
        self.assertIn("Detached from the shared connection point", self.sure[1].message_ids[0].body)
        self.assertEqual(self.snapshot(cards), before)
        self.assertEqual({match.state for match in run.match_ids}, {"undone"})
        self.attach_all(run)
        self.assertEqual(run.attached_count, 3, "and attached again")

    def test_a_device_replaced_since_stays_with_both(self):
        """What the card left is of a device that is no longer there: it gets a copy of what is."""
        run = self.proposed()
        self.attach_all(run)
        here, there = self.sure
        self.env["utility.meter.replace"].with_user(self.manager).create(
            {"meter_id": here.id, "date": JUNE, "removal_index": 10, "installation_index": 0, "serial_number": "25-1"}
        ).action_confirm()
        run.action_undo_all()
        self.work()
        self.assertFalse(there.is_shared)
        self.assertEqual((there.serial_number, there.device_ids.serial_number), ("25-1", "17-001234"))

    def test_what_changed_meanwhile_is_named_and_stops_nobody(self):
        run = self.proposed()
        self.sure[1].subscription_ids.unlink()
        self.sure[1].active = False
        point = self.second[0].connection_point_id
        there = self.env["utility.meter"].create({"section_id": self.sewerage.id, "connection_point_id": point.id})
        there.active = False
        self.attach_all(run)
        notes = {match.meter_id: (match.state, match.note) for match in run.match_ids}
        self.assertEqual(notes[self.sure[0]], ("refused", "One of the cards is archived."))
        self.assertIn("already has a card", notes[self.second[0]][1])
        self.assertEqual(notes[self.probable[0]], ("attached", False))

    def test_a_card_shared_meanwhile_with_a_third_section_stays_there(self):
        run = self.proposed()
        third = self.section("SPANC", self.budget_water)
        point = self.sure[1].connection_point_id
        self.env["utility.meter"].create({"section_id": third.id, "connection_point_id": point.id})
        self.attach_all(run)
        match = self.match_of(run, self.sure)
        self.assertEqual((match.state, self.sure[1].connection_point_id), ("refused", point))
        self.assertIn("is shared with another section: detach it first", match.note)

    def test_detached_by_hand_is_not_undone(self):
        run = self.proposed()
        self.attach_all(run)
        self.sure[1].action_detach()
        own = self.sure[1].connection_point_id
        run.action_undo_all()
        self.work()
        self.assertEqual(self.sure[1].connection_point_id, own)
        self.assertIn("since", self.match_of(run, self.sure).note)
        self.assertFalse(self.second[1].is_shared)

    def test_stop_and_resume(self):
        run = self.proposed()
        run.match_ids.action_attach()
        run.action_stop()
        self.work()
        self.assertFalse(run.attached_count)
        run.action_resume()
        self.work()
        self.assertEqual((run.attached_count, run.state), (3, "ready"))

    def test_another_task_lets_go_of_what_a_stopped_one_waited_for(self):
        run = self.proposed()
        run.match_ids.action_attach()
        run.action_stop()
        self.match_of(run, self.probable).action_attach()
        self.work()
        self.assertEqual(run.match_ids.filtered(lambda m: m.state == "attached").meter_id, self.probable[0])
        self.assertEqual(run.certain_count, 2)

    def test_as_many_queries_for_many(self):
        for number in range(40):
            self.pair(f"20-{number:06}", f"{number + 1} rue Haute", f"20 {number:06}", f"{number + 1} R. Haute")
        run = self.proposed()
        matches = run.match_ids.sorted("id").with_user(self.manager).sudo(False)
        counts = []
        for some in (matches[:2], matches[2:4], matches[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._attach()
            some._undo()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertGreater(counts[1], 0)
        self.assertLessEqual(counts[2], counts[1])
