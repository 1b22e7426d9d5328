"""The dashboard: each figure equals the list that it opens, with a constant number of queries."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.sharing import JUNE, MARCH, SharingCase

MONITOR = "utility_billing_sync.group_ledger_monitor"
NUMBERS = {
    "to_read": "to_read_count",
    "to_check": "to_check_count",
    "to_synchronise": "to_synchronise_count",
    "gaps": "gap_count",
    "leaks": "leak_count",
    "meters": "meter_count",
}


@tagged("post_install", "-at_install")
class TestDashboard(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sections = cls.water | cls.sewerage
        cls.sections.round_start = "2025-04-01"
        cls.meters = cls.populate(0)

    @classmethod
    def populate(cls, first):
        """Four meters of EAU with a subscriber: read before the round, read in it, estimated in it, doubtful."""
        meters = [cls.shared(f"D-{first + n}")[0] for n in range(4)]
        for meter in meters:
            cls.subscribe(meter)
            cls.read_index(meter, MARCH, 100)
        cls.read_index(meters[1], JUNE, 110)
        cls.read_index(meters[2], JUNE, 110, kind="estimated")
        cls.read_index(meters[3], "2025-04-30", 110)
        cls.read_index(meters[3], JUNE, 500)
        return meters

    def card(self, section, user=None):
        return self.cards(user).filtered(lambda card: card.section_id.id == section.id)

    def cards(self, user=None):
        self.env.invalidate_all()
        return self.env["utility.dashboard"].with_user(user or self.agent_both).search([])

    def listed(self, card, name):
        action = card.with_context(dashboard_list=name).action_open_list()
        companies = card.env.companies
        if action["type"] == "ir.actions.client":
            companies |= companies.browse(action["params"]["company_id"])
            action = action["params"]["next"]
        context = {**action["context"], "allowed_company_ids": companies.ids}
        return (
            self.env[action["res_model"]]
            .with_user(self.agent_both)
            .with_context(**context)
            .search_count(action["domain"])
        )

    def test_what_is_to_read(self):
        """Read since 1 April: two of four. An estimate is no reading: nobody saw the meter."""
        card = self.card(self.water)
        self.assertEqual((card.meter_count, card.to_read_count, card.read_rate), (4, 2, 50))
        waiting = self.env["utility.meter"].search([("is_to_read", "=", True), ("section_id", "=", self.water.id)])
        self.assertEqual(waiting, self.meters[0] | self.meters[2])
        self.assertEqual(waiting.mapped("is_to_read"), [True, True])
        read = self.env["utility.meter"].search([("is_to_read", "=", False), ("section_id", "=", self.water.id)])
        self.assertEqual(read, self.meters[1] | self.meters[3])

    def test_a_meter_without_a_subscriber_is_not_to_read(self):
        self.meter(number="vacant")
        self.assertEqual(self.card(self.water).to_read_count, 2)

    def test_a_new_round_begins_today(self):
        self.manager.group_ids |= self.env.ref("base.group_user")
        self.card(self.water, self.manager).action_begin_round()
        card = self.card(self.water)
        self.assertEqual((card.to_read_count, card.round_start), (4, date.today()))

    def test_each_number_is_that_of_its_list(self):
        for section in self.sections:
            card = self.card(section)
            for name, field in NUMBERS.items():
                with self.subTest(section=section.name, number=name):
                    self.assertEqual(card[field], self.listed(card, name) if name != "meters" else card.meter_count)
        card = self.card(self.water)
        self.assertEqual((card.to_check_count, card.to_synchronise_count, card.gap_count), (1, 8, 4))

    def test_an_unknown_list_is_refused(self):
        with self.assertRaises(UserError):
            self.card(self.water).with_context(dashboard_list="res.users").action_open_list()

    def test_a_section_whose_company_is_not_ticked_is_there_and_its_lists_open(self):
        here = self.env["utility.dashboard"].with_user(self.agent_both)
        here = here.with_context(allowed_company_ids=self.budget_sewerage.ids)
        card = here.search([("section_id", "=", self.water.id)])
        self.assertEqual((card.name, card.to_check_count), ("EAU", 1))
        self.assertEqual(self.listed(card, "to_check"), 1)

    def test_each_role_sees_its_cards(self):
        self.assertEqual(set(self.cards(self.agent_water).mapped("name")) & {"EAU", "ASSAINISSEMENT"}, {"EAU"})
        monitor = self.user("monitor_only", MONITOR, self.budgets)
        self.assertEqual(set(self.cards(monitor).mapped("kind")) - {"connector"}, set())
        self.assertNotIn("billed_this_year", self.env["utility.dashboard"].with_user(self.agent_water).fields_get())
        self.assertIn("billed_this_year", self.env["utility.dashboard"].with_user(self.manager).fields_get())

    def test_the_same_queries_whatever_there_is_to_count(self):
        fields = {name: {} for name in (*NUMBERS.values(), "name", "round_start")}
        self.cards().web_read(fields)  # from here on, Odoo's caches are filled
        counts = []
        for first in (100, 200, 300):
            self.populate(first)
            self.env.flush_all()
            cards = self.cards()
            before = self.env.cr.sql_log_count
            cards.web_read(fields)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], "the first time also warms caches")
        self.assertLess(counts[0], 30)
