"""What a campaign decides of each subscription: bills worked by hand, and each reason why there is none.

The tariff, unless said: 40 €/year; 2 €/m³ up to 120 m³ a year, 3 € above; levy 0.35 €/m³.
"""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from ..billing import BillLine, Heading, Kind, Nature, Period, Rounding, Tariff, TariffLine, TariffVersion
from ..billing.cases import Alert, Case, Charged, Measured, PastReading, Scope
from ..billing.decide import Reason, decide
from ..billing.leak import Basis
from ..metering.readings import Kind as Read
from .test_billing_tariff import block, fixed, period
from .test_metering_intervals import readings as read

PRICES = (fixed("F", 40), block("B1", 2, 0, 120), block("B2", 3, 120))
YEAR, H1, H2 = "2024-01-01..2024-12-31", "2024-01-01..2024-06-30", "2024-07-01..2024-12-31"
ROUNDING = Rounding()


def levy(key, price, at_invoice=True):
    return TariffLine(key, Kind.LEVY, Heading.PUBLIC_BODIES, D(price), at_invoice=at_invoice)


def version(start, *lines, **more):
    return TariffVersion(date.fromisoformat(start), lines, **more)


TARIFFS = {1: Tariff((version("2015-01-01", *PRICES, levy("L", "0.35")),))}


def measured(text, since=None, first=1, **more):
    """Readings as `read` takes them; those after ``since`` are to bill, the others of the past."""
    rows = []
    for rank, row in enumerate(read(text)):
        if row.previous_date and (since is None or row.date > date.fromisoformat(since)):
            before = row.index - row.consumption
            rows.append(
                Measured(first + rank, row.date, row.index, row.kind, row.previous_date, before, row.consumption, **more)
            )
    return rows


def past(text, **relieved):
    """The same readings as the meter's history; ``r3=120``: what remained of the volume of reading 3."""
    return [
        PastReading(1 + rank, row.date, row.kind, row.previous_date, row.consumption, relieved.get(f"r{1 + rank}"))
        for rank, row in enumerate(read(text))
        if row.previous_date
    ]


def subscription(text="", since=None, relieved=None, **more):
    """A case whose meter has these readings."""
    rows = {"readings": measured(text, since), "history": past(text, **(relieved or {}))} if text else {}
    for name in ("date_start", "date_end"):
        if name in more:
            more[name] = date.fromisoformat(more[name])
    values = {"date_start": date(2015, 1, 1), "date_end": None, "billing_type": "measured", "flat_volume": D(0)}
    return Case(7, 70, 700, None, **values | {"is_dwelling": True, "tariffs": [(date(2015, 1, 1), 1)]} | rows | more)


def scope(days=YEAR, **more):
    days = period(days)
    values = {"reading_start": days.start, "reading_end": days.end, "use_billing_types": True}
    return Scope(1, 2, days, **values | {"invoice_date": days.end} | more)


def outcome(case, days=YEAR, tariffs=TARIFFS, bad=None, **more):
    return decide([case], scope(days, **more), tariffs, ROUNDING, bad or {})


def draft(case, *args, **more):
    batch = outcome(case, *args, **more)
    assert not batch.obstacles, batch.obstacles
    return batch.drafts[0]


def obstacle(case, *args, **more):
    batch = outcome(case, *args, **more)
    assert not batch.drafts
    return batch.obstacles[0]


def charged(bill_draft, volume, estimated_rows):
    """The draft of a bill, as a later one that settles it finds it."""
    lines = [replace(line, document=5) for line in bill_draft.bill.lines if line.kind is not Kind.FIXED]
    return {5: Charged(D(volume), lines, estimated_rows)}


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


