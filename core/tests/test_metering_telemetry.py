"""Files of remote values: thinned in one pass, alarms gathered, bad rows told."""

import io
import json
import tracemalloc
import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.delimited import FileFault, RowFault, UnreadableFile
from ..metering.file_thinning import Thinning
from ..metering.telemetry import (
    HEAD,
    Alarm,
    alarm_columns,
    find_format,
    format_from_json,
    format_to_json,
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

    def test_bytes_that_are_no_text_spoil_their_row_alone(self):
        """The beginning of a file tells its encoding; what follows may be damaged."""
        good = "Compteur;Horodatage;Index\nÉ1;28/11/2026 10:00;1\n".encode()
        data = good + b"T\xff2;28/11/2026 10:00;2\nT3;28/11/2026 10:00;\xff\nT4;28/11/2026 10:00;4\n"
        found = read_values(io.BytesIO(data), find_format(good))
        self.assertEqual([value.meter for value in found.kept], ["É1", "T\ufffd2", "T4"])
        self.assertEqual([(bad.line, bad.meter) for bad in found.bad], [(4, "T3")])

    def test_a_column_of_whole_hours(self):
        text = "Compteur;Date;Heure;Index\nT1;28/11/2026;06;10\nT1;28/11/2026;7;11\nT1;28/11/2026; 05:30 ;12\n"
        (found,) = read(text).kept
        self.assertEqual((found.date, found.line), (date(2026, 11, 28), 3))
        (found,) = read(text + "T1;28/11/2026;07h30;13\nT1;28/11/2026;24:99;14\n").kept
        self.assertEqual((found.line, found.index), (5, D(13)))

    def test_alarms_are_counted_by_day_whatever_their_order(self):
        header = "Compteur;Horodatage;Index;Fuite;Fraude\n"
        cells = ("1", "", "0", "Non", " OK ", "FALSE", "-", "0,0", "aucune", "n", "oui", "2")
        rows = "".join(f"T1;{28 - place:02}/11/2026 10:00;1;{cell};0\n" for place, cell in enumerate(cells))
        found = read(header + rows + "T2;28/11/2026 10:00;?;1;X\n")
        first = found.alarms["T1", Alarm.LEAK]
        self.assertEqual((first.first, first.last, first.count), (date(2026, 11, 17), date(2026, 11, 28), 3))
        self.assertEqual(
            set(found.alarms), {("T1", Alarm.LEAK), ("T2", Alarm.LEAK), ("T2", Alarm.FRAUD)}, "whatever the index is"
        )

    def test_a_column_gives_one_kind_of_alarm(self):
        header = ["Compteur", "Alarme fuite fraude", "BATTERIE", "Débit", "Sens inverse", "Leak", "Battery"]
        self.assertEqual(
            alarm_columns(header),
            {1: Alarm.LEAK, 2: Alarm.BATTERY, 4: Alarm.BACKFLOW, 5: Alarm.LEAK, 6: Alarm.BATTERY},
        )

    def test_the_file_stays_open(self):
        data = (HEADER + DAY).encode()
        file = io.BytesIO(data)
        read_values(file, find_format(data))
        self.assertFalse(file.closed)

    def test_the_format_is_that_of_whole_lines(self):
        """Only the beginning of a long file is looked at: it may end in the middle of a letter or of a row."""
        row = "É1;2026-11-28 10:00;1234,5\n".encode()
        for cut in (0, 1, 2, 10, 27):
            start = b"Compteur;Horodatage;Index" + b" " * ((HEAD - 26 - cut) % len(row)) + b"\n"
            head = (start + row * (HEAD // len(row)))[:HEAD]
            self.assertEqual(len(head), HEAD)
            detected = find_format(head)
            self.assertEqual((detected.format.encoding, detected.format.decimal_sign), ("utf-8", ","), head[-3:])
        short = find_format(start + row[:-1])
        self.assertEqual((short.format.encoding, short.format.decimal_sign), ("utf-8", ","), "a short file is whole")

    def test_hours_of_another_zone_and_in_their_own_column(self):
        text = "Compteur;Horodatage;Index\nT1;2024-12-31T22:59:00Z;10\nT1;2024-12-31T23:00:00Z;11\n"
        found = kept(read(text, zone=ZoneInfo("Europe/Paris")))
        self.assertEqual(found, {("T1", date(2024, 12, 31)): D(10), ("T1", date(2025, 1, 1)): D(11)})
        text = "Compteur;Date;Heure;Index\nT1;28/11/2026;06:00;10\nT1;28/11/2026;07:00;11\n"
        self.assertEqual(kept(read(text)), {("T1", date(2026, 11, 28)): D(11)})

    def test_without_hours_the_last_line(self):
        text = "Compteur;Date;Index\nT1;28/11/2026;10\nT1;28/11/2026;11,5\n"
        for thinning in Thinning:
            self.assertEqual(
                kept(read(text, thinning))["T1", date(2026, 11, 28)], D("11.5") if thinning is Thinning.LAST else D(10)
            )

    def test_titles_quotes_and_encodings(self):
        text = 'Relevés du 28;;\n"Compteur";"Date";"Index"\n"T;1";"28/11/2026";"10"\nT2;28/11/2026;11\n'
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            with self.subTest(encoding):
                found = kept(read(text.encode(encoding)))
                self.assertEqual(found, {("T;1", date(2026, 11, 28)): D(10), ("T2", date(2026, 11, 28)): D(11)})

    def test_the_format_is_kept_for_the_same_header(self):
        data = (HEADER + DAY).encode()
        detected = find_format(data)
        held = format_to_json(detected)
        asked = format_from_json(held, detected.header)
        again = find_format(data, asked)
        self.assertEqual(again.format, detected.format)
        self.assertIsNone(format_from_json(held, ["Compteur", "Index"]))
        self.assertEqual(
            json.loads(json.dumps(held)),
            {
                "encoding": "utf-8",
                "delimiter": ";",
                "date_order": "ymd",
                "decimal_sign": ".",
                "header": ["Compteur", "Horodatage", "Index (L)", "Alarme fuite", "Pile"],
                "columns": {"0": "meter", "1": "date", "2": "index"},
                "units": {"2": "l"},
            },
        )
        other = {**held, "delimiter": "|", "date_order": "mdy", "decimal_sign": ".", "units": {}}
        asked = format_from_json(other, detected.header)
        self.assertEqual((asked.delimiter, asked.date_order, asked.decimal_sign, asked.units), ("|", "mdy", ".", {}))
        self.assertEqual(asked.columns, {0: "meter", 1: "date", 2: "index"})

    def test_no_such_columns(self):
        with self.assertRaises(UnreadableFile) as caught:
            find_format(b"Compteur;b\nT1;2\n")
        self.assertEqual(caught.exception.code, FileFault.MISSING_COLUMNS)
        self.assertEqual(caught.exception.params, {"missing": ("date", "index"), "found": ("Compteur", "b")})

    def test_memory_is_that_of_what_is_kept(self):
        """Ten times the values, as many kept: the peak is the same but for a tenth."""

        def peak(values):
            rows = "".join(
                f"T{meter};2026-11-28 {value // 60:02}:{value % 60:02};{value}\n"
                for value in range(values)
                for meter in range(20)
            )
            data = ("Compteur;Horodatage;Index\n" + rows).encode()
            detected = find_format(data)
            tracemalloc.start()
            found = read_values(io.BytesIO(data), detected)
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.assertEqual(len(found.kept), 20)
            return highest

        peak(10)
        self.assertLess(peak(1000), 400_000)
