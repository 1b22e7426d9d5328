from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .support.billing import H1, H2, Y2024, MoneyCase


@tagged("post_install", "-at_install")
class TestContracts(MoneyCase):
    """Days and volumes are those of the contract (invariant 11)."""

    def test_nothing_drawn_keeps_its_days(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 100, date(2024, 7, 1): 100, date(2025, 1, 1): 200})
        self.assertAlmostEqual(self.bill(subscription).amount_untaxed, 275.00)

    def test_a_blocked_device_that_is_replaced_keeps_its_days(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 100})
        meter = subscription.meter_id
        self.enter(meter, date(2024, 7, 1), 100, "removal")
        self.enter(meter, date(2024, 7, 1), 0, "installation")
        self.enter(meter, date(2025, 1, 1), 100)
        self.assertAlmostEqual(self.bill(subscription).amount_untaxed, 275.00)

    def move(self):
        """A leaves on 31 March at 20; B enters on 1 June; 90 on 31 December."""
        first = self.subscribe(1, {date(2024, 1, 1): 0, date(2024, 3, 31): 20}, date_end=date(2024, 3, 31))
        meter = first.meter_id
        self.enter(meter, date(2024, 12, 31), 90)
        partner = self.env["res.partner"].create({"name": "B"})
        values = {"partner_id": partner.id, "meter_id": meter.id, "date_start": date(2024, 6, 1)}
        return first, self.env["utility.subscription"].create(values | {"tariff_id": self.tariff.id})

    def test_what_is_drawn_before_a_subscriber_came_in_is_not_theirs(self):
        first, second = self.move()
        self.assertEqual(self.reasons(second), ["move"])
        self.assertIn("day the subscriber came in", self.last_run.finding_ids.message)
        self.assertEqual(self.bill(first).utility_volume, 20)
        self.enter(second.meter_id, date(2024, 6, 1), 35)
        self.assertEqual(self.bill(second).utility_volume, 55)

    def test_also_where_nobody_lived_there_before(self):
        subscription = self.subscribe(1, {date(2023, 1, 1): 0, date(2024, 12, 31): 90}, date_start=date(2024, 6, 1))
        self.assertEqual(self.reasons(subscription), ["move"])

    def test_what_an_empty_place_draws_is_a_finding(self):
        first, second = self.move()
        self.enter(second.meter_id, date(2024, 6, 1), 35)
        run = self.campaign(Y2024)
        self.draw_up(run)
        self.assertEqual(run.bill_ids.utility_subscription_id, first | second)
        self.assertEqual((run.finding_ids.reason, run.finding_ids.meter_id), ("vacant", first.meter_id))
        self.assertIn("15 m³", run.finding_ids.message)

    def test_the_owner_is_billed_for_it_where_the_section_says_so(self):
        self.section.vacancy = "owner"
        first, second = self.move()
        self.enter(second.meter_id, date(2024, 6, 1), 35)
        owner = self.env["res.partner"].create({"name": "Propriétaire"})
        first.meter_id.owner_id = owner
        run = self.campaign(Y2024)
        self.draw_up(run)
        bill = run.bill_ids.filtered(lambda b: b.partner_id == owner)
        self.assertEqual((bill.utility_volume, len(run.bill_ids)), (15, 3))
        self.assertEqual((bill.utility_date_start, bill.utility_date_end), (date(2024, 4, 1), date(2024, 5, 31)))
        self.assertFalse(run.finding_ids)
        # the fixed part is charged once for each day: 40 a year
        fixed = run.bill_ids.invoice_line_ids.filtered(lambda line: line.utility_kind == "fixed")
        self.assertAlmostEqual(sum(fixed.mapped("price_subtotal")), 40, delta=0.015)
        self.assertEqual(run.bill_volume, 90)

    def test_an_owner_is_billed_once_for_several_readings(self):
        self.section.vacancy = "owner"
        first, second = self.move()
        for day, index in ((date(2024, 4, 30), 25), (date(2024, 6, 1), 35)):
            self.enter(second.meter_id, day, index)
        owner = first.meter_id.owner_id = self.env["res.partner"].create({"name": "Propriétaire"})
        run = self.campaign(Y2024)
        self.draw_up(run)
        between = self.env["utility.subscription"].search([("partner_id", "=", owner.id)])
        self.assertEqual(
            [(row.date_start, row.date_end, row.tariff_id, row.is_vacancy) for row in between],
            [(date(2024, 4, 1), date(2024, 5, 31), self.tariff, True)],
        )
        self.assertEqual(between.bill_ids.utility_volume, 15)

    def test_only_empty_places_of_the_selection_are_told(self):
        _first, second = self.move()
        self.enter(second.meter_id, date(2024, 6, 1), 35)
        other = self.subscribe(2, {date(2024, 1, 1): 0, date(2025, 1, 1): 10})
        for values, told in (
            ({"subscription_ids": other.ids}, []),
            ({"subscription_ids": second.ids}, ["vacant"]),
            ({"city": "Ailleurs"}, []),
            ({"city": "valmont"}, ["vacant"]),
        ):
            run = self.campaign(Y2024, **values)
            run.action_preview()
            self.work()
            with self.subTest(values):
                self.assertEqual(run.finding_ids.mapped("reason"), told)

    def test_a_departure_without_a_reading_is_a_finding(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2024, 3, 15): 20}, date_end=date(2024, 3, 31))
        self.enter(subscription.meter_id, date(2024, 12, 31), 90)
        self.assertEqual(self.reasons(subscription), ["left"])
        self.assertEqual(self.last_run.finding_ids.subscription_id, subscription)

    def test_a_first_index_asks_for_the_starting_one(self):
        subscription = self.subscribe(1, {date(2024, 5, 2): 100})
        self.assertEqual(self.reasons(subscription), ["first_index"])
        self.assertIn("starting index", self.last_run.finding_ids.message)
        installed = self.subscribe(2, {})
        self.enter(installed.meter_id, date(2024, 5, 2), 0, "installation")
        self.assertEqual(self.reasons(installed), ["no_reading"], "its starting index is that of the device")

    def test_a_subscription_that_ended_is_not_told_to_read(self):
        subscription = self.subscribe(1, {date(2022, 1, 1): 0}, date_end=date(2022, 12, 31))
        self.assertEqual(self.reasons(subscription), ["out_of_service"])

    def test_a_billed_subscription_stays_on_its_meter(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 100})
        other = self.env["utility.meter"].create({"serial_number": "N1", "section_id": self.section.id})
        self.assertTrue(subscription.write({"meter_id": subscription.meter_id.id}))
        draft = self.bill(subscription, post=False)
        self.assertEqual((subscription.bill_count, self.subscribe(2, {}).bill_count), (1, 0))
        opening = subscription.action_view_bills()
        self.assertEqual(opening["domain"], [("utility_subscription_id", "=", subscription.id)])
        self.assertEqual(opening["context"], {"create": False})
        draft.button_cancel()
        mine = subscription.meter_id
        subscription.meter_id = other
        subscription.meter_id = mine
        bill = self.bill(subscription)
        with self.assertRaisesRegex(UserError, "Change Meter"):
            subscription.meter_id = other
        dialog = self.env["utility.subscription.change.meter"].create(
            {"subscription_id": subscription.id, "meter_id": other.id, "date": date(2025, 3, 1)}
        )
        begun = self.env["utility.subscription"].browse(dialog.action_confirm()["res_id"])
        self.assertEqual((subscription.date_end, begun.date_start), (date(2025, 2, 28), date(2025, 3, 1)))
        self.assertEqual((begun.meter_id, begun.tariff_id), (other, self.tariff))
        self.assertEqual(bill.utility_meter_id, subscription.meter_id)

    def test_a_meter_is_changed_inside_of_a_subscription(self):
        """From its second day, so that the part before has a day, to its last."""
        first, last = date(2024, 1, 1), date(2025, 6, 30)
        subscription = self.subscribe(1, {first: 0}, date_start=first, date_end=last)
        for day in (date(2023, 12, 31), first, date(2025, 7, 1)):
            with self.subTest(day), self.assertRaisesRegex(UserError, "does not run on"):
                subscription._end_and_begin(day)
        for day in (last, date(2024, 1, 2)):
            begun = subscription._end_and_begin(day)
            self.assertEqual((begun.date_start, begun.date_end), (day, last))
            last = subscription.date_end

    def test_dwellings_multiply_the_blocks_of_a_tariff_that_counts_them(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 1000}, dwellings=10)
        # 1,000 × 2, and the fixed part once: 40
        self.tariff.dwellings_in_blocks = True
        bill = self.bill(subscription, post=False)
        self.assertAlmostEqual(bill.amount_untaxed, 40 + 2000 + 350)
        self.assertIn("10 dwellings", bill.invoice_line_ids.filtered(lambda li: li.utility_kind == "block").name)
        bill.utility_billing_run_id.action_discard()
        self.work()
        self.tariff.dwellings_in_fixed = True
        self.assertAlmostEqual(self.bill(subscription).amount_untaxed, 400 + 2000 + 350)


