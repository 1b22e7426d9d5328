"""Files as other programs, spreadsheets and manual copies produce them: read as intended, or reported."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.findings import Finding
from ..ledger.layouts import Reader, Row, match_name
from ..ledger.layouts.words import folded
from ..ledger.presets import ACKNOWLEDGEMENT, PAYMENTS, PRESETS
from ..ledger.referential import code_fault
from ..ledger.remote_files import RemoteFile
from .sentences import codes, whole

THIRD_PARTIES = PRESETS["referential_third_party"]
HEAD = "company;code;name\r\n"


def read(text, layout=THIRD_PARTIES):
    """[(code, name) or codes of findings] of the rows of a text or of bytes."""
    data = text.encode() if isinstance(text, str) else text
    rows = list(Reader(layout).rows([data[place : place + 7] for place in range(0, len(data), 7)]))
    return [
        (row.values["code"], row.values["name"]) if isinstance(row, Row) else tuple(codes(row.findings)) for row in rows
    ]


class TestFiles(unittest.TestCase):
    BOTH = [("C1", "Été"), ("C2", "Hiver")]

    def test_forms_of_the_same_file(self):
        for what, text in {
            "lines of old systems": "company;code;name\rEAU;C1;Été\rEAU;C2;Hiver\r",
            "line ends converted twice": "company;code;name\r\r\nEAU;C1;Été\r\r\nEAU;C2;Hiver\r\r\n",
            "a delimiter after each row": HEAD + "EAU;C1;Été;\r\nEAU;C2;Hiver;;;\r\n",
            "a delimiter after the header alone": "company;code;name;\r\nEAU;C1;Été\r\nEAU;C2;Hiver\r\n",
            "rows without anything": HEAD + ';;\r\nEAU;C1;Été\r\n;;;;;\r\n"";"";""\r\nEAU;C2;Hiver\r\n;;\r\n',
            "the delimiter told to spreadsheets": "\ufeffsep=;\r\n" + HEAD + "EAU;C1;Été\r\nEAU;C2;Hiver\r\n",
            "columns of the same name that no layout reads": "libre;company;libre;code;name;Libre\r\n"
            "x;EAU;;C1;Été;\r\n;EAU;y;C2;Hiver;z\r\n",
            "the header at each page": HEAD + "EAU;C1;Été\r\n" + HEAD + "EAU;C2;Hiver\r\n" + HEAD,
            "two files put together": "\ufeff" + HEAD + "EAU;C1;Été\r\n\ufeff" + HEAD + "EAU;C2;Hiver\r\n",
            "a mark before a row": HEAD + "\ufeffEAU;C1;Été\r\nEAU;C2;Hiver\r\n",
            "the end of a text file": HEAD + "EAU;C1;Été\r\nEAU;C2;Hiver\r\n\x1a\r\n",
            "codes that no spreadsheet may change": HEAD + 'EAU;="C1";Été\r\nEAU;"=""C2""";Hiver\r\n',
            "invisible characters": HEAD + "EAU;\u200bC1;É\u00adté\r\nEAU;C2\u200e;Hiver\u2060\r\n",
            "blanks that do not break": HEAD + "EAU;C1\u00a0;\u202fÉté\r\n\u00a0EAU;C2;Hiver \r\n",
            "accents of another system": HEAD + "EAU;C1;E\u0301te\u0301\r\nEAU;C2;Hiver\r\n",
        }.items():
            with self.subTest(what):
                self.assertEqual(read(text), self.BOTH)
                owners = {row.values["company"] for row in Reader(THIRD_PARTIES).rows([text.encode()])}
                self.assertEqual(owners, {"EAU"})

    def test_a_line_break_inside_a_text_is_none_of_the_file(self):
        self.assertEqual(read(HEAD + 'EAU;C1;"Été\rnord"\r\n'), [("C1", "Été\rnord")])
        self.assertEqual(read(HEAD + 'EAU;C1;"Été\nnord"\r\n'), [("C1", "Été\nnord")])

    def test_a_row_that_lacks_or_adds_a_text_is_named(self):
        self.assertEqual(read(HEAD + "EAU;C1\r\nEAU;C2;Hiver\r\n"), [("row_short",), ("C2", "Hiver")])
        self.assertEqual(read(HEAD + "EAU;C1;Été;;x\r\nEAU;C2;Hiver\r\n"), [("cell_too_many",), ("C2", "Hiver")])

    def test_without_a_header(self):
        layout = replace(ACKNOWLEDGEMENT, header=False)
        rows = list(Reader(layout).rows([b"EAU;N1;;OK;;;\r\n;;;;;\r\nEAU;N2;;OK;;\r\n\x1a"]))
        self.assertEqual([row.values["number"] for row in rows], ["N1", "N2"])


