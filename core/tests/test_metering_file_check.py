"""What a file of readings would change: real readings of 2023, then small cases."""

import random
import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

from ..metering.file_check import Choices, Held, check_rows
from ..metering.file_columns import Role
from ..metering.file_detection import detect
from ..metering.file_refused import refused_rows
from ..metering.file_remarks import RemarkCode
from ..metering.file_thinning import Thinning
from ..metering.findings import Code
from ..metering.readings import Device, Meter, Reading, ReadingKind
from ..metering.readings_file import BadReadingRow, ReadingRow, read

TODAY = date(2026, 1, 31)
EXTRACT = Path(__file__).parents[2] / "tests" / "data" / "readings_2023_extract.csv"
#: Line, meter and index of every row of the extract that no meter can have shown.
DIRTY = {
    (41, "801901041D", "2564"), (91, "801902045D", "-19"), (92, "801902045D", "-411"),
    (129, "801902078I", "-13906"), (207, "801903023C", "-471"), (208, "801903023C", "-121"),
    (451, "801909032C", "-362"), (452, "801909032C", "-1088"), (453, "801909032C", "-808"),
    (515, "801910088C", "-161"), (516, "801910088C", "-30"),
}  # fmt: skip


def row(line, day, index, meter="A", **more):
    return ReadingRow(line, meter, date.fromisoformat(day), D(index), **more)


def held(*readings, digits=0):
    return {"A": Held(Meter((Device(digits),)), readings)}


def there(key, day, index, **more):
    return Reading(key, date.fromisoformat(day), D(index), **more)


MODIFIES = Choices(modifies=True)


def check(rows, present, choices=None):
    (result,) = check_rows(rows, present, TODAY, choices)
    return result


def after(results, present):
    """Return the readings of the meters once everything that was admitted is written."""
    written = {}
    for result in results:
        before = present[result.meter].readings if result.known else ()
        kept = [replace(result.corrected.get(r.key, r), key=r.key) for r in before]
        written[result.meter] = Held(readings=(*kept, *result.new))
    return written


def counts(results):
    fates = ("new", "corrected", "unchanged", "refused")
    return tuple(sum(len(getattr(result, fate)) for result in results) for fate in fates)


class TestRealReadings(unittest.TestCase):
    def setUp(self):
        data = EXTRACT.read_bytes()
        self.rows = list(read(data, detect(data)))
        self.results = check_rows(self.rows, {}, TODAY)

    def test_every_dirty_row_is_named_and_no_other(self):
        self.assertFalse([row for row in self.rows if isinstance(row, BadReadingRow)])
        refused = {(row.line, row.meter, str(row.index)) for result in self.results for row in result.refused}
        self.assertEqual(refused, DIRTY)
        self.assertEqual(counts(self.results), (536 - 11, 0, 0, 11))
        self.assertEqual(len(self.results), 134)

    def test_same_file_again_changes_nothing(self):
        again = check_rows(self.rows, after(self.results, {}), TODAY)
        self.assertEqual(counts(again), (0, 0, 536 - 11, 11))

    def test_quarters_without_consumption_pass_with_a_remark(self):
        steps = [step for result in self.results for step in result.steps]
        codes = [finding.code for step in steps for finding in step.findings]
        self.assertEqual((codes.count(Code.ZERO), codes.count(Code.HIGH)), (50, 19))


