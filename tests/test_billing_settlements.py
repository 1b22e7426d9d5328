from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .support.billing import H1, H2, MoneyCase


@tagged("post_install", "-at_install")
class TestSettlements(MoneyCase):
    """Deduction of amounts that earlier bills charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2024, 1, 1): 100})
        cls.estimate = cls.env["utility.reading"].create(
            {"meter_id": cls.subscription.meter_id.id, "date": date(2024, 7, 1), "index": 200, "kind": "estimated"}
        )
        cls.estimate.action_confirm()

    def test_an_estimate_billed_too_high_is_settled_by_the_next_bill(self):
        first = self.bill(self.subscription, H1)
        self.assertAlmostEqual(first.amount_untaxed, 295.22)
        self.enter(self.subscription.meter_id, date(2025, 1, 1), 180)
        second = self.bill(self.subscription, H2)
        self.assertEqual((second.move_type, first.utility_settled_by_id), ("out_refund", second))
        self.assertAlmostEqual(first.amount_untaxed_signed + second.amount_untaxed_signed, 228.00)
        # of the same volume: 80 m³ at 2.35, VAT 5.5 %
        self.assertAlmostEqual(second.utility_price_per_litre, 0.00248)

    def test_the_bill_after_a_settlement_is_an_ordinary_one(self):
        self.bill(self.subscription, H1)
        self.enter(self.subscription.meter_id, date(2025, 1, 1), 180)
        self.bill(self.subscription, H2)
        self.enter(self.subscription.meter_id, date(2025, 7, 1), 230)
        third = self.bill(self.subscription, (date(2025, 1, 1), date(2025, 6, 30)))
        # 40 × 181/365 = 19.84; 50 × 2.35
        self.assertAlmostEqual(third.amount_untaxed, 137.34)

    def test_a_settlement_that_is_credited_gives_the_settled_bill_back(self):
        first = self.bill(self.subscription, H1)
        self.enter(self.subscription.meter_id, date(2025, 1, 1), 180)
        self.credit(self.bill(self.subscription, H2))
        self.assertFalse(first.utility_settled_by_id)
        again = self.bill(self.subscription, H2)
        self.assertAlmostEqual(first.amount_untaxed_signed + again.amount_untaxed_signed, 228.00)

    def test_days_of_a_credited_bill_are_charged_by_the_next_one(self):
        first = self.bill(self.subscription, H1)
        self.credit(first)
        self.estimate.unlink()
        self.enter(self.subscription.meter_id, date(2025, 1, 1), 180)
        second = self.bill(self.subscription, H2)
        self.assertAlmostEqual(second.amount_untaxed, 228.00)
        self.assertEqual(second.utility_freed_days, [["2024-01-01", "2024-06-30"]])
        self.assertEqual(self.reasons(self.subscription, H1), ["already_billed"], "those days are charged")
        self.credit(second)
        self.enter(self.subscription.meter_id, date(2025, 7, 1), 230)
        third = self.bill(self.subscription, (date(2025, 1, 1), date(2025, 6, 30)))
        self.assertEqual(third.utility_freed_days, [["2024-01-01", "2024-12-31"]])
        # 228.00 and 137.34, whose 130 m³ are charged by days and blocks of 547 days
        self.assertAlmostEqual(third.amount_untaxed, 365.34)

    def test_days_billed_again_by_their_own_campaign_are_not_charged_twice(self):
        first = self.bill(self.subscription, H1)
        self.credit(first)
        self.estimate.index = 140
        run = first.utility_billing_run_id
        self.draw_up(run)
        self.post(run)
        self.enter(self.subscription.meter_id, date(2025, 1, 1), 180)
        second = self.bill(self.subscription, H2)
        # 20.11 + 40 × 2.35
        self.assertAlmostEqual(second.amount_untaxed, 114.11)

    def levies(self, bill):
        return sum(bill.invoice_line_ids.filtered(lambda li: li.utility_kind == "levy").mapped("price_subtotal"))

    def two_levies(self, **values):
        prices = [
            Command.create(
                {
                    "date_start": day,
                    "line_ids": [
                        Command.create({"product_id": self.water.id, "kind": "block", "price": 2}),
                        Command.create({"product_id": self.levy.id, "kind": "levy", "price": levy} | values),
                    ],
                }
            )
            for day, levy in ((date(2020, 1, 1), 0.43), (date(2026, 1, 1), 0.34))
        ]
        return self.make_tariff(self.section, name="Redevances", version_ids=prices)

    def test_levies_are_those_of_the_bill_s_date(self):
        subscription = self.subscribe(2, {date(2025, 7, 1): 0, date(2026, 7, 1): 120}, tariff_id=self.two_levies().id)
        year = date(2025, 7, 1), date(2026, 6, 30)
        self.assertAlmostEqual(self.levies(self.bill(subscription, year, invoice_date=date(2026, 7, 15))), 40.80)

    def test_levies_may_be_those_of_the_days_of_consumption(self):
        tariff = self.two_levies(levy_date="consumption")
        subscription = self.subscribe(2, {date(2025, 7, 1): 0, date(2026, 7, 1): 120}, tariff_id=tariff.id)
        year = date(2025, 7, 1), date(2026, 6, 30)
        self.assertAlmostEqual(self.levies(self.bill(subscription, year, invoice_date=date(2026, 7, 15))), 46.24)

    def test_an_instalment_keeps_its_levy_and_is_deducted_whatever_the_billing_type(self):
        self.section.company_id.utility_use_billing_types = True
        # 120 m³ a year: an instalment of 60.49 over 184 days
        indexes = {date(2024, 7, 1): 0, date(2025, 7, 1): 120}
        values = {"tariff_id": self.two_levies().id, "billing_type": "estimated"}
        subscription = self.subscribe(2, indexes, **values)
        autumn = date(2025, 7, 1), date(2025, 12, 31)
        instalment = self.bill(subscription, autumn, invoice_date=date(2025, 12, 31), reading_start=date(2025, 7, 2))
        self.assertEqual((instalment.utility_volume, instalment.utility_billing_type), (60.49, "estimated"))
        self.assertEqual(instalment.utility_reference_start, date(2024, 7, 1))
        self.enter(subscription.meter_id, date(2026, 7, 1), 240)
        subscription.billing_type = "measured"
        spring = date(2026, 1, 1), date(2026, 6, 30)
        measured = self.bill(subscription, spring, invoice_date=date(2026, 7, 15))
        # (120 − 60.49) × 0.34 = 20.23; 120 m³ at 2 less 120.98
        self.assertAlmostEqual(self.levies(measured), 20.23)
        self.assertEqual(instalment.utility_settled_by_id, measured)
        # charges and volume are of the same water: 2.34 × 1.055
        self.assertAlmostEqual(measured.utility_price_per_litre, 0.00247)


@tagged("post_install", "-at_install")
class TestDueDate(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 100})
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "30 jours",
                "company_id": cls.section.company_id.id,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def test_without_a_term_a_bill_is_due_on_its_date(self):
        with freeze_time("2025-01-10"):
            bill = self.bill(self.subscription, invoice_date=date(2025, 1, 30))
        self.assertEqual(bill.invoice_date_due, date(2025, 1, 30))

    def test_a_bill_of_the_past_is_not_due_on_the_day_of_posting(self):
        self.assertEqual(self.bill(self.subscription).invoice_date_due, date(2024, 12, 31))

    def test_the_section_s_term_counts_from_the_bill_s_date(self):
        self.section.payment_term_id = self.term
        bill = self.bill(self.subscription, invoice_date=date(2025, 1, 15))
        self.assertEqual(bill.invoice_date_due, date(2025, 2, 14))

    def test_it_may_count_from_the_day_of_posting(self):
        self.section.write({"payment_term_id": self.term.id, "due_from": "posting"})
        with freeze_time("2025-02-01"):
            bill = self.bill(self.subscription, invoice_date=date(2025, 1, 15))
        self.assertEqual((bill.invoice_date, bill.invoice_date_due), (date(2025, 1, 15), date(2025, 3, 3)))
        self.assertEqual(bill.line_ids.filtered("date_maturity").date_maturity, date(2025, 3, 3))
        self.assertFalse(bill.invoice_payment_term_id)

    def test_on_its_own_date_a_bill_keeps_its_terms(self):
        self.section.write({"payment_term_id": self.term.id, "due_from": "posting"})
        with freeze_time("2025-01-15"):
            bill = self.bill(self.subscription, invoice_date=date(2025, 1, 15))
        self.assertEqual((bill.invoice_date_due, bill.invoice_payment_term_id), (date(2025, 2, 14), self.term))
