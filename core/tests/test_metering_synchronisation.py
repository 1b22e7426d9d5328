"""Good readings are accepted, bad ones reported; changes of a synchronisation on another card."""

import random
import unittest
from datetime import date, timedelta
from decimal import Decimal as D

from ..metering.admission import admit
from ..metering.findings import Code, ReadingFinding
from ..metering.readings import Device, Meter, Reading, ReadingKind
from ..metering.synchronisation import IncomingKey, Outcome, ReadingChange, plan

TODAY = date(2026, 1, 31)
METER = Meter((Device(6),))


def reading(key, day, index, **more):
    return Reading(key, date.fromisoformat(day), D(index), **more)


class TestAdmission(unittest.TestCase):
    def refused(self, present, incoming):
        admission = admit(METER, present, incoming, TODAY)
        return {key: findings[0].code for key, findings in admission.refused.items()}

    def test_real_points_of_2023(self):
        """Two points of the real file, index after index: only the rows that contradict are refused."""
        days = ("2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30")
        for name, indexes, expected in (
            ("backwards at the end", (0, 1693, 3520, 2564), {3: Code.BELOW_PREVIOUS}),
            ("negative in the middle", (0, -19, -411, 30), {1: Code.NEGATIVE, 2: Code.NEGATIVE}),
            ("negative at the end", (0, -362, -1088, -808), dict.fromkeys((1, 2, 3), Code.NEGATIVE)),
        ):
            with self.subTest(name):
                rows = [reading(n, day, index) for n, (day, index) in enumerate(zip(days, indexes, strict=True))]
                self.assertEqual(self.refused([], rows), expected)

    def test_present_reading_wins(self):
        present = [reading("p", "2025-06-30", 200)]
        self.assertEqual(self.refused(present, [reading("x", "2025-03-31", 201)]), {"x": Code.BELOW_PREVIOUS})
        self.assertEqual(self.refused(present, [reading("x", "2025-03-31", 200)]), {})

    def test_contradiction_that_was_already_there_blames_nobody(self):
        present = [reading("p", "2025-03-31", 200), reading("q", "2025-06-30", 100)]
        self.assertEqual(self.refused(present, [reading("x", "2025-01-31", 50)]), {})

    def test_same_moment_twice(self):
        rows = [reading("x", "2025-03-31", 20), reading("y", "2025-03-31", 21)]
        self.assertEqual(self.refused([], rows), {"y": Code.DUPLICATE})

    def test_billed_reading_is_not_replaced(self):
        present = [reading("p", "2025-03-31", 20, billed=True)]
        self.assertEqual(self.refused(present, [reading("x", "2025-03-31", 21)]), {"x": Code.ALREADY_BILLED})

    def test_never_an_inconsistent_result(self):
        """For any input, the remaining readings have no blocking finding, and nothing is lost."""
        dice = random.Random(2)
        for _ in range(500):
            days = [date(2024, 1, 1) + timedelta(dice.randrange(800)) for _ in range(8)]
            rows = [
                Reading(n, day, D(dice.randrange(-5, 50)), dice.choice(list(ReadingKind)), dice.random() < 0.1)
                for n, day in enumerate(days)
            ]
            admission = admit(METER, [], rows, TODAY)
            self.assertFalse([s for s in admission.steps if s.blocking])
            self.assertEqual(sorted([*admission.refused, *(s.key for s in admission.steps)]), [r.key for r in rows])


