"""Files of readings as people send them: detection of their format, and contents of their rows."""

import codecs
import json
import unittest
from dataclasses import fields
from datetime import date
from decimal import Decimal as D

from ..metering.cell_formats import (
    DateOrder,
)
from ..metering.delimited import DELIMITERS, MAX_BYTES, MAX_LINE, FileFault, RowFault, UnreadableFile
from ..metering.file_columns import COLUMN_NAMES, KIND_NAMES, Role, plain
from ..metering.file_detection import Doubt, FileFormat, detect
from ..metering.readings import ReadingKind
from ..metering.readings_file import BadReadingRow, ReadingRow, read
from ..metering.units import Unit

HEADER = "Compteur;Date;Index\n"


def read_all(data, **asked):
    if isinstance(data, str):
        data = data.encode()
    return list(read(data, detect(data, FileFormat(**asked))))


def faults(rows):
    return [(row.line, row.code) for row in rows if isinstance(row, BadReadingRow)]


class TestStoredFormat(unittest.TestCase):
    def test_a_format_is_stored_whole_and_found_again(self):
        """As JSON, whose keys are texts and whose arrays are lists."""
        chosen = FileFormat(
            encoding="cp1252",
            delimiter=";",
            date_order=DateOrder.MDY,
            decimal_sign=",",
            columns={3: Role.METER, 0: Role.DATE, 1: Role.INDEX},
            header_line=4,
            units={1: Unit.LITRE},
            words={"lu": ReadingKind.REAL},
        )
        for asked in (chosen, FileFormat(units={}), FileFormat(columns={}, units={})):
            with self.subTest(asked):
                self.assertEqual(FileFormat.from_plain(json.loads(json.dumps(asked.to_plain()))), asked)
        self.assertEqual(set(chosen.to_plain()), {field.name for field in fields(FileFormat)})


class TestDetection(unittest.TestCase):
    TEXT = 'N° compteur{0}Date de relève{0}Nouvel index (m³){0}Adresse\nA1{0}31/03/2023{0}"12,5"{0}2 rue de l\'Œuvre\n'

    def test_every_encoding_and_delimiter(self):
        for delimiter in DELIMITERS:
            text = self.TEXT.format(delimiter)
            for encoding, data in (
                ("utf-8", text.encode()),
                ("utf-8", text.encode("utf-8-sig")),
                ("utf-16", codecs.BOM_UTF16_LE + text.encode("utf-16-le")),
                ("utf-16", codecs.BOM_UTF16_BE + text.encode("utf-16-be")),
                ("cp1252", text.encode("cp1252")),
                ("latin-1", text.replace("Œ", "\x8d").encode("latin-1")),
            ):
                with self.subTest(delimiter=delimiter, encoding=encoding):
                    detected = detect(data)
                    self.assertEqual(detected.format.encoding, encoding)
                    self.assertEqual(detected.format.delimiter, delimiter)
                    self.assertEqual(detected.header[1], "Date de relève")
                    (row,) = read(data, detected)
                    self.assertEqual((row.line, row.meter, row.date), (2, "A1", date(2023, 3, 31)))
                    self.assertEqual(row.index, D("12.5"))

    def test_line_ends(self):
        for end in ("\n", "\r\n", "\r"):
            with self.subTest(end=end):
                rows = read_all(end.join(("Compteur;Date;Index", "A;2023-01-31;1", "", "B;2023-01-31;x")))
                self.assertEqual([row.line for row in rows], [2, 4])

    def test_decimal_comma_is_not_taken_for_the_delimiter(self):
        detected = detect((HEADER + "A1;2023-03-31;12,5\nA2;2023-03-31;13,5\n").encode())
        self.assertEqual(detected.format.delimiter, ";")
        self.assertEqual(detected.format.decimal_sign, ",")

    def test_columns_of_the_real_file(self):
        detected = detect(b"meter,use,district,dwellings,date,index_m3\nA,D,03,41,2022-12-31,0\n")
        self.assertEqual(detected.format.columns, {0: Role.METER, 4: Role.DATE, 5: Role.INDEX})
        self.assertEqual(detected.unused, ("use", "district", "dwellings"))
        self.assertEqual(detected.samples, ("A", "D", "03", "41", "2022-12-31", "0"))
        self.assertEqual(detected.row_count, 1)

    def test_names_of_columns(self):
        for name, role in (
            ("NUMÉRO DE SÉRIE", Role.METER), ("n° compteur", Role.METER), ("Serial", Role.METER),
            ("Date de relève", Role.DATE), ("INDEX_M3", Role.INDEX), ("Nouvel index", Role.INDEX),
            ("Consommation (m³)", Role.CONSUMPTION), ("Code postal", Role.ZIP), ("Commune", Role.CITY),
            ("Nombre de chiffres", Role.DIGITS), ("Adresse", Role.STREET),
        ):  # fmt: skip
            with self.subTest(name):
                header = f"x;{name};y\n;1;\n".encode()
                self.assertEqual(detect(header).format.columns, {1: role})

    def test_known_names_are_written_as_they_are_compared(self):
        for names in (*COLUMN_NAMES.values(), *KIND_NAMES.values()):
            for name in names.split("|"):
                self.assertEqual(plain(name), name)

    def test_most_telling_name_wins(self):
        detected = detect(b"Compteur;Date;Ancien index;Index;Nouvel index;Date nouvel index\nA;1;2;3;4;5\n")
        self.assertEqual(detected.format.columns, {0: Role.METER, 4: Role.INDEX, 5: Role.DATE})

    def test_column_type_that_tells_something_else_is_not_used(self):
        text = "Compteur;Date;Index;Type\nA;2023-01-31;1;{}\n"
        self.assertEqual(detect(text.format("domestique").encode()).unused, ("Type",))
        self.assertEqual(detect(text.format("Auto-relève").encode()).unused, ())

    def test_what_is_asked_wins(self):
        data = "a|b|c\n01/02/2023|X|1,234\n".encode("utf-16")
        columns = {0: Role.DATE, 1: Role.METER, 2: Role.INDEX, 3: Role.CITY, 9: Role.ZIP}
        asked = FileFormat("utf-16", "|", DateOrder.MDY, ".", columns)
        detected = detect(data, asked)
        self.assertEqual(detected.doubts, frozenset())
        self.assertEqual(detected.format.columns, {0: Role.DATE, 1: Role.METER, 2: Role.INDEX})
        (row,) = read(data, detected)
        self.assertEqual((row.meter, row.date, row.index), ("X", date(2023, 1, 2), D(1234)))

    def test_doubts_are_said(self):
        detected = detect((HEADER + "A;01/02/2023;1,234\n").encode())
        self.assertEqual(detected.doubts, {Doubt.DATE_ORDER, Doubt.DECIMAL_SIGN})
        self.assertEqual((detected.format.date_order, detected.format.decimal_sign), (DateOrder.DMY, ","))


