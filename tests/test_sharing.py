"""One point, several cards: general information stored once, sharing switched on, allowed and undone."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .support.sharing import NO_LOGO, SharingCase


class TestGeneralInformation(SharingCase):
    """Invariant 1: stored once; each card's history records what changed, by whom and from which section."""

    def test_changed_in_one_section_seen_in_the_other(self):
        here, there = self.shared(diameter=15)
        here.with_user(self.agent_water).write({"diameter": 20, "location": "Cellar"})
        self.assertEqual((there.diameter, there.location), (20, "Cellar"))
        there.with_user(self.agent_sewerage).reading_mode = "radio"
        self.assertEqual(here.reading_mode, "radio")

    def test_history_on_every_card_and_on_the_point(self):
        cards = self.shared(diameter=15)
        cards[0].with_user(self.agent_water).write({"diameter": 20})
        for record in (*cards, cards.connection_point_id):
            message = record.message_ids[0]
            self.assertEqual(message.author_id, self.agent_water.partner_id)
            for word in ("Diameter", "15", "20", "EAU"):
                self.assertIn(word, message.body)

    def test_history_can_be_read_from_the_other_section(self):
        here, there = self.shared()
        here.with_user(self.agent_water).brand = "Itron"
        message = there.with_user(self.agent_sewerage).message_ids[0]
        self.assertIn("Itron", message.body)
        self.assertIn("EAU", message.body)

    def test_nothing_is_told_when_nothing_changes(self):
        card = self.meter(diameter=15)
        before = card.message_ids
        card.with_user(self.agent_water).write({"diameter": 15})
        self.assertEqual(card.message_ids, before)

    def test_three_sections(self):
        leisure = self.section("LOISIRS", self.budget_water, service="other")
        cards = self.shared(sections=(self.water, self.sewerage, leisure))
        cards[1].with_user(self.agent_sewerage).seal = "S-9"
        self.assertEqual(cards.mapped("seal"), ["S-9"] * 3)
        self.assertTrue(all("ASSAINISSEMENT" in card.message_ids[0].body for card in cards))
        both = cards.with_user(self.agent_both)
        self.assertEqual(both[0].shared_meter_ids, both[1] + both[2])

    def test_form_of_a_shared_meter_opens_and_saves_for_who_sees_one_company(self):
        here, there = self.shared()
        self.subscribe(here)
        with Form(there.with_user(self.agent_sewerage)) as form:
            form.brand = "Itron"
        self.assertEqual(here.brand, "Itron")

    def test_form_of_the_point_opens_and_saves_for_who_sees_one_company(self):
        point = self.shared().connection_point_id
        self.env.invalidate_all()
        with Form(point.with_user(self.agent_sewerage)) as form:
            form.brand = "Itron"
            self.assertEqual(len(form._record.meter_ids), 1)
        self.assertEqual(point.brand, "Itron")

    def test_what_the_section_alone_knows_is_not_shared(self):
        here, there = self.shared()
        here.with_user(self.agent_water).write({"route": "North", "sequence": 3})
        self.assertEqual((there.route, there.sequence), (False, 10))


