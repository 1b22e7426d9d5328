"""The first notice in the browser, in French, word for word (static/tests/tours)."""

from odoo.tests import tagged

from .support.browser import BrowserCase
from .support.sharing import JUNE, MARCH, MODULE, SharingCase


class TourCase(SharingCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.agent_both | cls.manager).lang = "fr_FR"
        cls.manager.group_ids |= cls.env.ref("base.group_system")
        cls.durand.is_subscriber = True

    def tour(self, name, user=None, action="utility_meter_action"):
        self.walk(name, user or self.agent_both, action, self.budgets)

    def shared_and_read(self, sewerage_june=150):
        cards = self.shared(diameter=15)
        for card, june in zip(cards, (150, sewerage_june), strict=True):
            self.read_index(card, MARCH, 100)
            if june:
                self.read_index(card, JUNE, june)
        return cards


@tagged("post_install", "-at_install", MODULE)
class TestSharingTours(TourCase):
    def test_activation(self):
        self.budgets.share_connection_points = False
        self.meter()
        self.tour("utility_activation", self.manager)
        self.assertTrue(self.budget_water.share_connection_points)

    def test_attach_new(self):
        meter = self.meter(street="4 rue du Lavoir")
        self.subscribe(meter)
        self.meter(number="17-002", street="9 rue des Lavandières")
        self.tour("utility_attach_new", action="res_partner_action_subscriber")
        self.assertEqual(meter.connection_point_id.meter_ids.section_id, self.water | self.sewerage)
        self.assertEqual(meter.connection_point_id.meter_ids.partner_id, self.durand)

    def test_attach_move(self):
        self.subscribe(self.meter(diameter=15))
        own = self.meter(self.sewerage, "A-77", diameter=20)
        self.subscribe(own)
        self.agent_both.utility_section_id = self.sewerage
        self.tour("utility_attach_move", action="res_partner_action_subscriber")
        self.assertTrue(own.is_shared)
        self.assertEqual(own.diameter, 15)

    def test_general_information(self):
        cards = self.shared(diameter=15)
        self.tour("utility_general_information")
        self.assertEqual(cards.mapped("diameter"), [25, 25])

    def test_rights(self):
        self.tour("utility_rights", self.manager)

    def test_a_new_subscriber_in_ten_clicks(self):
        card = self.meter(street="4 rue du Lavoir")
        self.meter(number="17-002")
        self.agent_both.utility_section_id = self.sewerage
        self.walk("procedure_subscriber", self.agent_both, "utility_dashboard_action", self.budget_sewerage)
        self.assertEqual(card.reading_ids.mapped("index"), [152])
        self.assertEqual(card.shared_meter_ids.partner_id.name, "Nouvel Abonné")

    def test_what_the_switcher_leaves_out(self):
        self.shared()
        self.walk("utility_left_out", self.agent_both, "utility_meter_action", self.budget_water)

    def test_detach(self):
        cards = self.shared()
        self.tour("utility_detach", self.manager)
        self.assertFalse(any(cards.mapped("is_shared")))


@tagged("post_install", "-at_install", MODULE)
class TestSynchronisationTours(TourCase):
    def test_form(self):
        water, sewerage = self.shared_and_read()
        self.limit_to(water)
        self.tour("utility_reading_form", action="utility_reading_action")
        self.assertEqual(self.indexes(sewerage)[JUNE], 152)
        june = water.reading_ids.filtered(lambda r: str(r.date) == JUNE)
        self.assertEqual((june.consumption, june.modified_by_id), (40, self.agent_both))
        self.assertEqual(june.modification_reason, "Fuite après compteur")

    def test_list(self):
        water, sewerage = self.shared_and_read()
        self.limit_to(water)
        self.tour("utility_reading_list", action="utility_reading_action")
        self.assertEqual(sorted(self.indexes(sewerage).values()), [100, 150, 180])
        self.assertEqual([r.consumption for r in sewerage.reading_ids if r.index == 180], [12])

    def test_keyboard(self):
        _water, sewerage = self.shared_and_read()
        self.shared("17-002")
        self.meter(number="17-003")
        self.tour("utility_reading_keyboard", action="utility_reading_action")
        self.assertIn(180, sewerage.reading_ids.mapped("index"))

    def test_blocked(self):
        water, sewerage = self.shared_and_read()
        sewerage.reading_ids.filtered(lambda r: str(r.date) == JUNE).state = "billed"
        self.limit_to(water)
        self.tour("utility_reading_blocked", action="utility_reading_action")
        self.assertEqual(self.indexes(sewerage)[JUNE], 150)

    def test_three_sections(self):
        third = self.section("IRRIGATION", self.budget_water, service="other")
        cards = self.shared(sections=(self.water, self.sewerage, third))
        for card in cards:
            self.read_index(card, MARCH, 100)
        for card in cards[:2]:
            self.read_index(card, JUNE, 150)
        self.limit_to(cards[0])
        self.tour("utility_reading_three_sections", action="utility_reading_action")
        self.assertEqual([self.indexes(card)[JUNE] for card in cards], [152] * 3)

    def test_refused(self):
        water, _sewerage = self.shared_and_read()
        self.limit_to(water)
        self.tour("utility_reading_refused", action="utility_reading_action")

    def test_pending(self):
        for number in ("17-001", "17-002", "17-003"):
            self.read_index(self.shared(number)[0], JUNE, 152)
        self.tour("utility_pending", action="utility_reading_action_pending")

    def test_force(self):
        water, sewerage = self.differing()
        self.tour("utility_force", self.manager)
        self.assertEqual(self.indexes(sewerage), self.indexes(water))

    def test_gaps(self):
        water, sewerage = self.differing()
        self.tour("utility_gaps", self.manager, action="utility_meter_action_gaps")
        self.assertEqual(self.indexes(sewerage), self.indexes(water))

    def test_insight(self):
        self.shared_and_read()
        self.tour("utility_meter_insight")

    def differing(self):
        water, sewerage = self.shared_and_read()
        self.read_index(sewerage, "2025-08-31", 170)
        water.reading_ids.filtered(lambda r: str(r.date) == JUNE).index = 152
        return water, sewerage

    def limit_to(self, meter):
        """The list shows one card's readings, as for an agent of that section."""
        self.env.ref(f"{MODULE}.utility_reading_action").domain = [("meter_id", "=", meter.id)]
