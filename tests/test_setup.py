"""*Mise en route*: each step knows whether it is done and makes what can be made; samples are imported as they are."""

import base64
from datetime import date
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, tagged

from ..models.setup.samples import Samples
from .support.language import add_french
from .support.people import new_test_user

SAMPLES = Path(__file__).resolve().parent.parent / "static/samples"


class SetupCase(TransactionCase):
    """A town from nothing. Its first step installs l10n_fr_account, which Odoo does not do in tests: where that is
    missing, Odoo's own runner leaves these classes out by their tags (`./dev test --from-nothing` walks through it).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)
        cls.env["utility.section"].search([]).active = False
        france = cls.env.ref("base.fr")
        names = ("Ville – Eau", "Ville – Assainissement")
        cls.companies = cls.env["res.company"].create([{"name": name, "country_id": france.id} for name in names])
        cls.user = new_test_user(
            cls.env,
            "setup_administrator",
            "base.group_system,account.group_account_manager,base.group_partner_manager,"
            "utility_billing_sync.group_utility_manager,utility_billing_sync.group_ledger_manager",
            company_id=cls.companies[0].id,
            company_ids=[(6, 0, cls.companies.ids)],
            lang="fr_FR",
        )

    @classmethod
    def step(cls, key, user=None):
        steps = cls.env["utility.setup.step"].with_user(user or cls.user)
        return steps.with_context(allowed_company_ids=cls.companies.ids, lang="fr_FR").search([("key", "=", key)])

    @classmethod
    def make(cls, *keys):
        for key in keys:
            cls.step(key).action_make()
            cls.env.invalidate_all()


@tagged("-standard", "l10n_fr_account", "post_install", "-at_install")
class TestSetup(SetupCase):
    def test_what_can_be_made_is_made_in_one_click(self):
        self.assertFalse(self.step("vat").is_done)
        with self.assertRaises(UserError):
            self.step("tariffs").action_make()
        self.make("companies", "vat", "sections", "tariffs", "sharing")
        for key in ("companies", "vat", "sections", "sharing"):
            self.assertTrue(self.step(key).is_done, key)
        self.assertFalse(self.step("tariffs").is_done, "its prices are still to be filled in")
        sections = self.env["utility.section"].search([("company_id", "in", self.companies.ids)])
        self.assertEqual(sections.mapped("service"), ["water", "sewerage"])
        self.assertEqual(sections.journal_id.mapped("type"), ["sale", "sale"])
        lines = self.env["utility.tariff"].search([("section_id", "in", sections.ids)]).version_ids.line_ids
        vat = {line.version_id.service: line.product_id.taxes_id.mapped("amount") for line in lines}
        self.assertEqual(vat, {"water": [5.5], "sewerage": [10.0]})
        accounts = {line.version_id.service: line.product_id.with_company(line.company_id) for line in lines}
        codes = {service: product.property_account_income_id.code[:3] for service, product in accounts.items()}
        self.assertEqual(codes, {"water": "701", "sewerage": "706"})
        starts = set(lines.version_id.mapped("date_start"))
        self.assertEqual(starts, {date(date.today().year - 1, 1, 1)}, "before the period of the first bills")
        for line in lines:
            line.price = 1
        self.env.invalidate_all()
        self.assertTrue(self.step("tariffs").is_done)

    def test_a_right_that_is_lacking_is_named(self):
        user = new_test_user(
            self.env,
            "setup_charge",
            "utility_billing_sync.group_utility_manager",
            company_id=self.companies[0].id,
            company_ids=[(6, 0, self.companies.ids)],
        )
        step = self.step("vat", user)
        self.assertFalse(step.can_make)
        with self.assertRaisesRegex(AccessError, "ask somebody|demandez"):
            step.action_make()

    def test_it_is_closed_on_the_dashboard_and_found_in_the_menu(self):
        cards = self.env["utility.dashboard"].with_user(self.user)
        cards = cards.with_context(allowed_company_ids=self.companies.ids)
        card = cards.search([("kind", "=", "setup")])
        self.assertEqual((card.setup_count, card.name), (13, "Setup"))
        card.action_close_setup()
        self.env.invalidate_all()
        self.assertFalse(cards.search([("kind", "=", "setup")]))
        self.assertTrue(self.step("vat").exists())


@tagged("-standard", "l10n_fr_account", "post_install", "-at_install")
class TestSetupBegun(SetupCase):
    """The charts of accounts, which take seconds to load, are there already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("companies", "vat")

    def test_a_second_company_comes_later(self):
        """Its section is made as the first one's was; what the first one has stays."""
        sections = self.env["utility.section"]
        values = {"name": "Eau potable", "code": "EP", "company_id": self.companies[0].id, "service": "water"}
        first = sections.create(values)
        first.journal_id = self.env["account.journal"].search(
            [("company_id", "=", first.company_id.id), ("type", "=", "sale")], limit=1
        )
        step = self.step("sections")
        self.assertTrue(step.is_done)
        self.assertIn(self.companies[1].name, step.lacking)
        self.make("sections")
        self.assertFalse(self.step("sections").lacking)
        made = sections.search([("company_id", "=", self.companies[1].id)])
        self.assertEqual((made.service, made.journal_id.type), ("sewerage", "sale"))
        self.assertEqual(sections.search([("company_id", "=", self.companies[0].id)]), first)
        self.assertFalse(self.step("sharing").is_done, "with two sections, there is something to share")

    def test_another_service_has_neither_water_nor_its_levies(self):
        section = self.env["utility.section"].create(
            {"name": "Pluvial", "code": "PL", "company_id": self.companies[0].id, "service": "other"}
        )
        self.make("sections", "tariffs")
        lines = self.env["utility.tariff"].search([("section_id", "=", section.id)]).version_ids.line_ids
        self.assertEqual(sorted(lines.mapped("kind")), ["block", "fixed"])
        self.assertTrue(all("Pluvial" in line.product_id.name for line in lines))

    def test_rates_are_written_as_in_the_language(self):
        self.env["account.tax"].search([("company_id", "in", self.companies.ids), ("amount", "=", 5.5)]).active = False
        self.env["utility.section"].create({"name": "EAU", "code": "EAU", "company_id": self.companies[0].id})
        with self.assertRaisesRegex(UserError, "5,5 %"):
            self.make("tariffs")

    def test_switching_sharing_on_leaves_the_other_options_of_each_company(self):
        self.make("sections")
        self.companies[0].utility_use_units = True
        self.make("sharing")
        self.assertEqual(self.companies.mapped("utility_use_units"), [True, False])

    def test_making_twice_makes_nothing_more(self):
        self.make("sections", "tariffs")
        before = [self.env[m].search_count([]) for m in ("utility.section", "utility.tariff", "product.product")]
        self.make("companies", "vat", "sections", "tariffs")
        after = [self.env[m].search_count([]) for m in ("utility.section", "utility.tariff", "product.product")]
        self.assertEqual(before, after)

    def test_the_first_step_that_is_not_done_is_next(self):
        steps = self.env["utility.setup.step"].with_user(self.user)
        steps = steps.with_context(allowed_company_ids=self.companies.ids).search([])
        self.assertEqual(steps.filtered("is_next").key, "sections")
        self.assertEqual(len(steps), 13)
        self.assertEqual(steps[11].key, "campaign", "twelve steps until the first bill")

    def load(self, model, name, content=None, companies=None):
        """Import a sample as the screen does: the columns that Odoo finds by themselves, in French."""
        wizard = (
            self.env["base_import.import"]
            .with_user(self.user)
            .with_context(allowed_company_ids=(companies or self.companies).ids, lang="fr_FR", tracking_disable=True)
        )
        content = content or (SAMPLES / name).read_bytes()
        wizard = wizard.create({"res_model": model, "file": content, "file_name": name, "file_type": "text/csv"})
        options = {
            "quoting": '"',
            "separator": "",
            "encoding": "",
            "has_headers": True,
            "keep_matches": False,
            "float_thousand_separator": " ",
            "float_decimal_separator": ",",
            "advanced": False,
            "date_format": "",
            "datetime_format": "",
            "sheet": "",
            "sheets": [],
        }
        preview = wizard.parse_preview(options)
        self.assertFalse(preview.get("error"), name)
        fields = ["/".join(preview["matches"].get(place) or []) or False for place in range(len(preview["headers"]))]
        self.assertTrue(all(fields), (preview["headers"], fields))
        result = wizard.execute_import(fields, preview["headers"], preview["options"])
        self.assertFalse(result.get("messages"), result.get("messages"))
        return self.env[model].browse(result["ids"])

    def test_the_samples_are_imported_as_they_are(self):
        self.make("sections", "tariffs", "sharing")
        subscribers = self.load("res.partner", "abonnes.csv")
        self.assertTrue(subscribers)
        meters = self.load("utility.meter", "compteurs.csv")
        subscriptions = self.load("utility.subscription", "abonnements.csv")
        self.assertEqual(meters.section_id.mapped("service"), ["water", "sewerage"])
        self.assertEqual(subscriptions.meter_id, meters)
        self.assertEqual(subscriptions.tariff_id.section_id, meters.section_id)
        for section in meters.section_id:
            dialog = (
                self.env["utility.reading.import"]
                .with_user(self.user)
                .with_context(allowed_company_ids=self.companies.ids)
                .create(
                    {
                        "section_id": section.id,
                        "filename": "releves.csv",
                        "file": base64.b64encode((SAMPLES / "releves.csv").read_bytes()),
                    }
                )
            )
            dialog.action_check()
            self.assertEqual((dialog.refused_count, dialog.problem), (0, False), dialog.refused_ids.mapped("reason"))
            dialog.action_import()
        for key in ("subscribers", "meters", "subscriptions", "readings"):
            self.env.invalidate_all()
            self.assertTrue(self.step(key).is_done, key)

    def test_the_samples_of_the_one_company_that_is_ticked(self):
        """The import finds the sections of ticked companies only: the file names no others."""
        self.make("sections", "tariffs")
        for company in self.companies:
            env = self.env(user=self.user, context={"lang": "fr_FR", "allowed_company_ids": company.ids})
            template = env["utility.meter"].get_import_templates()[0]["template"]
            self.assertTrue(template.endswith(f"?cids={company.id}"), template)
            for model, name in (
                ("res.partner", "abonnes.csv"),
                ("utility.meter", "compteurs.csv"),
                ("utility.subscription", "abonnements.csv"),
            ):
                content = Samples(env).text(name).encode()
                made = self.load(model, name, content, company)
                self.assertTrue(made, name)
                if model == "utility.meter":
                    self.assertEqual(made.company_id, company)
            self.env["res.partner"].search([("subscription_ids", "!=", False)]).name = "Déjà importé"

    def test_samples_bear_the_names_of_the_sections_that_there_are(self):
        """Sections and tariffs made by hand: the samples that are downloaded are imported as they are, too."""
        sections = self.env["utility.section"].create(
            [
                {"name": name, "code": code, "service": service, "company_id": company.id}
                for name, code, service, company in zip(
                    ("Eau potable", "Égouts"), ("EP", "EG"), ("water", "sewerage"), self.companies, strict=True
                )
            ]
        )
        self.env["utility.tariff"].create([{"name": "Ménages", "section_id": section.id} for section in sections])
        samples = Samples(self.env(user=self.user, context={"lang": "fr_FR"}))
        self.load("res.partner", "abonnes.csv", samples.text("abonnes.csv").encode())
        meters = self.load("utility.meter", "compteurs.csv", samples.text("compteurs.csv").encode())
        subscriptions = self.load("utility.subscription", "abonnements.csv", samples.text("abonnements.csv").encode())
        self.assertEqual(meters.section_id, sections)
        self.assertEqual(subscriptions.meter_id, meters)
        self.assertEqual(subscriptions.tariff_id.section_id, sections)
        sections[1].meter_ids.subscription_ids.date_end = "2026-01-31"
        sections[1].meter_ids.active = False
        sections[1].active = False
        alone = Samples(self.env(user=self.user)).text("compteurs.csv")
        self.assertEqual((alone.count("Eau potable"), "ASSAINISSEMENT" in alone), (5, False))

    def test_the_shipped_names_are_those_of_the_setup(self):
        self.make("sections", "tariffs")
        samples = Samples(self.env(user=self.user))
        for name in ("abonnes.csv", "compteurs.csv", "releves.csv"):
            self.assertEqual(samples.text(name), (SAMPLES / name).read_text("utf-8"))


