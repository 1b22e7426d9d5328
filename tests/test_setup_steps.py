"""*Mise en route*: when each step is done, and what it makes, in a town without a chart of accounts."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..models.setup.step import Step
from ..models.setup.steps import STEPS
from .support.billing import make_sale_tax
from .support.people import new_test_user
from .support.sharing import MODULE, NO_LOGO


@tagged("post_install", "-at_install")
class TestSteps(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["utility.section"].search([]).active = False
        france = cls.env.ref("base.fr").id
        values = {**NO_LOGO, "country_id": france, "account_fiscal_country_id": france}
        names = ("Ville Eau", "Ville Égouts", "Ville Pluvial")
        cls.companies = cls.env["res.company"].create([{**values, "name": name} for name in names])
        cls.water, cls.sewerage, cls.rain = cls.companies
        groups = "base.group_system,account.group_account_manager,base.group_partner_manager"
        cls.user = new_test_user(
            cls.env,
            "steps_administrator",
            f"{groups},{MODULE}.group_utility_manager,{MODULE}.group_ledger_manager",
            company_id=cls.water.id,
            company_ids=[Command.set(cls.companies.ids)],
            lang="en_US",
        )

    def step(self, key, companies=None, user=None):
        ticked = (companies or self.companies).ids
        return STEPS[key](self.env(user=user or self.user, context={"allowed_company_ids": ticked, "lang": "en_US"}))

    def record(self, key, user=None):
        self.env.invalidate_all()
        env = self.step(key, user=user).env
        return env["utility.setup.step"].search([("key", "=", key)])

    def person(self, group):
        companies = {"company_id": self.water.id, "company_ids": [Command.set(self.companies.ids)]}
        return new_test_user(
            self.env, f"steps_of_{group}", f"{MODULE}.group_utility_{group}", lang="en_US", **companies
        )

    def section(self, company, code, service="water", **values):
        values = {"name": f"Section {code}", "code": code, "service": service, "company_id": company.id, **values}
        return self.env["utility.section"].create(values)

    def journal(self, company, code, kind="sale"):
        return self.env["account.journal"].create({"name": code, "code": code, "type": kind, "company_id": company.id})

    # Companies, sections and tariffs

    def test_companies(self):
        """Each one has a country and accounts; a chart is loaded where there are none."""
        step, loaded = self.step("companies", self.water | self.sewerage), []
        self.assertFalse(step.is_done())
        self.accounting(self.water)
        self.patch(
            type(self.env["account.chart.template"]),
            "try_loading",
            lambda _templates, code, company: loaded.append((code, company)),
        )
        step.make()
        self.assertEqual((loaded, step.is_done()), ([(None, self.sewerage)], False))
        self.accounting(self.sewerage)
        self.assertEqual((step.is_done(), step.found()), (True, "Ville Eau, Ville Égouts"))
        self.sewerage.country_id = False
        self.assertFalse(step.is_done())
        with self.assertRaisesRegex(UserError, "Give the country of Ville Égouts first."):
            step.make()

    def test_sections(self):
        """A company each: the services that the town has not yet, in their order; journals by the section's code."""
        sales, taken = self.journal(self.water, "WAT"), self.journal(self.sewerage, "SEW", "general")
        step = self.step("sections")
        self.assertFalse(step.is_done())
        self.assertEqual(step.lacking(), "No section yet: Ville Eau, Ville Égouts, Ville Pluvial")
        step.make()
        found = self.env["utility.section"].search([("company_id", "in", self.companies.ids)], order="sequence")
        self.assertEqual(found.company_id, self.companies)
        self.assertEqual(found.mapped("service"), ["water", "sewerage", "other"])
        self.assertEqual(found.mapped("code"), ["WAT", "SEW", "1"])
        self.assertEqual(found.mapped("sequence"), [10, 20, 30])
        self.assertEqual((found[0].journal_id, found[1].journal_id.type), (sales, "sale"))
        self.assertNotEqual(found[1].journal_id, taken)
        self.assertEqual((found[1].journal_id.code, found[1].journal_id.name), ("INV1", "Bills SEWERAGE"))
        self.assertEqual((step.is_done(), step.lacking(), step.found()), (True, "", "WATER, SEWERAGE, Ville Pluvial"))
        found[1].journal_id = False
        self.assertFalse(step.is_done())

    def test_a_journal_of_a_section_with_a_long_code(self):
        sections = self.section(self.water, "pluviales") | self.section(self.rain, "pluviales")
        known = self.journal(self.water, "PLUVI")
        self.step("sections", self.water).make()
        self.assertEqual(sections.mapped("journal_id.code"), ["PLUVI", "PLUVI"])
        self.assertEqual((sections[0].journal_id, sections[1].journal_id.company_id), (known, self.rain))

    def accounting(self, company, *rates):
        accounts = self.env["account.account"].with_company(company)
        vat = accounts.create({"code": "445710", "name": "TVA", "account_type": "liability_current"})
        for code in ("708000", "701200", "701190", "701100", "706000"):
            accounts.create({"code": code, "name": code, "account_type": "income"})
        taxes = self.env["account.tax"]
        for rate in rates:
            taxes |= make_sale_tax(company, rate, vat)
        return taxes

    def test_tariffs(self):
        """A product per price, with its account and VAT; prices are left to the town."""
        with self.assertRaisesRegex(UserError, "Create the sections first"):
            self.step("tariffs").make()
        section = self.section(self.water, "EAU")
        with self.assertRaisesRegex(UserError, "Switch on the VAT rates first: Ville Eau has no tax of 5.5 %"):
            self.step("tariffs").make()
        taxes = self.accounting(self.water, 5.5) | self.env["account.tax"]
        goods, more = (taxes.copy({"name": name, "tax_scope": "consu"}) for name in ("Goods", "More goods"))
        action = self.step("tariffs").make()
        tariff = self.env["utility.tariff"].search([("section_id", "=", section.id)])
        self.assertEqual((action["res_id"], action["views"]), (tariff.id, [(False, "form")]))
        lines = tariff.version_ids.line_ids
        self.assertEqual(sorted(lines.mapped("kind")), ["block", "fixed", "levy", "levy"])
        self.assertEqual((set(lines.mapped("price")), tariff.name), ({0}, "Section EAU – households"))
        self.assertEqual(str(tariff.version_ids.date_start), f"{fields.Date.today().year - 1}-01-01")
        products = lines.product_id.with_company(self.water)
        self.assertEqual(products.property_account_income_id.code, "701100")
        self.assertEqual(products.taxes_id, goods | more.browse())
        self.assertFalse(any(products.mapped("purchase_ok")))
        for price in (0, 0.5):
            lines[0].price = price
            self.assertEqual(self.step("tariffs").is_done(), price > 0)
        other = self.section(self.rain, "PL", "other")
        self.assertFalse(self.step("tariffs").is_done(), "each section has a price")
        self.accounting(self.rain, 10.0)
        tariff.unlink()
        products[0].copy({"name": products[0].name})
        action = self.step("tariffs").make()
        self.assertFalse(action.get("res_id"), "two tariffs are a list")
        again = self.env["utility.tariff"].search([("section_id", "in", (section | other).ids)])
        self.assertEqual(
            again.filtered(lambda one: one.section_id == section).version_ids.line_ids.product_id, products
        )
        rain = again.filtered(lambda one: one.section_id == other).version_ids.line_ids.product_id
        self.assertEqual(rain.with_company(self.rain).property_account_income_id.code, "701100")
        self.assertEqual(set(rain.mapped("name")), {"Section PL, fixed part", "Section PL, volume"})

    def test_vat(self):
        """The rates of the sections that there are; taxes whose price includes them do not count."""
        rates = self.step("vat", self.water)
        self.assertEqual(set(rates._rates(self.water)), {5.5, 10.0})
        taxes = self.accounting(self.water, 5.5, 10.0)
        self.assertEqual((rates.is_done(), rates.found()), (True, "5.5 %, 10 %"))
        taxes.active = False
        self.assertEqual((rates.is_done(), rates.found()), (False, ""))
        section = self.section(self.water, "EAU")
        self.section(self.rain, "PL", "sewerage")
        with self.assertRaisesRegex(UserError, r"no sales tax for Ville Pluvial \(10 %\): create it"):
            rates.make()
        self.assertEqual(taxes.mapped("active"), [True, False], "the others are switched on all the same")
        self.assertFalse(rates.is_done())
        self.accounting(self.rain, 10.0)
        self.assertEqual((rates.is_done(), rates.found()), (True, "5.5 %, 10 %"))
        self.assertEqual(set(rates._rates(self.water)), {5.5})
        section.service = "other"
        self.assertEqual(set(rates._rates(self.water)), {5.5, 10.0})
        taxes[0].price_include_override = "tax_included"
        section.service = "water"
        self.assertFalse(rates.is_done())
        self.assertEqual(rates.open()["context"], {"search_default_sale": True, "active_test": False})

    # Records

    def test_who_is_a_subscriber(self):
        """Somebody with an address: no company of one's own, no user, no address of somebody else."""
        step = self.step("subscribers")
        before = step._number()
        street = {"street": "1 rue"}
        person = self.env["res.partner"].create({"name": "Durand", **street})
        self.env["res.partner"].create([{"name": "Sans adresse"}, {"name": "Autre", "parent_id": person.id, **street}])
        self.water.partner_id.street = "Mairie"
        new_test_user(self.env, "steps_agent", "base.group_user").partner_id.street = "2 rue"
        self.assertEqual(step._number(), before + 1)
        self.assertTrue(step.is_done())
        self.assertEqual(step.found(), f"{before + 1} contacts with an address")

    def test_meters_of_each_section(self):
        step = self.step("meters")
        self.assertFalse(step.is_done())
        sections = self.section(self.water, "EAU") | self.section(self.sewerage, "ASST", "sewerage")
        for section, done in zip(sections, (False, True), strict=True):
            self.env["utility.meter"].create({"serial_number": f"N-{section.code}", "section_id": section.id})
            self.assertEqual(step.is_done(), done)
        self.assertEqual(step.found(), "Section ASST : 1, Section EAU : 1")

    def test_sharing_and_matching(self):
        """With one section, there is nothing to share or to match; without any, it is too early to say."""
        sharing, matching = self.step("sharing"), self.step("matching")
        self.assertEqual((sharing.is_done(), matching.is_done()), (False, False))
        water = self.section(self.water, "EAU")
        self.assertEqual((sharing.is_done(), matching.is_done()), (True, True))
        sewerage = self.section(self.sewerage, "ASST", "sewerage")
        self.assertEqual((sharing.is_done(), matching.is_done(), matching.found()), (False, False, ""))
        run = self.env["utility.meter.matching"].create({"section_id": water.id, "other_section_id": sewerage.id})
        run.state = "running"
        self.assertFalse(matching.is_done())
        run.state = "ready"
        self.assertTrue(matching.is_done())
        run.unlink()
        sharing.make()
        self.assertTrue(all(self.companies[:2].mapped("share_connection_points")))
        self.assertFalse(self.rain.share_connection_points)
        self.assertTrue(sharing.is_done())
        card = self.env["utility.meter"].create({"serial_number": "N-1", "section_id": water.id})
        self.env["utility.meter"].create(
            {"connection_point_id": card.connection_point_id.id, "section_id": sewerage.id}
        )
        self.env.invalidate_all()
        self.assertEqual((matching.is_done(), matching.found()), (True, "1 shared connection points"))

    def test_the_first_campaign(self):
        step, section = self.step("campaign"), self.section(self.water, "EAU")
        run = self.env["utility.billing.run"].create(
            {"section_id": section.id, "date_start": "2026-01-01", "date_end": "2026-03-31"}
        )
        for state, done in (("draft", False), ("running", False), ("billed", True), ("posted", True)):
            run._by_server().state = state
            self.assertEqual(step.is_done(), done)

    def test_the_connector(self):
        step = self.step("connector")
        connector = self.env["ledger.connector"].create(
            {"name": "FRP", "company_ids": [Command.set(self.water.ids)], "directory": "steps"}
        )
        self.assertEqual((step.is_done(), step.found()), (False, "FRP"))
        connector._by_server().last_success = "2026-03-01"
        self.assertTrue(step.is_done())
        manager = self.person("manager")
        self.assertEqual(self.step("connector", user=manager).is_done(), False)

    def test_whose_rights_count(self):
        """Three names at most are shown; the administrator's own right is not that of somebody of the town."""
        step, before = self.step("rights"), self.step("rights")._people()
        agents = [
            new_test_user(self.env, f"steps_{rank}", f"{MODULE}.group_{group}")
            for rank, group in enumerate(("utility_user", "ledger_monitor", "utility_user", "utility_manager"))
        ]
        new_test_user(self.env, "steps_portal", "base.group_portal")
        self.assertEqual(set(step._people() - before), set(agents))
        self.assertFalse(step._people().filtered(lambda user: user._is_admin() or user.share))
        self.assertEqual(len(step.found().split(", ")), 3)

    # What a step shows

    def test_the_state_of_steps(self):
        section = self.record("sections")
        self.assertEqual((section.is_done, section.lacking), (False, False))
        self.assertEqual((section.can_make, section.can_open, section.lacking_right), (True, True, False))
        self.assertEqual((self.record("meters").sample, section.sample), ("compteurs.csv", ""))
        self.assertFalse(self.record("rights").can_make, "nothing can be made")
        made = self.section(self.water, "EAU")
        made.journal_id = self.journal(self.water, "EAU")
        section = self.record("sections")
        self.assertEqual((section.is_done, section.found), (True, "Section EAU"))
        self.assertEqual(section.lacking, "No section yet: Ville Égouts, Ville Pluvial")
        steps = section.search([])
        self.assertEqual(len(steps.filtered("is_next")), 1)
        self.assertEqual(steps.filtered("is_next"), steps.filtered(lambda step: not step.is_done)[0])
        self.assertEqual(self.record("sharing").action_make(), {"type": "ir.actions.client", "tag": "soft_reload"})
        self.assertEqual(self.record("campaign").action_make()["res_model"], "utility.billing.run")

    def test_rights_of_steps(self):
        manager, agent = self.person("manager"), self.person("user")
        step = self.record("sections", manager)
        right = self.env.ref("account.group_account_manager").full_name
        self.assertEqual((step.can_make, step.can_open, step.lacking_right), (False, True, right))
        with self.assertRaisesRegex(AccessError, "ask a user with the right"):
            step.action_make()
        self.assertEqual(self.record("vat", manager).can_open, False)
        for name in ("action_make", "action_open_screen"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(step.with_user(agent), name)()
        for several in (step.browse(), self.record("vat") | self.record("sections")):
            for name in ("action_make", "action_open_screen", "action_download_sample"):
                with self.subTest(name), self.assertRaises(ValueError):
                    getattr(several, name)()
        self.companies.utility_setup_closed = False
        with self.assertRaises(AccessError):
            step.with_user(agent).action_hide()
        step.with_context(allowed_company_ids=self.water.ids).action_hide()
        self.assertEqual(self.companies.mapped("utility_setup_closed"), [True, False, False])
        base = Step(self.env)
        for hook in (base.is_done, base.open):
            self.assertRaises(NotImplementedError, hook)
        self.assertEqual((base.found(), base.lacking(), base.make()), ("", "", None))
