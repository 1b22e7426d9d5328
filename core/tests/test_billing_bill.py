"""What a bill states and what it refuses, with builders shared by the other billing tests."""

import unittest
from datetime import date
from decimal import Decimal

from ..billing import (
    BillRequest,
    Consumption,
    Heading,
    LineKind,
    Measure,
    Nature,
    Per,
    Rounding,
    Tariff,
    compute_bill,
    compute_bills,
    limit_volume,
    price_per_litre,
)
from ..billing.errors import (
    BackwardsPeriod,
    BillingError,
    DeductionNotCovered,
    MissingVersion,
    NegativeVolume,
    OutOfService,
)
from .test_billing_tariff import COLLECTION, block, fixed, levy, period, tariff, version

Q1, Q2, H1 = "2026-01-01..2026-03-31", "2026-04-01..2026-06-30", "2026-01-01..2026-06-30"
SIMPLE = tariff(fixed("F", "36.50"), block("V", "2.00"))
BLOCKS = tariff(fixed("F", "36.50"), block("B1", "1.20", 0, 120), block("B2", "2.00", 120), levy("L", "0.33"))


def drawn(days, volume, measure=Measure.MEASURED):
    return Consumption(period(days), Decimal(volume), measure)


def request(prices, days, *slices, **more):
    """`slices`: volumes over the whole period, (days, volume) pairs, or consumptions."""
    pairs = ((days, part) if isinstance(part, int | str) else part for part in slices)
    volumes = (part if isinstance(part, Consumption) else drawn(*part) for part in pairs)
    for side in ("moved_in", "moved_out"):
        if side in more:
            more[side] = date.fromisoformat(more[side])
    return BillRequest(period(days), prices, tuple(volumes), **more)


def bill(*args, **kwargs):
    return compute_bill(request(*args, **kwargs))


def settled(prices, days, volume, *instalments):
    """A measured bill after instalments, each (days, estimated volume)."""
    bills = (bill(prices, past, drawn(past, guess, Measure.ESTIMATED)) for past, guess in instalments)
    return bill(prices, days, volume, billed=tuple(line for past in bills for line in past.lines))


