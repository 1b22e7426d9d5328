"""*Mise en route*: what a step cannot make, it says; each step opens its screen, by whoever may see it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.setup.samples import Samples
from .support.people import new_test_user
from .support.whole import Whole
from .test_setup import SetupCase

#: Model of the screen of each step.
SCREENS = {
    "companies": "res.company",
    "vat": "account.tax",
    "sections": "utility.section",
    "tariffs": "utility.tariff",
    "sharing": "utility.billing.settings",
    "rights": "res.users",
    "subscribers": "res.partner",
    "meters": "utility.meter",
    "subscriptions": "utility.subscription",
    "readings": "utility.reading",
    "matching": "utility.meter.matching",
    "campaign": "utility.billing.run",
    "connector": "ledger.connector",
}
MANAGER = "utility_billing_sync.group_utility_manager"


@tagged("-standard", "l10n_fr_account", "post_install", "-at_install")
class TestSetupScreens(Whole, SetupCase):
    def accounts(self, company):
        return self.env["account.account"].search_count([("company_ids", "in", company.ids)])

    def test_each_step_opens_its_screen(self):
        steps = self.step("companies").search([])
        self.assertEqual(steps.mapped("key"), list(SCREENS))
        for step in steps:
            with self.subTest(step.key):
                self.assertEqual(step.action_open_screen()["res_model"], SCREENS[step.key])

    def test_steps_are_opened_by_those_who_may(self):
        manager = new_test_user(
            self.env,
            "setup_manager",
            MANAGER,
            company_id=self.companies[0].id,
            company_ids=[(6, 0, self.companies.ids)],
        )
        for key in SCREENS:
            step = self.step(key, manager)
            with self.subTest(key):
                closed = key in ("companies", "vat", "rights", "connector")
                self.assertEqual(step.can_open, not closed)
                if closed:
                    self.assertTrue(step.lacking_right)
                    with self.assertRaises(AccessError):
                        step.action_open_screen()
                else:
                    self.assertEqual(step.action_open_screen()["res_model"], SCREENS[key])

    def test_imports_and_forms_are_opened(self):
        for key in ("subscribers", "meters", "subscriptions"):
            action = self.step(key).action_make()
            self.assertEqual((action["tag"], action["params"]["active_model"]), ("import", SCREENS[key]))
            self.assertEqual(action["context"]["allowed_company_ids"], self.user.company_ids.ids)
        self.assertEqual(self.step("readings").action_make()["res_model"], "utility.reading.import")
        for key in ("matching", "campaign", "connector"):
            action = self.step(key).action_make()
            self.assertEqual((action["res_model"], action["views"]), (SCREENS[key], [(False, "form")]))

    def test_a_company_without_country_gets_no_chart(self):
        """Odoo would choose a chart of another country."""
        self.companies[1].country_id = False
        with self.assertRaises(UserError) as refused:
            self.step("companies").with_context(lang="en_US").action_make()
        self.assertEqual(str(refused.exception), f"Give the country of {self.companies[1].name} first.")
        self.assertFalse(self.step("companies").is_done)
        self.assertFalse(self.accounts(self.companies[0]))

    def test_a_company_without_chart_beside_one_that_has_it(self):
        """The chart of one company is not that of another one that is ticked, too."""
        self.env["account.chart.template"].try_loading(None, self.companies[0], install_demo=False)
        count = self.accounts(self.companies[0])
        self.assertEqual((bool(count), self.accounts(self.companies[1])), (True, 0))
        self.assertFalse(self.step("companies").is_done)
        self.make("companies")
        self.assertTrue(self.step("companies").is_done)
        self.assertTrue(self.accounts(self.companies[1]))
        self.assertEqual(self.accounts(self.companies[0]), count)

    def test_a_step_without_country_is_not_done_whatever_its_chart(self):
        self.make("companies")
        self.assertTrue(self.step("companies").is_done)
        self.companies[1].country_id = False
        self.env.invalidate_all()
        self.assertFalse(self.step("companies").is_done)

    def test_vat_that_the_chart_lacks(self):
        """The other rates are switched on all the same; the sentence names company and rate."""
        self.make("companies")
        taxes = self.env["account.tax"].with_context(active_test=False)
        domain = [("company_id", "=", self.companies[1].id), ("type_tax_use", "=", "sale"), ("amount", "=", 10.0)]
        taxes.search(domain).amount = 9.9
        with self.assertRaises(UserError) as refused:
            self.step("vat").with_context(lang="en_US").action_make()
        said = str(refused.exception)
        self.assertIn(f"no sales tax for {self.companies[1].name} (10 %): create it", said)
        self.assertNotIn(self.companies[0].name, said)
        self.assertNotIn("5.5", said)
        self.assertFalse(self.step("vat").is_done)

    def test_the_account_of_a_product_is_one_of_its_company(self):
        """The first one of the plan that there is; without any income account, none, rather than another company's."""
        self.make("companies", "vat", "sections")
        water, sewerage = (self.env["account.account"].with_company(company) for company in self.companies)
        domain = [("account_type", "=", "income")]
        water.search([*domain, ("company_ids", "in", self.companies[0].ids), ("code", "=like", "7011%")]).active = False
        sewerage.search([*domain, ("company_ids", "in", self.companies[1].ids)]).active = False
        self.make("tariffs")
        products = self.env["product.product"].search([("company_id", "in", self.companies.ids)])
        for company, start in zip(self.companies, ({"701"}, set()), strict=True):
            mine = products.filtered(lambda p, c=company: p.company_id == c).with_company(company)
            accounts = mine.property_account_income_id
            self.assertEqual({account.code[:3] for account in accounts}, start)
            self.assertLessEqual(accounts.company_ids, company)

    def test_whose_rights_count(self):
        """Those of somebody of the town, not the administrator's."""
        names = ("group_utility_user", "group_ledger_monitor")
        groups = [self.env.ref(f"utility_billing_sync.{name}").id for name in names]
        people = self.env["res.users"].search([("all_group_ids", "in", groups)])
        (people - self.user).filtered(lambda user: not user._is_admin()).active = False
        agent = new_test_user(self.env, "setup_agent", "utility_billing_sync.group_utility_user")
        self.env.invalidate_all()
        self.assertTrue(self.step("rights").is_done)
        self.assertIn(agent.name, self.step("rights").found)
        self.assertNotIn(self.env.ref("base.user_admin").name, self.step("rights").found)

    def test_samples_of_the_first_section_of_a_service(self):
        """Of two sections of water, the one that comes first; its first tariff."""
        second, first = self.env["utility.section"].create(
            [
                {"name": f"Section {code}", "code": code, "company_id": company.id, "sequence": sequence}
                for code, company, sequence in zip(("EP2", "EP1"), self.companies, (20, 10), strict=True)
            ]
        )
        tariffs = self.env["utility.tariff"].create([{"name": name, "section_id": first.id} for name in ("A1", "A2")])
        samples = Samples(self.step("meters").env)
        self.assertNotIn(second.name, samples.text("compteurs.csv"))
        self.assertIn(first.name, samples.text("compteurs.csv"))
        self.assertIn(tariffs[0]._name_in_files(), samples.text("abonnements.csv"))
        self.assertNotIn(tariffs[1]._name_in_files(), samples.text("abonnements.csv"))
        self.assertIn("EP1", samples.text("abonnements.csv"))
