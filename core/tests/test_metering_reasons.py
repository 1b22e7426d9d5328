"""Why a reading is refused: each finding names the reading and what contradicts it, with both days and indexes."""

import unittest
from datetime import date, timedelta
from decimal import Decimal as D

from ..metering.admission import admit, shifted
from ..metering.consumption import chain
from ..metering.findings import Code, ReadingFinding
from ..metering.readings import Device, Meter, Reading, ReadingKind
from .test_metering_admission import FIRST, TODAY, readings

ESTIMATED, TOLD = ReadingKind.ESTIMATED, ReadingKind.SELF_REPORTED
REMOVAL, INSTALLATION = ReadingKind.REMOVAL, ReadingKind.INSTALLATION
FIVE_DIGITS = Meter((Device(5),))


def day(n):
    """The day of the reading of that rank, see `readings`."""
    return FIRST + timedelta(30 * n)


def held(n, index, kind=ReadingKind.REAL, **more):
    return Reading(("held", n), day(n), D(index), kind, **more)


def reasons(incoming, present=(), digits=0):
    """Return {rank of a refused reading: (code, day, index, day before, index before)}."""
    admission = admit(Meter((Device(digits),)), present, incoming, TODAY)
    found = {}
    for key, (finding,) in admission.refused.items():
        found[key[1]] = finding
    return found


class TestContradictions(unittest.TestCase):
    def test_too_low_beside_the_last_verified_index(self):
        """100, then 150 told by the subscriber, then 90: it is the verified 100 that 90 contradicts."""
        found = reasons(readings(100, (150, TOLD), 90))
        self.assertEqual(found, {2: ReadingFinding(Code.BELOW_PREVIOUS, day(2), D(90), day(0), D(100))})

    def test_too_high_beside_the_next_index(self):
        for indexes, odd, following in (
            ((500, 5100, 520, 530), 1, (2, 520)),
            ((500, 5100, (540, TOLD), (530, TOLD), 550), 1, (3, 530)),
            ((500, 5100, (530, TOLD), 530), 1, (2, 530)),
        ):
            with self.subTest(indexes):
                place, index = following
                expected = ReadingFinding(Code.BELOW_PREVIOUS, day(place), D(index), day(odd), D(5100))
                self.assertEqual(reasons(readings(*indexes)), {odd: expected})

    def test_too_high_beside_the_reading_of_the_meter_that_follows(self):
        found = reasons(readings(500, 510, 5100), [held(3, 520)])
        self.assertEqual(found, {2: ReadingFinding(Code.BELOW_PREVIOUS, day(3), D(520), day(2), D(5100))})

    def test_a_roll_over_that_is_none(self):
        """The index is not lower than before, so that the meter passed no last digit."""
        for index in (100, 150):
            incoming = [*readings(100), Reading(("new", 1), day(1), D(index), rollover=True), *readings(200, start=2)]
            expected = ReadingFinding(Code.USELESS_ROLLOVER, day(1), D(index), day(0), D(100))
            self.assertEqual(reasons(incoming, digits=5), {1: expected})

    def test_a_roll_over_of_an_unknown_number_of_digits(self):
        incoming = [Reading(("new", 1), day(1), D(10), rollover=True)]
        expected = ReadingFinding(Code.DIGITS_UNKNOWN, day(1), D(10), day(0), D(990))
        self.assertEqual(reasons(incoming, [held(0, 990)]), {1: expected})

    def test_what_makes_a_roll_over_of_the_meter_useless_is_refused(self):
        """The meter's first reading rolled over to 10; a 5 before it would leave nothing to roll over from."""
        expected = ReadingFinding(Code.USELESS_ROLLOVER, day(1), D(10), day(0), D(5))
        self.assertEqual(reasons(readings(5), [held(1, 10, rollover=True)], digits=5), {0: expected})

    def test_a_roll_over_decides_between_two_that_contradict(self):
        """99,990, then 5, then 10 past the last digit: only after 99,990 is there a digit to pass."""
        incoming = [*readings(99_990, 5), Reading(("new", 2), day(2), D(10), rollover=True)]
        admission = admit(FIVE_DIGITS, (), incoming, TODAY)
        self.assertEqual(([key[1] for key in admission.refused], admission.doubtful), ([1], frozenset()))

    def test_a_moment_is_taken_once(self):
        first, again = readings(100, 101, step=0)
        expected = ReadingFinding(Code.DUPLICATE, day(0), D(101), day(0), D(100))
        self.assertEqual(reasons([first, again]), {1: expected})

    def test_a_billed_reading_stays(self):
        expected = ReadingFinding(Code.ALREADY_BILLED, day(0), D(101), day(0), D(100))
        self.assertEqual(reasons(readings(101), [held(0, 100, billed=True)]), {0: expected})


class TestWithoutDevice(unittest.TestCase):
    def test_read_between_removal_and_installation(self):
        found = reasons(readings(900, (950, REMOVAL), 960, (0, INSTALLATION), 20))
        self.assertEqual(found, {2: ReadingFinding(Code.NO_DEVICE, day(2), D(960), day(1), D(950))})

    def test_removal_before_a_reading_of_the_meter(self):
        found = reasons(readings((950, REMOVAL), start=1), [held(2, 960)])
        self.assertEqual(found, {1: ReadingFinding(Code.NO_DEVICE, day(2), D(960), day(1), D(950))})

    def test_a_replacement_before_a_reading_of_the_meter_passes(self):
        incoming = readings(900, 9100, 920, (950, REMOVAL), (0, INSTALLATION))
        self.assertEqual(list(reasons(incoming, [held(5, 20)])), [1])

    def test_what_the_meter_has_is_never_refused(self):
        """Its reading after a removal is wrong, and stays; the new one is refused for its own fault."""
        present = [held(0, 100), held(2, 120, REMOVAL), held(3, 130)]
        found = reasons(readings(5000, start=1), present)
        self.assertEqual(found, {1: ReadingFinding(Code.BELOW_PREVIOUS, day(2), D(120), day(1), D(5000))})


