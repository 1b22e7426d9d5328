"""The dashboard: each figure equals the list that it opens, with a constant number of queries."""

import json
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import format_amount

from ..models.dashboard.section_figures import SectionFigures
from .support.sharing import JUNE, MANAGER, MARCH, SharingCase

MONITOR = "utility_billing_sync.group_ledger_monitor"
#: Figures of a connector's own card.
CONNECTOR = ("waiting_count", "anomaly_count", "payment_count", "received_count")
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

    def test_what_is_not_written_yet_counts(self):
        """Three of four, then two of three are read."""
        self.read_index(self.meters[0], "2025-07-01", 120)
        card = self.card(self.water)
        self.assertEqual((card.to_read_count, card.read_rate), (1, 75))
        card = self.card(self.water)
        self.meters[1].subscription_ids.date_end = date(2025, 12, 31)
        self.assertEqual((card.meter_count, card.read_rate), (3, 67))

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

    def test_where_nothing_waits_there_are_zeros(self):
        """So there are on cards that are no section's; each card has the figures of its own kind."""
        empty = self.make_empty()
        self.env["ledger.connector"].create({"name": "FRP", "company_ids": [(6, 0, empty.company_id.ids)]})
        self.agent_both.group_ids |= self.env.ref("utility_billing_sync.group_ledger_monitor") | self.env.ref(MANAGER)
        self.agent_both.company_ids |= empty.company_id
        cards = self.cards().filtered(lambda card: card.section_id == empty or card.kind in ("setup", "connector"))
        self.assertLessEqual({"section", "setup", "connector"}, set(cards.mapped("kind")))
        names = [name for name in cards.fields_get() if name.endswith("_count") and name not in CONNECTOR]
        self.assertGreater(len(names), 10)
        for card in cards:
            with self.subTest(card.kind):
                self.assertFalse([name for name in (*names, "read_rate") if name != "setup_count" and card[name]])
                self.assertEqual(bool(card.setup_count), card.kind == "setup")
                self.assertEqual((card.setup_done > 0, bool(card.setup_next)), (card.kind == "setup",) * 2)
                self.assertFalse(card.run_id or card.sending_id or card.billed_graph)
        names = {card.kind: card.name for card in cards}
        self.assertEqual((names["section"], names["connector"], names["setup"]), ("Pluvial", "FRP", "Setup"))

    def make_empty(self):
        company = self.env["res.company"].create({"name": "Budget pluvial"})
        values = {"name": "Pluvial", "code": "PL", "service": "other", "company_id": company.id}
        return self.env["utility.section"].create(values)

    def test_what_was_billed_is_shown_by_quarter(self):
        year = fields.Date.context_today(self.water).year
        quarters = {
            date(year, 1, 1): (200.0, 60.0),
            date(year, 10, 1): (75.5, 40.0),
            date(year - 1, 10, 1): (98.75, 25.0),
        }
        with patch.object(SectionFigures, "billed", return_value={self.water.id: quarters}):
            card, other = (self.card(section, self.manager) for section in self.sections)
            shown = [(c.billed_this_year, c.billed_last_year, c.volume_this_year) for c in card | other]
            graph = json.loads(card.billed_graph)[0]["values"]
            self.assertFalse(other.billed_graph)
        currency = self.budget_water.currency_id
        this, last, none = (format_amount(card.env, amount, currency) for amount in (275.5, 98.75, 0))
        self.assertEqual(shown, [(this, last, "100 m³"), (none, none, "0 m³")])
        values = [0, 0, 0, 25, 60, 0, 0, 40]
        labels = [f"Q{quarter} {each}" for each in (year - 1, year) for quarter in range(1, 5)]
        kinds = ["past"] * 4 + ["future"] * 4
        self.assertEqual(
            [(bar["label"], bar["value"], bar["type"]) for bar in graph], list(zip(labels, values, kinds, strict=True))
        )

    def test_what_the_buttons_of_a_card_open(self):
        card = self.card(self.water, self.manager)
        for name in ("action_new_reading", "action_new_campaign", "action_open_campaign"):
            with self.subTest(name):
                self.assertEqual(getattr(card, name)()["views"], [(False, "form")])
        context = card.action_view_received()["context"]
        self.assertEqual(context, {"create": False, "utility_companies": True})
        self.assertIn(("has_anomaly", "=", True), card.action_view_anomalies()["domain"])
        with self.assertRaises(AccessError):
            card.with_user(self.env.ref("base.public_user")).with_context(dashboard_list="to_read").action_open_list()
        with self.assertRaises(ValueError):
            (card | self.card(self.sewerage)).with_context(dashboard_list="to_read").action_open_list()

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
