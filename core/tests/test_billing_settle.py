"""Deductions of earlier charges, levies by the day of the invoice, and tariffs that change."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from ..billing import BillLine, Heading, LineKind, Tariff
from ..billing.cases import Charged, PastReading
from ..billing.obstacles import ObstacleReason
from ..metering.readings import ReadingKind as Read
from .decide_samples import (
    H1,
    H2,
    PRICES,
    TARIFFS,
    charged,
    draft,
    levy,
    obstacle,
    subscription,
    version,
)
from .test_billing_tariff import block, fixed, period


class Settlements(unittest.TestCase):
    """A bill charges a volume again and deducts what was charged for it before."""

    def test_an_estimate_billed_too_high_is_settled_by_the_next_bill(self):
        first = draft(subscription("2024-01-01 100 | 2024-07-01 200 estimated"), H1)
        # 40 × 182/366 = 19.89; 59.672 × 2 = 119.34; 40.328 × 3 = 120.98; 35.00
        self.assertEqual(first.bill.total, D("295.21"))
        estimates = charged(first, 100, first.readings)
        text = "2024-01-01 100 | 2024-07-01 200 estimated | 2025-01-01 180"
        second = draft(subscription(text, since="2024-07-01", estimates=estimates), H2)
        self.assertEqual(second.settles, (5,))
        # the year: 40 + 80 × 2 + 80 × 0.35
        self.assertEqual(first.bill.total + second.bill.total, D("228.00"))

    def test_an_estimate_that_was_not_too_high_is_left_alone(self):
        first = draft(subscription("2024-01-01 100 | 2024-07-01 150 estimated"), H1)
        text = "2024-01-01 100 | 2024-07-01 150 estimated | 2025-01-01 180"
        case = subscription(text, since="2024-07-01", estimates=charged(first, 50, first.readings))
        self.assertEqual((draft(case, H2).settles, draft(case, H2).volume), ((), 30))

    def test_an_estimate_of_somebody_else_is_not_settled(self):
        text = "2024-01-01 100 | 2024-07-01 200 estimated | 2025-01-01 180"
        self.assertIs(obstacle(subscription(text, since="2024-07-01"), H2).reason, ObstacleReason.NEGATIVE)

    def test_days_of_a_credited_bill_are_charged_again(self):
        # credited: the fixed part of the first half-year, 19.89, with that of the second, 20.11; 80 × 2.35
        case = subscription("2024-01-01 100 | 2025-01-01 180", freed=(period(H1),))
        bill = draft(case, H2).bill
        self.assertEqual(bill.total, D("228.00"))
        self.assertEqual(bill.service, period(H2))

    def instalment(self, price, volume):
        """An instalment of 2025, in the year whose levy was `price`."""
        tariffs = {1: Tariff((version("2015-01-01", *PRICES, levy("L", price)),))}
        rate = D(volume) / 365
        history = [PastReading(9, date(2025, 1, 1), Read.REAL, date(2024, 1, 2), rate * 365)]
        case = subscription(history=history, billing_type="estimated")
        return charged(draft(case, "2025-01-01..2025-12-31", tariffs=tariffs), volume, [])

    def test_a_levy_is_that_of_the_invoice_date(self):
        # 120 m³ drawn under 0.43 and under 0.34, billed in July 2026: 120 × 0.34
        case = subscription("2025-07-01 0 | 2026-07-01 120")
        days = "2025-07-01..2026-06-30"
        self.assertEqual(self.levies(case, days, "2026-07-15"), [(120, D("40.80"))])
        self.assertEqual(self.levies(case, days, "2025-12-31"), [(120, D("51.60"))])

    def test_a_levy_may_be_that_of_the_days_of_consumption(self):
        # 184 of 365 days: 60.493 × 0.43 = 26.01; 59.507 × 0.34 = 20.23
        case = subscription("2025-07-01 0 | 2026-07-01 120")
        made = self.levies(case, "2025-07-01..2026-06-30", "2026-07-15", at_invoice=False)
        self.assertEqual(made, [(D("60.493"), D("26.01")), (D("59.507"), D("20.23"))])

    def levies(self, case, days, invoice_date, at_invoice=True):
        tariffs = {
            1: Tariff(
                (
                    version("2015-01-01", *PRICES, levy("L43", "0.43", at_invoice)),
                    version("2026-01-01", *PRICES, levy("L34", "0.34", at_invoice)),
                )
            )
        }
        made = draft(case, days, tariffs=tariffs, invoice_date=date.fromisoformat(invoice_date))
        return [(line.quantity, line.amount) for line in made.bill.lines if line.kind is LineKind.LEVY]

    def settled_levies(self, instalment, text):
        case = subscription(text, instalments=instalment, billing_type="estimated")
        made = self.levies(case, "2025-07-01..2026-06-30", "2026-07-15")
        return made, sum(amount for _quantity, amount in made)

    def instalments(self, volume):
        lines = self.levies(subscription(f"2025-07-01 0 | 2026-01-01 {volume}"), "2025-07-01..2025-12-31", "2025-12-31")
        (quantity, amount), days = lines[0], period("2025-07-01..2025-12-31")
        line = BillLine("L43", LineKind.LEVY, Heading.PUBLIC_BODIES, quantity, D("0.43"), amount, days, at_invoice=True)
        return {5: Charged(D(volume), [replace(line, document=5)])}

    def test_a_levy_is_settled_on_what_was_not_invoiced_yet(self):
        # 60 m³ stay charged at 0.43; the other 60 at 0.34
        made, total = self.settled_levies(self.instalments(60), "2025-07-01 0 | 2026-07-01 120")
        self.assertEqual(total, D("20.40"))
        self.assertEqual(made, [(120, D("40.80")), (-60, D("-20.40"))])

    def test_a_levy_invoiced_in_excess_is_given_back_as_it_was_charged(self):
        # 60 invoiced at 0.43, 40 drawn: 20 × 0.43
        _made, total = self.settled_levies(self.instalments(60), "2025-07-01 0 | 2026-07-01 40")
        self.assertEqual(total, D("-8.60"))

    def test_the_latest_instalment_gives_back_first(self):
        two = self.instalments(60) | {6: Charged(D(30), [replace(self.instalments(30)[5].lines[0], document=6)])}
        made, total = self.settled_levies(two, "2025-07-01 0 | 2026-07-01 50")
        # 40 in excess: 30 of the second, 10 of the first
        self.assertEqual(made[2:], [(-30, D("-12.90")), (-10, D("-4.30"))])
        self.assertEqual(total, D("-17.20"))

    def test_all_is_given_back_where_nothing_was_drawn(self):
        made, _total = self.settled_levies(self.instalments(60), "2025-07-01 0 | 2026-07-01 0")
        self.assertEqual(made, [(-60, D("-25.80"))])


class Tariffs(unittest.TestCase):
    CHEAP = Tariff((version("2015-01-01", fixed("F2", 25), block("V", "1.5"), levy("L", "0.35")),))

    def test_a_change_of_tariff_is_prorated(self):
        # 212 days of 366: 23.17; 57.923 × 2 = 115.85; 154 days: 25 × 154/366 = 10.52; 42.077 × 1.5 = 63.12; 35.00
        case = subscription("2024-01-01 0 | 2025-01-01 100", tariffs=[(date(2015, 1, 1), 1), (date(2024, 7, 31), 2)])
        bill = draft(case, tariffs=TARIFFS | {2: self.CHEAP}).bill
        self.assertEqual(bill.total, D("247.66"))
        self.assertEqual(bill.price_changes, (date(2024, 7, 31),))

    def test_a_later_tariff_without_a_version_is_named(self):
        late = Tariff((version("2024-09-01", fixed("F", 25)),))
        case = subscription("2024-01-01 0 | 2025-01-01 100", tariffs=[(date(2015, 1, 1), 1), (date(2024, 7, 31), 2)])
        found = obstacle(case, tariffs=TARIFFS | {2: late})
        self.assertEqual((found.reason, found.record), (ObstacleReason.NO_VERSION, ("utility.tariff", 2)))

    def test_versions_of_both_tariffs_are_in_force_on_their_days(self):
        one = Tariff((version("2015-01-01", fixed("A", 366)), version("2024-03-01", fixed("B", 732))))
        two = Tariff((version("2015-01-01", fixed("C", 1098)), version("2024-11-01", fixed("D", 1464))))
        spliced = Tariff.splice([(date(2020, 1, 1), one), (date(2024, 7, 1), two)])
        self.assertEqual(
            [(v.start.isoformat(), v.lines[0].key) for v in spliced.versions],
            [("2015-01-01", "A"), ("2024-03-01", "B"), ("2024-07-01", "C"), ("2024-11-01", "D")],
        )