class TestCheck(unittest.TestCase):
    def test_new_corrected_unchanged_refused(self):
        present = held(there(1, "2025-03-31", 100), there(2, "2025-06-30", 150))
        days = ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")
        rows = [row(2 + n, days[n], index) for n, index in enumerate((100, 152, 90, 160))]
        result = check(rows, present)
        self.assertEqual(result.unchanged, [rows[0]])
        self.assertEqual({key: r.index for key, r in result.corrected.items()}, {2: 152})
        self.assertEqual({r.line: f[0].code for r, f in result.refused.items()}, {4: Code.BELOW_PREVIOUS})
        self.assertEqual([r.key for r in result.new], [rows[3]])
        self.assertTrue(result.known)

    def test_unknown_meter_is_checked_as_a_new_one(self):
        rows = [row(2, "2025-03-31", 99_998, details={Role.DIGITS: "5"}), row(3, "2025-06-30", 100_000)]
        result = check(rows, {})
        self.assertFalse(result.known)
        self.assertEqual({r.line: f[0].code for r, f in result.refused.items()}, {3: Code.TOO_MANY_DIGITS})

    def test_billed_reading_is_named_unless_the_file_agrees(self):
        present = held(there(1, "2025-03-31", 100, billed=True))
        self.assertEqual(counts([check([row(2, "2025-03-31", 100)], present)]), (0, 0, 1, 0))
        result = check([row(2, "2025-03-31", 101)], present)
        self.assertEqual([f[0].code for f in result.refused.values()], [Code.ALREADY_BILLED])

    def test_first_row_of_a_day_counts_today_and_next_time(self):
        rows = [row(2, "2025-03-31", 100), row(3, "2025-03-31", 101)]
        for present in ({}, held(there(1, "2025-03-31", 100))):
            result = check(rows, present)
            self.assertEqual({r.line: f[0].code for r, f in result.refused.items()}, {3: Code.DUPLICATE})

    def test_what_the_file_does_not_say_stays(self):
        present = held(
            there(1, "2025-03-31", 99_990),
            there(2, "2025-06-30", 10, rollover=True, modified=D(3), kind=ReadingKind.SELF_REPORTED),
            digits=5,
        )
        self.assertEqual(len(check([row(2, "2025-06-30", 10)], present).unchanged), 1)
        corrected = check([row(2, "2025-06-30", 12)], present).corrected[2]
        self.assertEqual(corrected.value, (D(12), ReadingKind.REAL, True, D(3)))
        corrected = check([row(2, "2025-06-30", 10, kind=ReadingKind.REAL)], present).corrected[2]
        self.assertEqual(corrected.value, (D(10), ReadingKind.REAL, True, D(3)))

    def test_consumption_that_repeats_the_indexes_is_not_a_modified_one(self):
        rows = [
            row(2, "2025-03-31", 100),
            row(3, "2025-06-30", 150, consumption=D(50)),
            row(4, "2025-09-30", 180, consumption=D(7)),
        ]
        result = check(rows, {}, MODIFIES)
        self.assertEqual([r.modified for r in result.new], [None, None, D(7)])
        self.assertEqual(result.modified, 1)
        again = check_rows(rows, after([result], {}), TODAY, MODIFIES)
        self.assertEqual(counts(again), (0, 0, 3, 0))

    def test_consumption_zero_of_a_first_reading(self):
        """Nothing was measured before it: only a consumption that differs from nothing is a modified one."""
        for said, kept in ((D(0), None), (D(4), D(4))):
            (new,) = check([row(2, "2025-03-31", 100, consumption=said)], {}, MODIFIES).new
            self.assertEqual(new.modified, kept)

    def test_any_file_twice(self):
        """No row is lost or imported twice; refused rows are refused again."""
        dice = random.Random(7)
        for turn in range(400):
            readings = []
            for n in range(dice.randrange(6)):
                day = date(2024, 1, 1) + timedelta(30 * n)
                billed = n < 2 and turn % 3 == 0
                readings.append(Reading(n, day, D(100 * n), billed=billed))
            present = held(*readings) if readings else {}
            rows = [
                ReadingRow(
                    line + 2,
                    "A",
                    date(2024, 1, 1) + timedelta(15 * dice.randrange(16)),
                    D(dice.randrange(-50, 900)),
                    dice.choice((None, None, ReadingKind.ESTIMATED, ReadingKind.REAL)),
                    dice.choice((None, None, D(100))),
                    seconds=dice.choice((None, 0, 3600)),
                )
                for line in range(8)
            ]
            choices = Choices(turn % 2 == 0, dice.choice(list(Thinning)))
            first = check(rows, present, choices)
            self.assertEqual(sum(counts([first])) + len(first.thinned), len(rows))
            second = check(rows, after([first], present), choices)
            good = len(rows) - len(first.refused) - len(first.thinned)
            self.assertEqual(counts([second]), (0, 0, good, len(first.refused)), turn)
            self.assertEqual({r.line for r in second.refused}, {r.line for r in first.refused})


