"""Of readings that contradict one another, the longest consistent chain is kept: worked out by hand, then compared."""

import random
import time
import unittest
from datetime import date, timedelta
from decimal import Decimal as D
from itertools import combinations

from ..metering.admission import admit
from ..metering.consumption import chain
from ..metering.findings import Code
from ..metering.readings import UNVERIFIED, Device, Meter, Reading, ReadingKind

TODAY = date(2026, 1, 31)
FIRST = date(2024, 1, 1)


def readings(*values, start=0, step=30):
    """Readings a month apart; a value is an index, or (index, kind)."""
    told = (value if isinstance(value, tuple) else (value, ReadingKind.REAL) for value in values)
    return [
        Reading(("new", start + n), FIRST + timedelta((start + n) * step), D(index), kind)
        for n, (index, kind) in enumerate(told)
    ]


def refused(incoming, held=(), digits=0):
    admission = admit(Meter((Device(digits),)), held, incoming, TODAY)
    assert not any(step.blocking for step in admission.steps), admission.steps
    return [key[1] for key in sorted(admission.refused)], sorted(key[1] for key in admission.doubtful)


class TestLongestChain(unittest.TestCase):
    def test_the_odd_one_out_is_refused(self):
        for indexes, odd in (
            ((500, 5100, 520, 530, 541), [1]),
            ((500, 510, 520, 53, 541), [3]),
            ((9000, 510, 520, 530, 541), [0]),
            ((500, 510, 520, 5300, 541, 5500, 560, 570), [3, 5]),
            ((500, 5100, 5200, 520, 530, 541, 560), [1, 2]),
            ((0, 1693, 3520, 3600), []),
        ):
            with self.subTest(indexes):
                self.assertEqual(refused(readings(*indexes)), (odd, []))

    def test_the_odd_one_out_is_named_with_what_contradicts_it(self):
        admission = admit(Meter(), (), readings(500, 5100, 520, 530, 541), TODAY)
        ((finding,),) = admission.refused.values()
        self.assertEqual(finding.code, Code.BELOW_PREVIOUS)
        self.assertEqual((finding.index, finding.previous_index), (520, 5100))
        admission = admit(Meter(), (), readings(500, 510, 51, 530), TODAY)
        ((finding,),) = admission.refused.values()
        self.assertEqual((finding.index, finding.previous_index), (51, 510))

    def test_where_it_cannot_be_told_the_first_is_kept_and_all_are_in_doubt(self):
        self.assertEqual(refused(readings(100, 90)), ([1], [0, 1]))
        self.assertEqual(refused(readings(0, 1693, 3520, 2564)), ([3], [2, 3]))
        self.assertEqual(refused(readings(500, 5100, 5200, 520, 530)), ([3, 4], [1, 2, 3, 4]))

    def test_what_the_meter_holds_wins(self):
        held = [Reading("held", FIRST + timedelta(60), D(400))]
        self.assertEqual(refused(readings(500, 510), held), ([0, 1], []))
        self.assertEqual(refused(readings(100, 300, start=3), held), ([3, 4], []))
        self.assertEqual(refused(readings(390, 5000), held), ([1], []))

    def test_an_index_that_nobody_saw_weighs_half(self):
        estimated, told = ReadingKind.ESTIMATED, ReadingKind.SELF_REPORTED
        self.assertEqual(refused(readings(100, (50, estimated), 110)), ([1], []))
        self.assertEqual(refused(readings(100, (200, estimated), 150, (140, told), 160)), ([3], []))
        self.assertEqual(refused(readings(500, 5100, (520, told), (530, told), (541, told))), ([1], []))
        self.assertEqual(refused(readings(500, 5100, (520, told))), ([2], []))

    def test_removal_and_installation(self):
        removal, installation = ReadingKind.REMOVAL, ReadingKind.INSTALLATION
        self.assertEqual(refused(readings(900, (950, removal), (0, installation), 20, 30)), ([], []))
        self.assertEqual(refused(readings(900, (950, removal), 960, (0, installation), 20)), ([2], []))
        replaced = readings(900, 9100, 920, (950, removal), (0, installation), 20, 15, 30)
        self.assertEqual(refused(replaced), ([1, 6], [5, 6]))
        held = [Reading("held", FIRST + timedelta(60), D(960))]
        self.assertEqual(refused(readings((950, removal), start=1), held), ([1], []))

    def test_roll_over_of_what_is_there(self):
        held = [
            Reading("before", FIRST, D(99_990)),
            Reading("after", FIRST + timedelta(60), D(10), rollover=True),
        ]
        self.assertEqual(refused(readings(99_995, start=1), held, 5), ([], []))
        self.assertEqual(refused(readings(5, start=1), held, 5), ([1], []))
        self.assertEqual(refused(readings(99_995, start=3), held, 5), ([], []))

    def test_as_long_as_the_longest_of_all(self):
        """Compared with every subset, on small random meters."""
        dice = random.Random(11)
        kinds = (
            ReadingKind.REAL,
            ReadingKind.REAL,
            ReadingKind.REMOTE,
            ReadingKind.ESTIMATED,
            ReadingKind.SELF_REPORTED,
            ReadingKind.INSTALLATION,
        )
        for turn in range(400):
            incoming = readings(*((dice.randrange(12), dice.choice(kinds)) for _ in range(dice.randrange(2, 8))))
            held = []
            if turn % 2:
                place = dice.randrange(len(incoming))
                kind = dice.choice(kinds)
                held = [Reading("held", FIRST + timedelta(30 * place + 15), D(dice.randrange(12)), kind)]
            admission = admit(Meter(), held, incoming, TODAY)
            kept = [r for r in incoming if r.key not in admission.refused]
            self.assertFalse([s for s in admission.steps if s.blocking], turn)
            best = max(
                weight(subset)
                for size in range(len(incoming) + 1)
                for subset in combinations(incoming, size)
                if not any(step.blocking for step in chain(Meter(), (*held, *subset), TODAY))
            )
            self.assertEqual(weight(kept), best, turn)

    def test_many_contradictions_take_the_time_of_none(self):
        """Never the square of their number: a meter's readings that are all wrong, in the time of twice good ones."""
        count = 4000
        good = timed(readings(*range(count), step=1))
        for name, incoming in (
            ("falling", readings(*range(count, 0, -1), step=1)),
            ("after a removal", readings((5, ReadingKind.REMOVAL), *range(count), step=1)),
            ("every other", readings(*(n if n % 2 else 10**6 - n for n in range(count)), step=1)),
        ):
            with self.subTest(name):
                self.assertLess(timed(incoming), 20 * good)

    def test_a_long_life_takes_the_time_of_its_readings(self):
        few, many = (timed(readings(*range(count), step=1)) for count in (1500, 12_000))
        self.assertLess(many, 24 * few, "eight times the readings: never the square")


def weight(subset):
    return sum(1 if r.kind in UNVERIFIED else 2 for r in subset)


def timed(incoming):
    start = time.perf_counter()
    admit(Meter(), (), incoming, date(2100, 1, 1))
    return time.perf_counter() - start
