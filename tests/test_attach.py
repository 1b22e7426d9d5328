"""*Rattacher un point de raccordement*: the dialog opened from the subscriber (notice 1)."""

from odoo.exceptions import AccessError, UserError

from .support.sharing import JUNE, SharingCase


class TestAttach(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter(number="17-001", diameter=20, brand="Itron", street="9 avenue du Lac", city="Clermont")
        cls.point = cls.card.connection_point_id
        cls.agent_both.utility_section_id = cls.sewerage

    def open(self, user=None, companies=None):
        user = user or self.agent_both
        partner = self.durand.with_user(user)
        if companies:
            partner = partner.with_context(allowed_company_ids=companies.ids)
        action = partner.action_attach_connection_point()
        return partner.env[action["res_model"]].browse(action["res_id"])

    def attach(self, wizard, point=None):
        wizard.line_ids.filtered(lambda line: line.connection_point_id == (point or self.point)).action_choose()
        wizard.action_confirm()
        return self.env["utility.meter"].search(
            [("connection_point_id", "=", self.point.id), ("section_id", "=", self.sewerage.id)]
        )

    def test_no_card_yet(self):
        self.subscribe(self.card)
        revisions = self.budgets.mapped("sharing_revision")
        there = self.attach(self.open())
        for company, revision in zip(self.budgets, revisions, strict=True):
            self.assertGreater(company.sharing_revision, revision, "switching sharing off meanwhile would conflict")
        self.assertEqual((there.company_id, there.serial_number), (self.budget_sewerage, "17-001"))
        self.assertEqual(there.subscription_ids.partner_id, self.durand)
        self.assertTrue(self.point.is_shared)
        self.assertEqual(self.point.company_ids, self.budgets)

    def test_cards_move_to_points_with_the_rights_of_the_user(self):
        own = self.meter(self.sewerage, "AS-7")
        for user in (self.agent_water, self.agent_sewerage):
            mine = own.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            with self.subTest(user.login), self.assertRaises(AccessError):
                mine._move_to(self.point.with_env(mine.env))
        self.assertNotEqual(own.connection_point_id, self.point)

    def test_own_card_is_moved_and_the_shared_point_wins(self):
        own = self.meter(self.sewerage, "AS-7", diameter=15, street="9 avenue du Lac", city="Clermont")
        left = own.connection_point_id
        subscription = self.subscribe(own)
        self.subscribe(self.card)
        reading = self.read_index(own, JUNE, 152)
        wizard = self.open()
        self.assertEqual(wizard.meter_id, own)
        wizard.line_ids.filtered(lambda line: line.connection_point_id == self.point).action_choose()
        differences = {d.label: (d.own, d.shared) for d in wizard.difference_ids}
        self.assertEqual(differences["Diameter (mm)"], ("15", "20"))
        self.assertEqual(differences["Brand"], ("", "Itron"))
        self.assertNotIn("Street", differences)
        self.assertEqual(self.attach(wizard), own)
        self.assertEqual((own.serial_number, own.diameter, own.brand), ("17-001", 20, "Itron"))
        self.assertEqual((own.reading_ids, own.subscription_ids), (reading, subscription))
        self.assertFalse(left.active)
        self.assertEqual(reading.sync_state, "pending")
        self.assertIn("17-001", own.message_ids[0].body)

    def test_same_subscriber_then_same_address_come_first(self):
        other = self.meter(number="17-009")
        near = self.meter(number="17-002", street=self.durand.street, zip=self.durand.zip)
        self.subscribe(self.card)
        lines = self.open().line_ids
        ranked = [line.serial_number for line in lines if line.serial_number in ("17-001", "17-002", "17-009")]
        self.assertEqual(ranked, ["17-001", "17-002", "17-009"])
        self.assertEqual(lines[0].reason, "Same subscriber")
        self.assertEqual(lines[1].reason, "Same address")
        self.assertIn(other.connection_point_id, lines.connection_point_id)
        self.assertIn(near.connection_point_id, lines.connection_point_id)
        self.assertEqual((lines[0].subscribers, lines[0].sections), ("Durand", "EAU"))

    def test_search_by_number_address_and_subscriber(self):
        self.meter(number="99-999")
        self.subscribe(self.card)
        wizard = self.open()
        for text in ("17-001", "avenue du lac", "DURAND"):
            wizard.search_text = text
            wizard.action_search()
            self.assertEqual(wizard.line_ids.connection_point_id, self.point, text)
        wizard.search_text = "nothing of the kind"
        wizard.action_search()
        self.assertFalse(wizard.line_ids)

    def test_points_already_in_the_section_are_not_proposed(self):
        self.shared("17-050")
        self.meter(self.sewerage, "AS-8")
        self.assertEqual(self.open().line_ids.connection_point_id, self.point)

    def test_only_sections_that_share_and_that_the_user_may_enter(self):
        self.agent_sewerage.utility_section_id = self.sewerage
        self.assertFalse(self.open(self.agent_sewerage).line_ids)
        self.budget_water.share_connection_points = False
        self.assertFalse(self.open().line_ids)

    def test_with_only_ones_own_company_ticked(self):
        """A user with access to both companies, of which one is ticked, may attach a point of the other."""
        there = self.attach(self.open(companies=self.budget_sewerage))
        self.assertTrue(there)
        self.assertTrue(self.point.is_shared)

    def test_own_card_with_only_ones_own_company_ticked(self):
        own = self.meter(self.sewerage, "AS-7")
        self.subscribe(own)
        self.subscribe(self.card)
        self.assertEqual(self.attach(self.open(companies=self.budget_sewerage)), own)

    def test_nothing_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose the connection point"):
            self.open().action_confirm()

    def test_change_of_mind(self):
        wizard = self.open()
        wizard.line_ids[0].action_choose()
        wizard.action_back()
        self.assertFalse(wizard.connection_point_id or wizard.difference_ids)
        self.assertTrue(wizard.line_ids)