class TestRows(unittest.TestCase):
    def test_all_that_a_row_can_say(self):
        (row,) = read_all(
            "compteur;date;index;nature de relève;consommation;adresse;cp;ville;nb chiffres\n"
            "  A  12 ;2023-03-31; 150 ;Estimée;12,5;1 rue Haute;01000;;5\n"
        )
        self.assertEqual((row.meter, row.index), ("A 12", D(150)))
        self.assertEqual((row.kind, row.consumption), (ReadingKind.ESTIMATED, D("12.5")))
        self.assertEqual(row.details, {Role.STREET: "1 rue Haute", Role.ZIP: "01000", Role.DIGITS: "5"})

    def test_each_fault_is_named_at_its_place(self):
        text = "compteur;date;index;type;conso;chiffres\n"
        good = ["A", "2023-03-31", "150", "", "", ""]
        for place, value, column, code in (
            (0, " ", "compteur", RowFault.METER_MISSING),
            (0, "8,01902E+11", "compteur", RowFault.METER_REWRITTEN),
            (0, "A" * 65, "compteur", RowFault.METER_TOO_LONG),
            (0, "A\0B", "compteur", RowFault.UNREADABLE),
            (1, "", "date", RowFault.DATE_MISSING),
            (1, "31/02/2023", "date", RowFault.DATE_WRONG),
            (2, "", "index", RowFault.INDEX_MISSING),
            (2, "illisible", "index", RowFault.INDEX_WRONG),
            (4, "n/a", "conso", RowFault.CONSUMPTION_WRONG),
            (5, "0", "chiffres", RowFault.DIGITS_WRONG),
        ):
            with self.subTest(code):
                bad = [*good[:place], value, *good[place + 1 :]]
                lines = (";".join(cells) for cells in (["Z", "2023-03-31", "1", "radio", "", ""], bad, good))
                before, row, after = read_all(text + "\n".join(lines))
                self.assertIsInstance(before, ReadingRow)
                self.assertIsInstance(after, ReadingRow)
                self.assertEqual((row.line, row.column, row.code), (3, column, code))
                self.assertNotIn("\0", row.meter + row.value)
                if place:
                    self.assertEqual(row.meter, "A")

    def test_volumes_are_kept_to_the_litre(self):
        rows = read_all(HEADER + "A;2023-03-31;1,23456\nB;2023-03-31;7\n")
        self.assertEqual([str(row.index) for row in rows], ["1.235", "7"])

    def test_wrong_number_of_cells(self):
        rows = read_all(HEADER + "A;2023-03-31\nB;2023-03-31;1;;\nC;2023-03-31;1;2\n")
        self.assertEqual(faults(rows), [(2, RowFault.CELL_COUNT), (4, RowFault.CELL_COUNT)])
        self.assertEqual([row.meter for row in rows], ["A", "B", "C"])

    def test_open_quote_spoils_its_line_alone(self):
        rows = read_all(HEADER + 'A;2023-01-31;"1\n' + "".join(f"B{n};2023-01-31;{n}\n" for n in range(30)))
        self.assertEqual(faults(rows), [(2, RowFault.QUOTE_NOT_CLOSED)])
        self.assertEqual(rows[-1].line, 32)
        rows = read_all(HEADER + 'A;"2023-01-31;1\nB;2023-01-31;2"\nC;2023-01-31;3\n')
        self.assertEqual(faults(rows), [(2, RowFault.QUOTE_NOT_CLOSED), (3, RowFault.INDEX_WRONG)])
        rows = read_all(HEADER + 'A;"2023-01-31;1\nB;2023-01-31;2\n"C";2023-01-31;3\nD;"2023-01-31"x;4\n')
        self.assertEqual(faults(rows), [(2, RowFault.QUOTE_NOT_CLOSED), (5, RowFault.QUOTE_NOT_CLOSED)])

    def test_quoted_cells(self):
        rows = read_all(
            '"Compteur";"Date";"Index";"Adresse"\n"A;1";"2023-01-31";"1";"1, rue\nHaute"\n'
            'B;2023-01-31;2;dit "le haut"\nC;2023-01-31;"3";"dit ""le bas"""\n'
        )
        self.assertEqual([(row.line, row.meter) for row in rows], [(2, "A;1"), (4, "B"), (5, "C")])
        streets = [row.details[Role.STREET] for row in rows]
        self.assertEqual(streets, ["1, rue\nHaute", 'dit "le haut"', 'dit "le bas"'])

    def test_huge_line(self):
        rows = read_all(HEADER + "A;2023-01-31;" + "1" * MAX_LINE + "\nB;2023-01-31;1\n")
        self.assertEqual(faults(rows), [(2, RowFault.LINE_TOO_LONG)])
        self.assertLess(len(rows[0].value), 100)

    def test_bytes_of_another_encoding(self):
        rows = read_all((HEADER + "É1;2023-01-31;1\nB;2023-01-31;2\n").encode("cp1252"), encoding="utf-8")
        self.assertEqual(faults(rows), [(2, RowFault.UNREADABLE)])