class Settlements(unittest.TestCase):
    """What was charged already, when a bill charges the same water anew."""

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
        self.assertIs(obstacle(subscription(text, since="2024-07-01"), H2).reason, Reason.NEGATIVE)

    def test_days_of_a_credited_bill_are_charged_again(self):
        # credited: the fixed part of the first half-year, 19.89, with that of the second, 20.11; 80 × 2.35
        case = subscription("2024-01-01 100 | 2025-01-01 180", freed=(period(H1),))
        bill = draft(case, H2).bill
        self.assertEqual(bill.total, D("228.00"))
        self.assertEqual(bill.service, period(H2))

    def instalment(self, price, volume):
        """An instalment of 2025, in the year whose levy was ``price``."""
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
        return [(line.quantity, line.amount) for line in made.bill.lines if line.kind is Kind.LEVY]

    def settled_levies(self, instalment, text):
        case = subscription(text, instalments=instalment, billing_type="estimated")
        made = self.levies(case, "2025-07-01..2026-06-30", "2026-07-15")
        return made, sum(amount for _quantity, amount in made)

    def instalments(self, volume):
        lines = self.levies(subscription(f"2025-07-01 0 | 2026-01-01 {volume}"), "2025-07-01..2025-12-31", "2025-12-31")
        (quantity, amount), days = lines[0], period("2025-07-01..2025-12-31")
        line = BillLine("L43", Kind.LEVY, Heading.PUBLIC_BODIES, quantity, D("0.43"), amount, days, at_invoice=True)
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
        self.assertEqual((found.reason, found.record), (Reason.NO_VERSION, ("utility.tariff", 2)))

    def test_versions_of_both_tariffs_are_in_force_on_their_days(self):
        one = Tariff((version("2015-01-01", fixed("A", 366)), version("2024-03-01", fixed("B", 732))))
        two = Tariff((version("2015-01-01", fixed("C", 1098)), version("2024-11-01", fixed("D", 1464))))
        spliced = Tariff.splice([(date(2020, 1, 1), one), (date(2024, 7, 1), two)])
        self.assertEqual(
            [(v.start.isoformat(), v.lines[0].key) for v in spliced.versions],
            [("2015-01-01", "A"), ("2024-03-01", "B"), ("2024-07-01", "C"), ("2024-11-01", "D")],
        )