class Lines(unittest.TestCase):
    def test_a_fixed_part_shows_its_days_and_years(self):
        line = bill(SIMPLE, Q1).lines[0]
        self.assertEqual((line.kind, line.heading, line.nature), (LineKind.FIXED, Heading.DISTRIBUTION, Nature.CHARGE))
        self.assertEqual((line.period, line.quantity, line.slices), (period(Q1), Decimal("0.246575"), ()))
        self.assertEqual(line.unit_price, Decimal("36.50"))

    def test_a_block_shows_its_prorated_bounds_and_the_dated_volumes(self):
        slices = drawn("2026-01-01..2026-02-09", 12), drawn("2026-02-10..2026-03-31", 30, Measure.ESTIMATED)
        low, high = bill(BLOCKS, Q1, *slices).lines[1:3]
        self.assertEqual(low.bounds, (Decimal(0), Decimal("29.589")))
        self.assertEqual(high.bounds, (Decimal("29.589"), None))
        self.assertEqual((low.slices, high.slices), (slices, slices))
        self.assertEqual(low.period, period(Q1))

    def test_a_volume_split_by_days_shows_its_parts(self):
        prices = Tariff((version("2020-01-01", block("V", "2")), version("2026-02-15", block("W", "3"))))
        old, new = bill(prices, Q1, 20).lines
        self.assertEqual(old.slices, (drawn("2026-01-01..2026-02-14", 10),))
        self.assertEqual(new.slices, (drawn("2026-02-15..2026-03-31", 10),))

    def test_blocks_count_the_days_of_the_readings(self):
        # read late: 120 m³ × 120/365 = 39.452, whatever the campaign's period is
        low = bill(BLOCKS, Q1, ("2025-12-02..2026-03-31", 50)).lines[1]
        self.assertEqual(low.bounds[1], Decimal("39.452"))

    def test_a_line_of_two_separate_slices_runs_from_the_first_day_to_the_last(self):
        slices = drawn("2026-01-01..2026-01-31", 10), drawn("2026-03-01..2026-03-31", 10)
        self.assertEqual(bill(BLOCKS, Q1, *slices).lines[1].period, period(Q1))

    def test_a_levy_spans_all_its_volumes_in_whatever_order_they_come(self):
        later, earlier = drawn("2026-03-01..2026-03-31", 10), drawn("2026-01-01..2026-01-31", 10)
        for slices in ((earlier, later), (later, earlier)):
            (line,) = bill(tariff(levy("L", "0.33")), Q1, *slices).lines
            self.assertEqual((line.period, line.quantity), (period(Q1), Decimal(20)))

    def test_a_limit_above_the_volume_changes_nothing(self):
        slices = (drawn(Q1, 10),)
        self.assertEqual(limit_volume(slices, Decimal(20), Rounding()), slices)

    def test_headings_come_in_the_order_of_the_decree(self):
        prices = tariff(levy("L", "1"), block("C", "1", heading=COLLECTION), block("V", "1"), fixed("F", "9"))
        self.assertEqual([line.key for line in bill(prices, Q1, 10).lines], ["F", "V", "C", "L"])

    def test_blocks_rise_in_each_version(self):
        """Also where the new version changes only the first block."""
        old = version("2020-01-01", block("B1", "1.20", 0, 100), block("B2", "2.00", 100))
        new = version("2026-02-15", block("C1", "1.30", 0, 100), block("C2", "2.00", 100))
        lines = bill(Tariff((old, new)), Q1, 60).lines
        self.assertEqual([line.key for line in lines], ["B1", "B2", "C1", "C2"])

    def test_equal_lines_of_one_version_are_rounded_apart(self):
        # 10 × 90/365 = 2.4658 → 2.47 each; together they would make 4.93
        prices = tariff(fixed("meter", "10"), fixed("service", "10"))
        self.assertEqual([line.amount for line in bill(prices, Q1).lines], [Decimal("2.47")] * 2)

    def test_a_price_that_changes_heading_or_unit_is_rounded_apart(self):
        # 5 × 1.111 = 5.555 → 5.56 each; together they would make 11.11
        old, new = block("V", "1.111"), block("C", "1.111", heading=COLLECTION)
        prices = Tariff((version("2020-01-01", old), version("2026-02-15", new)))
        self.assertEqual([line.amount for line in bill(prices, Q1, 10).lines], [Decimal("5.56")] * 2)
        # 9.96 × 31/365 = 0.8459 → 0.85; 9.96 × 31/181 = 1.7059 → 1.71; together they would make 2.55
        old, new = fixed("F", "9.96"), fixed("G", "9.96", per=Per.HALF_YEAR)
        prices = Tariff((version("2020-01-01", old), version("2026-01-01", new)))
        self.assertEqual(bill(prices, "2025-12-01..2026-01-31").total, Decimal("2.56"))

    def test_a_deduction_keeps_the_dates_of_the_instalment(self):
        deductions = settled(SIMPLE, H1, 45, (Q1, 25)).lines[2:]
        self.assertEqual({line.nature for line in deductions}, {Nature.DEDUCTION})
        self.assertEqual({line.period for line in deductions}, {period(Q1)})
        self.assertEqual(deductions[1].slices[0].measure, Measure.ESTIMATED)


class Terms(unittest.TestCase):
    """What a ledger that multiplies quantity by price must be given."""

    def terms(self, line, **steps):
        return line.terms(Rounding(**steps))

    def test_the_line_s_own(self):
        line = bill(BLOCKS, Q1, 40).lines[1]
        self.assertEqual(self.terms(line), (Decimal("29.589"), Decimal("1.20")))

    def test_a_quantity_too_fine_for_the_ledger(self):
        line = bill(BLOCKS, Q1, 40).lines[1]
        self.assertEqual(self.terms(line, volume=Decimal("0.01")), (1, Decimal("35.51")))

    def test_a_prorated_fixed_part(self):
        self.assertEqual(self.terms(bill(SIMPLE, Q1).lines[0]), (1, Decimal("9.00")))

    def test_a_part_that_received_a_cent(self):
        prices = Tariff((version("2020-01-01", block("V", "1.111")), version("2026-02-15", block("W", "1.111"))))
        lines = bill(prices, Q1, 10).lines
        self.assertEqual([self.terms(line) for line in lines], [(5, Decimal("1.111")), (1, Decimal("5.55"))])

    def test_a_deduction(self):
        deduction = settled(SIMPLE, H1, 45, (Q1, 25)).lines[-1]
        self.assertEqual(self.terms(deduction), (-25, Decimal("2.00")))


