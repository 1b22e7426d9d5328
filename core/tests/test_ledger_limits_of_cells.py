"""Cells at their limits: delimiters that are decimal signs, padding, alignment, codings, constants."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.findings import LayoutError
from ..ledger.layouts import BadRow, Column, Layout, Reader, Row, Writer
from ..ledger.presets import PRESETS
from ..ledger.records import Lot, Update
from .ledger_samples import LOT, customer_invoice, shipped_layouts
from .sentences import codes


def row_of(*columns, item=None, **form):
    columns = (Column("n", "number"), *columns)
    layout = Layout("a", "entries", columns, "F_{lot}.txt", **form)
    rendered = Writer(layout, LOT).render(item or customer_invoice())
    return rendered.rows[0], codes(rendered.findings)


def read(text, *columns, **form):
    layout = Layout("a", "account", columns, "F.csv", **form)
    return list(Reader(layout).rows([text.encode(layout.encoding)]))


BALANCE = Column("b", "balance")


class TestWrittenCells(unittest.TestCase):
    def test_a_decimal_sign_that_is_the_delimiter_needs_quotes(self):
        with self.assertRaises(LayoutError):
            row_of(BALANCE, delimiter=",")
        row, _codes = row_of(BALANCE, delimiter=",", quoting="minimal")
        self.assertEqual(row, 'VEAU/2026/0001,"126,60"')
        row, _codes = row_of(BALANCE, delimiter=",", decimal_sign=".")
        self.assertEqual(row, "VEAU/2026/0001,126.60")

    def test_amounts_are_padded_on_their_side(self):
        for column, cell in (
            (replace(BALANCE, width=10, pad=" ", align="right"), "    126,60"),
            (replace(BALANCE, width=10, pad=" "), "126,60    "),
            (replace(BALANCE, width=10, pad="0", align="right"), "0000126,60"),
        ):
            self.assertEqual(row_of(column)[0].split(";")[1], cell)

    def test_zeros_behind_an_amount_are_a_mistake(self):
        """126 m³ of eight characters would be 12 600 000; a code padded so is what the other system asked for."""
        padded = replace(BALANCE, width=10, pad="0")
        with self.assertRaises(LayoutError) as caught:
            row_of(padded)
        self.assertIn("would make it another one", str(caught.exception))
        journal = Column("j", "journal", width=6, pad="0")
        self.assertEqual(row_of(journal, BALANCE)[0].split(";")[1], "VEAU00")

    def test_a_name_that_its_header_could_not_hold_is_a_mistake(self):
        for name in ("a;b", 'a"b', "a\nb", "水"):
            with self.subTest(name), self.assertRaises(LayoutError) as caught:
                row_of(replace(BALANCE, name=name), encoding="cp1252")
            self.assertIn("must be plain text", str(caught.exception))

    def test_a_code_has_up_to_64_characters(self):
        reader = Reader(shipped_layouts()["acknowledgement"])
        for length, kind in ((64, Row), (65, BadRow)):
            text = f"company;number;external_reference;status;code;message\r\nEAU;{'9' * length};;accepted;;\r\n"
            (row,) = reader.rows([text.encode()])
            self.assertIsInstance(row, kind)

    def test_texts_are_padded_and_cut_on_their_side(self):
        journal = Column("j", "journal", width=6, pad="*")
        self.assertEqual(row_of(journal, BALANCE)[0].split(";")[1], "VEAU**")
        self.assertEqual(row_of(replace(journal, align="right"), BALANCE)[0].split(";")[1], "**VEAU")
        cut = Column("j", "journal", width=3, truncate=True)
        self.assertEqual(row_of(cut, BALANCE), ("VEAU/2026/0001;VEA;126,60", ["text_truncated"]))

    def test_what_identifies_a_row_is_never_cut(self):
        """The first digits of an account are another account, those of a number another document."""
        for name, value in (
            ("account", "411000"),
            ("third_party", "C0001"),
            ("company", "EAU"),
            ("number", "VEAU/2026/0001"),
        ):
            column = Column("x", name, width=len(value) - 1, truncate=True)
            self.assertEqual(row_of(column, BALANCE)[1][:1], ["text_too_wide"], name)
            self.assertEqual(row_of(replace(column, width=len(value)), BALANCE)[1], [], name)

    def test_a_letter_that_the_coding_lacks_keeps_its_letter(self):
        item = customer_invoice(external_reference="őŐűŰ")
        reference = Column("r", "external_reference")
        self.assertEqual(row_of(reference, BALANCE, item=item, encoding="cp1252")[0].split(";")[1], "oOuU")

    def test_a_constant_that_the_coding_lacks_is_a_mistake(self):
        with self.assertRaises(LayoutError):
            row_of(Column("c", constant="漢"), BALANCE, encoding="cp1252")
        with self.assertRaises(LayoutError):
            Writer(
                Layout("a", "entries", (Column("l", "lot", width=3), BALANCE), "F_{lot}.txt"),
                Lot("L00042", date(2026, 1, 1)),
            )

    def test_the_first_row_of_a_document_alone(self):
        third = Column("t", "document_third_party", first_line_only=True)
        layout = Layout("a", "entries", (third, BALANCE), "F_{lot}.txt")
        rows = Writer(layout, LOT).render(customer_invoice()).rows
        self.assertEqual([row.split(";")[0] for row in rows], ["C0001", "", ""])

    def test_an_update_of_any_kind(self):
        values = {True: "OUI", False: "NON", date(2026, 1, 2): "02/01/2026", Decimal("1.5"): "1,50", "x": "x"}
        for value, cell in values.items():
            row = Writer(PRESETS["updates"], LOT).render(Update("EAU", "N", "", "f", value)).rows[0]
            self.assertEqual(row, f"EAU;N;;f;{cell}")

    def test_the_widths_of_the_presets(self):
        """The 15 columns: journal 3, company 6, account 17, number 35, label 35 that is cut, payment mode 6."""
        layout = PRESETS["entries_15"]
        widths = {column.name: column.width for column in layout.columns if column.width}
        self.assertEqual(
            widths,
            {
                "company": 6, "journal": 3, "account": 17, "third_party": 17, "amount": 20, "direction": 1,
                "number": 35, "document_type": 2, "label": 35, "payment_mode": 6, "label_2": 35,
            },
        )  # fmt: skip
        cut = {column.name for column in layout.columns if column.truncate}
        self.assertEqual(cut, {"label", "label_2"})
        required = {column.name for column in layout.columns if column.required}
        self.assertEqual(required, {"company", "journal", "date", "account", "number", "document_type"})
        flags = {name: (p.header, p.delimiter, p.quoting, p.encoding, p.decimal_sign) for name, p in PRESETS.items()}
        self.assertEqual(flags["fec"], (True, "|", "none", "utf-8", ","))
        self.assertEqual(flags["entries_25"], (False, ";", "none", "cp1252", ","))
        self.assertEqual(flags["acknowledgement"], (True, ";", "minimal", "utf-8", ","))


class TestReadCells(unittest.TestCase):
    CODE, NAME = Column("code", "code", required=True), Column("name", "name")

    def test_a_quoted_line_with_an_empty_first_cell(self):
        (row,) = read('"";"Eau; et assainissement"\r\n', Column("company", "company"), self.NAME, quoting="minimal")
        self.assertEqual((row.values["company"], row.values["name"]), ("", "Eau; et assainissement"))
        (row,) = read(';"Eau"\r\n', Column("company", "company"), self.NAME, quoting="minimal")
        self.assertEqual((row.values["company"], row.values["name"]), ("", "Eau"))

    def test_blanks_around_a_code_are_none_of_it(self):
        (row,) = read("  401000 \t; Fournisseurs \r\n", self.CODE, self.NAME)
        self.assertEqual((row.values["code"], row.values["name"]), ("401000", "Fournisseurs"))
        (bad,) = read("   ;x\r\n", self.CODE, self.NAME)
        self.assertIsInstance(bad, BadRow)

    def test_padding_is_taken_off_on_its_side(self):
        left = replace(self.CODE, pad="*", width=8)
        (row,) = read("**40100*;x\r\n", left, self.NAME)
        self.assertEqual(row.values["code"], "**40100")
        (row,) = read("**40100*;x\r\n", replace(left, align="right"), self.NAME)
        self.assertEqual(row.values["code"], "40100*")
        (row,) = read("00401;x\r\n", replace(self.CODE, pad="0", width=5, align="right"), self.NAME)
        self.assertEqual(row.values["code"], "00401", "zeros may be those of the code")
