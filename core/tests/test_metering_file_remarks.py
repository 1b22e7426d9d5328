"""Values besides the indexes: consumptions that modify, remarks, duplicates, one reading per day."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..metering.file_remarks import Remark, RemarkCode, RowFinding, is_same_volume
from ..metering.file_thinning import Thinning, thin
from ..metering.findings import Code
from ..metering.readings import ReadingKind
from .test_metering_file_check import MODIFIES, check, held, row, there


class TestConsumption(unittest.TestCase):
    """The meter showed 12.3, then 57.3: 45 m³."""

    def checked(self, said, choices=None, before="12.3", index="57.3"):
        present = held(there(1, "2025-03-31", before))
        rows = [row(2, "2025-06-30", index, consumption=D(said))]
        result = check(rows, present, choices)
        return result, result.remarks.get(rows[0], ())

    def test_a_remark_says_both_volumes(self):
        for said, code in (
            ("0", RemarkCode.CONSUMPTION_DIFFERS),
            ("44", RemarkCode.CONSUMPTION_DIFFERS),
            ("45000", RemarkCode.CONSUMPTION_ABSURD),
            ("-45", RemarkCode.CONSUMPTION_NEGATIVE),
        ):
            with self.subTest(said):
                remarks = self.checked(said)[1]
                self.assertEqual(remarks, (Remark(code, said=D(said), measured=D(45)),))

    def test_as_high_as_the_index_is_absurd_unless_the_meter_was_new(self):
        for before, index, said, code in (
            ("0", "50", "60", RemarkCode.CONSUMPTION_DIFFERS),
            ("1", "50", "60", RemarkCode.CONSUMPTION_ABSURD),
        ):
            self.assertEqual([r.code for r in self.checked(said, None, before, index)[1]], [code])

    def test_an_installation_measures_nothing_to_compare_with(self):
        present = held(there(1, "2025-03-31", 90), there(2, "2025-06-30", 100, kind=ReadingKind.REMOVAL))
        result = check([row(2, "2025-06-30", 0, kind=ReadingKind.INSTALLATION, consumption=D(12))], present)
        self.assertEqual(([r.kind for r in result.new], result.remarks), ([ReadingKind.INSTALLATION], {}))

    def test_nothing_and_little_modify_too(self):
        for said in ("0", "0.5"):
            result, remarks = self.checked(said, MODIFIES)
            self.assertEqual([r.modified for r in result.new], [D(said)])
            self.assertEqual((remarks, result.modified), ((), 1))

    def test_what_modifies_is_kept_to_the_litre_without_a_remark(self):
        result, remarks = self.checked("30.12345", MODIFIES)
        self.assertEqual(([r.modified for r in result.new], remarks), ([D("30.123")], ()))

    def test_a_volume_is_never_less_precise_than_a_cubic_metre(self):
        self.assertFalse(is_same_volume(D("5E+1"), D(45)))
        self.assertTrue(is_same_volume(D("5E+1"), D("50.4")))


class TestCorrections(unittest.TestCase):
    def test_a_reading_that_the_file_only_repeats_is_unchanged(self):
        present = held(there(1, "2025-03-31", "12.3"), there(2, "2025-06-30", "57.3"))
        rows = [row(2, "2025-06-30", "57.3", consumption=D(45))]
        self.assertEqual(check(rows, present, MODIFIES).unchanged, rows)

    def test_what_a_person_modified_before_is_not_counted_for_the_file(self):
        present = held(there(1, "2025-03-31", 0), there(2, "2025-06-30", 50, modified=D(7)))
        for said, expected in ((D(7), []), (D(9), [RemarkCode.CONSUMPTION_DIFFERS])):
            result = check([row(2, "2025-06-30", 55, consumption=said)], present)
            self.assertEqual((result.corrected[2].modified, result.modified), (D(7), 0))
            self.assertEqual([r.code for found in result.remarks.values() for r in found], expected)

    def test_what_the_file_modifies_replaces_what_was_there(self):
        present = held(there(1, "2025-03-31", 0), there(2, "2025-06-30", 50, modified=D(7)))
        result = check([row(2, "2025-06-30", 55, consumption=D(9))], present, MODIFIES)
        self.assertEqual((result.corrected[2].modified, result.modified), (D(9), 1))

    def test_the_kind_of_a_new_reading_is_the_file_s(self):
        result = check([row(2, "2025-03-31", 100, kind=ReadingKind.ESTIMATED)], {})
        self.assertEqual([r.kind for r in result.new], [ReadingKind.ESTIMATED])


class TestSameDay(unittest.TestCase):
    def test_a_duplicate_names_both_rows(self):
        rows = [row(2, "2025-03-31", 100), row(3, "2025-03-31", 101)]
        day = date(2025, 3, 31)
        finding = RowFinding(Code.DUPLICATE, day, D(101), day, D(100), (2,))
        self.assertEqual(check(rows, {}).refused, {rows[1]: (finding,)})

    def test_rows_in_doubt_name_each_other(self):
        rows = [row(line, f"2025-0{line}-28", index) for line, index in ((2, 100), (3, 3520), (4, 2564))]
        self.assertEqual(check(rows, {}).remarks, {rows[1]: (Remark(RemarkCode.CONTRADICTED, lines=(4,)),)})

    def test_each_day_keeps_one_of_its_readings(self):
        rows = [
            row(2 + n, day, n, seconds=seconds)
            for n, (day, seconds) in enumerate(
                (("2025-03-30", 0), ("2025-03-30", 900), ("2025-03-31", 0), ("2025-03-31", 900))
            )
        ]
        kept, left = thin(rows, Thinning.LAST)
        self.assertEqual(([r.line for r in kept], [r.line for r in left]), ([3, 5], [2, 4]))

    def test_midnight_comes_before_the_first_second(self):
        rows = [row(2, "2025-03-31", 1, seconds=1), row(3, "2025-03-31", 0, seconds=0)]
        self.assertEqual([r.line for r in thin(rows, Thinning.FIRST)[0]], [3])

    def test_of_two_readings_of_one_second_the_later_row_is_the_last(self):
        rows = [row(2, "2025-03-31", 1, seconds=900), row(3, "2025-03-31", 1, seconds=900)]
        self.assertEqual([r.line for r in thin(rows, Thinning.LAST)[0]], [3])
        self.assertEqual([r.line for r in thin(rows, Thinning.FIRST)[0]], [2])
