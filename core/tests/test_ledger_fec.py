"""Each rule of the tax office's checker: a file that breaks only this rule is detected."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.fec import COLUMNS, FecChecker, rows_of
from ..ledger.layouts import Writer
from ..ledger.presets import PRESETS
from ..ledger.siren import siren_of
from .ledger_samples import LOT, customer_invoice, vendor_bill
from .sentences import codes

GOOD = (
    "ACH", "Achats", "A1", "20260310", "615500", "Entretien", "", "", "F-1", "20260310", "Pompe", "100,00", "0,00", "",
    "", "20260310", "", "",
)  # fmt: skip
OTHER = {
    "CompteNum": "401000", "CompAuxNum": "F1", "CompAuxLib": "Pompes", "Debit": "0,00", "Credit": "100,00",
}  # fmt: skip


def row(**changes):
    return [{**dict(zip(COLUMNS, GOOD, strict=True)), **changes}[name] for name in COLUMNS]


def found(*rows, header=COLUMNS):
    checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
    checker.check([list(header), *rows])
    return codes(checker.findings)


class TestRules(unittest.TestCase):
    def broken(self, **changes):
        return found(row(**changes), row(**OTHER))

    def test_a_good_file(self):
        self.assertEqual(found(row(), row(**OTHER)), [])

    def test_the_columns(self):
        self.assertEqual(found(header=COLUMNS[:-1]), ["fec_header"])
        self.assertEqual(found(row()[:-1]), ["fec_cells"])

    def test_what_must_be_filled(self):
        for name in ("JournalLib", "CompteNum", "CompteLib", "PieceRef", "PieceDate", "EcritureLib", "ValidDate"):
            for blank in ("", " "):
                self.assertEqual(self.broken(**{name: blank}), ["fec_empty"], name)

    def test_dates(self):
        for name in ("PieceDate", "ValidDate"):
            for wrong in ("2026031", "20261301", "10/03/2026", "2026-3-1"):
                self.assertEqual(self.broken(**{name: wrong}), ["fec_date"], (name, wrong))
        self.assertEqual(self.broken(EcritureLet="A", DateLet="x"), ["fec_date"])

    def test_the_period(self):
        day = {"EcritureDate": "20251231"}
        self.assertEqual(found(row(**day), row(**OTHER, **day)), ["fec_period"] * 2)

    def test_one_date_an_entry(self):
        self.assertEqual(self.broken(EcritureDate="20260309"), ["fec_two_dates"])

    def test_validated_after_its_date(self):
        self.assertEqual(self.broken(ValidDate="20260309"), ["fec_validated_before"])

    def test_accounts_begin_with_three_digits(self):
        for wrong in ("61", "X61550", "61-5500"):
            self.assertEqual(self.broken(CompteNum=wrong), ["fec_account"])
        self.assertEqual(self.broken(CompteNum="6155EAU"), [])

    def test_amounts(self):
        self.assertEqual(self.broken(Debit="100.00"), ["fec_amount", "fec_sides", "fec_unbalanced"])
        self.assertEqual(self.broken(Debit="1 00,00"), ["fec_amount", "fec_sides", "fec_unbalanced"])
        self.assertEqual(self.broken(Montantdevise="x", Idevise="USD"), ["fec_amount"])
        self.assertEqual(self.broken(Credit="5,00"), ["fec_sides", "fec_unbalanced"])
        self.assertEqual(found(row(Debit="0,00"), row(**{**OTHER, "Credit": "0,00"})), ["fec_sides"] * 2)
        self.assertEqual(found(row(Debit="-100,00"), row(**{**OTHER, "Credit": "-100,00"})), [])

    def test_balance(self):
        self.assertEqual(self.broken(Debit="100,01"), ["fec_unbalanced"])
        self.assertEqual(self.broken(JournalCode="ACH2"), ["fec_unbalanced"] * 2, "a number counts in its journal")

    def test_what_goes_together(self):
        for name, value in (("CompAuxNum", "F1"), ("CompAuxLib", "x"), ("EcritureLet", "A"), ("Idevise", "USD")):
            self.assertEqual(self.broken(**{name: value}), ["fec_pair"])
        self.assertEqual(self.broken(DateLet="20260310"), ["fec_pair"])

    def test_the_name(self):
        for name, expected in (("732829320FEC20261231.txt", []), ("FEC20261231.txt", ["fec_name"])):
            checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
            checker.check_name(name)
            self.assertEqual(codes(checker.findings), expected)

    def test_the_name_bears_the_end_of_the_period(self):
        for name, expected in (
            ("732829320FEC20261130.txt", ["fec_name_date"]),
            ("732829320FEC20261331.txt", ["fec_name_date"]),
        ):
            checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
            checker.check_name(name)
            self.assertEqual(codes(checker.findings), expected)

    def test_the_form_of_the_file(self):
        for delimiter, encoding, expected in (
            ("|", "utf-8", []),
            ("\t", "iso8859-15", []),
            (";", "ascii", ["fec_delimiter"]),
            ("|", "cp1252", ["fec_encoding"]),
            ("|", "utf-8-sig", ["fec_encoding"]),
            (",", "cp850", ["fec_delimiter", "fec_encoding"]),
        ):
            checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
            checker.check_form(delimiter, encoding)
            self.assertEqual(codes(checker.findings), expected, (delimiter, encoding))

    def test_an_empty_period(self):
        self.assertEqual(found(), ["fec_no_rows"])

    def test_rows_in_order_of_validation(self):
        later, earlier = (
            {"EcritureNum": "A1"},
            {"EcritureNum": "A2", "EcritureDate": "20260309", "ValidDate": "20260309"},
        )
        rows = [row(**later), row(**OTHER, **later), row(**earlier), row(**OTHER, **earlier)]
        self.assertEqual(found(*rows), ["fec_order"] * 2)
        self.assertEqual(found(*rows[2:], *rows[:2]), [])

    def test_numbers_follow_each_other(self):
        def entries(*numbers, **changes):
            return [
                line
                for number in numbers
                for line in (row(EcritureNum=number, **changes), row(**OTHER, EcritureNum=number, **changes))
            ]

        self.assertEqual(found(*entries("A/1", "A/2", "A/3")), [])
        self.assertEqual(
            found(*entries("A/2026/03/0009", "A/2026/03/0010", "A/2026/04/0001")), [], "a sequence a month"
        )
        self.assertEqual(found(*entries("A/1", "A/3")), ["fec_gap"])
        self.assertEqual(found(*entries("A/1"), *entries("A/3", JournalCode="VT")), [], "a sequence a journal")
        self.assertEqual(found(*entries("REF", "OUV/X")), [], "without a number at the end there is no sequence")
        checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
        checker.check([list(COLUMNS), *entries("A1", "A3", "A7", "A8")])
        (gap,) = checker.findings
        self.assertEqual((gap.params["missing"], gap.params["count"], gap.params["prefix"]), ("2, 4–6", 2, "A"))

    def test_currencies_and_characters(self):
        for wrong in ("EURO", "usd", "€"):
            self.assertEqual(self.broken(Montantdevise="1,00", Idevise=wrong), ["fec_currency"])
        for odd in ("\x00", "\x1f", "\u2028", "\u200e"):
            self.assertEqual(self.broken(EcritureLib=f"Pompe{odd}"), ["fec_characters"], repr(odd))
        self.assertEqual(self.broken(EcritureLib="Pompe n° 2, « à l’eau »"), [])

    def test_many_findings_are_counted_and_the_first_are_said(self):
        checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
        checker.check([list(COLUMNS), *([["x"]] * 1500)])
        self.assertEqual((len(checker.findings), checker.count), (1000, 1500))

    def test_each_line_has_its_own_currency(self):
        """An operation in euros of which one line is in dollars: a payment abroad, its fee."""
        bill = vendor_bill(currency="EUR", rate=Decimal(1))
        client, sale = bill.lines
        fee = replace(sale, debit=Decimal("5.00"), currency_balance=Decimal("5.00"), foreign_currency="")
        client = replace(client, credit=Decimal("805.00"), currency_balance=Decimal("-805.00"), foreign_currency="")
        rendered = Writer(PRESETS["fec"], LOT).render(replace(bill, lines=(client, sale, fee)))
        found = [row.split("|")[-2:] for row in rendered.rows]
        self.assertEqual(found, [["", ""], ["1000,00", "USD"], ["", ""]])

    def test_what_the_preset_writes_passes(self):
        writer = Writer(PRESETS["fec"], LOT)
        content = b"".join(writer.chunks([vendor_bill(), customer_invoice()]))
        checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
        checker.check(rows_of([content[:100], content[100:]], "|"))
        self.assertEqual([finding.message for finding in checker.findings], [])


class TestSiren(unittest.TestCase):
    def test_where_it_is_found(self):
        for registry, vat, expected in (
            ("732829320", "", "732829320"),
            ("732 829 320 00074", "", "732829320"),
            ("RCS Paris 732 829 320", "", "732829320"),
            ("", "FR44732829320", "732829320"),
            ("", "fr 44 732 829 320", "732829320"),
            ("732829321", "FR44732829320", "732829320"),
            ("732829321", "", ""),
            ("000000000", "", ""),
            ("", "BE0477472701", ""),
            ("", "", ""),
        ):
            self.assertEqual(siren_of(registry, vat), expected, (registry, vat))


class TestRows(unittest.TestCase):
    def test_rows_are_the_same_however_the_bytes_arrive(self):
        """Lines end with LF or CR LF; the last one may have no end."""
        for text, rows in (
            ("a b|c\r\nd|é f\n", [["a b", "c"], ["d", "é f"]]),
            ("a|b\r\nc d|", [["a", "b"], ["c d", ""]]),
            ("a|\n\n", [["a", ""], [""]]),
            ("", []),
        ):
            for encoding in ("utf-8", "cp1252"):
                data = text.encode(encoding)
                for size in range(1, len(data) + 2):
                    chunks = (data[place : place + size] for place in range(0, len(data), size))
                    self.assertEqual(list(rows_of(chunks, "|", encoding)), rows)
