"""The price of 120 m³, and the age of meters."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..billing import Heading, LineKind, Tariff, TariffLine, TariffVersion
from ..billing.errors import MissingVersion
from ..billing.reference_price import reference_price
from ..metering.ageing import renewal_date


def tariff(start, fixed, first, second, levy):
    lines = (
        TariffLine(1, LineKind.FIXED, Heading.DISTRIBUTION, D(fixed)),
        TariffLine(2, LineKind.BLOCK, Heading.DISTRIBUTION, D(first), upper=D(100)),
        TariffLine(3, LineKind.BLOCK, Heading.DISTRIBUTION, D(second), lower=D(100)),
        TariffLine(4, LineKind.LEVY, Heading.PUBLIC_BODIES, D(levy)),
    )
    return TariffVersion(date.fromisoformat(start), lines)


class TestReferencePrice(unittest.TestCase):
    def test_worked(self):
        """40 + 100 × 2 + 20 × 3 + 120 × 0.35 = 342.00."""
        price = reference_price(Tariff((tariff("2020-01-01", 40, 2, 3, "0.35"),)), 2025)
        self.assertEqual(price.total, D("342.00"))
        amounts = [line.amount for line in price.lines]
        self.assertEqual(amounts, [D("40.00"), D("200.00"), D("60.00"), D("42.00")])

    def test_the_prices_of_1_january_hold_all_year(self):
        both = Tariff((tariff("2020-01-01", 40, 2, 3, "0.35"), tariff("2025-07-01", 80, 9, 9, 9)))
        self.assertEqual(reference_price(both, 2025).total, D("342.00"))
        self.assertEqual(reference_price(both, 2024).total, D("342.00"))
        self.assertEqual(reference_price(both, 2026).total, D(80 + 120 * 9 + 120 * 9))

    def test_before_the_first_version(self):
        with self.assertRaises(MissingVersion):
            reference_price(Tariff((tariff("2025-02-01", 40, 2, 3, 0),)), 2025)


class TestRenewal(unittest.TestCase):
    def test_fifteen_years_after(self):
        self.assertEqual(renewal_date(date(2010, 5, 20), 2009), date(2025, 5, 20))
        self.assertEqual(renewal_date(date(2012, 2, 29), 0), date(2027, 3, 1))
        self.assertEqual(renewal_date(None, 2010), date(2025, 1, 1))
        self.assertIsNone(renewal_date(None, 0))