class TestRemarks(unittest.TestCase):
    """Other values of a file are compared with its indexes, and never applied silently."""

    def checked(self, said, index="57.3", choices=None, **more):
        present = held(there(1, "2025-03-31", "12.3"))
        return check([row(2, "2025-06-30", index, consumption=said and D(said), **more)], present, choices)

    def remarks(self, result):
        return [remark.code for found in result.remarks.values() for remark in found]

    def test_consumption_is_compared_with_what_the_indexes_measure(self):
        for said, expected in (
            ("45.000", []),
            ("45", []),
            ("45.0", []),
            ("44", [RemarkCode.CONSUMPTION_DIFFERS]),
            ("0.250", [RemarkCode.CONSUMPTION_DIFFERS]),
            ("45000", [RemarkCode.CONSUMPTION_ABSURD]),
            ("57.300", [RemarkCode.CONSUMPTION_ABSURD]),
            ("-45", [RemarkCode.CONSUMPTION_NEGATIVE]),
        ):
            with self.subTest(said):
                result = self.checked(said)
                self.assertEqual([r.modified for r in result.new], [None])
                self.assertEqual((self.remarks(result), result.modified), (expected, 0))

    def test_consumption_modifies_where_the_person_says_so(self):
        for said, kept, expected in (
            ("45", None, []),
            ("30", D(30), []),
            ("45000", D(45000), [RemarkCode.CONSUMPTION_ABSURD]),
            ("-45", None, [RemarkCode.CONSUMPTION_NEGATIVE]),
        ):
            with self.subTest(said):
                result = self.checked(said, choices=MODIFIES)
                self.assertEqual([r.modified for r in result.new], [kept])
                self.assertEqual((self.remarks(result), result.modified), (expected, int(kept is not None)))

    def test_an_index_in_decimals_and_a_rounded_consumption(self):
        self.assertEqual(self.remarks(self.checked("45", index="57.5")), [])
        self.assertEqual(self.remarks(self.checked("45", index="58.4")), [RemarkCode.CONSUMPTION_DIFFERS])

    def test_nothing_to_compare_with(self):
        result = check([row(2, "2025-03-31", 100, consumption=D(12))], {})
        self.assertEqual((self.remarks(result), [r.modified for r in result.new]), ([], [None]))

    def test_unknown_kind_is_read_and_waits_to_be_confirmed(self):
        result = self.checked(None, unknown_kind="Facturette")
        ((remark,),) = result.remarks.values()
        self.assertEqual((remark.code, remark.word), (RemarkCode.KIND_UNKNOWN, "Facturette"))
        self.assertEqual([r.kind for r in result.new], [ReadingKind.REAL])

    def test_rows_of_which_nothing_tells_which_is_wrong_name_each_other(self):
        rows = [row(line, f"2025-0{line}-28", index) for line, index in ((2, 100), (3, 3520), (4, 2564))]
        result = check(rows, {})
        self.assertEqual([(r.line, f[0].lines) for r, f in result.refused.items()], [(4, (3,))])
        self.assertEqual([(r.line, f[0].lines) for r, f in result.remarks.items()], [(3, (4,))])
        rows.append(row(5, "2025-05-28", 3600))
        result = check(rows, {})
        self.assertEqual(([r.line for r in result.refused], [r.line for r in result.remarks]), ([4], [3]))

    def test_the_odd_one_out_is_refused_whatever_its_place(self):
        rows = [row(n + 2, f"2025-0{n + 1}-28", index) for n, index in enumerate((500, 5100, 520, 530, 541))]
        result = check(rows, {})
        self.assertEqual(([r.line for r in result.refused], result.remarks), ([3], {}))

    def test_a_day_given_twice_names_the_row_of_the_file(self):
        result = check([row(2, "2025-03-31", 100), row(3, "2025-03-31", 101)], {})
        ((finding,),) = result.refused.values()
        self.assertEqual((finding.code, finding.lines), (Code.DUPLICATE, (2,)))


class TestThinning(unittest.TestCase):
    def kept(self, choice, *hours):
        rows = [row(2 + n, "2025-03-31", 100 + n, seconds=hour) for n, hour in enumerate(hours)]
        result = check(rows, {}, Choices(thinning=choice))
        self.assertEqual(len(result.thinned) + sum(counts([result])), len(rows))
        return [r.key.line for r in result.new], len(result.refused)

    def test_one_reading_a_day_by_the_setting(self):
        hours = (900, 0, 43_200, 85_500)
        for choice, line in ((Thinning.LAST, 5), (Thinning.FIRST, 3), (Thinning.MIDNIGHT, 3)):
            self.assertEqual(self.kept(choice, *hours), ([line], 0))
        self.assertEqual(self.kept(Thinning.MIDNIGHT, 7200, 43_200, 85_500), ([4], 0))

    def test_rows_without_an_hour_are_not_thinned(self):
        self.assertEqual(self.kept(Thinning.LAST, None, 3600), ([2], 1))
        self.assertEqual(self.kept(Thinning.LAST, 3600), ([2], 0))


class TestRefusedFile(unittest.TestCase):
    def test_same_columns_then_line_and_reason(self):
        data = 'Compteur;Date;Index;Note\nA;2025-03-31;-5;"=1+1"\nB;2025-03-31;1;\nC;x\n'.encode("cp1252")
        detected = detect(data)
        content = refused_rows(data, detected, {2: "négatif", 4: "tronqué"}, ("Ligne", "Motif"))
        content = content.decode("utf-8-sig")
        self.assertEqual(
            content.splitlines(),
            ["Compteur;Date;Index;Note;Ligne;Motif", "A;2025-03-31;-5;'=1+1;2;négatif", "C;x;;;4;tronqué"],
        )
        again = content.encode()
        self.assertEqual([r.line for r in read(again, detect(again)) if isinstance(r, ReadingRow)], [2])