class TestRightToShare(SharingCase):
    """Invariant 5: the option on and a user who may enter both companies; then it serves every agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter()
        cls.point = cls.card.connection_point_id
        cls.own = cls.meter(cls.sewerage, "AS-7")
        cls.values = {"section_id": cls.sewerage.id, "connection_point_id": cls.point.id}

    def ways_in(self, user):
        """Every way to share the point, as {name: function}."""
        model, own = self.env["utility.meter"].with_user(user), self.own.with_user(user)
        return {
            "create": lambda: model.create(self.values),
            "write": lambda: own.write({"connection_point_id": self.point.id}),
            "link": lambda: self.point.with_user(user).write({"meter_ids": [Command.link(own.id)]}),
            "import": lambda: self.loaded(model),
        }

    def loaded(self, model):
        row = [str(self.sewerage.id), str(self.point.id)]
        messages = model.load(["section_id/.id", "connection_point_id/.id"], [row])["messages"]
        if messages:
            raise ValidationError(messages[0]["message"])

    def assertRefused(self, error, user):
        for name, way in self.ways_in(user).items():
            with self.subTest(name), self.assertRaises(error), self.env.cr.savepoint():
                way()
            self.env.invalidate_all()
            self.assertFalse(self.point.is_shared, name)

    def test_option_off_in_the_section_that_attaches(self):
        self.budget_sewerage.share_connection_points = False
        self.assertRefused(ValidationError, self.manager)

    def test_option_off_in_the_section_that_shares(self):
        self.budget_water.share_connection_points = False
        self.assertRefused(ValidationError, self.manager)

    def test_option_off_refuses_the_dialog(self):
        self.budget_sewerage.share_connection_points = False
        self.manager.utility_section_id = self.sewerage
        with self.assertRaisesRegex(UserError, "Connection Point Sharing.*off"):
            self.durand.with_user(self.manager).action_attach_connection_point()

    def test_option_off_refuses_a_card_taken_out_of_the_archive(self):
        there = self.env["utility.meter"].create(self.values)
        there.with_user(self.manager).active = False
        self.assertFalse(self.point.is_shared)
        self.budgets.write({"share_connection_points": False})
        with self.assertRaisesRegex(ValidationError, "is off"):
            there.with_user(self.manager).action_unarchive()

    def test_option_off_between_two_sections_of_one_company(self):
        self.budget_water.share_connection_points = False
        leisure = self.section("LOISIRS", self.budget_water)
        with self.assertRaisesRegex(ValidationError, "is off"):
            self.env["utility.meter"].create({"section_id": leisure.id, "connection_point_id": self.point.id})

    def test_user_without_the_other_company(self):
        with self.assertRaises(AccessError):
            self.env["utility.meter"].with_user(self.agent_sewerage).create(self.values)
        with self.assertRaises(AccessError):
            self.own.with_user(self.agent_sewerage).write({"connection_point_id": self.point.id})
        with self.assertRaises(AccessError):
            there = self.env["utility.meter"].create(self.values | {"active": False})
            there.with_user(self.agent_sewerage).active = True

    def test_user_without_the_other_company_adds_no_third_section(self):
        """Users of one of a point's companies see it: they may use it, but not share it further."""
        self.env["utility.meter"].create(self.values)
        works = self.section("TRAVAUX", self.budget_sewerage)
        values = {"section_id": works.id, "connection_point_id": self.point.id}
        sentence = f"Sharing {self.point.display_name} requires access to all the companies"
        refusal = self.assertRaisesRegex(AccessError, sentence)
        with refusal, self.env.cr.savepoint():
            self.env["utility.meter"].with_user(self.agent_sewerage).create(values)
        self.assertTrue(self.env["utility.meter"].with_user(self.agent_both).create(values))

    def test_user_of_both_companies(self):
        for name, way in self.ways_in(self.agent_both).items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                way()
                self.env.invalidate_all()
                self.assertTrue(self.point.is_shared)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_once_shared_who_sees_one_section_works_on_it(self):
        there = self.env["utility.meter"].create(self.values)
        self.subscribe(self.card)
        mine = there.with_user(self.agent_sewerage)
        mine.diameter = 40
        self.assertEqual(self.card.diameter, 40)
        self.assertIn("EAU", mine.sharing_summary)
        self.assertNotIn("Durand", mine.sharing_summary)
        self.assertIn("<li>Billing: <strong>EAU</strong></li>", mine.sharing_summary)
        self.assertFalse(self.own.sharing_summary, "it has one card")
        self.assertFalse(mine.shared_meter_ids)
        self.env.invalidate_all()
        self.assertEqual(mine.connection_point_id.meter_ids, mine)
        with self.assertRaises(AccessError):
            self.card.with_user(self.agent_sewerage).read(["route"])
        both = there.with_user(self.agent_both)
        self.assertIn("<li>Subscriber: Durand Billing: <strong>EAU</strong></li>", both.sharing_summary)
        self.assertIn("<li>Subscriber: none Billing: <strong>ASSAINISSEMENT</strong></li>", both.sharing_summary)
        self.assertEqual(both.shared_meter_ids, self.card)

    def test_one_card_a_section(self):
        second = self.meter(self.water, "17-002")
        with self.assertRaisesRegex(UserError, "already has a card"):
            second.with_user(self.agent_both)._attach_to(self.point)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation) as refusal,
            self.env.cr.savepoint(),
        ):
            self.env["utility.meter"].create({"section_id": self.water.id, "connection_point_id": self.point.id})
        self.assertIn("one_card_per_section", str(refusal.exception))

    def test_a_section_with_meters_stays_in_its_company(self):
        with self.assertRaisesRegex(ValidationError, "has meters"):
            self.water.company_id = self.budget_sewerage
        self.water.write({"company_id": self.budget_water.id, "name": "Eau potable"})
        self.assertEqual(self.water.name, "Eau potable", "it may be saved with its own company")
        self.water.meter_ids.active = False
        other = self.section("GAZ", self.budget_water)
        self.meter(other, "17-009")
        third = self.env["res.company"].create({**NO_LOGO, "name": "Troisième"})
        for sections in (self.water, self.water + other):
            with self.assertRaisesRegex(ValidationError, "has meters"), self.env.cr.savepoint():
                sections.company_id = third

    def test_a_card_stays_in_its_section(self):
        with self.assertRaisesRegex(UserError, "cannot change section"):
            self.card.section_id = self.sewerage