class TestPlan(unittest.TestCase):
    def outcomes(self, sources, targets, **more):
        planned = plan("card", METER, sources, targets, TODAY, **more)
        return [c.outcome for c in planned.changes]

    def test_each_outcome(self):
        sent = reading("s", "2025-06-30", 152)
        first = reading("f", "2025-03-31", 100)
        for expected, there in (
            (Outcome.CREATE, []),
            (Outcome.CORRECT, [reading("t", "2025-06-30", 150)]),
            (Outcome.SAME, [reading("t", "2025-06-30", 152)]),
            (Outcome.SAME, [reading("t", "2025-06-30", 152, billed=True)]),
            (Outcome.BLOCKED, [reading("t", "2025-06-30", 150, billed=True)]),
        ):
            with self.subTest(expected):
                self.assertEqual(self.outcomes([sent], [first, *there]), [expected])

    def test_modified_consumption_is_a_difference(self):
        sent = reading("s", "2025-06-30", 152, modified=D(40))
        self.assertEqual(self.outcomes([sent], [reading("t", "2025-06-30", 152)]), [Outcome.CORRECT])

    def test_contradiction_over_there_blocks_with_its_reason(self):
        planned = plan("card", METER, [reading("s", "2025-06-30", 152)], [reading("t", "2025-05-31", 180)], TODAY)
        self.assertEqual(planned.changes[0].outcome, Outcome.BLOCKED)
        self.assertEqual(planned.changes[0].reasons[0].code, Code.BELOW_PREVIOUS)
        self.assertEqual([s.key for s in planned.steps], ["t"], "nothing changes there")

    def test_steps_are_computed_among_the_readings_over_there(self):
        planned = plan("card", METER, [reading("s", "2025-06-30", 152)], [reading("t", "2025-05-31", 140)], TODAY)
        self.assertEqual(planned.steps[-1].computed, D(12))

    def test_forced_truth_names_what_exists_only_there(self):
        only = [reading("t", "2025-05-31", 140), reading("b", "2025-04-30", 130, billed=True)]
        sent = [reading("s", "2025-06-30", 152)]
        kept = [Outcome.CREATE, Outcome.ONLY_THERE, Outcome.ONLY_THERE]
        self.assertEqual(self.outcomes(sent, only, complete=True), kept)
        removed = [Outcome.CREATE, Outcome.ONLY_THERE, Outcome.REMOVE]
        self.assertEqual(self.outcomes(sent, only, complete=True, remove=True), removed)

    def test_removed_reading_no_longer_stands_in_the_way(self):
        """180 exists only there and contradicts 152: kept, it blocks; removed, it does not."""
        sent, only = [reading("s", "2025-06-30", 152)], [reading("t", "2025-05-31", 180)]
        self.assertEqual(self.outcomes(sent, only, complete=True)[0], Outcome.BLOCKED)
        self.assertEqual(self.outcomes(sent, only, complete=True, remove=True), [Outcome.CREATE, Outcome.REMOVE])


class TestChanges(unittest.TestCase):
    """A change contains the card, the reading sent, the present one, and why it is blocked."""

    SENT = reading("s", "2025-06-30", 152)
    DAY = date(2025, 6, 30)

    def plan(self, *there, **more):
        return plan("card", METER, [self.SENT], there, TODAY, **more)

    def test_each_change_names_both_readings(self):
        for outcome, there in (
            (Outcome.CORRECT, reading("t", "2025-06-30", 150)),
            (Outcome.SAME, reading("t", "2025-06-30", 152)),
        ):
            self.assertEqual(self.plan(there).changes, (ReadingChange("card", outcome, self.SENT, there),))
        self.assertEqual(self.plan().changes, (ReadingChange("card", Outcome.CREATE, self.SENT, None),))

    def test_a_billed_reading_blocks_with_both_indexes(self):
        there = reading("t", "2025-06-30", 150, billed=True)
        finding = ReadingFinding(Code.ALREADY_BILLED, self.DAY, D(152), self.DAY, D(150))
        expected = ReadingChange("card", Outcome.BLOCKED, self.SENT, there, (finding,))
        self.assertEqual(self.plan(there).changes, (expected,))

    def test_a_correction_that_contradicts_names_what_is_there(self):
        there = reading("t", "2025-06-30", 150)
        before = reading("b", "2025-05-31", 160)
        changed = self.plan(before, there).changes[0]
        finding = ReadingFinding(Code.BELOW_PREVIOUS, self.DAY, D(152), date(2025, 5, 31), D(160))
        self.assertEqual(changed, ReadingChange("card", Outcome.BLOCKED, self.SENT, there, (finding,)))

    def test_what_exists_only_there_is_of_the_card(self):
        there = reading("t", "2025-05-31", 140)
        self.assertIn(ReadingChange("card", Outcome.ONLY_THERE, None, there), self.plan(there, complete=True).changes)

    def test_the_steps_are_those_of_the_readings_as_they_will_be(self):
        same, other = reading("t", "2025-06-30", 152), reading("t", "2025-06-30", 150)
        self.assertEqual([s.key for s in self.plan(same).steps], ["t"])
        self.assertEqual([s.key for s in self.plan(other).steps], [IncomingKey("s")])
        self.assertEqual(self.plan(other).card, "card")

    def test_a_billed_reading_that_agrees_is_the_same(self):
        billed = reading("t", "2025-06-30", 152, billed=True)
        self.assertEqual([s.key for s in self.plan(billed).steps], ["t"])


if __name__ == "__main__":
    unittest.main()
