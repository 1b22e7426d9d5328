from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from odoo import Command
from odoo.tests import tagged

from .support.billing import Q1, Q2, BillingCase
from .support.real_readings import read_extract
from .support.whole import Whole

QUARTERS = (Q1, Q2, (date(2023, 7, 1), date(2023, 9, 30)))
CENT = Decimal("0.01")
#: One point in so many is billed: 43 of them, whose drawing up takes as long as Odoo takes.
EACH = 3


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def expected_water(rows, first, last):
    """A bill of EAU, worked out with nothing of the product: 40 € a year, 2 € then 3 € above 120 m³ a year, 0.35 €."""
    total, volume = cents(Decimal(40) * ((last - first).days + 1) / 365), None
    for (day, index), (next_day, next_index) in pairwise(rows):
        if first < next_day <= last + timedelta(1):
            volume = Decimal(next_index - index)
            bound = cents(Decimal(120) * (next_day - day).days / 365)
            low = min(volume, bound)
            total += cents(low * 2) + cents((volume - low) * 3) + cents(volume * Decimal("0.35"))
    return volume, total


def expected_sewerage(rows, first, last):
    """A bill of ASSAINISSEMENT: 25 € a half-year, 1.80 € per m³."""
    half = 181 if last.month <= 6 else 184
    total, volume = cents(Decimal(25) * ((last - first).days + 1) / half), None
    for (_day, index), (next_day, next_index) in pairwise(rows):
        if first < next_day <= last + timedelta(1):
            volume = Decimal(next_index - index)
            total += cents(volume * Decimal("1.80"))
    return volume, total


@tagged("post_install", "-at_install")
class TestRealReadings(Whole, BillingCase):
    """EAU and ASSAINISSEMENT bill the same 2023 readings, quarter by quarter; sewerage receives them from water."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.extract = dict(list(read_extract().items())[::EACH])
        cls.sewerage = cls.make_section("ASST", "sewerage")
        companies = cls.section.company_id | cls.sewerage.company_id
        companies.share_connection_points = True
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=companies.ids))
        cls.cards = cls.make_cards()
        readings = cls.env["utility.reading"].create(
            [
                {"meter_id": cls.cards[meter][0].id, "date": day, "index": index}
                for meter, rows in cls.extract.items()
                for day, index in rows
            ]
        )
        action = readings.action_synchronize()
        cls.env[action["res_model"]].browse(action["res_id"]).action_confirm()
        cls.env["utility.reading"].search([("company_id", "in", companies.ids)]).action_confirm()

    @classmethod
    def make_cards(cls):
        """{number: (EAU's card, ASSAINISSEMENT's card)}, each with a subscription."""
        numbers = list(cls.extract)
        water = cls.env["utility.meter"].create([{"serial_number": n, "section_id": cls.section.id} for n in numbers])
        sewerage = cls.env["utility.meter"].create(
            [{"connection_point_id": m.connection_point_id.id, "section_id": cls.sewerage.id} for m in water]
        )
        partners = cls.env["res.partner"].create([{"name": f"Abonné {n}"} for n in numbers])
        tariff = cls.sewerage_tariff()
        for cards, of_section in ((water, cls.tariff), (sewerage, tariff)):
            cls.env["utility.subscription"].create(
                [
                    {
                        "partner_id": partner.id,
                        "meter_id": card.id,
                        "date_start": date(2020, 1, 1),
                        "tariff_id": of_section.id,
                    }
                    for partner, card in zip(partners, cards, strict=True)
                ]
            )
        return dict(zip(numbers, zip(water, sewerage, strict=True), strict=True))

    @classmethod
    def sewerage_tariff(cls):
        fixed = cls.make_product("Part fixe assainissement", cls.sewerage, 10)
        volume = cls.make_product("Assainissement", cls.sewerage, 10)
        lines = [
            Command.create({"product_id": fixed.id, "kind": "fixed", "price": 25, "per": "half_year"}),
            Command.create({"product_id": volume.id, "kind": "block", "price": 1.8}),
        ]
        return cls.env["utility.tariff"].create(
            {
                "name": "Assainissement",
                "section_id": cls.sewerage.id,
                "version_ids": [Command.create({"date_start": date(2020, 1, 1), "line_ids": lines})],
            }
        )

    def check_quarter(self, section, quarter, expect):
        run = self.campaign(quarter, section)
        bills = self.draw_up(run)
        wanted = {number: expect(rows, *quarter) for number, rows in self.extract.items()}
        wanted = {number: bill for number, bill in wanted.items() if bill[0] is not None}
        found = {
            bill.utility_meter_id.serial_number: (bill.utility_volume, cents(Decimal(str(bill.amount_untaxed))))
            for bill in bills
        }
        self.assertEqual(found, wanted)
        self.assertGreater(len(found), 40)
        self.assertEqual(cents(Decimal(str(run.bill_amount))), sum(total for _volume, total in wanted.values()))

    def test_water_bills_three_quarters(self):
        for quarter in QUARTERS:
            with self.subTest(quarter=quarter):
                self.check_quarter(self.section, quarter, expected_water)

    def test_sewerage_bills_the_synchronised_readings(self):
        for quarter in QUARTERS:
            with self.subTest(quarter=quarter):
                self.check_quarter(self.sewerage, quarter, expected_sewerage)
