"""Tariffs that may be saved and those that may not; builders that the other tests of billing use."""

import unittest
from datetime import date
from decimal import Decimal

from ..billing import Heading, LineKind, Per, Period, Tariff, TariffLine, TariffVersion, check_tariff
from ..billing.errors import (
    BackwardsBlock,
    BlockHole,
    BlockOverlap,
    FirstBlockNotZero,
    LastBlockClosed,
    MissingVersion,
    NegativeBlock,
    OpenBlockNotLast,
    OverlappingVersions,
)

DISTRIBUTION, COLLECTION, PUBLIC_BODIES = Heading


def period(text):
    """`2026-01-01..2026-03-31`"""
    start, end = text.split("..")
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def fixed(key, price, heading=DISTRIBUTION, per=Per.YEAR):
    return TariffLine(key, LineKind.FIXED, heading, Decimal(price), per=per)


def block(key, price, lower=0, upper=None, heading=DISTRIBUTION):
    upper = None if upper is None else Decimal(upper)
    return TariffLine(key, LineKind.BLOCK, heading, Decimal(price), lower=Decimal(lower), upper=upper)


def levy(key, price):
    return TariffLine(key, LineKind.LEVY, PUBLIC_BODIES, Decimal(price))


def version(start, *lines):
    return TariffVersion(date.fromisoformat(start), lines)


def tariff(*lines):
    """One version, in force since 2020."""
    return Tariff((version("2020-01-01", *lines),))


def ladder(*bounds, heading=DISTRIBUTION):
    """Versions whose one ladder has these (lower, upper) bounds."""
    return [version("2026-01-01", *(block("B", "1", low, high, heading) for low, high in bounds))]


class CheckTariff(unittest.TestCase):
    def assertFaults(self, versions, *expected):
        """Each expected fault is (type, lower, upper) of the version of 1 January 2026."""
        faults = check_tariff(versions)
        found = [(type(fault), fault.facts["lower"], fault.facts["upper"]) for fault in faults]
        self.assertEqual(found, list(expected))
        for fault in faults:
            self.assertEqual(fault.facts["version"], date(2026, 1, 1))
            self.assertIn("2026-01-01", str(fault))

    def test_sound(self):
        self.assertEqual(check_tariff(ladder((0, 15), (15, 120), (120, None))), [])

    def test_blocks_may_come_in_any_order(self):
        self.assertEqual(check_tariff(ladder((120, None), (0, 15), (15, 120))), [])

    def test_a_version_without_blocks_is_sound(self):
        self.assertEqual(check_tariff([version("2026-01-01", fixed("F", "10"))]), [])

    def test_hole(self):
        self.assertFaults(ladder((0, 100), (120, None)), (BlockHole, 100, 120))

    def test_the_last_block_must_have_no_limit(self):
        self.assertFaults(ladder((0, 100), (100, 120)), (LastBlockClosed, 100, 120))

    def test_overlap(self):
        self.assertFaults(ladder((0, 120), (100, None)), (BlockOverlap, 100, 120))

    def test_overlap_of_a_block_inside_another(self):
        self.assertFaults(ladder((0, 120), (50, 80), (80, None)), (BlockOverlap, 50, 80))

    def test_first_block_not_from_zero(self):
        self.assertFaults(ladder((10, 120), (120, None)), (FirstBlockNotZero, 10, 120))

    def test_open_block_not_last(self):
        self.assertFaults(ladder((0, None), (120, None)), (OpenBlockNotLast, 0, None))

    def test_negative_bounds(self):
        self.assertFaults(ladder((-5, 120), (120, None)), (NegativeBlock, -5, 120))
        self.assertFaults(ladder((0, -120), (120, None)), (NegativeBlock, 0, -120))

    def test_empty_or_backwards_block(self):
        self.assertFaults(ladder((0, 120), (120, 120)), (BackwardsBlock, 120, 120))
        self.assertFaults(ladder((0, 120), (150, 120)), (BackwardsBlock, 150, 120))

    def test_every_fault_is_told(self):
        self.assertFaults(
            ladder((5, 10), (20, 40), (30, None)),
            (FirstBlockNotZero, 5, 10),
            (BlockHole, 10, 20),
            (BlockOverlap, 30, 40),
        )

    def test_headings_have_ladders_of_their_own(self):
        lines = [block("W", "1", 0, 120), block("W2", "2", 120), block("S", "1", heading=COLLECTION)]
        self.assertEqual(check_tariff([version("2026-01-01", *lines)]), [])

    def test_the_sentence_names_the_heading(self):
        (fault,) = check_tariff(ladder((0, 100), (120, None), heading=COLLECTION))
        self.assertEqual(
            str(fault), "Version of 2026-01-01, collection: no block covers the volumes from 100 to 120 m³."
        )

    def test_two_versions_on_one_day(self):
        versions = [version("2026-01-01"), version("2025-01-01"), version("2026-01-01")]
        (fault,) = check_tariff(versions)
        self.assertIsInstance(fault, OverlappingVersions)
        self.assertEqual(fault.facts["version"], date(2026, 1, 1))

    def test_a_faulty_tariff_cannot_be_made(self):
        with self.assertRaises(BlockHole):
            Tariff(tuple(ladder((0, 100), (120, None))))


class VersionAt(unittest.TestCase):
    def setUp(self):
        self.tariff = Tariff((version("2026-01-01"), version("2024-07-01"), version("2025-01-01")))

    def start_on(self, day):
        return self.tariff.version_at(date.fromisoformat(day)).start.isoformat()

    def test_in_force(self):
        self.assertEqual(self.start_on("2024-12-31"), "2024-07-01")
        self.assertEqual(self.start_on("2025-01-01"), "2025-01-01")
        self.assertEqual(self.start_on("2030-01-01"), "2026-01-01")

    def test_none_yet(self):
        with self.assertRaises(MissingVersion) as caught:
            self.start_on("2024-06-30")
        self.assertEqual(caught.exception.facts["date"], date(2024, 6, 30))

    def test_cut(self):
        parts = self.tariff.cut(period("2024-12-30..2026-01-01"))
        self.assertEqual(
            [(version.start.isoformat(), part) for version, part in parts],
            [
                ("2024-07-01", period("2024-12-30..2024-12-31")),
                ("2025-01-01", period("2025-01-01..2025-12-31")),
                ("2026-01-01", period("2026-01-01..2026-01-01")),
            ],
        )
