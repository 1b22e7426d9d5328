"""What is shown can be searched and imported: meters, points, subscriptions, readings."""

from odoo.tests import tagged

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
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")

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

    def load(self, meter):
        content = f"meter_id,date,index\n{meter},2025-09-30,200\n"
        wizard = self.env["base_import.import"].create(
            {"res_model": "utility.reading", "file": content.encode(), "file_type": "text/csv", "file_name": "r.csv"}
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        return wizard.execute_import(["meter_id", "date", "index"], ["meter_id", "date", "index"], options)

    def test_an_import_takes_the_card_that_is_named(self):
        result = self.load("#B-1003 · ASSA")
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["utility.reading"].browse(result["ids"]).meter_id.id, self.cards[1].id)

    def test_an_import_refuses_a_name_that_two_cards_bear(self):
        result = self.load("#B-1003")
        self.assertFalse(result["ids"])
        said = result["messages"][0]["message"]
        self.assertIn("#B-1003 · EAU, #B-1003 · ASSA", said)
