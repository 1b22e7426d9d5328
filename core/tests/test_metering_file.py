"""Files of readings as people send them: what is found out of them, and what their rows say."""

import codecs
import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.cell_formats import (
    DateOrder,
    find_date_order,
    find_decimal_sign,
    parse_date,
    parse_moment,
    parse_number,
)
from ..metering.delimited import DELIMITERS, MAX_BYTES, MAX_LINE, FileFault, FileRefused, RowFault
from ..metering.file_columns import COLUMN_NAMES, KIND_NAMES, Role, plain
from ..metering.file_detection import Doubt, FileFormat, detect
from ..metering.readings import Kind
from ..metering.readings_file import BadRow, Row, read
from ..metering.units import Unit, read_heading

HEADER = "Compteur;Date;Index\n"


def read_all(data, **asked):
    if isinstance(data, str):
        data = data.encode()
    return list(read(data, detect(data, FileFormat(**asked))))


def faults(rows):
    return [(row.line, row.code) for row in rows if isinstance(row, BadRow)]


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
        columns = {0: Role.DATE, 1: Role.METER, 2: Role.INDEX, 9: Role.CITY}
        asked = FileFormat("utf-16", "|", DateOrder.MDY, ".", columns)
        detected = detect(data, asked)
        self.assertEqual(detected.doubts, frozenset())
        (row,) = read(data, detected)
        self.assertEqual((row.meter, row.date, row.index), ("X", date(2023, 1, 2), D(1234)))

    def test_doubts_are_said(self):
        detected = detect((HEADER + "A;01/02/2023;1,234\n").encode())
        self.assertEqual(detected.doubts, {Doubt.DATE_ORDER, Doubt.DECIMAL_SIGN})
        self.assertEqual((detected.format.date_order, detected.format.decimal_sign), (DateOrder.DMY, ","))


class TestCells(unittest.TestCase):
    def test_date_orders(self):
        for values, expected in (
            (["2023-03-31", "2023/4/1"], (DateOrder.YMD, False)),
            (["20230331"], (DateOrder.COMPACT, False)),
            (["31/03/2023", "01/02/2023"], (DateOrder.DMY, False)),
            (["31-03-23", "01.02.23"], (DateOrder.DMY, False)),
            (["03/31/2023", "01/02/2023"], (DateOrder.MDY, False)),
            (["03/31/2023", "31/01/2023"], (DateOrder.DMY, True)),
            (["01/02/2023", "01/03/2023"], (DateOrder.DMY, True)),
            (["03/03/2023", "hier"], (DateOrder.DMY, True)),
            (["", "x"], (DateOrder.DMY, False)),
        ):
            with self.subTest(values):
                self.assertEqual(find_date_order(values), expected)

    def test_dates(self):
        self.assertEqual(parse_date("1.2.24", DateOrder.DMY), date(2024, 2, 1))
        self.assertEqual(parse_date("2024-02-29T00:00:00Z", DateOrder.YMD), date(2024, 2, 29))
        self.assertEqual(parse_date("29/02/2024 12:30", DateOrder.DMY), date(2024, 2, 29))
        for text, order in (
            ("29/02/2023", DateOrder.DMY), ("31/13/2023", DateOrder.DMY), ("0202-01-01", DateOrder.YMD),
            ("31/03/2023 25:00", DateOrder.DMY), ("juin-24", DateOrder.DMY), ("31 foo 2024", DateOrder.DMY),
            ("30-févr.-24", DateOrder.DMY), ("99999", DateOrder.SERIAL), ("٣١/٠٣/٢٠٢٣", DateOrder.DMY),
            ("2023-03-31x", DateOrder.YMD), ("45016", DateOrder.COMPACT),
        ):  # fmt: skip
            self.assertIsNone(parse_date(text, order), text)

    def test_months_in_words(self):
        for text, expected in (
            ("01-janv.-25", date(2025, 1, 1)), ("1er février 2025", date(2025, 2, 1)),
            ("31 déc. 2024", date(2024, 12, 31)),
            ("mardi 31 décembre 2024", date(2024, 12, 31)), ("15-AOÛT-2024", date(2024, 8, 15)),
            ("3 juil. 24", date(2024, 7, 3)), ("3-juin-24", date(2024, 6, 3)), ("31-Mar-2024", date(2024, 3, 31)),
            ("Jan 5, 2025", date(2025, 1, 5)), ("31 mai 2024 23:59", date(2024, 5, 31)),
        ):  # fmt: skip
            for order in DateOrder:
                self.assertEqual(parse_date(text, order), expected, text)
        self.assertEqual(find_date_order(["01-janv.-25", "02/13/2025"]), (DateOrder.MDY, False))

    def test_serial_dates_of_spreadsheets(self):
        """45658 is 1 January 2025: days since 30 December 1899."""
        self.assertEqual(find_date_order(["45658", "45689"]), (DateOrder.SERIAL, False))
        for text, expected in (
            ("45658", (date(2025, 1, 1), None)),
            ("45658,75", (date(2025, 1, 1), 64_800)),
            ("45657.999999", (date(2025, 1, 1), 0)),
        ):
            self.assertEqual(parse_moment(text, DateOrder.SERIAL), expected)

    def test_an_hour_with_its_zone_gives_the_local_day(self):
        paris = ZoneInfo("Europe/Paris")
        for text, order, expected in (
            ("2024-12-31T23:00:00Z", DateOrder.YMD, (date(2025, 1, 1), 0)),
            ("2024-06-30T22:30:00.000Z", DateOrder.YMD, (date(2024, 7, 1), 1800)),
            ("2024-12-31T23:00:00+01:00", DateOrder.YMD, (date(2024, 12, 31), 82_800)),
            ("2025-01-01T03:00:00+0400", DateOrder.YMD, (date(2025, 1, 1), 0)),
            ("31/12/2024 23:00", DateOrder.DMY, (date(2024, 12, 31), 82_800)),
            ("31/12/2024 23h15", DateOrder.DMY, (date(2024, 12, 31), 83_700)),
            ("12/31/2024 11:00:00 PM", DateOrder.MDY, (date(2024, 12, 31), 82_800)),
            ("20241231 23:00Z", DateOrder.COMPACT, (date(2025, 1, 1), 0)),
        ):
            self.assertEqual(parse_moment(text, order, paris), expected, text)
        self.assertEqual(
            parse_date("2024-12-31T23:00:00Z", DateOrder.YMD, ZoneInfo("America/Cayenne")), date(2024, 12, 31)
        )

    def test_decimal_signs(self):
        for values, expected in (
            (["12", "1500"], (".", False)),
            (["12,5"], (",", False)),
            (["12.5", "3"], (".", False)),
            (["1.234,5"], (",", False)),
            (["1,234.5"], (".", False)),
            (["1\u202f234,567"], (",", False)),
            (["1.234.567"], (",", False)),
            (["0,123"], (",", False)),
            (["1234,567"], (",", False)),
            (["1,234"], (",", True)),
            (["1.234"], (".", True)),
            (["1,234", "5.5"], (".", False)),
            (["1,5", "2,5", "3.5"], (",", True)),
            (["voir note, svp"], (".", False)),
        ):
            with self.subTest(values):
                self.assertEqual(find_decimal_sign(values), expected)

    def test_numbers(self):
        for text, sign, expected in (
            ("-19", ".", "-19"), ("0012", ",", "12"), ("1 234,5", ",", "1234.5"), ("12.", ".", "12"),
            ("1\u202f234\u202f567", ",", "1234567"), ("1.234,5", ",", "1234.5"), ("1,234", ".", "1234"),
            ("\u22125", ".", "-5"), ("+7", ".", "7"),
        ):  # fmt: skip
            self.assertEqual(parse_number(text, sign), D(expected), text)
        for text in ("", "12 3", "1e5", "NaN", "inf", "\u0661", "1,2,3", "1" * 13, "1.2345678", "-", "12 m3"):
            self.assertIsNone(parse_number(text, "."), text)


