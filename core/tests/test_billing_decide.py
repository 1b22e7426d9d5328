"""Decisions of a campaign about volumes, and each reason why a subscription has no bill."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from ..billing import Nature, Period, Tariff
from ..billing.cases import Alert, Charged
from ..billing.decide import decide
from ..billing.obstacles import ObstacleReason
from .decide_samples import (
    H1,
    H2,
    PRICES,
    ROUNDING,
    TARIFFS,
    charged,
    draft,
    obstacle,
    past,
    scope,
    subscription,
    version,
)
from .test_billing_tariff import block


class Volumes(unittest.TestCase):
    def test_nothing_drawn_keeps_its_days(self):
        # 40 + 100 × 2 + 100 × 0.35; the bound is that of the year, 120 m³
        stopped = subscription("2024-01-01 100 | 2024-07-01 100 | 2025-01-01 200")
        self.assertEqual(draft(stopped).bill.total, D("275.00"))

    def test_a_blocked_device_that_is_replaced_keeps_its_days(self):
        text = "2024-01-01 100 | 2024-07-01 100 removal | 2024-07-01 0 installation | 2025-01-01 100"
        self.assertEqual(draft(subscription(text)).bill.total, D("275.00"))

    def test_days_without_a_device_are_days_of_the_blocks(self):
        text = "2024-01-01 100 | 2024-07-01 100 removal | 2024-07-11 0 installation | 2025-01-01 100"
        self.assertEqual(draft(subscription(text)).bill.total, D("275.00"))

    def test_an_instalment_is_estimated_from_what_was_drawn(self):
        # two years of 60 m³: 120 / 730 days × 182
        text = "2022-01-01 0 | 2022-07-01 100 estimated | 2023-01-01 60 | 2023-07-01 160 estimated | 2024-01-01 120"
        case = subscription(history=past(text), billing_type="estimated")
        made = draft(case, H1)
        self.assertEqual((made.volume, made.billing_type), (D("29.918"), "estimated"))
        self.assertEqual(made.reference, Period(date(2022, 1, 1), date(2023, 12, 31)))

    def test_an_estimate_put_right_in_the_same_bill(self):
        made = draft(subscription("2024-01-01 100 | 2024-07-01 200 estimated | 2025-01-01 180"))
        self.assertEqual((made.bill.total, made.volumes), (D("228.00"), (100, -20)))

    def test_a_volume_bound_counts_the_dwellings(self):
        # 1,000 m³ behind one meter, ten flats: 1,000 × 1.39
        lines = (block("B1", "1.39", 0, 120), block("B2", "1.56", 120))
        case = subscription("2024-01-01 0 | 2025-01-01 1000", dwellings=10, is_dwelling=False)
        counted = {1: Tariff((version("2020-01-01", *lines, dwellings_in_blocks=True),))}
        self.assertEqual(draft(case, tariffs=counted).bill.total, D("1390.00"))
        not_counted = {1: Tariff((version("2020-01-01", *lines),))}
        self.assertEqual(draft(case, tariffs=not_counted).bill.total, D("1539.60"))

    def test_a_fixed_part_counts_the_dwellings(self):
        case = subscription("2024-01-01 0 | 2024-07-01 0", dwellings=3)
        counted = {1: Tariff((version("2020-01-01", *PRICES, dwellings_in_fixed=True),))}
        # 3 × 40 × 182/366 = 59.672
        self.assertEqual(draft(case, H1, tariffs=counted).bill.total, D("59.67"))
        self.assertEqual(draft(case, H1).bill.total, D("19.89"))

    def test_a_flat_volume_by_days(self):
        # 120 × 182/366 = 59.672: × 2 = 119.344, × 0.35 = 20.885; 19.89
        made = draft(subscription(billing_type="flat", flat_volume=D(120)), H1)
        self.assertEqual((made.bill.total, made.billing_type), (D("160.12"), "flat"))

    def test_a_flat_rate_without_volume_charges_fixed_parts(self):
        self.assertEqual(draft(subscription(billing_type="flat"), H1).bill.total, D("19.89"))


class Obstacles(unittest.TestCase):
    TEXT = "2024-01-01 0 | 2025-01-01 100"

    def assertObstacle(self, found, reason, record, day=None):
        self.assertEqual((found.reason, found.record, found.day), (reason, record, day))

    def test_a_live_bill(self):
        waits = subscription(self.TEXT, bill=(33, 2, "draft"))
        self.assertObstacle(obstacle(waits), ObstacleReason.DRAFT, ("account.move", 33))
        mine = subscription(self.TEXT, bill=(33, 1, "draft"))
        self.assertObstacle(obstacle(mine), ObstacleReason.ALREADY_BILLED, ("account.move", 33))
        posted = subscription(self.TEXT, bill=(33, 2, "posted"))
        self.assertObstacle(obstacle(posted), ObstacleReason.ALREADY_BILLED, ("account.move", 33))

    def test_no_tariff(self):
        self.assertObstacle(
            obstacle(subscription(self.TEXT, tariffs=[])), ObstacleReason.NO_TARIFF, ("utility.subscription", 7)
        )

    def test_a_product_that_can_not_be_billed(self):
        found = obstacle(subscription(self.TEXT), bad={1: 44})
        self.assertObstacle(found, ObstacleReason.PRODUCT, ("product.product", 44))

    def test_no_version(self):
        tariffs = {1: Tariff((version("2024-02-01", *PRICES),))}
        found = obstacle(subscription(self.TEXT), tariffs=tariffs)
        self.assertObstacle(found, ObstacleReason.NO_VERSION, ("utility.tariff", 1))
        self.assertEqual(found.error.facts, {"date": date(2024, 1, 1)})

    def test_a_subscription_that_ended_is_not_told_to_read_its_meter(self):
        ended = subscription(date_end="2023-12-31")
        self.assertObstacle(obstacle(ended), ObstacleReason.OUT_OF_SERVICE, ("utility.subscription", 7))

    def test_a_reading_to_check(self):
        case = subscription(self.TEXT)
        case.readings = [replace(case.readings[0], state="draft")]
        self.assertObstacle(obstacle(case), ObstacleReason.TO_CHECK, ("utility.reading", 2), date(2025, 1, 1))

    def test_days_before_the_subscription(self):
        case = subscription(self.TEXT)
        case.readings = [replace(case.readings[0], is_outside=True)]
        self.assertObstacle(obstacle(case), ObstacleReason.MOVE, ("utility.meter", 70), date(2025, 1, 1))

    def test_nothing_drawn_before_the_subscription_prevents_nothing(self):
        case = subscription("2023-06-01 100 | 2025-01-01 100", date_start="2024-07-01")
        case.readings = [replace(case.readings[0], is_outside=True)]
        # 40 × 184/366
        self.assertEqual(draft(case).bill.total, D("20.11"))

    def test_the_meter_is_being_checked(self):
        case = subscription(self.TEXT, alerts={2: Alert("checking", D(20), D(40))})
        self.assertObstacle(obstacle(case), ObstacleReason.METER_CHECK, ("utility.meter", 70), date(2025, 1, 1))

    def test_no_reading(self):
        self.assertObstacle(obstacle(subscription()), ObstacleReason.NO_READING, ("utility.meter", 70))

    def test_a_first_index_alone(self):
        case = subscription(first_index=date(2024, 5, 2))
        self.assertObstacle(obstacle(case), ObstacleReason.FIRST_INDEX, ("utility.meter", 70), date(2024, 5, 2))

    def test_a_negative_volume(self):
        case = subscription("2024-01-01 100 | 2025-01-01 90")
        self.assertObstacle(obstacle(case), ObstacleReason.NEGATIVE, ("utility.meter", 70))

    def test_nothing_to_estimate_from(self):
        case = subscription(billing_type="estimated")
        self.assertObstacle(obstacle(case), ObstacleReason.NO_HISTORY, ("utility.meter", 70))

    def test_an_instalment_before_what_is_billed(self):
        line = draft(subscription(self.TEXT)).bill.lines[1]
        case = subscription("2024-07-01 0 | 2025-01-01 50", instalments={5: Charged(D(100), [line])})
        self.assertObstacle(obstacle(case, H2), ObstacleReason.DEDUCTION, ("utility.subscription", 7))

    def test_one_in_error_stops_nobody_else(self):
        good, bad = subscription(self.TEXT), replace(subscription(self.TEXT, tariffs=[]), id=8)
        batch = decide([bad, good], scope(), TARIFFS, ROUNDING, {})
        self.assertEqual(([d.case.id for d in batch.drafts], [o.case.id for o in batch.obstacles]), ([7], [8]))

    def test_an_instalment_is_a_deduction_on_the_measured_bill(self):
        first = draft(subscription("2024-01-01 0 | 2024-07-01 60"), H1)
        case = subscription("2024-01-01 0 | 2025-01-01 100", instalments=charged(first, 60, []))
        made = draft(case, H2)
        self.assertEqual(made.settles, (5,))
        self.assertEqual(first.bill.total + made.bill.total, D("275.00"))
        self.assertEqual({line.nature for line in made.bill.lines}, {Nature.CHARGE, Nature.DEDUCTION})