class TestRefusedFiles(unittest.TestCase):
    def refused(self, data, **asked):
        with self.assertRaises(UnreadableFile) as caught:
            read_all(data, **asked)
        return caught.exception

    def test_what_is_no_table(self):
        for data, code in (
            (b"", FileFault.EMPTY),
            (b" \r\n\n ", FileFault.EMPTY),
            (b"a;b;c\n" + b"1;2;3\n" * (MAX_BYTES // 6), FileFault.TOO_LARGE),
            (codecs.BOM_UTF8, FileFault.EMPTY),
            (b"PK\x03\x04rest", FileFault.SPREADSHEET),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", FileFault.SPREADSHEET),
            (b"\x7fELF\0\0\0", FileFault.BINARY),
            ("bonjour\nmonsieur\n", FileFault.NO_COLUMNS),
            ('"a;b;c\n1;2;3\n', FileFault.NO_COLUMNS),
            (HEADER, FileFault.NO_ROWS),
        ):
            with self.subTest(data[:20]):
                self.assertEqual(self.refused(data).code, code)

    def test_missing_columns_are_named_with_those_found(self):
        refused = self.refused("Compteur;Jour;Index\nA;2023-01-31;1\n")
        self.assertEqual(refused.code, FileFault.MISSING_COLUMNS)
        self.assertEqual(refused.params["missing"], (Role.DATE,))
        self.assertEqual(refused.params["found"], ("Compteur", "Jour", "Index"))

    def test_same_column_twice(self):
        text = "Compteur;Date;Index;index\nA;2023-01-31;1;2\n"
        refused = self.refused(text)
        self.assertEqual(refused.code, FileFault.DUPLICATE_COLUMNS)
        self.assertEqual(refused.params["columns"], ("Index", "index"))
        (row,) = read_all(text, columns={0: Role.METER, 1: Role.DATE, 3: Role.INDEX})
        self.assertEqual(row.index, D(2))
