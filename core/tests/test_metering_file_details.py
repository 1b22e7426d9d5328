"""What is detected in files at the edge: header lines, samples, limits; what rows at the edge of a rule say."""

import unittest
from datetime import date
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from ..metering.delimited import FileFault, RowFault, UnreadableFile
from ..metering.file_columns import Role
from ..metering.file_detection import MAX_VALUE_SHOWN, FileFormat, detect, shorten, tidy
from ..metering.file_refused import refused_rows
from ..metering.readings import ReadingKind
from ..metering.readings_file import MAX_DIGITS, MAX_IDENTIFIER, BadReadingRow, ReadingRow, read
from ..metering.units import Unit
from .test_metering_file import faults, read_all

HEADER = "Compteur;Date;Index\n"


class TestHeaderLine(unittest.TestCase):
    def header(self, text, encoding="utf-8", **asked):
        return detect(text.encode(encoding), FileFormat(**asked)).header

    def test_two_required_columns_make_a_header(self):
        text = "Releve; tournee 3\nCompteur;Jour;Index\nA;31/12/2024;5\n"
        self.assertEqual(self.header(text), ("Compteur", "Jour", "Index"))

    def test_two_columns_make_a_table(self):
        self.assertEqual(self.header("Releves 2024\nAppareil;Valeur\nA;5\n"), ("Appareil", "Valeur"))

    def test_titles_in_a_file_of_two_bytes_a_character(self):
        text = "Relevés; 2024\nCompteur;Date;Index\nA;31/12/2024;5\n"
        self.assertEqual(self.header(text, "utf-16"), ("Compteur", "Date", "Index"))

    def test_the_line_that_is_asked_wins_over_a_better_one_below(self):
        text = "x;y;z\nAppareil;Jour;Valeur\nCompteur;Date;Index\nA;31/12/2024;5\n"
        self.assertEqual(self.header(text, header_line=2), ("Appareil", "Jour", "Valeur"))

    def test_a_header_is_looked_for_in_the_first_fifty_lines(self):
        for above, expected in ((49, "Compteur"), (50, "x")):
            text = "x;y;z\n" * above + "Compteur;Date;Index\nA;31/12/2024;5\n"
            self.assertEqual(self.header(text)[0], expected)

    def test_the_delimiter_that_is_asked_wins_over_a_better_one(self):
        self.assertEqual(self.header("a;b;c|d\n1;2;3|4\n", delimiter="|"), ("a;b;c", "d"))

    def test_of_delimiters_that_fit_alike_the_semicolon_is_taken(self):
        self.assertEqual(self.header("a;b|c\n1;2|3\n"), ("a", "b|c"))

    def test_a_single_column_is_a_table_where_the_delimiter_is_asked(self):
        self.assertEqual(self.header("Compteur\nA\n", delimiter=";"), ("Compteur",))


class TestRefusals(unittest.TestCase):
    def test_what_was_found_is_shown(self):
        for text, asked, code, found in (
            ("bonjour\nmonsieur\n", {}, FileFault.NO_COLUMNS, "bonjour"),
            ('"a;b;c\n1;2;3\n', {"delimiter": ";"}, FileFault.NO_COLUMNS, '"a'),
            (HEADER, {}, FileFault.NO_ROWS, ("Compteur", "Date", "Index")),
        ):
            with self.subTest(code), self.assertRaises(UnreadableFile) as caught:
                detect(text.encode(), FileFormat(**asked))
            self.assertEqual((caught.exception.code, caught.exception.params), (code, {"found": found}))


class TestShown(unittest.TestCase):
    def test_a_long_text_is_cut_with_a_sign(self):
        whole = "x" * MAX_VALUE_SHOWN
        self.assertEqual(shorten(whole), whole)
        self.assertEqual(shorten(whole + "x"), whole[:-1] + "…")
        self.assertEqual(tidy("a\0 \n b"), "a\ufffd b")

    def test_the_sample_of_a_column_is_its_first_value_in_twenty_rows(self):
        for empty, expected in ((19, "5"), (20, "")):
            text = "Compteur;Note\n" + "A;\n" * empty + "A;5\n"
            self.assertEqual(detect(text.encode()).samples, ("A", expected))

    def test_a_column_that_is_not_there_is_in_cubic_metres(self):
        found = detect((HEADER + "A;31/12/2024;5\n").encode()).format
        self.assertIs(found.unit_of(Role.CONSUMPTION), Unit.M3)


