"""Files of remote values: thinned in one pass, alarms collected, bad rows reported."""

import io
import unittest
from datetime import date
from decimal import Decimal as D

from ..metering.delimited import RowFault
from ..metering.file_thinning import Thinning
from ..metering.telemetry import (
    Alarm,
    alarm_columns,
    find_format,
    read_values,
)

HEADER = "Compteur;Horodatage;Index (L);Alarme fuite;Pile\n"
DAY = """T1;2026-11-28 00:00;1000000;0;0
T1;2026-11-28 12:00;1000500;0;0
T1;2026-11-28 23:45;1001000;1;0
T2;2026-11-28 06:00;57300;;faible
T2;2026-11-28 18:00;57400;non;0
"""


def read(text, thinning=Thinning.LAST, zone=None):
    data = text.encode() if isinstance(text, str) else text
    return read_values(io.BytesIO(data), find_format(data), thinning, zone)


def kept(found):
    return {(value.meter, value.date): value.index for value in found.kept}


class TestTelemetry(unittest.TestCase):
    def test_one_value_a_day_of_each_meter(self):
        day = date(2026, 11, 28)
        for thinning, first, second in (
            (Thinning.LAST, "1001", "57.4"),
            (Thinning.FIRST, "1000", "57.3"),
            (Thinning.MIDNIGHT, "1000", "57.3"),
        ):
            with self.subTest(thinning):
                found = read(HEADER + DAY, thinning)
                self.assertEqual(kept(found), {("T1", day): D(first), ("T2", day): D(second)})
                self.assertEqual((found.count, found.bad_count), (5, 0))
        self.assertEqual({value.line for value in read(HEADER + DAY).kept}, {4, 6})

    def test_alarms(self):
        found = read(HEADER + DAY + "T1;2026-11-29 10:00;1001500;OUI;0\n")
        leak = found.alarms["T1", Alarm.LEAK]
        self.assertEqual((leak.first, leak.last, leak.count), (date(2026, 11, 28), date(2026, 11, 29), 2))
        self.assertEqual(set(found.alarms), {("T1", Alarm.LEAK), ("T2", Alarm.BATTERY)})

    def test_columns_of_alarms(self):
        header = ["Compteur", "Alarme Fuite", "Fraude magnétique", "Niveau pile", "Retour d'eau", "Tamper", "Backflow"]
        self.assertEqual(
            alarm_columns(header),
            {
                1: Alarm.LEAK,
                2: Alarm.FRAUD,
                3: Alarm.BATTERY,
                4: Alarm.BACKFLOW,
                5: Alarm.FRAUD,
                6: Alarm.BACKFLOW,
            },
        )

    def test_bad_rows_leave_the_good_ones(self):
        bad = (
            'T1;2026-11-28 24:99;1;0;0\nT1;2026-11-28 23:50;abc;0;0\n;2026-11-28 01:00;1;0;0\nT1;x\nT9;"2026;1;0;0\n'
            "T1;;5;0;0\nT1;2026-11-28 23:55;;0;0\n"
        )
        found = read(HEADER + DAY + bad)
        self.assertEqual(kept(found)["T1", date(2026, 11, 28)], D(1001), "a bad value takes no good one's place")
        faults = [(row.line, row.code) for row in found.bad]
        self.assertEqual(
            faults,
            [
                (7, RowFault.DATE_WRONG),
                (8, RowFault.INDEX_WRONG),
                (9, RowFault.METER_MISSING),
                (10, RowFault.CELL_COUNT),
                (11, RowFault.CELL_COUNT),
                (12, RowFault.DATE_MISSING),
                (13, RowFault.INDEX_MISSING),
            ],
        )

    def test_what_is_no_volume_takes_the_place_of_none(self):
        """Readers write NaN or a text where they had no value; a number has twelve digits and six decimals at most."""
        good = "Compteur;Horodatage;Index\nT1;2026-11-28 10:00;12.5\nT1;2026-11-28 10:15;13.5\n"
        for text in (
            "nan",
            "NaN",
            "inf",
            "-Infinity",
            "1e5",
            "1_000",
            "12,5",
            "١٢",
            "9" * 13,
            "1.1234567",
            "1.2.3",
            "?",
        ):
            with self.subTest(text):
                found = read(f"{good}T1;2026-11-28 11:00;{text}\n")
                self.assertEqual([str(value.index) for value in found.kept], ["13.500"])
                self.assertEqual((found.count, found.bad_count), (2, 1))
                bad = found.bad[0]
                self.assertEqual(
                    (bad.line, bad.column, bad.meter, bad.code, bad.value),
                    (4, "Index", "T1", RowFault.INDEX_WRONG, text),
                )

    def test_volumes_are_in_cubic_metres_to_the_litre(self):
        for text, volume in (
            ("14", "14.000"),
            ("14.5", "14.500"),
            (" 14.5 ", "14.500"),
            ("1 234.5", "1234.500"),
            ("1,234.5", "1234.500"),
            ("-5", "-5.000"),
            ("\u22125", "-5.000"),
            ("12.0004", "12.000"),
            ("12.0006", "12.001"),
            ("12.5 m3", "12.500"),
            ("12500 L", "12.500"),
            ("125 hl", "12.500"),
            ("999999999999", "999999999999.000"),
        ):
            found = read(f"Compteur;Horodatage;Index\nT0;2026-11-28 10:00;1.5\nT1;2026-11-28 11:00;{text}\n")
            self.assertEqual([str(value.index) for value in found.kept], ["1.500", volume], text)
        found = read("Compteur;Horodatage;Index (L)\nT1;2026-11-28 11:00;1\nT2;2026-11-28 11:00;1.5 m3\n")
        self.assertEqual(
            [value.index for value in found.kept], [D("0.001"), D("1.5")], "a cell's own unit counts first"
        )

    def test_each_fault_names_its_cell(self):
        rows = "T1;31/02/2026 10:00;1\n ;28/11/2026 10:00;1\n T1 ;28/11/2026 10:00;\nT1; ;1\n"
        found = read("Compteur;Horodatage;Index\nT0;28/11/2026 10:00;1\n" + rows)
        self.assertEqual(
            [(bad.line, bad.column, bad.meter, bad.code, bad.value) for bad in found.bad],
            [
                (3, "Horodatage", "T1", RowFault.DATE_WRONG, "31/02/2026 10:00"),
                (4, "Compteur", "", RowFault.METER_MISSING, ""),
                (5, "Index", "T1", RowFault.INDEX_MISSING, ""),
                (6, "Horodatage", "T1", RowFault.DATE_MISSING, ""),
            ],
        )

    def test_a_report_lists_the_first_faults_and_counts_all(self):
        found = read("Compteur;Horodatage;Index\nT0;28/11/2026 10:00;1\n" + "T1;28/11/2026 10:00;?\n" * 250)
        self.assertEqual((len(found.bad), found.bad_count, found.bad[-1].line), (200, 250, 202))

    def test_rows_that_are_none(self):
        """Blank lines are nothing; a line of another number of cells, or of more than 20,000 characters, is a fault."""
        start = "T1;28/11/2026 10:00;1"
        longest = "T2;28/11/2026 10:00;" + "1".rjust(20_000 - 21)
        rows = f"\n  \n;\n{longest}\n{longest} \nT3;28/11/2026 10:00;1;2\nT\x004;28/11/2026 10:00;1\n"
        found = read(f"Compteur;Horodatage;Index\n{start}\n{rows}")
        self.assertEqual([value.meter for value in found.kept], ["T1", "T2"])
        self.assertEqual(
            [(bad.line, bad.column, bad.meter, bad.code) for bad in found.bad],
            [(7, "", "", RowFault.LINE_TOO_LONG), (8, "", "", RowFault.CELL_COUNT), (9, "", "", RowFault.CELL_COUNT)],
        )
        self.assertEqual(
            (found.bad[1].value, len(found.bad[0].value) < 100), ("T3;28/11/2026 10:00;1;2\n".strip(), True)
        )

    def test_which_value_of_a_day_is_kept(self):
        """The nearest to midnight may be before it; of equals, the last line counts for the last value alone."""
        for hours, thinning, line in (
            (("06:00", "12:00", "11:59"), Thinning.LAST, 3),
            (("06:00", "12:00", "05:59"), Thinning.FIRST, 4),
            (("00:00:01", "12:00", "00:00"), Thinning.FIRST, 4),
            (("00:10", "12:00", "23:55"), Thinning.MIDNIGHT, 4),
            (("23:49", "12:00", "00:10"), Thinning.MIDNIGHT, 4),
            (("23:50", "12:00", "00:10"), Thinning.MIDNIGHT, 2),
            (("12:00", "12:00", "12:00"), Thinning.LAST, 4),
            (("12:00", "12:00", "12:00"), Thinning.FIRST, 2),
            (("00:00", "00:00:01", "23:59:59"), Thinning.MIDNIGHT, 2),
        ):
            rows = "".join(f"T1;28/11/2026 {hour};{place}\n" for place, hour in enumerate(hours))
            (found,) = read("Compteur;Horodatage;Index\n" + rows, thinning).kept
            self.assertEqual((found.line, found.index), (line, line - 2), (hours, thinning))

    def test_a_row_of_the_longest_length_may_have_too_few_cells(self):
        start = "Compteur;Horodatage;Index\nT1;28/11/2026 10:00;1\n"
        found = read(f"{start}{'x' * 19_999}\n{'x' * 20_000}\n")
        self.assertEqual([bad.code for bad in found.bad], [RowFault.CELL_COUNT, RowFault.LINE_TOO_LONG])

    def test_cells_in_quotes(self):
        """RFC 4180: a quote in a quoted cell is written twice; what follows the closing quote is a fault."""
        start = "Compteur;Horodatage;Index\nT0;28/11/2026 10:00;1\n"
        found = read(f'{start}"T""1;a";28/11/2026 10:00;"2"\nT2;"28/11/2026" 10:00;3\nT3;28/11/2026 10:00;4\n')
        self.assertEqual([(value.meter, value.index) for value in found.kept], [("T0", 1), ('T"1;a', 2), ("T3", 4)])
        self.assertEqual([(bad.line, bad.code) for bad in found.bad], [(4, RowFault.CELL_COUNT)])

    def test_last_cells_may_be_empty(self):
        text = "Compteur\tHorodatage\tIndex\tFuite\tPile\nT1\t28/11/2026 10:00\t1\t\t\nT2\t28/11/2026 10:00\t2\t1\t \n"
        for end in ("\n", "\r\n", "\r"):
            found = read(text.replace("\n", end))
            self.assertEqual([value.meter for value in found.kept], ["T1", "T2"])
            self.assertEqual((set(found.alarms), found.bad), ({("T2", Alarm.LEAK)}, []))
