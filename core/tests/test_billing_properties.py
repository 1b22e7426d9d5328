"""Properties of every bill, checked on thousands of seeded random cases."""

import random
import unittest
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ..billing import (
    BillRequest,
    Consumption,
    Heading,
    LineKind,
    Measure,
    Per,
    Period,
    Rounding,
    Tariff,
    TariffVersion,
    allocate,
    compute_bill,
    round_half_up,
)
from .test_billing_tariff import block, fixed, levy

FIRST_DAY = date(2023, 1, 1)
ROUNDING = Rounding()


class Chance:
    """Random tariffs, periods and volumes, the same in every run."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)

    def decimal(self, limit, digits):
        return Decimal(self.random.randint(0, limit)).scaleb(-digits)

    def period(self, longest=800):
        start = FIRST_DAY + timedelta(days=self.random.randint(0, 1000))
        return Period(start, start + timedelta(days=self.random.randint(0, longest)))

    def lines(self):
        bounds = sorted(self.random.sample(range(1, 400), self.random.randint(0, 3)))
        steps = zip([0, *bounds], [*bounds, None], strict=True)
        ladder = [block(f"B{low}", self.decimal(50_000, 4), low, high) for low, high in steps]
        per = self.random.choice(list(Per))
        return (fixed("F", self.decimal(20_000, 2), per=per), levy("L", self.decimal(9_999, 4)), *ladder)

    def starts(self, period, count):
        """Starts of versions: one long before, the others inside the period."""
        inside = {period.start + timedelta(days=self.random.randrange(period.days)) for _ in range(count)}
        return [date(2000, 1, 1), *sorted(inside)]

    def tariff(self, period, changes):
        return Tariff(tuple(TariffVersion(start, self.lines()) for start in self.starts(period, changes)))

    def slices(self, period, count):
        cuts = (period.start + timedelta(days=self.random.randrange(period.days)) for _ in range(count))
        return tuple(Consumption(part, self.decimal(300_000, 3)) for part in period.cut(cuts))


class Properties(unittest.TestCase):
    def chances(self, seed, cases=500):
        return (Chance(f"{seed} {case}") for case in range(cases))

    def test_shared_parts_sum_to_the_whole(self):
        for chance in self.chances("allocate", cases=2000):
            total = chance.decimal(10_000_000, 2) * chance.random.choice((1, -1))
            weights = [1 + chance.random.randrange(10_000) for _ in range(chance.random.randint(1, 12))]
            parts = allocate(total, weights, ROUNDING.money)
            self.assertEqual(sum(parts), total, chance.seed)
            for part, weight in zip(parts, weights, strict=True):
                exact = Fraction(total) * weight / sum(weights)
                self.assertLess(abs(Fraction(part) - exact), Fraction(ROUNDING.money), chance.seed)

    def test_prorated_parts_sum_to_the_whole(self):
        """Versions that leave prices as they were do not move a cent of a fixed part, a price or a levy."""
        for chance in self.chances("whole", cases=2000):
            period = chance.period()
            lines = [line for line in chance.lines() if line.kind is not LineKind.BLOCK] + [
                block("V", chance.decimal(50_000, 4))
            ]
            slices = chance.slices(period, 2)
            amounts = []
            for starts in (chance.starts(period, 4), [date(2000, 1, 1)]):
                tariff = Tariff(tuple(TariffVersion(start, tuple(lines)) for start in starts))
                sums = Counter()
                for line in compute_bill(BillRequest(period, tariff, slices)).lines:
                    sums[line.key] += line.amount
                amounts.append(sums)
            self.assertEqual(amounts[0], amounts[1], chance.seed)

    def test_fixed_parts_are_rounded_once(self):
        for chance in self.chances("fixed", cases=2000):
            period, lines = chance.period(), chance.lines()
            tariff = Tariff(tuple(TariffVersion(start, lines) for start in chance.starts(period, 3)))
            exact = Fraction(lines[0].price) * period.share(lines[0].per)
            total = compute_bill(BillRequest(period, tariff)).total
            self.assertEqual(total, round_half_up(exact, ROUNDING.money), chance.seed)

    def test_volumes_sum_to_the_readings(self):
        """Split by days and poured into blocks, not a litre is lost; levies see the whole volume too."""
        for chance in self.chances("volumes"):
            period = chance.period()
            slices = chance.slices(period, 3)
            request = BillRequest(period, chance.tariff(period, 4), slices)
            poured = Counter()
            for line in compute_bill(request).lines:
                poured[line.kind] += line.quantity
            drawn = sum(part.volume for part in slices)
            self.assertEqual((poured[LineKind.BLOCK], poured[LineKind.LEVY]), (drawn, drawn), chance.seed)

    def test_blocks_respect_their_bounds(self):
        for chance in self.chances("bounds"):
            period = chance.period()
            request = BillRequest(period, chance.tariff(period, 2), chance.slices(period, 2))
            for line in compute_bill(request).lines:
                if line.kind is LineKind.BLOCK:
                    lower, upper = line.bounds
                    self.assertGreater(line.quantity, 0, chance.seed)
                    self.assertTrue(upper is None or line.quantity <= upper - lower, chance.seed)

    def test_who_draws_more_never_pays_less(self):
        for chance in self.chances("monotonic"):
            period = chance.period()
            tariff = chance.tariff(period, 1)
            volume, more = chance.decimal(300_000, 3), chance.decimal(2_000, 3)
            totals = [
                compute_bill(BillRequest(period, tariff, (Consumption(period, drawn),))).total
                for drawn in (volume, volume + more)
            ]
            self.assertLessEqual(totals[0], totals[1], chance.seed)

    def test_instalments_and_the_measured_bill_make_the_whole(self):
        for chance in self.chances("settled"):
            period = chance.period()
            tariff, slices = chance.tariff(period, 2), chance.slices(period, 2)
            billed = ()
            for part in period.cut(chance.starts(period, 2)):
                guess = Consumption(part, chance.decimal(300_000, 3), Measure.ESTIMATED)
                billed += compute_bill(BillRequest(part, tariff, (guess,))).lines
            whole = compute_bill(BillRequest(period, tariff, slices)).total
            settled = compute_bill(BillRequest(period, tariff, slices, billed=billed)).total
            self.assertEqual(sum(line.amount for line in billed) + settled, whole, chance.seed)

    def test_terms_multiply_to_the_amount(self):
        for chance in self.chances("terms"):
            period = chance.period()
            bill = compute_bill(BillRequest(period, chance.tariff(period, 3), chance.slices(period, 2)))
            for line in bill.lines:
                quantity, price = line.terms(ROUNDING)
                self.assertEqual(round_half_up(quantity * price, ROUNDING.money), line.amount, chance.seed)
                self.assertEqual(quantity, round_half_up(quantity, ROUNDING.volume), chance.seed)

    def test_lines_are_in_the_order_of_the_decree(self):
        order = list(Heading)
        for chance in self.chances("order"):
            period = chance.period()
            bill = compute_bill(BillRequest(period, chance.tariff(period, 2), chance.slices(period, 2)))
            ranks = [order.index(line.heading) for line in bill.lines]
            self.assertEqual(ranks, sorted(ranks), chance.seed)
