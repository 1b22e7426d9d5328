"""Dates and numbers of cells as people and programs write them."""

import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.cell_formats import (
    DateOrder,
    find_date_order,
    find_decimal_sign,
    parse_moment,
    parse_number,
)


def parse_date(text, order, zone=None):
    """Return the day of a moment."""
    moment = parse_moment(text, order, zone)
    return moment and moment.day


class TestCells(unittest.TestCase):
    def test_date_orders(self):
        for values, expected in (
            (["2023-03-31", "2023/4/1"], (DateOrder.YMD, False)),
            (["20230331"], (DateOrder.COMPACT, False)),
            (["31/03/2023", "01/02/2023"], (DateOrder.DMY, False)),
            (["31-03-23", "01.02.23"], (DateOrder.DMY, False)),
            (["03/31/2023", "01/02/2023"], (DateOrder.MDY, False)),
            (["03/31/2023", "31/01/2023"], (DateOrder.DMY, True)),
            (["01/02/2023", "01/03/2023"], (DateOrder.DMY, True)),
            (["03/03/2023", "hier"], (DateOrder.DMY, True)),
            (["", "x"], (DateOrder.DMY, False)),
        ):
            with self.subTest(values):
                self.assertEqual(find_date_order(values), expected)

    def test_dates(self):
        self.assertEqual(parse_date("1.2.24", DateOrder.DMY), date(2024, 2, 1))
        self.assertEqual(parse_date("2024-02-29T00:00:00Z", DateOrder.YMD), date(2024, 2, 29))
        self.assertEqual(parse_date("29/02/2024 12:30", DateOrder.DMY), date(2024, 2, 29))
        for text, order in (
            ("29/02/2023", DateOrder.DMY), ("31/13/2023", DateOrder.DMY), ("0202-01-01", DateOrder.YMD),
            ("31/03/2023 25:00", DateOrder.DMY), ("juin-24", DateOrder.DMY), ("31 foo 2024", DateOrder.DMY),
            ("30-févr.-24", DateOrder.DMY), ("99999", DateOrder.SERIAL), ("٣١/٠٣/٢٠٢٣", DateOrder.DMY),
            ("2023-03-31x", DateOrder.YMD), ("45016", DateOrder.COMPACT),
        ):  # fmt: skip
            self.assertIsNone(parse_date(text, order), text)

    def test_months_in_words(self):
        for text, expected in (
            ("01-janv.-25", date(2025, 1, 1)), ("1er février 2025", date(2025, 2, 1)),
            ("31 déc. 2024", date(2024, 12, 31)),
            ("mardi 31 décembre 2024", date(2024, 12, 31)), ("15-AOÛT-2024", date(2024, 8, 15)),
            ("3 juil. 24", date(2024, 7, 3)), ("3-juin-24", date(2024, 6, 3)), ("31-Mar-2024", date(2024, 3, 31)),
            ("Jan 5, 2025", date(2025, 1, 5)), ("31 mai 2024 23:59", date(2024, 5, 31)),
        ):  # fmt: skip
            for order in DateOrder:
                self.assertEqual(parse_date(text, order), expected, text)
        self.assertEqual(find_date_order(["01-janv.-25", "02/13/2025"]), (DateOrder.MDY, False))

    def test_serial_dates_of_spreadsheets(self):
        """45658 is 1 January 2025: days since 30 December 1899."""
        self.assertEqual(find_date_order(["45658", "45689"]), (DateOrder.SERIAL, False))
        for text, expected in (
            ("45658", (date(2025, 1, 1), None)),
            ("45658,75", (date(2025, 1, 1), 64_800)),
            ("45657.999999", (date(2025, 1, 1), 0)),
        ):
            self.assertEqual(parse_moment(text, DateOrder.SERIAL), expected)

    def test_an_hour_with_its_zone_gives_the_local_day(self):
        paris = ZoneInfo("Europe/Paris")
        for text, order, expected in (
            ("2024-12-31T23:00:00Z", DateOrder.YMD, (date(2025, 1, 1), 0)),
            ("2024-06-30T22:30:00.000Z", DateOrder.YMD, (date(2024, 7, 1), 1800)),
            ("2024-12-31T23:00:00+01:00", DateOrder.YMD, (date(2024, 12, 31), 82_800)),
            ("2025-01-01T03:00:00+0400", DateOrder.YMD, (date(2025, 1, 1), 0)),
            ("31/12/2024 23:00", DateOrder.DMY, (date(2024, 12, 31), 82_800)),
            ("31/12/2024 23h15", DateOrder.DMY, (date(2024, 12, 31), 83_700)),
            ("12/31/2024 11:00:00 PM", DateOrder.MDY, (date(2024, 12, 31), 82_800)),
            ("20241231 23:00Z", DateOrder.COMPACT, (date(2025, 1, 1), 0)),
        ):
            self.assertEqual(parse_moment(text, order, paris), expected, text)
        self.assertEqual(
            parse_date("2024-12-31T23:00:00Z", DateOrder.YMD, ZoneInfo("America/Cayenne")), date(2024, 12, 31)
        )

    def test_decimal_signs(self):
        for values, expected in (
            (["12", "1500"], (".", False)),
            (["12,5"], (",", False)),
            (["12.5", "3"], (".", False)),
            (["1.234,5"], (",", False)),
            (["1,234.5"], (".", False)),
            (["1\u202f234,567"], (",", False)),
            (["1.234.567"], (",", False)),
            (["0,123"], (",", False)),
            (["1234,567"], (",", False)),
            (["1,234"], (",", True)),
            (["1.234"], (".", True)),
            (["1,234", "5.5"], (".", False)),
            (["1,5", "2,5", "3.5"], (",", True)),
            (["voir note, svp"], (".", False)),
        ):
            with self.subTest(values):
                self.assertEqual(find_decimal_sign(values), expected)

    def test_numbers(self):
        for text, sign, expected in (
            ("-19", ".", "-19"), ("0012", ",", "12"), ("1 234,5", ",", "1234.5"), ("12.", ".", "12"),
            ("1\u202f234\u202f567", ",", "1234567"), ("1.234,5", ",", "1234.5"), ("1,234", ".", "1234"),
            ("\u22125", ".", "-5"), ("+7", ".", "7"),
        ):  # fmt: skip
            self.assertEqual(parse_number(text, sign), D(expected), text)
        for text in ("", "12 3", "1e5", "NaN", "inf", "\u0661", "1,2,3", "1" * 13, "1.2345678", "-", "12 m3"):
            self.assertIsNone(parse_number(text, "."), text)

    def test_a_worded_date_with_a_zone(self):
        paris = ZoneInfo("Europe/Paris")
        for order in (DateOrder.DMY, DateOrder.SERIAL):
            self.assertEqual(parse_moment("31 décembre 2024 23:00Z", order, paris), (date(2025, 1, 1), 0))
        self.assertEqual(parse_date("2024-12-31T23:00:00Z", DateOrder.YMD, paris), date(2025, 1, 1))

    def test_hours_west_and_east_with_half_hours(self):
        """23:00 three hours west of Greenwich is 2:00 there, 3:00 in Paris; 10:00 at +11:30 is 22:30 the day before."""
        paris = ZoneInfo("Europe/Paris")
        for text, expected in (
            ("2024-12-31T23:00:00-03:00", (date(2025, 1, 1), 10_800)),
            ("2024-12-31T10:00:00+11:30", (date(2024, 12, 30), 84_600)),
        ):
            self.assertEqual(parse_moment(text, DateOrder.YMD, paris), expected, text)

    def test_seconds_and_halves_of_the_day(self):
        for text, seconds in (
            ("2024-12-31 23:00:07", 82_807),
            ("2024-12-31 12:30 AM", 1800),
            ("2024-12-31 01:00 AM", 3600),
            ("2024-12-31 12:15 PM", 44_100),
        ):
            self.assertEqual(parse_moment(text, DateOrder.YMD).seconds, seconds, text)

    def test_years(self):
        """Two digits are of 1970 to 2069; a year out of 1900 to 2100 is a typing error."""
        for text, expected in (
            ("01/02/69", date(2069, 2, 1)), ("01/02/70", date(1970, 2, 1)), ("01/02/75", date(1975, 2, 1)),
            ("01/01/1900", date(1900, 1, 1)), ("31/12/2100", date(2100, 12, 31)),
            ("31/12/1899", None), ("01/01/2101", None),
        ):  # fmt: skip
            self.assertEqual(parse_date(text, DateOrder.DMY), expected, text)

    def test_serial_dates_until_2100(self):
        """73415 days after 30 December 1899 is 31 December 2100."""
        for text, expected in (
            ("73415", (date(2100, 12, 31), None)), ("73415,5", (date(2100, 12, 31), 43_200)),
            ("73416", None), ("73416,5", None),
        ):  # fmt: skip
            self.assertEqual(parse_moment(text, DateOrder.SERIAL), expected, text)

    def test_most_values_decide(self):
        self.assertEqual(find_date_order(["31/03/2023", "30/04/2023", "2023-01-01"]), (DateOrder.DMY, False))
        self.assertEqual(find_decimal_sign(["1.5", "2.5", "3,5"]), (".", True))