@tagged("post_install", "-at_install")
class TestTariffPeriods(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheap = cls.make_tariff(
            cls.section,
            name="Réduit",
            version_ids=[
                Command.create(
                    {
                        "date_start": date(2020, 1, 1),
                        "line_ids": [
                            Command.create({"product_id": cls.fixed.id, "kind": "fixed", "price": 25}),
                            Command.create({"product_id": cls.water.id, "kind": "block", "price": 1.5}),
                            Command.create({"product_id": cls.levy.id, "kind": "levy", "price": 0.35}),
                        ],
                    }
                )
            ],
        )

    def test_a_change_is_prorated(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 100})
        subscription.tariff_period_ids = [Command.create({"date_start": date(2024, 7, 31), "tariff_id": self.cheap.id})]
        self.assertEqual(subscription.tariff_id, self.cheap)
        # 212 and 154 days of 366: 23.17 and 10.52; 57.92 × 2; 42.08 × 1.5; 100 × 0.35
        self.assertAlmostEqual(self.bill(subscription).amount_untaxed, 247.65)

    def test_past_months_are_not_priced_anew(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2025, 1, 1): 100})
        with freeze_time("2024-07-31"):
            subscription.tariff_id = self.cheap
        self.assertEqual(subscription.tariff_period_ids.mapped("date_start"), [date(2020, 1, 1), date(2024, 7, 31)])
        self.assertAlmostEqual(self.bill(subscription).amount_untaxed, 247.65)

    def test_a_change_begins_after_the_last_bill(self):
        subscription = self.subscribe(1, {date(2024, 1, 1): 0, date(2024, 7, 1): 50, date(2025, 1, 1): 100})
        self.bill(subscription, H1)
        subscription.tariff_id = self.cheap
        self.assertEqual(subscription.tariff_period_ids[-1].date_start, date(2024, 7, 1))
        subscription.tariff_id = self.tariff
        self.assertEqual(len(subscription.tariff_period_ids), 1, "a change that is given up leaves nothing")
        subscription.tariff_id = self.cheap
        # 25 × 184/366 = 12.57; 50 × 1.5; 50 × 0.35
        self.assertAlmostEqual(self.bill(subscription, H2).amount_untaxed, 105.07)

    def test_what_was_just_entered_is_corrected(self):
        subscription = self.subscribe(1, {})
        subscription.tariff_id = self.cheap
        self.assertEqual(subscription.tariff_period_ids.mapped("tariff_id"), self.cheap)
        self.assertEqual(subscription.tariff_period_ids.date_start, subscription.date_start)
        subscription.tariff_id = False
        self.assertFalse(subscription.tariff_period_ids)
