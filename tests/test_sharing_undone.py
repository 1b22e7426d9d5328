"""Sharing is undone: the option is switched off, cards are detached or deleted."""

from odoo.exceptions import AccessError, RedirectWarning

from .support.sharing import JUNE, SharingCase


class TestUndo(SharingCase):
    def test_switching_off_while_meters_are_shared(self):
        """Invariant 6: refused, with their number and the list to detach."""
        self.shared("17-001")
        self.shared("17-002")
        self.meter(number="17-003")
        with self.assertRaises(RedirectWarning) as refusal:
            self.budget_sewerage.share_connection_points = False
        message, action, *_button = refusal.exception.args
        self.assertIn("Budget assainissement: 2", message)
        self.assertEqual(self.env["ir.actions.act_window"].browse(action).res_model, "utility.meter")
        self.env.invalidate_all()
        self.assertTrue(self.budget_sewerage.share_connection_points)

    def test_switching_off_once_all_are_detached(self):
        cards = self.shared()
        cards[1].with_user(self.manager).action_detach()
        partner = self.durand.with_context(allowed_company_ids=self.budgets.ids)
        for is_on in (True, False):
            self.budgets.write({"share_connection_points": is_on})
            self.env.invalidate_all()
            self.assertEqual(self.budget_water.share_connection_points, is_on)
            self.assertEqual(partner.utility_sharing_enabled, is_on)

    def test_detached_card_has_its_own_copy_and_keeps_its_readings(self):
        here, there = self.shared(number="17-001", diameter=15)
        self.env["utility.device"].create(
            {
                "connection_point_id": here.connection_point_id.id,
                "serial_number": "OLD",
                "removed_on": "2024-01-01",
            }
        )
        reading = self.read_index(there, JUNE, 152)
        there.with_user(self.manager).action_detach()
        self.assertNotEqual(here.connection_point_id, there.connection_point_id)
        self.assertIn("Detached from the shared connection point", "".join(there.message_ids.mapped("body")))
        self.assertEqual((there.serial_number, there.diameter, there.name), ("17-001", 15, here.name))
        self.assertEqual(there.device_ids.serial_number, "OLD")
        self.assertEqual(here.device_ids.serial_number, "OLD")
        self.assertEqual((there.reading_ids, reading.sync_state), (reading, "not_shared"))
        here.diameter = 20
        self.assertEqual(there.diameter, 15)
        self.assertFalse((here + there).filtered("is_shared"))

    def test_detaching_one_of_three_leaves_the_two_others_shared(self):
        leisure = self.section("LOISIRS", self.budget_water)
        cards = self.shared(sections=(self.water, self.sewerage, leisure))
        cards[2].with_user(self.manager).action_detach()
        self.assertEqual(cards.mapped("is_shared"), [True, True, False])

    def test_a_card_that_is_deleted_is_shared_with_no_more(self):
        card, there = self.shared("17-001")
        reading = self.read_index(card, JUNE, 100)
        self.assertEqual(reading.sync_state, "pending")
        there.unlink()
        self.env.invalidate_all()
        self.assertEqual((card.is_shared, reading.sync_state), (False, "not_shared"))

    def test_a_point_without_a_card_in_service_is_its_last_companies(self):
        card = self.meter(self.sewerage, "17-003", active=False)
        self.assertEqual((card.company_ids, card.is_shared), (self.budget_sewerage, False))
        first, there = self.shared("17-004")
        there.active = False
        self.assertEqual((first.company_ids, first.is_shared), (self.budget_water, False))

    def test_cards_change_under_the_lock_of_their_point(self):
        card, other = self.meter(number="17-001"), self.meter(number="17-002")
        point, left = card.connection_point_id, other.connection_point_id
        values = {"section_id": self.sewerage.id, "connection_point_id": point.id}
        there = self.env["utility.meter"].create(values)
        first = point.sharing_revision
        self.assertGreater(first, 0)
        there.active = False
        self.assertGreater(point.sharing_revision, first)
        second, before = point.sharing_revision, left.sharing_revision
        there.connection_point_id = left
        self.assertGreater(point.sharing_revision, second)
        self.assertGreater(left.sharing_revision, before)
        before = left.sharing_revision
        there.unlink()
        self.assertGreater(left.sharing_revision, before)

    def test_the_server_keeps_to_the_rights_on_a_card(self):
        card, there = self.shared("17-001")
        self.assertTrue(there.with_user(self.agent_sewerage).write({"seal": "S1"}))
        self.assertTrue(there.with_user(self.agent_sewerage).write({"seal": "S1", "route": "Bourg"}))
        with self.assertRaises(AccessError):
            card.with_user(self.agent_sewerage)._by_server().write({"seal": "S2"})
        self.assertEqual((card.seal, there.route), ("S1", "Bourg"))

    def test_agents_do_not_detach(self):
        with self.assertRaises(AccessError):
            self.shared()[1].with_user(self.agent_both).action_detach()