class TestRows(unittest.TestCase):
    def test_all_that_a_row_can_say(self):
        (row,) = read_all(
            "compteur;date;index;nature de relève;consommation;adresse;cp;ville;nb chiffres\n"
            "  A  12 ;2023-03-31; 150 ;Estimée;12,5;1 rue Haute;01000;;5\n"
        )
        self.assertEqual((row.meter, row.index), ("A 12", D(150)))
        self.assertEqual((row.kind, row.consumption), (Kind.ESTIMATED, D("12.5")))
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
                self.assertIsInstance(before, Row)
                self.assertIsInstance(after, Row)
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


class TestUnits(unittest.TestCase):
    def index(self, heading, value="57300", **asked):
        text = f"Compteur;Date;{heading}\nA;2025-03-31;{value}\n"
        (row,) = read_all(text, **asked)
        return row.index

    def test_unit_of_the_heading(self):
        for heading, expected in (
            ("Index", "57300"), ("Index (m3)", "57300"), ("Index (m³)", "57300"), ("index_m3", "57300"),
            ("Index en mètres cubes", "57300"), ("Index (kL)", "57300"), ("Nouvel index [kl]", "57300"),
            ("Index (L)", "57.3"), ("Index L", "57.3"), ("Index en litres", "57.3"), ("index_l", "57.3"),
            ("Index (dm3)", "57.3"), ("Index dm³", "57.3"), ("INDEX (LITRES)", "57.3"), ("Reading (liters)", "57.3"),
            ("Index (hL)", "5730"), ("Index en hectolitres", "5730"), ("Index (daL)", "573"),
            ("Index (unité : L)", "57.3"),
        ):  # fmt: skip
            with self.subTest(heading):
                self.assertEqual(self.index(heading), D(expected))

    def test_unit_is_shown_and_can_be_corrected(self):
        detected = detect(b"Compteur;Date;Index (L);Conso\nA;2025-03-31;57300;45\n")
        self.assertEqual(detected.format.units, {2: Unit.LITRE, 3: Unit.M3})
        self.assertEqual(self.index("Index (L)", units={2: Unit.M3}), D(57300))
        self.assertEqual(self.index("Index", units={2: Unit.LITRE}), D("57.3"))

    def test_unit_that_is_not_known_is_in_doubt(self):
        for heading, unknown in (
            ("Index (gal)", "gal"), ("Index (10 L)", "10 L"), ("Index_kwh", "kwh"), ("Index (imp.)", "imp."),
            ("Index (nouveau)", ""), ("Index (L)", ""),
        ):  # fmt: skip
            with self.subTest(heading):
                self.assertEqual(read_heading(heading).unknown, unknown)
        detected = detect(b"Compteur;Date;Index (gal)\nA;2025-03-31;57300\n")
        self.assertEqual(detected.doubts, {Doubt.UNIT})
        corrected = detect(b"Compteur;Date;Index (gal)\nA;2025-03-31;57300\n", FileFormat(units={2: Unit.LITRE}))
        self.assertEqual(corrected.doubts, frozenset())

    def test_unit_of_a_row_and_of_a_cell(self):
        rows = read_all(
            "compteur;date;index;unité;conso\nA;2025-03-31;57300;L;45000\nB;2025-03-31;57,3;m³;45\n"
            "C;2025-03-31;57 300 L;;45 m3\nD;2025-03-31;573 hl;;\nE;2025-03-31;1;lieue;\n"
        )
        self.assertEqual([row.index for row in rows[:4]], [D("57.3"), D("57.3"), D("57.3"), D("57.3")])
        self.assertEqual([row.consumption for row in rows[:3]], [45, 45, 45])
        self.assertEqual(faults(rows), [(6, RowFault.UNIT_UNKNOWN)])