@tagged("post_install", "-at_install")
class TestSampleFiles(HttpCase):
    def test_the_setup_offers_them_to_its_readers_alone(self):
        step = self.env["utility.setup.step"].search([("key", "=", "meters")])
        self.assertIn("compteurs.csv", step.action_download_sample()["url"])
        with self.assertRaises(AccessError):
            step.with_user(new_test_user(self.env, "sample_nobody", "base.group_user")).action_download_sample()

    def test_they_are_downloaded_by_agents_alone(self):
        for login, group, status in (
            ("sample_agent", "utility_billing_sync.group_utility_user", 200),
            ("sample_portal", "base.group_portal", 404),
        ):
            new_test_user(self.env, login, group)
            self.authenticate(login, login)
            with self.subTest(login):
                found = self.url_open("/utility_billing_sync/samples/compteurs.csv")
                self.assertEqual(found.status_code, status)
                self.assertEqual("Numéro de série" in found.content.decode(), status == 200)
                self.assertEqual(self.url_open("/utility_billing_sync/samples/inconnu.csv").status_code, 404)
                # website fails on the page of errors of such an address
                outside = self.url_open("/utility_billing_sync/samples/..%2F__init__.py")
                self.assertGreaterEqual(outside.status_code, 400)
                self.assertNotIn("import", outside.content.decode())
