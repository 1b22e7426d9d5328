"""Every search box, filter and autocomplete of the module's screens answers, in few queries."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.metering import shown_names
from .support.searches import all_searches, own_views
from .support.sharing import JUNE, MARCH, SharingCase

#: Most queries of a search: the search itself, its count, what is looked up first.
QUERIES = 12


@tagged("post_install", "-at_install")
class TestSearches(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(3):
            here, _there = cls.shared(f"S-{number}1", street=f"{number} rue du Lavoir")
            cls.subscribe(here)
            cls.read_index(here, MARCH, 100)
            cls.read_index(here, JUNE, 150)
        cls.administrator = cls.env.ref("base.user_admin")
        cls.administrator.company_ids |= cls.budgets
        cls.administrator.group_ids |= cls.env.ref("utility_billing_sync.group_utility_manager")
        cls.administrator.group_ids |= cls.env.ref("utility_billing_sync.group_ledger_manager")
        context = {"allowed_company_ids": cls.budgets.ids}
        cls.searches = all_searches(cls.env(user=cls.administrator, context=context))

    def test_every_search_answers_in_few_queries(self):
        env = self.env(user=self.administrator, context={"allowed_company_ids": self.budgets.ids})
        for search in self.searches:
            with self.subTest(f"{search.model} {search.kind} {search.name}"):
                search.run(env)
                env.flush_all()
                before = env.cr.sql_log_count
                search.run(env)
                self.assertLessEqual(env.cr.sql_log_count - before, QUERIES)

    def test_none_is_forgotten(self):
        searched = {search.model for search in self.searches if search.kind != "autocomplete"}
        self.assertEqual(searched, set(own_views(self.env, ["search"]).mapped("model")))
        completed = {search.model for search in self.searches if search.kind == "autocomplete"}
        self.assertLess({"utility.meter", "utility.section", "utility.tariff", "res.partner"}, completed)
        self.assertIn(("utility.reading", "field", "meter_id"), {(s.model, s.kind, s.name) for s in self.searches})

    # === INDEXES === #

    def seen(self, model):
        return self.env(user=self.administrator, context={"allowed_company_ids": self.budgets.ids})[model]

    def texts(self, records, domain):
        """Return the fields whose texts a domain compares: {(model, field)}."""
        found = set()
        for condition in Domain(domain).iter_conditions():
            field = records._fields[condition.field_expr]
            if condition.operator == "any":
                found |= self.texts(records.env[field.comodel_name], condition.value)
            elif condition.operator == "ilike":
                found.add((records._name, field.name))
        return found

    def test_searches_by_a_part_of_a_name_use_an_index_of_texts(self):
        self.assertTrue(self.env.registry.has_trigram, "PostgreSQL's extension pg_trgm is missing")
        compared = set()
        for model in ("utility.connection.point", "utility.meter", "utility.subscription"):
            for way in self.seen(model)._shown_as("ilike", ["lavoir"]):
                fields = self.texts(self.env[model], way)
                self.assertEqual(len({table for table, _field in fields}), 1, "one table in each domain")
                compared |= fields
        self.assertLess({("res.partner", "name"), ("utility.connection.point", "street")}, compared)
        for model, field in compared:
            with self.subTest(f"{model}.{field}"):
                self.assertRegex(self.index_definitions(model), rf"\b{field}\b\S* gin_trgm_ops")

    def index_definitions(self, model):
        query = SQL("SELECT indexdef FROM pg_indexes WHERE tablename = %s", self.env[model]._table)
        return "\n".join(row[0] for row in self.env.execute_query(query))

    def test_the_first_page_of_a_list_is_read_in_the_order_of_an_index(self):
        for model in ("utility.connection.point", "utility.meter", "utility.subscription", "utility.reading"):
            with self.subTest(model):
                query = self.seen(model)._search([], order=self.env[model]._order, limit=80)
                # plan as for a large table
                self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
                plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                self.assertNotIn("Sort", "\n".join(row[0] for row in plan))

    def test_a_frequent_text_finds_the_same_records_as_a_rare_one(self):
        env = self.seen("utility.meter").env
        for model in ("utility.connection.point", "utility.meter", "utility.subscription"):
            for text in ("lavoir", "durand", "S-"):
                named = [("display_name", "ilike", text)]
                rare, proposed = env[model].search(named), env[model].name_search(text, limit=2)
                with self.subTest(f"{model} {text}"), patch.object(shown_names, "FEW", 0):
                    self.assertTrue(rare)
                    self.assertEqual(env[model].search(named), rare)
                    self.assertEqual(len(proposed), min(2, len(rare)))
                    self.assertLessEqual({id_ for id_, _name in proposed}, set(rare.ids))

    def test_a_frequent_text_is_not_looked_up_as_a_whole(self):
        meters = self.seen("utility.meter")
        with patch.object(shown_names, "FEW", 1):
            found = shown_names.found_by(meters, *meters._shown_as("ilike", ["lavoir"]))
        self.assertFalse([each for each in found.iter_conditions() if each.field_expr == "id" and each.value])
        self.assertEqual(len(meters.search(found)), 6)

    def test_the_opposite_of_a_search_finds_the_others(self):
        """What a field's own search does not know, Odoo derives from what it knows, or refuses; it is never ignored."""
        today = fields.Date.context_today(self.env["utility.subscription"])
        card, other, third = self.shared("N-1")[0], self.meter(number="N-2"), self.meter(number="N-3")
        martin = self.env["res.partner"].create({"name": "Martin"})
        values = [
            {"meter_id": card.id, "date_start": today + timedelta(1)},
            {"meter_id": other.id, "date_start": today, "date_end": today},
            {"meter_id": third.id, "date_start": today - timedelta(9), "date_end": today - timedelta(1)},
        ]
        future, running, ended = self.env["utility.subscription"].create(
            [{"partner_id": martin.id, **v} for v in values]
        )
        self.assertEqual((future + running + ended).mapped("state"), ["future", "running", "ended"])
        self.read_index(card, JUNE, 5)
        for model, of_them, domain, found in (
            (future, future + running + ended, [("state", "=", "future")], future),
            (future, future + running + ended, [("state", "=", "running")], running),
            (future, future + running + ended, [("state", "=", "ended")], ended),
            (future, future + running + ended, [("state", "!=", "future")], running + ended),
            (future, future + running + ended, [("state", "not in", ["future", "ended"])], running),
            (card, card + other + third, [("is_to_read", "!=", True)], card + third),
            (card, card + other + third, [("is_to_read", "=", True)], other),
            (card, card + other + third, [("gap_count", "=", 0)], other + third),
            (card, card + other + third, [("gap_count", "!=", 0)], card),
        ):
            with self.subTest(domain):
                self.assertEqual(model.search([("id", "in", of_them.ids), *domain]), found)
        for model, domain in (
            (card, [("gap_count", ">", 1)]),
            (card, [("unpaired_matching_id", ">", 1)]),
            (future, [("state", ">", "future")]),
        ):
            with self.subTest(domain), self.assertRaisesRegex(UserError, "Unsupported operator"):
                model.search(domain)
