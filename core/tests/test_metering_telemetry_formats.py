"""Files of remote readings: alarms, columns, formats found, memory."""

import io
import json
import tracemalloc
import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.delimited import FileFault, UnreadableFile
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
from .test_metering_telemetry import DAY, HEADER, kept, read


class TestTelemetryFormats(unittest.TestCase):
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
