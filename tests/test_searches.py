"""Every search box, filter and autocomplete of the module's screens answers, in few queries."""

from odoo.tests import tagged

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
