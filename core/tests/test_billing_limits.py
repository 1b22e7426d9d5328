"""Rules at their limits: one day or litre more or less changes the decision."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from ..billing import BillLine, BillRequest, Heading, LineKind, Measure, Nature, Period, Rounding, Tariff, compute_bill
from ..billing.cases import Alert, Charged
from ..billing.charges import fixed_charges, volume_charges
from ..billing.consumption import Consumption
from ..billing.errors import BackwardsPeriod, DeductionNotCovered, NegativeVolume
from ..billing.obstacles import ObstacleReason, refusal
from ..billing.periods import subtract
from .decide_samples import H1, H2, PRICES, TARIFFS, charged, draft, obstacle, past, subscription, version
from .test_billing_bill import drawn
from .test_billing_tariff import block, fixed, period

ROUNDING = Rounding()
YEAR = "2024-01-01..2024-12-31"


def periods(*texts):
    return [period(text) for text in texts]


class Subtract(unittest.TestCase):
    def test_what_is_left_of_days(self):
        year = periods(YEAR)
        for others, left in (
            ([], [YEAR]),
            ([YEAR], []),
            ([H1], [H2]),
            ([H2], [H1]),
            (["2024-03-01..2024-03-31"], ["2024-01-01..2024-02-29", "2024-04-01..2024-12-31"]),
            (["2023-01-01..2024-01-01", "2024-12-31..2025-06-30"], ["2024-01-02..2024-12-30"]),
            (["2022-01-01..2022-12-31"], [YEAR]),
        ):
            with self.subTest(others):
                self.assertEqual(subtract(year, periods(*others)), periods(*left))

    def test_days_count_once(self):
        self.assertEqual(subtract(periods(H1, H2, H1), []), periods(YEAR))


class PriceChanges(unittest.TestCase):
    def changes(self, start, days=YEAR, **more):
        prices = Tariff((version("2015-01-01", *PRICES), version(start, *PRICES)))
        request = BillRequest(period(days), prices, (drawn(days, 10),), **more)
        return bool(compute_bill(request).price_changes)

    def test_on_the_first_day_and_on_the_last(self):
        for start, changes in (
            ("2024-01-01", True),
            ("2024-12-31", True),
            ("2023-12-31", False),
            ("2025-01-01", False),
        ):
            self.assertIs(self.changes(start), changes, start)

    def test_the_levies_of_the_bill_s_date(self):
        self.assertTrue(self.changes("2025-01-15", invoice_date=date(2025, 1, 15)))
        self.assertFalse(self.changes("2025-01-16", invoice_date=date(2025, 1, 15)))


class Splice(unittest.TestCase):
    def keys(self, *tariffs):
        return [v.lines[0].key for v in Tariff.splice(tariffs).versions]

    def test_a_version_that_starts_with_the_change_belongs_to_the_new_tariff(self):
        one = Tariff((version("2015-01-01", fixed("A", 1)), version("2024-07-01", fixed("B", 2))))
        two = Tariff((version("2024-07-01", fixed("C", 3)), version("2025-01-01", fixed("D", 4))))
        three = Tariff((version("2020-01-01", fixed("E", 5)),))
        days = date(2015, 1, 1), date(2024, 7, 1), date(2025, 1, 1)
        self.assertEqual(self.keys(*zip(days, (one, two, three), strict=True)), ["A", "C", "E"])

    def test_versions_after_a_second_change_are_left_out(self):
        one = Tariff((version("2015-01-01", fixed("A", 1)), version("2024-09-01", fixed("B", 2))))
        two = Tariff((version("2020-01-01", fixed("C", 3)),))
        days = date(2015, 1, 1), date(2024, 7, 1), date(2025, 1, 1)
        self.assertEqual(self.keys(*zip(days, (one, two, one), strict=True)), ["A", "C", "B"])


class Charges(unittest.TestCase):
    def test_a_tariff_that_counts_dwellings_counts_one_unless_told(self):
        lines = fixed("F", "366"), block("B1", 1, 0, 120), block("B2", 2, 120)
        prices = Tariff((version("2020-01-01", *lines, dwellings_in_blocks=True, dwellings_in_fixed=True),))
        (first,) = fixed_charges(prices, period(YEAR))
        self.assertEqual(first.exact, 366)
        low, _high = volume_charges(prices, [drawn(YEAR, 200)], ROUNDING)
        self.assertEqual(low.bounds, (0, 120))

    def test_a_levy_knows_its_dated_volumes(self):
        slices = drawn(H1, 10), drawn(H2, 20)
        bill = compute_bill(BillRequest(period(YEAR), TARIFFS[1], slices, invoice_date=date(2025, 1, 15)))
        self.assertEqual(bill.lines[-1].slices, slices)

    def test_what_was_invoiced_in_excess_is_a_deduction(self):
        line = BillLine("L", LineKind.LEVY, Heading.PUBLIC_BODIES, D(60), D("0.35"), D(21), period(H1), at_invoice=True)
        more = {"billed": (replace(line, document=5),), "invoiced": {5: D(60)}, "invoice_date": date(2025, 1, 15)}
        bill = compute_bill(BillRequest(period(YEAR), TARIFFS[1], (drawn(YEAR, 40),), **more))
        natures = [line.nature for line in bill.lines if line.kind is LineKind.LEVY]
        self.assertEqual(natures, [Nature.CHARGE, Nature.DEDUCTION, Nature.DEDUCTION])

    def test_an_instalment_is_given_back_where_nothing_is_billed_anew(self):
        line = compute_bill(BillRequest(period(H1), TARIFFS[1], (drawn(H1, 10),))).lines[1]
        bill = compute_bill(BillRequest(period(H1), TARIFFS[1], (), billed=(line,)))
        self.assertEqual(bill.lines[-1].amount, -line.amount)

    def test_an_instalment_outside_names_its_days_and_those_billed(self):
        line = compute_bill(BillRequest(period(H1), TARIFFS[1], (drawn(H1, 10),))).lines[1]
        with self.assertRaises(DeductionNotCovered) as refused:
            compute_bill(BillRequest(period(H2), TARIFFS[1], (drawn(H2, 10),), billed=(line,)))
        days = ("start", "end", "first", "last"), (*bounds(H1), *bounds(H2))
        self.assertEqual(refused.exception.facts, dict(zip(*days, strict=True)))

    def test_a_negative_volume_names_its_days(self):
        with self.assertRaises(NegativeVolume) as refused:
            Consumption(period(H1), D(-1))
        self.assertEqual(refused.exception.facts, {"start": bounds(H1)[0], "end": bounds(H1)[1], "volume": -1})


def bounds(text):
    return period(text).start, period(text).end


class Plans(unittest.TestCase):
    def test_an_instalment_leaves_out_estimates_and_days_without_a_device(self):
        # 60 m³ over 365 + 175 days with a device, until the last actual reading
        text = (
            "2022-01-01 0 | 2023-01-01 40 | 2023-06-25 60 removal | 2023-07-05 0 installation | 2024-01-01 9 estimated"
        )
        made = draft(subscription(history=past(text), billing_type="estimated"), H1)
        self.assertEqual(made.volume, D("20.222"), "60 × 182/540")
        self.assertEqual(made.reference, Period(date(2022, 1, 1), date(2023, 6, 24)))

    def test_an_instalment_counts_a_leak_as_the_section_says(self):
        text = "2022-01-01 0 | 2023-01-01 60 | 2024-01-01 1060"
        case = subscription(history=past(text, r3=D(120)), billing_type="estimated")
        # 180 × 182/730, and 1,060 × 182/730
        self.assertEqual(draft(case, H1).volume, D("44.877"))
        self.assertEqual(draft(case, H1, leak_history="measured").volume, D("264.274"))

    def test_an_estimate_that_was_exact_is_not_settled(self):
        first = draft(subscription("2024-01-01 100 | 2024-07-01 150 estimated"), H1)
        for last, volume in ((150, 0), (D("150.5"), D("0.5"))):
            text = f"2024-01-01 100 | 2024-07-01 150 estimated | 2025-01-01 {last}"
            case = subscription(text, since="2024-07-01", estimates=charged(first, 50, first.readings))
            self.assertEqual((draft(case, H2).settles, draft(case, H2).volume), ((), volume))

    def test_an_instalment_and_an_estimate_are_settled_together(self):
        first = draft(subscription("2024-01-01 100 | 2024-07-01 200 estimated"), H1)
        estimates = charged(first, 100, first.readings)
        line = replace(first.bill.lines[1], document=3)
        text = "2024-01-01 100 | 2024-07-01 200 estimated | 2025-01-01 180"
        more = {"estimates": estimates, "instalments": {3: Charged(D(1), [line])}}
        self.assertEqual(draft(subscription(text, since="2024-07-01", **more), H2).settles, (3, 5))

    def test_days_before_the_contract_do_not_widen_its_blocks(self):
        case = subscription("2023-06-01 100 | 2024-08-01 100 | 2025-01-01 200", date_start="2024-07-01")
        case.readings = [replace(case.readings[0], is_outside=True), *case.readings[1:]]
        # 120 × 184/366 = 60.328
        self.assertEqual(draft(case).bill.lines[1].bounds, (0, D("60.328")))

    def test_a_slice_says_whether_it_was_measured(self):
        slices = draft(subscription("2024-01-01 0 | 2024-07-01 50 | 2025-01-01 90 estimated")).bill.lines[1].slices
        self.assertEqual([part.measure for part in slices], [Measure.MEASURED, Measure.ESTIMATED])

    def test_a_contract_is_billed_for_its_own_days(self):
        case = subscription("2024-03-01 0 | 2024-06-01 10", date_start="2024-03-01", date_end="2024-05-31")
        self.assertEqual(draft(case).bill.service, period("2024-03-01..2024-05-31"))
        flat = subscription(billing_type="flat", flat_volume=D(366), date_start="2024-03-01", date_end="2024-05-31")
        self.assertEqual(draft(flat).volume, 92)

    def test_a_flat_rate_uses_no_reading(self):
        case = subscription("2024-01-01 0 | 2025-01-01 50", billing_type="flat", flat_volume=D(366))
        case.readings = [replace(case.readings[0], state="draft")]
        made = draft(case)
        self.assertEqual((made.volume, made.readings, made.volumes), (366, (), ()))


class Obstacles(unittest.TestCase):
    def test_an_obstacle_is_of_its_case(self):
        cases = (
            subscription(bill=(33, 2, "draft")),
            subscription(),
            subscription(first_index=date(2024, 5, 2)),
            subscription(billing_type="estimated"),
            subscription(date_end="2023-12-31"),
        )
        for case in cases:
            self.assertIs(obstacle(case).case, case)
        self.assertIs(obstacle(cases[1], bad={1: 44}).case, cases[1])

    def test_readings_that_stand_in_the_way_are_of_their_case(self):
        text = "2024-01-01 0 | 2025-01-01 100"
        for changes in ({"state": "draft"}, {"is_outside": True}):
            case = subscription(text)
            case.readings = [replace(case.readings[0], **changes)]
            self.assertIs(obstacle(case).case, case)
        checked = subscription(text, alerts={2: Alert("checking", D(20), D(40))})
        self.assertIs(obstacle(checked).case, checked)

    def test_a_contract_out_of_the_period_names_its_days(self):
        for start, end in (("2015-01-01", "2023-12-31"), ("2025-01-01", None)):
            found = obstacle(subscription(date_start=start, date_end=end) if end else subscription(date_start=start))
            self.assertIs(found.reason, ObstacleReason.OUT_OF_SERVICE)
            day = end and date.fromisoformat(end)
            expected = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}
            expected |= {"moved_in": date.fromisoformat(start), "moved_out": day}
            self.assertEqual(found.error.facts, expected)

    def test_what_has_no_reason_of_its_own_is_refused(self):
        error = BackwardsPeriod(start=date(2024, 1, 2), end=date(2024, 1, 1))
        self.assertIs(refusal(subscription(), error).reason, ObstacleReason.REFUSED)

    def test_the_tariff_without_a_version_is_that_of_the_day(self):
        late = {id_: Tariff((version("2024-03-01", *PRICES),)) for id_ in (1, 2)}
        tariffs = [(date(2024, 2, 1), 1), (date(2024, 7, 1), 2)]
        found = obstacle(subscription("2024-01-01 0 | 2025-01-01 100", tariffs=tariffs), tariffs=late)
        self.assertEqual((found.reason, found.record), (ObstacleReason.NO_VERSION, ("utility.tariff", 1)))