class TestHeading(unittest.TestCase):
    """Programs write titles above the heading."""

    def test_titles_above_the_heading(self):
        for titles in (
            "Relevés du 4e trimestre\n\n",
            "Commune de Volvic;;\nÉdité le 03/01/2025;;\n\n",
            'Relève; tournée 3\n"Agent : A, B"\nlibre\n',
        ):
            with self.subTest(titles):
                data = (titles + "N° compteur;Date de relève;Index (L)\nA;31/12/2024;57300\n").encode()
                detected = detect(data)
                line = titles.count("\n") + 1
                self.assertEqual((detected.format.header_line, detected.format.delimiter), (line, ";"))
                (row,) = read(data, detected)
                self.assertEqual((row.line, row.meter, row.index), (line + 1, "A", D("57.3")))

    def test_the_line_can_be_asked(self):
        text = "Compteur;Date;Index\nAppareil;Jour;Valeur\nA;31/12/2024;5\n"
        detected = detect(text.encode(), FileFormat(header_line=2))
        self.assertEqual(detected.header, ("Appareil", "Jour", "Valeur"))
        self.assertEqual(detected.row_count, 1)

    def test_a_title_is_no_heading_where_nothing_names_columns(self):
        detected = detect(b"Releves 2024\nAppareil;Jour;Valeur\nA;31/12/2024;5\n")
        self.assertEqual(detected.header, ("Appareil", "Jour", "Valeur"))


class TestKinds(unittest.TestCase):
    def test_words_for_kinds(self):
        rows = read_all(
            "compteur;date;index;nature de relève\n"
            + "".join(f"A{n};2025-03-31;1;{word}\n" for n, word in enumerate(
                ("Facturé", "Absent", "Relevé agent", "Auto-relève", "Télé-relève", "Dépose", "Pose", "")))
        )  # fmt: skip
        self.assertEqual(
            [row.kind for row in rows],
            [
                Kind.REAL,
                Kind.ESTIMATED,
                Kind.REAL,
                Kind.SELF_REPORTED,
                Kind.REMOTE,
                Kind.REMOVAL,
                Kind.INSTALLATION,
                None,
            ],
        )

    def test_an_unknown_word_is_told_and_the_reading_kept(self):
        rows = read_all("compteur;date;index;nature de relève\nA;2025-03-31;1;Facturette\n")
        self.assertEqual([(row.kind, row.unknown_kind) for row in rows], [(None, "Facturette")])


class TestHours(unittest.TestCase):
    def test_hour_of_the_date_or_of_a_column(self):
        rows = read_all(
            "compteur;date;heure;index\nA;31/03/2025;23:45;1\nA;31/03/2025;6h05;1\nA;31/03/2025;;1\nA;31/03/2025;x;1\n"
        )
        self.assertEqual([getattr(row, "seconds", None) for row in rows], [85_500, 21_900, None, None])
        self.assertEqual(faults(rows), [(5, RowFault.TIME_WRONG)])


class TestRefusedFiles(unittest.TestCase):
    def refused(self, data, **asked):
        with self.assertRaises(FileRefused) as caught:
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
