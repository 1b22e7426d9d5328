"""Figures of money on the dashboard: what was billed, by quarter; the campaign in progress; what its buttons open."""

import json
from datetime import date

from odoo import fields
from odoo.tests import tagged

from .support.billing import MoneyCase

THIS_YEAR = fields.Date.today().year


@tagged("post_install", "-at_install")
class TestBilledOnTheDashboard(MoneyCase):
    """Bills of 100 m³ (275 € before tax), 25 m³ (98.75 €) and 60 m³ (181 €), each on another day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        volumes = {1: 100, 2: 25, 3: 60}
        cls.contracts = [
            cls.subscribe(number, {date(2024, 1, 1): 0, date(2025, 1, 1): volume}) for number, volume in volumes.items()
        ]

    def card(self, section=None, companies=None):
        self.env.flush_all()
        self.env.invalidate_all()
        cards = self.env["utility.dashboard"].with_context(lang="en_US")
        if companies is not None:
            cards = cards.with_context(allowed_company_ids=companies.ids)
        return cards.search([("section_id", "=", (section or self.section).id)])

    def dated(self, bill, day):
        """Give a posted bill another date, which Odoo keeps."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET invoice_date = %s WHERE id = %s", [day, bill.id])
        self.env.invalidate_all()

    def shown(self, card):
        return card.billed_this_year, card.billed_last_year, card.volume_this_year

    def test_what_was_billed(self):
        """This year's first quarter, last year's last day, and a bill before that, which does not count."""
        card = self.card()
        self.assertEqual(self.shown(card), ("0.00\xa0€", "0.00\xa0€", "0 m³"))
        self.assertFalse(card.billed_graph)
        bills = [self.bill(contract) for contract in self.contracts]
        self.assertEqual([bill.amount_untaxed for bill in bills], [275, 98.75, 181])
        days = (date(THIS_YEAR, 2, 10), date(THIS_YEAR - 1, 12, 31), date(THIS_YEAR - 2, 12, 31))
        for bill, day in zip(bills, days, strict=True):
            self.dated(bill, day)
        card = self.card()
        self.assertEqual(self.shown(card), ("275.00\xa0€", "98.75\xa0€", "100 m³"))
        (graph,) = json.loads(card.billed_graph)
        self.assertEqual(graph["key"], "m³ billed")
        past = [(f"Q{quarter} {THIS_YEAR - 1}", 25 if quarter == 4 else 0, "past") for quarter in range(1, 5)]
        present = [(f"Q{quarter} {THIS_YEAR}", 100 if quarter == 1 else 0, "future") for quarter in range(1, 5)]
        self.assertEqual([(bar["label"], bar["value"], bar["type"]) for bar in graph["values"]], past + present)

    def test_a_credit_note_deducts_and_a_draft_does_not_count(self):
        bill = self.bill(self.contracts[0])
        self.bill(self.contracts[1], post=False)
        self.dated(bill, date(THIS_YEAR, 4, 1))
        note = self.credit(bill)
        self.dated(note, date(THIS_YEAR, 9, 30))
        card = self.card()
        self.assertEqual(self.shown(card), ("0.00\xa0€", "0.00\xa0€", "0 m³"))
        values = [bar["value"] for bar in json.loads(card.billed_graph)[0]["values"]]
        self.assertEqual(values, [0, 0, 0, 0, 0, 100, -100, 0])

    def test_the_campaign_in_progress(self):
        """The latest of those that are neither drafts nor posted."""
        self.assertFalse(self.card().run_id)
        self.campaign(subscription_ids=self.contracts[2].ids)
        self.bill(self.contracts[0])
        self.assertFalse(self.card().run_id, "a draft, and one that is over")
        for contract in self.contracts[1:]:
            self.bill(contract, post=False)
        card = self.card()
        self.assertEqual((card.run_id, card.run_state), (self.last_run, self.last_run.state))
        self.assertEqual(card.run_progress, self.last_run.progress_rate)
        action = card.action_open_campaign()
        self.assertEqual((action["res_model"], action["res_id"]), ("utility.billing.run", self.last_run.id))
        self.assertEqual(action["views"], [(False, "form")])

    def test_the_price_of_a_year_before_the_first_prices(self):
        self.bill(self.contracts[0])
        self.env.flush_all()
        figure = self.env["utility.year.figure"].search([("section_id", "=", self.section.id), ("year", "=", "2024")])
        self.assertEqual(round(figure.price_total, 2), 339.71)
        for day, total in (("2024-01-01", 339.71), ("2024-01-02", 0)):
            self.env.cr.execute(
                "UPDATE utility_tariff_version SET date_start = %s WHERE tariff_id = %s", [day, self.tariff.id]
            )
            self.env.invalidate_all()
            with self.subTest(day):
                self.assertEqual((figure.tariff_id, round(figure.price_total, 2)), (self.tariff, total))
                self.assertEqual(bool(figure.price_tax or figure.price_fixed or figure.price_per_m3), bool(total))

    def test_the_most_common_tariff_of_running_subscriptions(self):
        """Two of three subscriptions have it; those that ended do not count."""
        self.bill(self.contracts[0])
        other = self.tariff.copy()
        figures = self.env["utility.year.figure"]
        self.assertEqual(figures._reference_tariff(self.section), self.tariff)
        self.contracts[2].tariff_id = other
        self.assertEqual(figures._reference_tariff(self.section), self.tariff)
        self.contracts[0].date_end = date(2025, 6, 30)
        self.contracts[1].tariff_id = other
        self.assertEqual(figures._reference_tariff(self.section), other)
        empty = self.make_section("ASST", "sewerage")
        self.assertFalse(figures._reference_tariff(empty))

    def test_buttons_enter_the_section(self):
        """With its company ticked, the screen itself; otherwise, its company is ticked on the way."""
        other = self.make_section("ASST", "sewerage")
        here, both = self.section.company_id, self.section.company_id | other.company_id
        for name, model, context in (
            ("action_new_campaign", "utility.billing.run", {"default_section_id": other.id}),
            ("action_import_readings", "utility.reading.import", {"default_section_id": other.id}),
        ):
            with self.subTest(name):
                action = getattr(self.card(other, both), name)()
                self.assertEqual((action["res_model"], action["context"]), (model, context))
                entering = getattr(self.card(other, here), name)()
                self.assertEqual((entering["type"], entering["tag"]), ("ir.actions.client", "utility_enter_company"))
                self.assertEqual(entering["params"], {"company_id": other.company_id.id, "next": action})

    def test_a_new_reading_is_of_the_next_meter_of_the_round(self):
        other = self.make_section("ASST", "sewerage")
        meter = self.env["utility.meter"].create({"serial_number": "A1", "section_id": other.id})
        both = self.section.company_id | other.company_id
        default = self.env["utility.section"].with_context(allowed_company_ids=both.ids)._default_section()
        contexts = {
            section: self.card(section, both).action_new_reading()["context"] for section in (self.section, other)
        }
        first = {self.section: self.contracts[0].meter_id, other: meter}
        for section, context in contexts.items():
            with self.subTest(section.code):
                mine = section.id == default.id
                self.assertEqual(context, {} if mine else {"default_meter_id": first[section].id})