class TestRows(unittest.TestCase):
    def test_an_hour_with_its_zone_gives_the_day_of_the_meters(self):
        for text in (
            HEADER + "A;2024-12-31T23:00:00Z;5\n",
            "Compteur;Date;Heure;Index\nA;2024-12-31;23:00Z;5\n",
        ):
            data = text.encode()
            (row,) = read(data, detect(data), ZoneInfo("Europe/Paris"))
            self.assertEqual((row.date, row.seconds), (date(2025, 1, 1), 0))

    def test_hours_of_a_column_with_seconds_or_alone(self):
        rows = read_all("Compteur;Date;Heure;Index\nA;31/03/2025;23:45:10;1\nB;31/03/2025;7;1\nC;31/03/2025;7:;1\n")
        self.assertEqual([row.seconds for row in rows[:2]], [85_510, 25_200])
        self.assertEqual(faults(rows), [(4, RowFault.TIME_WRONG)])

    def test_a_row_that_is_cut_short_says_what_is_there(self):
        rows = read_all("Date;Index;Compteur\n2023-03-31;1\n2023-03-31;1;A\n")
        self.assertEqual(rows[0], BadReadingRow(2, "", "", RowFault.CELL_COUNT, "2023-03-31 1"))

    def test_a_known_kind_leaves_no_unknown_word(self):
        (row,) = read_all("compteur;date;index;nature de relève\nA;2025-03-31;1;Estimée\n")
        self.assertEqual((row.kind, row.unknown_kind), (ReadingKind.ESTIMATED, ""))

    def test_words_of_the_section_prevail(self):
        text = "compteur;date;index;nature\nA;2025-03-31;1;Facturé\nB;2025-03-31;1;Forfait hiver\n"
        words = {"facture": ReadingKind.REMOTE, "forfait hiver": ReadingKind.ESTIMATED}
        rows = read_all(text, words=words)
        self.assertEqual([row.kind for row in rows], [ReadingKind.REMOTE, ReadingKind.ESTIMATED])
        (row,) = read_all("compteur;date;index;type\nB;2025-03-31;1;Forfait hiver\n", words=words)
        self.assertEqual(row.kind, ReadingKind.ESTIMATED)

    def test_limits_of_identifiers_and_digits(self):
        header = "compteur;date;index;chiffres\n"
        (row,) = read_all(header + "A" * MAX_IDENTIFIER + ";2025-03-31;1;\n")
        self.assertEqual(len(row.meter), MAX_IDENTIFIER)
        for digits in ("1", str(MAX_DIGITS)):
            (row,) = read_all(f"{header}A;2025-03-31;1;{digits}\n")
            self.assertEqual(row.details, {Role.DIGITS: digits})
        rows = read_all(f"{header}A;2025-03-31;1;{MAX_DIGITS + 1}\n")
        self.assertEqual(faults(rows), [(2, RowFault.DIGITS_WRONG)])


class TestRefusedFile(unittest.TestCase):
    def test_accents_of_another_encoding_stay(self):
        data = "N° compteur;Date;Index\nÉ1;2025-03-31;-5\n".encode("cp1252")
        content = refused_rows(data, detect(data), {2: "négatif"}, ("Ligne", "Motif")).decode("utf-8-sig")
        self.assertEqual(content.splitlines()[1], "É1;2025-03-31;-5;2;négatif")
        again = content.encode()
        self.assertEqual([type(row) for row in read(again, detect(again))], [ReadingRow])
        self.assertEqual([row.index for row in read(again, detect(again))], [D(-5)])
