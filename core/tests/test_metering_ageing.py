"""Meters are renewed after 15 years (order of 6 March 2007)."""

import unittest
from datetime import date

from ..metering.ageing import renewal_date


class TestRenewal(unittest.TestCase):
    def test_fifteen_years_after_the_installation_or_the_manufacture(self):
        for installed, year, expected in (
            (date(2010, 6, 15), 0, date(2025, 6, 15)),
            (date(2010, 6, 15), 2008, date(2025, 6, 15)),
            (date(2012, 2, 29), 0, date(2027, 3, 1)),
            (None, 2010, date(2025, 1, 1)),
            (None, 0, None),
        ):
            with self.subTest(installed=installed, year=year):
                self.assertEqual(renewal_date(installed, year), expected)