class TestChain(unittest.TestCase):
    """The same, reading by reading."""

    def findings(self, *rows, meter=FIVE_DIGITS):
        return [step.findings for step in chain(meter, rows, TODAY)]

    def test_a_first_reading_follows_nothing(self):
        (step,) = chain(Meter(), [held(0, 7)], TODAY)
        self.assertEqual((step.previous_key, step.previous_date, step.previous_index), (None, None, D(0)))
        self.assertEqual((step.computed, step.consumption, step.findings), (D(0), D(0), ()))

    def test_each_contradiction_names_the_reading_before(self):
        before = held(0, 990)
        for code, index, more, meter in (
            (Code.BELOW_PREVIOUS, 12, {}, FIVE_DIGITS),
            (Code.DIGITS_UNKNOWN, 12, {"rollover": True}, Meter()),
            (Code.USELESS_ROLLOVER, 990, {"rollover": True}, FIVE_DIGITS),
        ):
            with self.subTest(code):
                expected = ReadingFinding(code, day(1), D(index), day(0), D(990))
                self.assertEqual(self.findings(before, held(1, index, **more), meter=meter)[1], (expected,))

    def test_nothing_is_read_on_a_removed_device(self):
        expected = ReadingFinding(Code.NO_DEVICE, day(1), D(140), day(0), D(130))
        self.assertEqual(self.findings(held(0, 130, REMOVAL), held(1, 140))[1], (expected,))

    def test_a_moment_is_read_once(self):
        for kind, index in ((ReadingKind.REAL, 8), (INSTALLATION, 0)):
            expected = ReadingFinding(Code.DUPLICATE, day(0), D(index), day(0), D(index))
            twice = held(0, index, kind), Reading("again", day(0), D(index), kind)
            self.assertEqual(self.findings(*twice)[1], (expected,))

    def test_an_estimate_is_too_high_down_to_the_last_verified_index(self):
        rows = held(0, 100), held(1, 160, ESTIMATED)
        expected = ReadingFinding(Code.ESTIMATE_TOO_HIGH, day(2), D(100), day(1), D(160))
        self.assertEqual(self.findings(*rows, held(2, 100))[2], (expected,))
        expected = ReadingFinding(Code.BELOW_PREVIOUS, day(2), D(99), day(1), D(160))
        self.assertEqual(self.findings(*rows, held(2, 99))[2], (expected,))

    def test_the_day_of_the_installation_is_not_before_it(self):
        meter = Meter((Device(5),), installed_on=day(1))
        expected = ReadingFinding(Code.BEFORE_INSTALLATION, day(0), D(3), day(1))
        self.assertEqual(self.findings(held(0, 3), held(1, 4), meter=meter), [(expected,), ()])

    def test_what_is_wrong_by_itself_names_no_other_reading(self):
        for code, index, when in ((Code.NEGATIVE, -1, 1), (Code.TOO_MANY_DIGITS, 100_000, 1), (Code.FUTURE, 5, 99)):
            expected = ReadingFinding(code, day(when), D(index))
            self.assertEqual(self.findings(held(when, index)), [(expected,)])

    def test_what_is_inside_a_bill_names_the_reading_before(self):
        rows = held(0, 100), held(1, 150), held(2, 200, billed=True)
        expected = ReadingFinding(Code.ALREADY_BILLED, day(1), D(150), day(0), D(100))
        self.assertEqual(self.findings(*rows)[1], (expected,))

    def test_a_second_index_of_a_day_is_no_consumption_of_zero(self):
        self.assertEqual(self.findings(held(0, 0), held(1, 6), held(1, 6, REMOVAL))[2], ())

    def test_an_installation_is_no_consumption_of_zero(self):
        self.assertEqual(self.findings(held(0, 5, REMOVAL), held(1, 0, INSTALLATION)), [(), ()])


class TestDevices(unittest.TestCase):
    def test_digits_of_the_device_that_was_there(self):
        old, second, present = Device(4, date(2025, 3, 31)), Device(6, date(2025, 9, 30)), Device(5)
        fewer = Meter((Device(6, date(2025, 3, 31)), Device(4, date(2025, 9, 30)), present))
        self.assertEqual(fewer.digits_at((date(2025, 2, 1), 0)), 6)
        for devices in ((old, second, present), (second, present, old), (present, second, old)):
            meter = Meter(devices)
            for moment, digits in (
                ((date(2025, 2, 1), 0), 4),
                ((date(2025, 3, 31), 1), 4),
                ((date(2025, 3, 31), 2), 6),
                ((date(2025, 6, 1), 0), 6),
                ((date(2025, 9, 30), 2), 5),
                ((date(2025, 12, 1), 0), 5),
            ):
                with self.subTest(devices=devices, moment=moment):
                    self.assertEqual(meter.digits_at(moment), digits)

    def test_nothing_is_known_where_no_device_is_left(self):
        self.assertEqual(Meter((Device(4, date(2025, 3, 31)),)).digits_at((date(2025, 4, 1), 0)), 0)


class TestShifted(unittest.TestCase):
    def test_a_reading_on_its_way_to_another_card_is_not_billed_there(self):
        sent = held(0, 5, REMOVAL, rollover=True, modified=D(3), billed=True)
        self.assertEqual(shifted(sent, "t"), Reading("t", day(0), D(5), REMOVAL, True, D(3), False))