class Leaks(unittest.TestCase):
    #: 30 m³ a quarter for three years
    QUARTERS = " | ".join(
        f"{year}-{month:02}-01 {30 * (4 * (year - 2021) + rank)}"
        for year in (2021, 2022, 2023)
        for rank, month in enumerate((1, 4, 7, 10))
    )

    def leaks(self, text, since, days=YEAR, **more):
        options = {name: more.pop(name) for name in ("leak_history", "excludes_leak", "caps_unwarned") if name in more}
        return draft(subscription(text, since=since, **more), days, **options)

    def test_estimates_do_not_count_in_the_mean(self):
        text = "2022-01-01 0 | 2022-07-01 100 estimated | 2023-01-01 60 | 2023-07-01 160 estimated | 2024-01-01 120"
        (leak,) = self.leaks(f"{text} | 2025-01-01 320", "2024-01-01").leaks
        self.assertEqual((leak.check.volume, leak.check.mean, leak.check.cap), (200, 60, 120))

    def test_the_mean_is_that_of_the_years(self):
        # 392, 320, 292 m³, then 1,195: mean 334.667, twice 669.333
        text = "2021-01-01 0 | 2022-01-01 392 | 2023-01-01 712 | 2024-01-01 1004 | 2025-01-01 2199"
        (leak,) = self.leaks(text, "2024-01-01").leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (D("334.667"), D("669.333")))

    def test_each_interval_is_compared(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 455"
        (leak,) = self.leaks(text, "2024-01-01", H1).leaks
        self.assertEqual((leak.check.volume, leak.check.cap), (65, 60))

    def test_each_interval_is_capped_by_itself(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 380 | 2024-07-01 580"
        alerts = {15: Alert("certified", D(30), D(60))}
        made = self.leaks(text, "2024-01-01", H1, alerts=alerts)
        self.assertEqual((made.volume, made.volumes), (80, (20, 60)))

    def test_a_cap_counts_what_an_estimate_charged_of_the_interval(self):
        # 200 m³ since 1 January, of which 40 were billed on an estimate: the cap of 120 leaves 80
        text = "2022-01-01 0 | 2023-01-01 60 | 2024-01-01 120 | 2024-07-01 160 estimated | 2025-01-01 320"
        made = self.leaks(text, "2024-07-01", H2, alerts={5: Alert("certified", D(60), D(120))})
        self.assertEqual((made.volume, made.leaks[0].interval.volume), (80, 200))

    def test_sewerage_charges_the_mean(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 455"
        alerts = {15: Alert("certified", D(30), D(60))}
        self.assertEqual(self.leaks(text, "2024-01-01", H1, alerts=alerts, excludes_leak=True).volume, 60)

    def test_what_was_certified_is_what_was_written_to_the_subscriber(self):
        text = f"{self.QUARTERS} | 2024-01-01 360 | 2024-04-01 390 | 2024-07-01 590"
        alerts = {15: Alert("certified", D("31.5"), D(63))}
        self.assertEqual(self.leaks(text, "2024-01-01", H1, alerts=alerts).volume, 93)

    def test_nobody_is_limited_to_nothing(self):
        # 80 m³ after years without any: no cap, whatever is certified
        text = "2020-01-01 500 | 2021-01-01 500 | 2022-01-01 500 | 2023-01-01 500 | 2024-01-01 580"
        made = self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31")
        self.assertEqual((made.leaks[0].check.basis, made.leaks[0].check.cap, made.volume), (Basis.UNKNOWN, 0, 80))
        alerts = {5: Alert("certified", D(0), D(0), Basis.UNKNOWN)}
        self.assertEqual(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", alerts=alerts).volume, 80)
        by_hand = {5: Alert("certified", D(30), D(60), Basis.AREA)}
        self.assertEqual(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", alerts=by_hand).volume, 60)

    def test_the_area_stands_for_a_past_without_volume(self):
        text = "2020-01-01 500 | 2021-01-01 500 | 2022-01-01 500 | 2023-01-01 500 | 2024-01-01 580"
        (leak,) = self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", area_mean=D(35)).leaks
        self.assertEqual((leak.check.basis, leak.check.mean, leak.check.cap), (Basis.AREA, 35, 70))
        self.assertFalse(self.leaks(text, "2023-01-01", "2023-01-01..2023-12-31", area_mean=D(40)).leaks)

    def test_a_new_dwelling_is_compared_with_the_area(self):
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110)).leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (110, 220))
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110), dwellings=3).leaks
        self.assertEqual((leak.check.mean, leak.check.cap), (330, 660))

    def test_a_person_decides_of_a_new_dwelling_where_nothing_is_known(self):
        (leak,) = self.leaks("2024-01-01 0 | 2025-01-01 900", None).leaks
        self.assertEqual((leak.check.basis, leak.check.cap, leak.limit), (Basis.UNKNOWN, 0, None))
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 200", None).leaks, "not twice a household's 120 m³")
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900", None, dwellings=4).leaks)

    def test_a_past_that_covers_too_little_is_not_compared_with(self):
        # the first reading is of 1 December 2023: 31 days of an equivalent year say nothing of a year
        text = "2023-12-01 0 | 2024-01-01 1 | 2025-01-01 41"
        self.assertFalse(self.leaks(text, "2024-01-01").leaks)
        # from 20 January: 346 of 366 days are 9 in 10
        text = "2023-01-20 0 | 2024-01-01 10 | 2025-01-01 61"
        self.assertTrue(self.leaks(text, "2024-01-01").leaks)

    def test_a_leak_counts_in_later_means_at_its_relieved_volume(self):
        text = "2021-01-01 0 | 2022-01-01 60 | 2023-01-01 1020 | 2024-01-01 1080 | 2025-01-01 1280"
        relieved = {"r3": D(120)}
        # (60 + 120 + 60) / 3, whatever the number of days of a year
        (leak,) = self.leaks(text, "2024-01-01", relieved=relieved).leaks
        self.assertEqual(leak.check.mean, 80)
        self.assertFalse(self.leaks(text, "2024-01-01", relieved=relieved, leak_history="measured").leaks)
        (leak,) = self.leaks(text, "2024-01-01", relieved=relieved, leak_history="left_out").leaks
        self.assertEqual(leak.check.mean, 60)

    def test_only_dwellings_are_concerned(self):
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900", None, area_mean=D(110), is_dwelling=False).leaks)

    def test_an_estimate_is_no_leak(self):
        self.assertFalse(self.leaks("2024-01-01 0 | 2025-01-01 900 estimated", None, area_mean=D(110)).leaks)

    def test_nothing_above_twice_the_mean_is_due_before_the_warning(self):
        text = "2024-01-01 0 | 2025-01-01 900"
        for state, volume in (("detected", 220), ("warned", 900), ("dismissed", 900)):
            alerts = {2: Alert(state, D(110), D(220))}
            made = self.leaks(text, None, area_mean=D(110), alerts=alerts, caps_unwarned=True)
            self.assertEqual((made.volume, len(made.leaks)), (volume, 1), state)
        self.assertEqual(self.leaks(text, None, area_mean=D(110), caps_unwarned=True).volume, 220)
        self.assertEqual(self.leaks(text, None, area_mean=D(110)).volume, 900, "the bill itself warns")

    def test_what_was_drawn_before_the_subscription_is_no_leak_of_its(self):
        # entry by an estimate on 1 July: 80 m³ since, of 900 since 1 January
        text = "2022-01-01 0 | 2023-01-01 100 | 2024-01-01 200 | 2024-07-01 1020 estimated | 2025-01-01 1100"
        self.assertFalse(self.leaks(text, "2024-07-01", H2, date_start="2024-07-01").leaks)


