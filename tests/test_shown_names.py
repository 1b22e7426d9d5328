"""What is shown can be searched and imported: meters, points, subscriptions, readings."""

from types import SimpleNamespace

from odoo.tests import tagged

from ..models.metering.shown_names import text_index
from .support.language import add_french
from .support.sharing import JUNE, MARCH, SharingCase


@tagged("post_install", "-at_install")
class TestShownNames(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = cls.shared("B-1003", street="4 rue du Lavoir, bât. A", city="Clermont")
        cls.other = cls.meter(number="B-2004", street="9 rue Haute", city="Clermont")
        cls.contract = cls.subscribe(cls.cards[0])
        cls.read_index(cls.cards[0], MARCH, 100)
        cls.june = cls.read_index(cls.cards[0], JUNE, 150)
        cls.env = cls.env(user=cls.agent_both, context={"allowed_company_ids": cls.budgets.ids, "lang": "fr_FR"})
        add_french(cls.env)

    def found(self, model, name, operator="ilike"):
        return self.env[model].search([("display_name", operator, name)])

    def test_every_record_is_found_by_the_name_it_is_shown_under(self):
        for record in (*self.cards, self.other, self.cards[0].connection_point_id, self.contract, self.june):
            record = record.with_env(self.env)
            for operator in ("ilike", "="):
                with self.subTest(record.display_name, operator=operator):
                    self.assertEqual(self.found(record._name, record.display_name, operator), record)

    def test_meters_by_a_part_of_their_name(self):
        for text, meters in (
            ("#B-1003", self.cards),
            ("b-1003", self.cards),
            ("#B-1003 · assa", self.cards[1]),
            ("#B-1003 · XXX", self.cards.browse()),
            ("Lavoir", self.cards),
            ("Durand", self.cards[0]),
            ("#B", self.cards | self.other),
        ):
            with self.subTest(text):
                self.assertEqual(self.found("utility.meter", text), meters.with_env(self.env))

    def test_points_by_words_of_their_name(self):
        point = self.cards[0].connection_point_id
        for text in ("Lavoir, Clermont", "b-1003, lavoir", "#B-1003"):
            self.assertEqual(self.found("utility.connection.point", text).id, point.id, text)
        self.assertFalse(self.found("utility.connection.point", "Lavoir, Riom"))
        self.assertFalse(self.found("utility.connection.point", "Lavoir, Clermont", "="), "only a whole name is equal")

    def test_subscriptions_and_readings_by_a_part_of_their_name(self):
        for text in ("Durand", "#B-1003", "Durand · #B-1003"):
            self.assertEqual(self.found("utility.subscription", text).id, self.contract.id)
        self.assertFalse(self.found("utility.subscription", "Durand · #B-2004"))
        self.assertEqual(self.found("utility.reading", "30/06/2025").id, self.june.id)
        self.assertEqual(len(self.found("utility.reading", "#B-1003")), 2)
        self.assertFalse(self.found("utility.reading", "#B-1003 · ASSA"))

    def test_what_is_not_so_named(self):
        others = self.env["utility.meter"].search([("display_name", "not ilike", "B-1003")])
        self.assertIn(self.other.id, others.ids)
        self.assertFalse(set(others.ids) & set(self.cards.ids))

    def test_matchings_by_the_sections_that_are_shown(self):
        """Odoo finds every record of a model that has no name to search by."""
        runs = self.env["utility.meter.matching"].sudo()
        run = runs.create({"section_id": self.cards[0].section_id.id, "other_section_id": self.cards[1].section_id.id})
        back = runs.create({"section_id": self.cards[1].section_id.id, "other_section_id": self.cards[0].section_id.id})
        for name, found in (
            ("EAU – ASSAINISSEMENT", run),
            ("assainissement – eau", back),
            ("EAU", run | back),
            ("GAZ", runs),
        ):
            self.assertEqual(set(runs.search([("display_name", "ilike", name)])), set(found), name)
        imports = self.env["utility.reading.import.run"].sudo()
        self.assertFalse(imports.search([("display_name", "ilike", "nulle part")]))

    def load(self, meter):
        return self.load_rows("utility.reading", ["meter_id", "date", "index"], [meter, "2025-09-30", "200"])

    def load_rows(self, model, columns, *rows):
        content = "\n".join(",".join(row) for row in (columns, *rows))
        wizard = self.env["base_import.import"].create(
            {"res_model": model, "file": content.encode(), "file_type": "text/csv", "file_name": "r.csv"}
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        return wizard.execute_import(columns, columns, options)

    def test_an_import_takes_the_card_that_is_named(self):
        result = self.load("#B-1003 · ASSA")
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["utility.reading"].browse(result["ids"]).meter_id.id, self.cards[1].id)

    def test_an_import_refuses_a_name_that_two_cards_bear(self):
        result = self.load("#B-1003")
        self.assertFalse(result["ids"])
        said = result["messages"][0]["message"]
        self.assertIn("#B-1003 · EAU, #B-1003 · ASSA", said)

    def test_an_import_takes_no_missing_index_for_0(self):
        for index in ("", " "):
            result = self.load_rows("utility.reading", ["meter_id", "date", "index"], ["#B-2004", "2025-09-30", index])
            self.assertFalse(result["ids"])
            self.assertIn("index", result["messages"][0]["message"].lower())
        self.assertFalse(self.load_rows("utility.reading", ["meter_id", "date"], ["#B-2004", "2025-09-30"])["ids"])
        result = self.load_rows("utility.reading", ["meter_id", "date", "index"], ["#B-2004", "2025-09-30", "0"])
        self.assertEqual(len(result["ids"]), 1, result["messages"])
        known, fields = str(result["ids"][0]), [".id", "index"]
        self.assertFalse(self.load_rows("utility.reading", fields, [known, ""])["ids"], "of a known reading, too")
        self.assertEqual(self.load_rows("utility.reading", fields, [known, "0"])["ids"], result["ids"])

    def subscriptions(self, *rows):
        columns = ["meter_id", "partner_id", "date_start", "tariff_id"]
        return self.load_rows("utility.subscription", columns, *rows)

    def test_a_tariff_that_both_sections_have_is_named_with_its_section(self):
        # sudo: prices are those of the person in charge, who is not needed otherwise
        tariffs = self.env["utility.tariff"].sudo()
        tariffs = tariffs.create([{"name": "Ménages", "section_id": card.section_id.id} for card in self.cards])
        row = ["#B-2004", "Durand", "2025-01-01"]
        refused = self.subscriptions([*row, "Ménages"])
        for name in ("Ménages · EAU", "Ménages · ASSA"):
            self.assertIn(name, refused["messages"][0]["message"])
        result = self.subscriptions([*row, "Ménages · EAU"])
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["utility.subscription"].browse(result["ids"]).tariff_id.id, tariffs[0].id)

    def test_a_price_goes_to_the_version_that_is_named(self):
        """Odoo finds every record of a model that has no name to search by, and an import takes the first one."""
        # sudo: prices are those of the person in charge, who is not needed otherwise
        self.env = self.env(su=True)
        tariffs = self.env["utility.tariff"].create(
            [{"name": "Ménages", "section_id": card.section_id.id} for card in self.cards]
        )
        starts = ("2025-01-01", "2026-01-01")
        versions = self.env["utility.tariff.version"].create(
            [{"tariff_id": tariff.id, "date_start": day} for tariff in tariffs for day in starts]
        )
        product = self.env["product.product"].create({"name": "Abonnement test"})
        columns = ["version_id", "product_id", "kind", "price"]

        def load(name):
            return self.load_rows("utility.tariff.line", columns, [name, product.name, "fixed", "30"])

        result = load("Ménages · EAU · 01/01/2025")
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["utility.tariff.line"].browse(result["ids"]).version_id, versions[0])
        refused = load("Ménages · 01/01/2026")["messages"][0]["message"]
        self.assertIn("Ménages · ASSA · 01/01/2026, Ménages · EAU · 01/01/2026", refused)
        self.assertTrue(load("Ménages · 01/01/2030")["messages"])
        self.assertEqual(self.found("utility.tariff.version", "01/01/2026"), versions[1] | versions[3])
        self.assertFalse(self.found("utility.tariff.version", "Jardins"))

    def test_a_subscriber_whose_name_another_one_has(self):
        people = (
            self.env["res.partner"]
            .sudo()
            .create(
                [
                    {"name": "LEROY Anne", "ref": "A-17", "street": "1 rue Haute"},
                    {"name": "LEROY Anne", "email": "anne@example.com"},
                ]
            )
        )
        refused = self.subscriptions(["#B-2004", "LEROY Anne", "2025-01-01", ""])
        said = refused["messages"][0]["message"]
        self.assertIn("A-17, 1 rue Haute", said)
        self.assertIn("anne@example.com", said)
        self.assertFalse(refused["ids"])
        result = self.subscriptions(["#B-2004", "A-17", "2025-01-01", ""])
        self.assertEqual(self.env["utility.subscription"].browse(result["ids"]).partner_id.id, people[0].id)

    def test_sections_by_their_code_too(self):
        cases = ("ASSA", 1), ("assa", 1), ("ASSAINISSEMENT", 1), ("EAU", 0), (f"EAU · {self.budgets[0].name}", 0)
        for text, place in cases:
            with self.subTest(text):
                found = self.env["utility.section"].name_search(text)
                self.assertEqual([id_ for id_, _name in found], self.cards[place].section_id.ids)
        self.assertFalse(self.env["utility.section"].name_search("EAU · Nulle part"))
        there = [("section_id", "=", self.cards[1].section_id.id)]
        found = self.env["utility.meter"].name_search("Lavoir", there)
        self.assertEqual([id_ for id_, _name in found], self.cards[1].ids)

    def test_no_name_is_searched_as_odoo_does(self):
        for model in ("utility.meter", "utility.connection.point", "utility.subscription", "utility.reading"):
            records = self.env[model]
            every = records.search([])
            with self.subTest(model):
                self.assertTrue(every)
                self.assertEqual(records.search([("display_name", "ilike", "")]), every)
                self.assertFalse(records.search([("display_name", "in", [])]))
                name = every[0].display_name
                self.assertEqual(records.search([("display_name", "not in", [name])]), every - every[0])
                self.assertEqual(records.search([("display_name", "!=", name)]), every - every[0])

        self.assertFalse(self.env["utility.meter"].search([("display_name", "=", False)]))

    def test_without_trigrams_there_is_no_index_of_texts(self):
        definition = text_index("name")
        self.assertEqual(definition(SimpleNamespace(has_trigram=False)), "")
        with_them = SimpleNamespace(has_trigram=True, has_unaccent=0)
        self.assertEqual(definition(with_them), "USING gin (name gin_trgm_ops)")
