"""Files of remote values: thinned in one pass, alarms gathered, bad rows told."""

import io
import tracemalloc
import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.delimited import RowFault, UnreadableFile
from ..metering.file_thinning import Thinning
from ..metering.telemetry import (
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

    def test_no_such_columns(self):
        with self.assertRaises(UnreadableFile):
            find_format(b"a;b\n1;2\n")

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