class Obstacles(unittest.TestCase):
    TEXT = "2024-01-01 0 | 2025-01-01 100"

    def assertObstacle(self, found, reason, record, day=None):
        self.assertEqual((found.reason, found.record, found.day), (reason, record, day))

    def test_a_live_bill(self):
        waits = subscription(self.TEXT, bill=(33, 2, "draft"))
        self.assertObstacle(obstacle(waits), Reason.DRAFT, ("account.move", 33))
        mine = subscription(self.TEXT, bill=(33, 1, "draft"))
        self.assertObstacle(obstacle(mine), Reason.ALREADY_BILLED, ("account.move", 33))
        posted = subscription(self.TEXT, bill=(33, 2, "posted"))
        self.assertObstacle(obstacle(posted), Reason.ALREADY_BILLED, ("account.move", 33))

    def test_no_tariff(self):
        self.assertObstacle(obstacle(subscription(self.TEXT, tariffs=[])), Reason.NO_TARIFF, ("utility.subscription", 7))

    def test_a_product_that_can_not_be_billed(self):
        found = obstacle(subscription(self.TEXT), bad={1: 44})
        self.assertObstacle(found, Reason.PRODUCT, ("product.product", 44))

    def test_no_version(self):
        tariffs = {1: Tariff((version("2024-02-01", *PRICES),))}
        found = obstacle(subscription(self.TEXT), tariffs=tariffs)
        self.assertObstacle(found, Reason.NO_VERSION, ("utility.tariff", 1))
        self.assertEqual(found.error.facts, {"date": date(2024, 1, 1)})

    def test_a_subscription_that_ended_is_not_told_to_read_its_meter(self):
        ended = subscription(date_end="2023-12-31")
        self.assertObstacle(obstacle(ended), Reason.OUT_OF_SERVICE, ("utility.subscription", 7))

    def test_a_reading_to_check(self):
        case = subscription(self.TEXT)
        case.readings = [replace(case.readings[0], state="draft")]
        self.assertObstacle(obstacle(case), Reason.TO_CHECK, ("utility.reading", 2), date(2025, 1, 1))

    def test_days_before_the_subscription(self):
        case = subscription(self.TEXT)
        case.readings = [replace(case.readings[0], is_outside=True)]
        self.assertObstacle(obstacle(case), Reason.MOVE, ("utility.meter", 70), date(2025, 1, 1))

    def test_nothing_drawn_before_the_subscription_prevents_nothing(self):
        case = subscription("2023-06-01 100 | 2025-01-01 100", date_start="2024-07-01")
        case.readings = [replace(case.readings[0], is_outside=True)]
        # 40 × 184/366
        self.assertEqual(draft(case).bill.total, D("20.11"))

    def test_the_meter_is_being_checked(self):
        case = subscription(self.TEXT, alerts={2: Alert("checking", D(20), D(40))})
        self.assertObstacle(obstacle(case), Reason.METER_CHECK, ("utility.meter", 70), date(2025, 1, 1))

    def test_no_reading(self):
        self.assertObstacle(obstacle(subscription()), Reason.NO_READING, ("utility.meter", 70))

    def test_a_first_index_alone(self):
        case = subscription(first_index=date(2024, 5, 2))
        self.assertObstacle(obstacle(case), Reason.FIRST_INDEX, ("utility.meter", 70), date(2024, 5, 2))

    def test_a_negative_volume(self):
        case = subscription("2024-01-01 100 | 2025-01-01 90")
        self.assertObstacle(obstacle(case), Reason.NEGATIVE, ("utility.meter", 70))

    def test_nothing_to_estimate_from(self):
        case = subscription(billing_type="estimated")
        self.assertObstacle(obstacle(case), Reason.NO_HISTORY, ("utility.meter", 70))

    def test_an_instalment_before_what_is_billed(self):
        line = draft(subscription(self.TEXT)).bill.lines[1]
        case = subscription("2024-07-01 0 | 2025-01-01 50", instalments={5: Charged(D(100), [line])})
        self.assertObstacle(obstacle(case, H2), Reason.DEDUCTION, ("utility.subscription", 7))

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
