"""Worked bills: every amount computed by hand, the arithmetic beside it.

A line reads `key quantity amount` (a fixed part `key amount`); the order is that of the bill.
Days: first quarter 90 of 365 (91 of 366), first half 181 (182), second half 184.
"""

import unittest
from decimal import Decimal
from functools import partial

from ..billing import (
    LineKind,
    Per,
    Rounding,
    Tariff,
    check_leak,
    estimate_consumption,
    flat_consumption,
    limit_volume,
)
from .test_billing_bill import bill, drawn, settled
from .test_billing_tariff import COLLECTION, block, fixed, levy, period, tariff, version

Q1, H1 = "2026-01-01..2026-03-31", "2026-01-01..2026-06-30"
Y2026, Q1_LEAP, NEW_YEAR_LEAP = "2026-01-01..2026-12-31", "2024-01-01..2024-03-31", "2023-12-01..2024-01-31"
BEFORE, AFTER = "2026-01-01..2026-02-14", "2026-02-15..2026-03-31"  # 45 days each

SIMPLE = tariff(fixed("F", "36.50"), block("V", "2.00"))
BLOCKS = tariff(fixed("F", "36.50"), block("B1", "1.20", 0, 120), block("B2", "2.00", 120), levy("L", "0.33"))
SOCIAL = tariff(block("B0", "0", 0, 15), block("B1", "1.50", 15, 120), block("B2", "2.50", 120))
HALVES = tariff(fixed("F", "18.40", per=Per.HALF_YEAR), block("V", "1.50"))
SEWER = tariff(fixed("F", "20.00", COLLECTION), block("C", "2.345", heading=COLLECTION), levy("L", "0.25"))
TOWN = tariff(
    levy("L", "0.33"),
    *SEWER.versions[0].lines[:2],
    block("V", "2.00"),
    fixed("A", "36.50"),
    levy("M", "0.25"),
)
FLAT = tariff(fixed("F", "120.00"))
CHANGED = Tariff(
    (
        version("2020-01-01", fixed("F", "36.50"), block("V", "2.00")),
        version("2026-02-15", fixed("G", "73.00"), block("W", "3.00")),
    )
)
BLOCKS_CHANGED = Tariff(
    (
        version("2020-01-01", block("B1", "1.20", 0, 120), block("B2", "2.00", 120)),
        version("2026-02-15", block("C1", "1.30", 0, 100), block("C2", "2.10", 100)),
    )
)
LEVY_CHANGED = Tariff(
    (
        version("2020-01-01", fixed("F", "9.96"), block("V", "1.111"), levy("L", "0.33")),
        version("2026-01-01", fixed("G", "9.96"), block("W", "1.111"), levy("M", "0.43")),
    )
)
DECADES = Tariff(
    (
        version("2026-01-01", block("V", "1.00")),
        version("2026-01-11", block("W", "2.00")),
        version("2026-01-21", block("X", "3.00")),
    )
)
RAISED = Tariff((version("2020-01-01", fixed("F", "9.96")), version("2026-01-01", fixed("G", "9.97"))))
REBATE = Tariff((version("2020-01-01", levy("R", "-0.011")), version("2026-02-15", levy("S", "-0.011"))))
TINY = tariff(fixed("F", "1.825"), block("V", "1.005"))
BELOW = tariff(block("V", "1.0049"))
PAST = [(Decimal(28), 90), (Decimal(32), 90), (Decimal(30), 90)]


def leaked(prices, volume, past=PAST, excludes_leak=False):
    check = check_leak(Decimal(volume), 90, past, Rounding())
    slices = limit_volume([drawn(Q1, volume)], check.relieved_volume(excludes_leak), Rounding())
    return bill(prices, Q1, *slices)


def flat(prices, days, per_year):
    return bill(prices, days, flat_consumption(Decimal(per_year), period(days), Rounding()))


def estimated(prices, days, past):
    return bill(prices, days, estimate_consumption(period(days), past, Rounding()))


