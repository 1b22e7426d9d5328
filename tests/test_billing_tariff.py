from datetime import date, timedelta

from lxml import html

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .support.billing import Q1, BillingCase


@tagged("post_install", "-at_install")
class TestTariff(BillingCase):
    def blocks(self, *bounds):
        return [
            Command.create({"product_id": self.water.id, "kind": "block", "price": 1, "lower": lower, "upper": upper})
            for lower, upper in bounds
        ]

    def save(self, *versions):
        return self.make_tariff(
            self.section,
            version_ids=[Command.create({"date_start": day, "line_ids": lines}) for day, lines in versions],
        )

    def assertRefused(self, sentence, *versions):
        with self.assertRaises(ValidationError) as refused:
            self.save(*versions)
        self.assertIn(sentence, str(refused.exception))

    def test_sound_blocks_are_saved(self):
        tariff = self.save((date(2023, 1, 1), self.blocks((0, 30), (30, 120), (120, 0))))
        self.assertEqual(len(tariff._to_core().versions[0].lines), 3)

    def test_prices_are_shown_and_copied(self):
        tariff = self.save((date(2023, 1, 1), self.blocks((0, 120), (120, 0))))
        version = tariff.version_ids
        first, second = version.summary.split("\n")
        self.assertIn("0 to 120 m³ a year: 1.00", first)
        self.assertIn("above 120 m³, no limit: 1.00", second)
        made = self.env["utility.tariff.version"].browse(version.action_copy()["res_id"])
        self.assertEqual((made.tariff_id, made.summary), (tariff, version.summary))
        self.assertGreater(made.date_start, version.date_start)

    def test_prices_in_words(self):
        """With as many decimals as the price needs, two at least."""
        lines = self.tariff.version_ids.line_ids
        lines[3].price = 0.3525
        fixed, low, high, levy = self.tariff.version_ids.summary.split("\n")
        self.assertEqual((fixed, levy), ("Abonnement: 40.00 €/year", "Redevance: 0.3525 €/m³"))
        self.assertEqual(low, "Eau, 0 to 120 m³ a year: 2.00 €/m³")
        self.assertEqual(high, "Eau, above 120 m³, no limit: 3.00 €/m³")
        lines[0].per = "half_year"
        tariff = self.save((date(2023, 1, 1), [*self.blocks((0, 0))]))
        self.assertEqual(lines[0]._sentence(), "Abonnement: 40.00 €/half-year")
        self.assertEqual(tariff.version_ids.summary, "Eau: 1.00 €/m³")

    def simulated(self, tariff):
        tariff.invalidate_recordset(["simulation"])
        rows = html.fromstring(tariff.simulation).xpath("//tr")
        return [[cell.text_content().replace("\xa0", " ") for cell in row] for row in rows]

    def test_the_bill_of_a_year(self):
        """40 + 120 × 2 + 120 × 0.35 = 322, at 5.5 %: 339.71, which are 2.83 per m³."""
        self.tariff.version_ids.line_ids[3].price = 0.3525
        self.assertEqual(
            self.simulated(self.tariff),
            [
                ["Price from 01/01/2020", "Quantity", "Price", "Amount"],
                ["Abonnement", "1", "40.00", "40.00 €"],
                ["Eau", "120", "2.00", "240.00 €"],
                ["Redevance", "120", "0.3525", "42.30 €"],
                ["Total before tax", "322.30 €"],
                ["Total with taxes", "340.03 €"],
                ["Price per m³ with taxes", "2.83 €"],
            ],
        )
        cells = html.fromstring(self.tariff.simulation).xpath("//tbody/tr[1]/td")
        self.assertEqual([cell.get("class") for cell in cells], [None, "text-end", "text-end", "text-end"])

    def test_the_simulation_is_by_the_version_in_force(self):
        """That of today, if one starts today; the first one to come, if all are to come."""
        today = fields.Date.context_today(self.tariff)

        def shown(*days):
            tariff = self.save(*((today + timedelta(day), self.blocks((0, 0))) for day in days))
            return self.simulated(tariff)[0][0]

        for days, expected in (((-1, 0, 1), 0), ((-2, -1), -1), ((1, 2), 1)):
            with self.subTest(days):
                self.assertEqual(shown(*days), f"Price from {today + timedelta(expected):%m/%d/%Y}")

    def test_a_copied_version_starts_today_or_after_the_last_one(self):
        today = fields.Date.context_today(self.tariff)
        for days, start in (((-5,), 0), ((-5, 0), 1), ((-5, 3), 4)):
            versions = self.save(*((today + timedelta(day), self.blocks((0, 0))) for day in days)).version_ids
            made = versions.browse(versions[-1].action_copy()["res_id"])
            with self.subTest(days):
                self.assertEqual(made.date_start, today + timedelta(start))

    def test_a_version_is_over_once_another_is_in_force(self):
        today = fields.Date.context_today(self.tariff)
        days = (1, 0, -5)
        versions = self.save(*((today + timedelta(day), self.blocks((0, 0))) for day in days)).version_ids
        self.assertEqual([version._is_over() for version in versions], [False, False, True])

    def test_a_hole_between_blocks_is_refused(self):
        self.assertRefused(
            "no block covers the volumes from 30 to 40 m³", (date(2023, 1, 1), self.blocks((0, 30), (40, 0)))
        )

    def test_an_overlap_is_refused(self):
        self.assertRefused(
            "two blocks cover the volumes from 25 to 30 m³", (date(2023, 1, 1), self.blocks((0, 30), (25, 0)))
        )

    def test_a_closed_last_block_is_refused(self):
        self.assertRefused("above 120 m³", (date(2023, 1, 1), self.blocks((0, 120))))

    def test_two_versions_of_one_day_are_refused(self):
        self.assertRefused(
            "Two versions start on", (date(2023, 1, 1), self.blocks((0, 0))), (date(2023, 1, 1), self.blocks((0, 0)))
        )

    def test_each_fault_of_blocks_is_told_with_its_version_and_heading(self):
        day = date(2023, 1, 1)
        where = "Version of 01/01/2023, Water distribution: "
        for bounds, sentence in (
            (((-5, 30), (30, 0)), "the block from -5 to 30 m³ has a negative bound"),
            (((0, 30), (30, 20)), "the block from 30 to 20 m³ runs backwards"),
            (((10, 0),), "the first block (10 to … m³) must start at 0"),
            (((0, 0), (30, 0)), "the block from 0 m³ without limit must be last"),
        ):
            with self.subTest(sentence):
                self.assertRefused(where + sentence, (day, self.blocks(*bounds)))

    def test_a_tariff_of_subscriptions_stays_in_its_section(self):
        other = self.make_section("ASST", "sewerage")
        tariff = self.make_tariff(self.section, name="Agricole", version_ids=[])
        subscription = self.subscribe(9, {}, tariff_id=tariff.id)
        self.assertEqual([each.subscription_count for each in tariff | self.tariff], [1, 0])
        with self.assertRaisesRegex(ValidationError, "A tariff with subscriptions cannot change section"):
            tariff.section_id = other
        tariff.write({"section_id": self.section.id, "name": "Agricole 2"})
        opening = tariff.action_view_subscriptions()
        self.assertEqual(opening["domain"], [("section_id", "=", self.section.id)])
        self.assertEqual(opening["context"], {"search_default_tariff_id": tariff.id})
        subscription.tariff_id = self.tariff
        tariff.section_id = other
        self.assertEqual(tariff.company_id, other.company_id)

    def test_a_bound_moves_on_both_blocks_in_one_save(self):
        version = self.tariff.version_ids
        low, high = version.line_ids.filtered(lambda line: line.kind == "block")
        self.tariff.write(
            {
                "version_ids": [
                    Command.update(
                        version.id,
                        {
                            "line_ids": [
                                Command.update(low.id, {"upper": 100}),
                                Command.update(high.id, {"lower": 100}),
                            ]
                        },
                    )
                ]
            }
        )
        self.assertEqual((low.upper, high.lower), (100, 100))
        with self.assertRaises(ValidationError):
            low.upper = 90

    def test_a_removed_block_leaves_no_hole(self):
        with self.assertRaises(ValidationError):
            self.tariff.version_ids.line_ids.filtered("lower").unlink()

    def test_a_levy_is_for_the_public_bodies(self):
        headings = {line.kind: line.heading for line in self.tariff.version_ids.line_ids}
        self.assertEqual(headings, {"fixed": "distribution", "block": "distribution", "levy": "public_bodies"})

    def test_a_subscription_takes_a_tariff_of_its_section(self):
        other = self.make_section("ASST", "sewerage")
        with self.assertRaises(ValidationError):
            self.subscribe(9, {}, tariff_id=self.make_tariff(other, version_ids=[]).id)

    def test_a_period_takes_a_tariff_of_its_section(self):
        subscription = self.subscribe(9, {})
        other = self.env["utility.tariff"].create(
            {"name": "Collecte", "section_id": self.make_section("ASST", "sewerage").id}
        )
        with self.assertRaisesRegex(ValidationError, "Tariff Collecte is of section ASST: choose .* section EAU"):
            subscription.tariff_period_ids.tariff_id = other

    def test_a_new_period_begins_after_the_last_bill(self):
        """Otherwise on the first day of a subscription that was entered today, on today if it is older."""
        subscription = self.subscribe(9, {Q1[0]: 0, Q1[1]: 12})
        today = fields.Date.context_today(subscription)
        periods = self.env["utility.subscription.tariff"]

        def proposed(**context):
            return periods.with_context(**context).default_get(["date_start"])["date_start"]

        mine = {"default_subscription_id": subscription.id}
        self.assertEqual(proposed(), today)
        self.assertEqual(proposed(**mine), date(2020, 1, 1))
        self.env.cr.execute(
            "UPDATE utility_subscription SET create_date = create_date - interval '9 days' WHERE id = %s",
            [subscription.id],
        )
        subscription.invalidate_recordset()
        self.assertEqual(proposed(**mine), today)
        subscription.date_start = today + timedelta(3)
        self.assertEqual(proposed(**mine), today + timedelta(3), "not before its first day")
        subscription.date_start = date(2020, 1, 1)
        bill = self.draw_up(self.campaign())
        self.assertEqual(proposed(**mine), date(2023, 4, 1))
        bill.button_cancel()
        self.assertEqual(proposed(**mine), today, "a cancelled bill does not count")
        subscription.tariff_id = False
        self.assertEqual(proposed(**mine), date(2020, 1, 1), "without a tariff, from its first day")
        new = subscription.new({"date_start": date(2021, 5, 1)})
        self.assertEqual(new._tariff_change_date(), date(2021, 5, 1))

    def test_a_product_of_another_company_is_refused(self):
        other = self.make_section("ASST", "sewerage")
        product = self.make_product("Eaux usées", other, 10)
        line = self.tariff.version_ids.line_ids[0]
        with self.assertRaisesRegex(ValidationError, "Product Eaux usées belongs to Budget ASST"):
            line.product_id = product
        product.company_id = False
        line.product_id = product

    def test_a_version_without_prices_has_no_simulation(self):
        tariff = self.save((date(2023, 1, 1), []))
        self.assertFalse(tariff.simulation)
        tariff.version_ids.line_ids = self.blocks((0, 0))
        tariff.invalidate_recordset()
        self.assertIn("120", tariff.simulation)

    def test_a_tariff_of_a_subscription_replaces_the_one_of_the_same_day(self):
        """A correction of the day leaves one period; no tariff ends them all."""
        subscription = self.subscribe(9, {})
        other = self.make_tariff(self.section, name="Agricole")
        subscription.tariff_id = other
        periods = subscription.tariff_period_ids
        self.assertEqual((periods.tariff_id, periods.date_start), (other, date(2020, 1, 1)))
        subscription.tariff_id = False
        self.assertFalse(subscription.tariff_period_ids)