class TestCells(unittest.TestCase):
    HEAD = "reference;date;amount\r\n"

    def cell(self, text, column="amount", layout=PAYMENTS):
        """The value of a cell, or the codes of what is wrong with it."""
        cells = {"reference": "R1", "date": "12/03/2026", "amount": "1,00", column: text}
        (row,) = Reader(layout).rows([(self.HEAD + ";".join(cells.values()) + "\r\n").encode()])
        return row.values[column] if isinstance(row, Row) else codes(row.findings)

    def test_amounts(self):
        for text, value in {
            "1 234,56": "1234.56", "1\u00a0234\u202f567,8": "1234567.8", "1.234,56": "1234.56", "-1.234,56": "-1234.56",
            "12,5-": "-12.5", "5-": "-5", "(12,50)": "-12.50", "(1 234,00)": "-1234.00", "-0,00": "0", "+1,5": "1.5",
            "1 000": "1000",
        }.items():  # fmt: skip
            with self.subTest(text):
                self.assertEqual(self.cell(text), Decimal(value))

    def test_amounts_that_may_mean_anything(self):
        for text in ("1.234", "1,234.56", "1E3", "12 34,56", "1 23", "(-12,50)", "-12,50-", "12,5,0", "--5", "12,50 €",
                     "()", "1.23,45", "٣,٥٠", "1 234 56"):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(self.cell(text), ["amount_wrong"])

    def test_amounts_with_a_decimal_point(self):
        layout = replace(PAYMENTS, decimal_sign=".")
        for text, value in {"1,234.56": "1234.56", "1 234.56": "1234.56", "12.5-": "-12.5"}.items():
            self.assertEqual(self.cell(text, layout=layout), Decimal(value), text)
        self.assertEqual(self.cell("1.234,56", layout=layout), ["amount_wrong"])

    def test_dates(self):
        for text in ("12/03/2026 00:00:00", "12/03/2026T14:35", "12/03/2026 23:59:59.123", "12/03/2026 00:00:00Z"):
            self.assertEqual(self.cell(text, "date"), date(2026, 3, 12), text)
        for text in ("31/02/2026", "12/03/26", "12/3/2026", "2026-03-12", "12/03/2026 x", "46093", "12/03/2026 1h",
                     "00/00/0000", " 00:00:00"):  # fmt: skip
            self.assertEqual(self.cell(text, "date"), ["date_wrong"], text)

    def test_rates(self):
        layout = PRESETS["referential_vat_profile"]
        for text in ("5,5", "5.5", "5,50", "5.500", "5,5 %", "5,50\u00a0%", "5.5%"):
            (row,) = Reader(layout).rows([f"company;code;name;rate\r\nEAU;T1;Taux;{text}\r\n".encode()])
            self.assertEqual(row.values["rate"], Decimal("5.5"), text)
        for text in ("5,5,5", "%", "réduit", "5..5"):
            (row,) = Reader(layout).rows([f"company;code;name;rate\r\nEAU;T1;Taux;{text}\r\n".encode()])
            self.assertEqual(codes(row.findings), ["amount_wrong"], text)


class TestWords(unittest.TestCase):
    def test_blanks_inside_a_word(self):
        for text in ("En  erreur", "EN\u00a0ERREUR", " en erreur ", "en\u202ferreur", "\u200ben erreur"):
            (row,) = Reader(ACKNOWLEDGEMENT).rows([f"company;number;status\r\nEAU;N1;{text}\r\n".encode()])
            self.assertEqual(row.values["status"], "rejected", text)
        self.assertEqual(folded("Opérations   diverses"), folded("OPERATIONS DIVERSES"))


class TestAges(unittest.TestCase):
    def test_a_file_that_may_still_grow(self):
        for modified, is_younger in {
            990.0: True, 941.0: True, 940.0: False, 1005.0: True, 87400.0: False, -85400.0: False, None: False,
        }.items():  # fmt: skip
            self.assertEqual(RemoteFile("a", 1, modified).is_younger(60, 1000.0), is_younger, modified)


class TestNames(unittest.TestCase):
    def test_names_of_other_systems(self):
        for name, lot in {
            "AR_20261130-1.txt": "20261130-1", "AR_20261130-1.TXT": "20261130-1",
            "ar_20261130-A.txt": "20261130-A", "AR_20261130 1.txt": None, "AR_%s.txt": None,
            "AR_1.txt.tmp": None, "AR_.txt": None,
        }.items():  # fmt: skip
            found = match_name(ACKNOWLEDGEMENT, name)
            self.assertEqual(found and found["lot"], lot, name)


class TestSpoiledCodes(unittest.TestCase):
    """A spreadsheet takes 401000 for a number, and saves 4,01E+05."""

    def test_what_a_spreadsheet_saved(self):
        for code in ("4,01E+05", "4.01e+05", "4E+05", "1,23E-10", "7E+100"):
            found = code_fault(Row(3, {"code": code, "name": "Achats"}))
            params = {"line": 3, "column": "code", "value": code}
            self.assertEqual(whole(found), Finding("code_spoiled", "code", params, line=3), code)

    def test_codes_that_only_look_like_it(self):
        for code in ("401000", "4E05", "1E+", "S+05", "44E+05", "4,01E+0500", "4,E+05", "E+05"):
            self.assertIsNone(code_fault(Row(3, {"code": code, "name": "x"})), code)
        self.assertEqual(code_fault(Row(3, {"code": "4" * 201, "name": "x"})).code, "text_too_wide")
        self.assertIsNone(code_fault(Row(3, {"code": "4" * 200, "name": "x"})))