case = partial
# fmt: off
WORKED = [
    # --- fixed part and one price ---
    # 36.50 × 365/365; 100 × 2
    ("a year", case(bill, SIMPLE, Y2026, 100), "F 36.50 | V 100 200.00", "236.50"),
    # 36.50 × 90/365 = 9.00; 20 × 2
    ("a quarter", case(bill, SIMPLE, Q1, 20), "F 9.00 | V 20 40.00", "49.00"),
    # 36.50 × 366/366
    ("a leap year", case(bill, SIMPLE, "2024-01-01..2024-12-31", 100), "F 36.50 | V 100 200.00", "236.50"),
    # 36.50 × 91/366 = 9.0751
    ("a quarter of a leap year", case(bill, SIMPLE, Q1_LEAP, 20), "F 9.08 | V 20 40.00", "49.08"),
    # 36.50 × 31/365 = 3.10 and × 31/366 = 3.09153; once: 6.19153
    ("into a leap year", case(bill, SIMPLE, NEW_YEAR_LEAP, 5), "F 6.19 | V 5 10.00", "16.19"),
    # 36.50 × 184/366 = 18.34973 and × 181/365 = 18.10; once: 36.44973
    ("out of a leap year", case(bill, SIMPLE, "2024-07-01..2025-06-30", 50),
     "F 36.45 | V 50 100.00", "136.45"),
    # 36.50/366 = 0.09973
    ("29 February alone", case(bill, SIMPLE, "2024-02-29..2024-02-29", 0), "F 0.10", "0.10"),
    # 36.50/365 = 0.10; 1 × 2
    ("one day", case(bill, SIMPLE, "2026-05-04..2026-05-04", 1), "F 0.10 | V 1 2.00", "2.10"),
    # 9.00 as above, nothing drawn
    ("zero consumption", case(bill, BLOCKS, Q1, 0), "F 9.00", "9.00"),
    # April to June, in advance: 36.50 × 91/365 = 9.10; January to March, afterwards: 20 × 2
    ("fixed in advance", case(bill, SIMPLE, "2026-04-01..2026-06-30", (Q1, 20)),
     "F 9.10 | V 20 40.00", "49.10"),
    # --- moves ---
    # 15 February to 31 March: 14 + 31 = 45 days; 36.50 × 45/365 = 4.50
    ("move in", case(bill, SIMPLE, Q1, (AFTER, 10), moved_in="2026-02-15"),
     "F 4.50 | V 10 20.00", "24.50"),
    # 31 days: 3.10; 7 × 2
    ("move out", case(bill, SIMPLE, Q1, ("2026-01-01..2026-01-31", 7), moved_out="2026-01-31"),
     "F 3.10 | V 7 14.00", "17.10"),
    # February: 28 days: 2.80; 3 × 2
    ("in and out", case(bill, SIMPLE, Q1, ("2026-02-01..2026-02-28", 3), moved_in="2026-02-01",
     moved_out="2026-02-28"), "F 2.80 | V 3 6.00", "8.80"),
    # one day: 0.10
    ("in and out on one day", case(bill, SIMPLE, Q1, moved_in="2026-02-01", moved_out="2026-02-01"),
     "F 0.10", "0.10"),
    # moved in long before, out long after: the quarter
    ("moves outside", case(bill, SIMPLE, Q1, 20, moved_in="2019-05-01", moved_out="2031-01-01"),
     "F 9.00 | V 20 40.00", "49.00"),
    # --- blocks ---
    # 100 × 1.20; 100 × 0.33
    ("first block", case(bill, BLOCKS, Y2026, 100), "F 36.50 | B1 100 120.00 | L 100 33.00", "189.50"),
    # 120 × 1.20, the bound belongs to the first block; 120 × 0.33
    ("on the bound", case(bill, BLOCKS, Y2026, 120), "F 36.50 | B1 120 144.00 | L 120 39.60", "220.10"),
    # 144.00; 80 × 2; 200 × 0.33
    ("two blocks", case(bill, BLOCKS, Y2026, 200),
     "F 36.50 | B1 120 144.00 | B2 80 160.00 | L 200 66.00", "406.50"),
    # 120 × 90/365 = 29.58904; 29.589 × 1.20 = 35.5068; 10.411 × 2 = 20.822; 40 × 0.33
    ("blocks over a quarter", case(bill, BLOCKS, Q1, 40),
     "F 9.00 | B1 29.589 35.51 | B2 10.411 20.82 | L 40 13.20", "78.53"),
    # 120 × 91/366 = 29.83607; 29.836 × 1.20 = 35.8032; 10.164 × 2 = 20.328
    ("blocks over a leap quarter", case(bill, BLOCKS, Q1_LEAP, 40),
     "F 9.08 | B1 29.836 35.80 | B2 10.164 20.33 | L 40 13.20", "78.41"),
    # 120 × (31/365 + 31/366) = 20.35571; 20.356 × 1.20 = 24.4272; 9.644 × 2 = 19.288
    ("blocks into a leap year", case(bill, BLOCKS, NEW_YEAR_LEAP, 30),
     "F 6.19 | B1 20.356 24.43 | B2 9.644 19.29 | L 30 9.90", "59.81"),
    # 15 free; 105 × 1.50; 30 × 2.50
    ("a free first block", case(bill, SOCIAL, Y2026, 150),
     "B0 15 0.00 | B1 105 157.50 | B2 30 75.00", "232.50"),
    # 15/365 = 0.04110, 120/365 = 0.32877; 0.288 × 1.50 = 0.432; 0.671 × 2.50 = 1.6775
    ("blocks over one day", case(bill, SOCIAL, "2026-05-04..2026-05-04", 1),
     "B0 0.041 0.00 | B1 0.288 0.43 | B2 0.671 1.68", "2.11"),
    # bound to the whole m³: 29.589 → 30; 30 × 1.20; 10 × 2
    ("in whole m³", case(bill, BLOCKS, Q1, 40, rounding=Rounding(volume=Decimal(1))),
     "F 9.00 | B1 30 36.00 | B2 10 20.00 | L 40 13.20", "78.20"),
    # --- readings ---
    # five digits, 99 990 then 00 015: 15 + 100 000 − 99 990 = 25; 25 × 2
    ("roll-over", case(bill, SIMPLE, Q1, 15 + 100_000 - 99_990), "F 9.00 | V 25 50.00", "59.00"),
    # 412 → 424 removed, 0 → 18 installed: 30; 29.589 × 1.20 = 35.5068; 0.411 × 2 = 0.822; 30 × 0.33
    ("replacement", case(bill, BLOCKS, Q1, ("2026-01-01..2026-02-09", 12), ("2026-02-10..2026-03-31", 18)),
     "F 9.00 | B1 29.589 35.51 | B2 0.411 0.82 | L 30 9.90", "55.23"),
    # the meter 30 and the well 10, same days counted once: as 40 over the quarter
    ("a second source", case(bill, BLOCKS, Q1, 30, 10),
     "F 9.00 | B1 29.589 35.51 | B2 10.411 20.82 | L 40 13.20", "78.53"),
    # --- versions ---
    # 45 days each: 36.50 × 45/365 = 4.50, 73 × 45/365 = 9.00; 20 m³ by days 10 + 10: × 2, × 3
    ("new prices, not read", case(bill, CHANGED, Q1, 20),
     "F 4.50 | G 9.00 | V 10 20.00 | W 10 30.00", "63.50"),
    # 25.001 by halves 12.5005: the first takes the litre; 12.501 × 2 = 25.002; 12.5 × 3
    ("a litre too many", case(bill, CHANGED, Q1, "25.001"),
     "F 4.50 | G 9.00 | V 12.501 25.00 | W 12.5 37.50", "76.00"),
    # read on 15 February: 5 × 2, 20 × 3
    ("new prices, read", case(bill, CHANGED, Q1, (BEFORE, 5), (AFTER, 20)),
     "F 4.50 | G 9.00 | V 5 10.00 | W 20 60.00", "83.50"),
    # the new version starts with the period: 9.00; 10 × 3
    ("new prices from the first day", case(bill, CHANGED, AFTER, 10), "G 9.00 | W 10 30.00", "39.00"),
    # 45 days at 0.10 and 1 at 0.20; 46 m³ by days 45 + 1: × 2, × 3
    ("new prices on the last day", case(bill, CHANGED, "2026-01-01..2026-02-15", 46),
     "F 4.50 | G 0.20 | V 45 90.00 | W 1 3.00", "97.70"),
    # 60 by days 30 + 30; 120 × 45/365 = 14.79452, 100 × 45/365 = 12.32877; 14.795 × 1.20 = 17.754;
    # 15.205 × 2 = 30.41; 12.329 × 1.30 = 16.0277; 17.671 × 2.10 = 37.1091
    ("new blocks", case(bill, BLOCKS_CHANGED, Q1, 60),
     "B1 14.795 17.75 | B2 15.205 30.41 | C1 12.329 16.03 | C2 17.671 37.11", "101.30"),
    # only the levy changes. 9.96 × 31/365 = 0.84592 twice: 1.69184 → 1.69, shared;
    # 10 × 1.111 = 11.11, shared (5.555 each); 5 × 0.33; 5 × 0.43
    ("unchanged prices", case(bill, LEVY_CHANGED, "2025-12-01..2026-01-31", 10),
     "F 0.85 | G 0.84 | V 5 5.56 | W 5 5.55 | L 5 1.65 | M 5 2.15", "16.60"),
    # a cent more a year: 9.96 × 31/365 = 0.84592; 9.97 × 31/365 = 0.84677: two prices, each rounded
    ("nearly the same price", case(bill, RAISED, "2025-12-01..2026-01-31"), "F 0.85 | G 0.85", "1.70"),
    # rebates: 5 × 0.011 = 0.055, 9 × 0.011 = 0.099; once: 0.154 → 0.15; 5.36 and 9.64 cents: 5 and 10
    ("a rebate", case(bill, REBATE, Q1, (BEFORE, 5), (AFTER, 9)), "R 5 -0.05 | S 9 -0.10", "-0.15"),
    # 10 m³ over three times 10 days, whole m³: 3.33 each, the first takes one more: 4 × 1, 3 × 2, 3 × 3
    ("three versions",
     case(bill, DECADES, "2026-01-01..2026-01-30", 10, rounding=Rounding(volume=Decimal(1))),
     "V 4 4.00 | W 3 6.00 | X 3 9.00", "19.00"),
    # --- half-years ---
    # 18.40 × 181/181; 50 × 1.50
    ("a half-year", case(bill, HALVES, H1, 50), "F 18.40 | V 50 75.00", "93.40"),
    # 18.40 × 90/181 = 9.14917
    ("a quarter of the first half", case(bill, HALVES, Q1, 0), "F 9.15", "9.15"),
    # 18.40 × 92/184
    ("a quarter of the second half", case(bill, HALVES, "2026-07-01..2026-09-30", 0), "F 9.20", "9.20"),
    # 18.40 × 30/181 = 3.04972 and × 31/184 = 3.10; once: 6.14972
    ("across two halves", case(bill, HALVES, "2026-06-01..2026-07-31", 0), "F 6.15", "6.15"),
    # 18.40 × 91/182
    ("a leap half", case(bill, HALVES, Q1_LEAP, 0), "F 9.20", "9.20"),
    # 2 × 18.40
    ("two halves", case(bill, HALVES, Y2026, 0), "F 36.80", "36.80"),
    # --- cents ---
    # 1.825/365 = 0.005 → 0.01; 1.005 → 1.01
    ("half cents go up", case(bill, TINY, "2026-05-04..2026-05-04", 1), "F 0.01 | V 1 1.01", "1.02"),
    # 1.0049 → 1.00
    ("less than half a cent", case(bill, BELOW, Q1, 1), "V 1 1.00", "1.00"),
    # no cents: 36.50 × 90/365 = 9; 0.25 × 2 = 0.5 → 1
    ("a currency without cents", case(bill, SIMPLE, Q1, "0.25", rounding=Rounding(money=Decimal(1))),
     "F 9 | V 0.25 1", "10"),
    # --- headings ---
    # water 9.00, 30 × 2; sewerage 20 × 90/365 = 4.93151, 30 × 2.345; levies 30 × 0.33, 30 × 0.25
    ("the three headings", case(bill, TOWN, Q1, 30),
     "A 9.00 | V 30 60.00 | F 4.93 | C 30 70.35 | L 30 9.90 | M 30 7.50", "161.68"),
    # --- estimated, then measured ---
    # 73 m³ a year: 73 × 90/365 = 18; × 2
    ("an instalment", case(estimated, SIMPLE, Q1, [(Decimal(73), 365)]), "F 9.00 | V 18 36.00", "45.00"),
    # 36.50 × 181/365 = 18.10; 45 × 2; less 9.00 and 25 × 2
    ("put right", case(settled, SIMPLE, H1, 45, (Q1, 25)),
     "F 18.10 | V 45 90.00 | F -9.00 | V -25 -50.00", "49.10"),
    # estimated too high: less 9.00 and 60 × 2
    ("given back", case(settled, SIMPLE, H1, 45, (Q1, 60)),
     "F 18.10 | V 45 90.00 | F -9.00 | V -60 -120.00", "-20.90"),
    # 273 days: 27.30; 80 × 2; less 9.00, 50, and 91 days: 9.10, 50
    ("two instalments",
     case(settled, SIMPLE, "2026-01-01..2026-09-30", 80, (Q1, 25), ("2026-04-01..2026-06-30", 25)),
     "F 27.30 | V 80 160.00 | F -9.00 | V -25 -50.00 | F -9.10 | V -25 -50.00", "69.20"),
    # 30 by days 15 + 15: × 2, × 3; 4.50, 9.00; less 31 days: 3.10 and 10 × 2
    ("put right, new prices", case(settled, CHANGED, Q1, 30, ("2026-01-01..2026-01-31", 10)),
     "F 4.50 | G 9.00 | V 15 30.00 | W 15 45.00 | F -3.10 | V -10 -20.00", "65.40"),
    # 120 × 181/365 = 59.50685; 59.507 × 1.20 = 71.4084; 0.493 × 2 = 0.986; 60 × 0.33; less the quarter
    ("put right, blocks", case(settled, BLOCKS, H1, 60, (Q1, 40)), "F 18.10 | B1 59.507 71.41 | B2 0.493 0.99"
     " | L 60 19.80 | F -9.00 | B1 -29.589 -35.51 | B2 -10.411 -20.82 | L -40 -13.20", "31.77"),
    # --- leaks: mean of 28, 32 and 30 over 90 days each: 30; twice: 60 ---
    # 100 > 60: 60 × 2
    ("leak", case(leaked, SIMPLE, 100), "F 9.00 | V 60 120.00", "129.00"),
    # 60 is not more than twice: 60 × 2
    ("twice the mean", case(leaked, SEWER, 60, excludes_leak=True),
     "F 4.93 | C 60 140.70 | L 60 15.00", "160.63"),
    # the whole leak leaves the sewerage base: 30 × 2.345; 30 × 0.25
    ("leak, sewerage without it", case(leaked, SEWER, 100, excludes_leak=True),
     "F 4.93 | C 30 70.35 | L 30 7.50", "82.78"),
    # capped as water: 60 × 2.345; 60 × 0.25
    ("leak, sewerage with it", case(leaked, SEWER, 100), "F 4.93 | C 60 140.70 | L 60 15.00", "160.63"),
    # 100 m³ over 301 days: × 90/301 = 29.90033; twice 59.80066; 59.801 × 2 = 119.602
    ("leak, uneven past",
     case(leaked, SIMPLE, 100, [(Decimal(30), 91), (Decimal(20), 60), (Decimal(50), 150)]),
     "F 9.00 | V 59.801 119.60", "128.60"),
    # --- flat ---
    # 120 × 90/365 = 29.58904; 29.589 × 2 = 59.178
    ("flat volume", case(flat, SIMPLE, Q1, 120), "F 9.00 | V 29.589 59.18", "68.18"),
    # 120 × (31/365 + 31/366) = 20.35571; 20.356 × 2 = 40.712
    ("flat volume into a leap year", case(flat, SIMPLE, NEW_YEAR_LEAP, 120),
     "F 6.19 | V 20.356 40.71", "46.90"),
    # 29.589 by halves: 14.795 × 2 = 29.59; 14.794 × 3 = 44.382
    ("flat volume, new prices", case(flat, CHANGED, Q1, 120),
     "F 4.50 | G 9.00 | V 14.795 29.59 | W 14.794 44.38", "87.47"),
    # 120.00 × 90/365 = 29.58904
    ("flat amount", case(bill, FLAT, Q1), "F 29.59", "29.59"),
]
# fmt: on


def written(line):
    """`key amount` for a fixed part, else `key quantity amount`."""
    if line.kind is LineKind.FIXED:
        return f"{line.key} {line.amount}"
    return f"{line.key} {line.quantity.normalize():f} {line.amount}"


class WorkedBills(unittest.TestCase):
    def test_worked_bills(self):
        for name, make, lines, total in WORKED:
            with self.subTest(name):
                made = make()
                self.assertEqual(" | ".join(map(written, made.lines)), lines)
                self.assertEqual(made.total, Decimal(total))