class Refusals(unittest.TestCase):
    def assertRefused(self, error, make, **facts):
        with self.assertRaises(error) as caught:
            make()
        self.assertEqual({name: str(caught.exception.facts[name]) for name in facts}, facts)

    def test_backwards_period(self):
        self.assertRefused(
            BackwardsPeriod, lambda: period("2026-03-31..2026-03-30"), start="2026-03-31", end="2026-03-30"
        )

    def test_negative_volume(self):
        self.assertRefused(NegativeVolume, lambda: drawn(Q1, "-0.001"), start="2026-01-01", volume="-0.001")

    def test_moved_in_after_the_period(self):
        self.assertRefused(OutOfService, lambda: bill(SIMPLE, Q1, moved_in="2026-04-01"), moved_in="2026-04-01")

    def test_moved_out_before_the_period(self):
        self.assertRefused(OutOfService, lambda: bill(SIMPLE, Q1, moved_out="2025-12-31"), moved_out="2025-12-31")

    def test_no_version_for_the_service(self):
        make = lambda: bill(SIMPLE, "2019-12-31..2020-01-31")  # noqa: E731
        self.assertRefused(MissingVersion, make, date="2019-12-31")

    def test_no_version_for_a_volume(self):
        make = lambda: bill(SIMPLE, "2020-01-01..2020-03-31", ("2019-12-01..2020-03-31", 1))  # noqa: E731
        self.assertRefused(MissingVersion, make, date="2019-12-01")

    def assertNotCovered(self, key, first, days, *slices):
        """A bill refuses to deduct the instalment of the first quarter, for its line `key` alone."""
        for line in bill(SIMPLE, Q1, 25).lines:
            make = lambda line=line: bill(SIMPLE, days, *slices, billed=(line,))  # noqa: E731
            if line.key == key:
                self.assertRefused(DeductionNotCovered, make, start="2026-01-01", first=first)
            else:
                self.assertEqual(make().lines[-1].nature, Nature.DEDUCTION)

    def test_a_fixed_instalment_whose_days_are_not_billed_again(self):
        self.assertNotCovered("F", "2026-04-01", Q2, (H1, 20))

    def test_a_volume_instalment_whose_days_are_not_billed_again(self):
        self.assertNotCovered("V", "2026-04-01", H1, (Q2, 20))

    def test_an_instalment_later_than_the_bill(self):
        self.assertNotCovered("F", "2025-10-01", "2025-10-01..2025-12-31", (Q1, 20))

    def test_one_refusal_stops_nobody_else(self):
        requests = {
            "late": request(SIMPLE, Q1, 20, moved_in="2026-05-01"),
            "sound": request(SIMPLE, Q1, 20),
            "old": request(SIMPLE, "2019-01-01..2019-12-31", 20),
        }
        bills, refusals = compute_bills(requests)
        self.assertEqual({key: made.total for key, made in bills.items()}, {"sound": Decimal("49.00")})
        self.assertEqual(
            {key: type(error) for key, error in refusals.items()},
            {"late": OutOfService, "old": MissingVersion},
        )

    def test_every_sentence_reads(self):
        error = OutOfService(start=1, end=2, moved_in=None, moved_out=3)
        self.assertIsInstance(error, BillingError)
        self.assertIn("the subscription runs from … to 3.", str(error))


class PricePerLitre(unittest.TestCase):
    def test_without_the_fixed_part(self):
        # (136.50 − 16.50) / 30 m³ = 4 € per m³
        self.assertEqual(price_per_litre(Decimal("136.50"), Decimal("16.50"), Decimal(30)), Decimal("0.00400"))

    def test_five_decimals_half_up(self):
        # 123.45 / 1 000 m³ = 0.00012345 € a litre
        self.assertEqual(price_per_litre(Decimal("123.45"), Decimal(0), Decimal(1000)), Decimal("0.00012"))
        # 125 / 1 000 m³ = 0.000125 € a litre
        self.assertEqual(price_per_litre(Decimal(125), Decimal(0), Decimal(1000)), Decimal("0.00013"))

    def test_nothing_drawn(self):
        self.assertIsNone(price_per_litre(Decimal("16.50"), Decimal("16.50"), Decimal(0)))
