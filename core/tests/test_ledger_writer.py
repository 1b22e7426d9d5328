"""The writer: no partial documents, all remarks reported, constant memory; every valid layout can be used."""

import hashlib
import unittest
from dataclasses import replace
from decimal import Decimal
from unittest import mock

from ..ledger.findings import Finding, LayoutError
from ..ledger.layouts import Column, Layout, Rendered, Writer, file_names, match_name
from ..ledger.layouts import writer as writing
from ..ledger.presets import PRESETS
from ..ledger.records import Lot
from .ledger_samples import LOT, customer_invoice, vendor_bill
from .sentences import whole

ENTRIES = PRESETS["entries_25"]


def codes(findings):
    return [(finding.document, finding.code, finding.field) for finding in map(whole, findings)]


class TestWriter(unittest.TestCase):
    def test_a_document_that_cannot_be_written_leaves_no_line(self):
        wide = customer_invoice("WIDE")
        wide = replace(wide, lines=(*wide.lines[:2], replace(wide.lines[2], credit=Decimal("1" * 21))))
        columns = tuple(replace(c, width=20) if c.attribute == "amount" else c for c in ENTRIES.columns)
        writer = Writer(replace(ENTRIES, columns=columns), LOT)
        text = b"".join(writer.chunks([customer_invoice("A"), wide, customer_invoice("B")])).decode("cp1252")
        self.assertNotIn("WIDE", text)
        self.assertEqual((writer.refused, writer.rows), (["WIDE"], 6))
        self.assertEqual(codes(writer.findings), [("WIDE", "amount_too_wide", "amount")])
        self.assertEqual((writer.findings[0].line, writer.findings[0].column), (3, 12))

    def test_an_amount_is_written_in_full_however_it_is_held(self):
        as_debit = {"amount": {"attribute": "debit", "decimals": 4}, "direction": {"attribute": "credit", "width": 20}}
        columns = tuple(replace(c, **as_debit.get(c.attribute, {})) for c in ENTRIES.columns)
        for held in ("120000", "1.2E+5", "120000.0000"):
            document = customer_invoice()
            document = replace(document, lines=(replace(document.lines[0], debit=Decimal(held)),))
            text = b"".join(Writer(replace(ENTRIES, columns=columns), LOT).chunks([document])).decode("cp1252")
            self.assertIn(";120000,0000;", text, held)

    def test_size_and_digest_are_those_of_the_bytes(self):
        writer = Writer(replace(ENTRIES, encoding="utf-8-sig"), LOT)
        data = b"".join(writer.chunks([customer_invoice()]))
        self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
        self.assertEqual((writer.size, writer.sha256), (len(data), hashlib.sha256(data).hexdigest()))

    def test_the_same_remark_is_made_for_each_document(self):
        writer = Writer(ENTRIES, LOT)
        list(writer.chunks([vendor_bill("A"), vendor_bill("B")]))
        self.assertEqual(
            [(f.document, f.code) for f in writer.findings], [("A", "text_replaced"), ("B", "text_replaced")]
        )

    def test_what_an_encoding_lacks_is_replaced_and_said(self):
        writer = Writer(replace(ENTRIES, encoding="iso8859-1"), LOT)
        document = customer_invoice(external_reference="œuf 漢 ’")
        text = b"".join(writer.chunks([document])).decode("iso8859-1")
        self.assertIn(";oeuf ? ';", text)
        self.assertEqual([finding.code for finding in writer.findings], ["text_replaced", "text_unwritable"])
        self.assertFalse(any(finding.blocking for finding in writer.findings))

    def test_required_columns(self):
        rendered = Writer(ENTRIES, LOT).render(customer_invoice(journal=""))
        self.assertEqual(codes(rendered.findings), [("VEAU/2026/0001", "required_missing", "journal")])
        self.assertFalse(rendered.writable)

    def test_amounts(self):
        layout = Layout("a", "entries", (Column("b", "balance", width=9),), "F_{lot}.txt", trailing_newline=False)
        line = customer_invoice().lines[0]

        def cell(amount):
            rendered = Writer(layout, LOT).render(customer_invoice(lines=(replace(line, debit=amount),)))
            return rendered.rows[0], [finding.code for finding in map(whole, rendered.findings)]

        self.assertEqual(cell(Decimal("-0.00")), ("0,00", []))
        self.assertEqual(cell(Decimal("-1234.5")), ("-1234,50", []))
        self.assertEqual(cell(Decimal("1E+3")), ("1000,00", []))
        self.assertEqual(cell(Decimal("1.005"))[1], ["amount_too_precise"])
        self.assertEqual(cell(Decimal("1234567.00")), ("1234567,00", ["amount_too_wide"]))
        self.assertEqual(cell(Decimal("NaN"))[1], ["value_wrong"])
        self.assertEqual(cell(Decimal("1E+30"))[1], ["value_wrong"])

    def test_a_rate_is_rounded_to_what_its_column_says(self):
        """A bill at the inverse rate 0.92 has 1.0869565217391304 as its rate: nobody can round it by hand."""
        for decimals, expected in ((6, "1,086957"), (2, "1,09")):
            columns = (Column("n", "number"), Column("b", "balance"), Column("r", "rate", decimals=decimals))
            rendered = Writer(Layout("r", "entries", columns, "F_{lot}.txt"), LOT).render(
                vendor_bill(rate=Decimal("1.0869565217391304"))
            )
            self.assertEqual((rendered.rows[0].split(";")[2], rendered.findings), (expected, ()))

    def test_a_rate_is_rounded_half_up_and_written_without_an_exponent(self):
        for rate, decimals, expected in (
            ("0.125", 2, "0,13"),
            ("-0.125", 2, "-0,13"),
            ("0.00000001", 8, "0,00000001"),
            ("1E+2", 8, "100,00000000"),
            ("0", 8, "0,00000000"),
            ("1.25", 0, "1"),
        ):
            columns = (Column("b", "balance"), Column("r", "rate", decimals=decimals))
            layout = Layout("r", "entries", columns, "F_{lot}.txt")
            row = Writer(layout, LOT).render(vendor_bill(rate=Decimal(rate))).rows[0]
            self.assertEqual(row.split(";")[1], expected)

    def test_the_number_of_kept_findings_is_limited_and_all_are_counted(self):
        writer = Writer(ENTRIES, LOT)
        finding = Finding("text_replaced", blocking=False)
        some = Rendered(("x",), (finding,) * (writing.MAX_FINDINGS - 1))
        self.assertEqual(b"".join(writer.pack([some, some, some])), b"x\r\nx\r\nx\r\n")
        self.assertEqual(len(writer.findings), 10_000)
        self.assertEqual(writer.findings_count, 3 * 9_999)

    def test_columns_of_the_first_line_alone_keep_their_width_on_the_others(self):
        columns = (
            Column("t", "third_party", first_line_only=True, width=6, pad="."),
            Column("n", "number", first_line_only=True, width=16, pad=" "),
            Column("b", "balance"),
        )
        layout = Layout("Fixed", "entries", columns, "F_{lot}.txt")
        self.assertEqual(
            Writer(layout, LOT).render(customer_invoice()).rows,
            ("C0001.;VEAU/2026/0001  ;126,60", f"......;{' ' * 16};-120,00", f"......;{' ' * 16};-6,60"),
        )

    def test_a_preview_needs_no_lot(self):
        layout = Layout("Lot", "entries", (Column("l", "lot"), Column("b", "balance")), "F_{lot}.txt")
        self.assertEqual(Writer(layout).render(customer_invoice()).rows[0], ";126,60")

    def test_lines_of_zero_are_left_out_where_the_layout_says_so(self):
        document = customer_invoice()
        zero = replace(document.lines[1], debit=Decimal(0), credit=Decimal("0.00"), currency_balance=Decimal(0))
        document = replace(document, lines=(zero, *document.lines, zero))
        self.assertEqual(len(Writer(ENTRIES, LOT).render(document).rows), 5)
        rows = Writer(replace(ENTRIES, skip_zero_lines=True), LOT).render(document).rows
        self.assertEqual([row.split(";")[11] for row in rows], ["126,60", "120,00", "6,60"])
        only = replace(document, lines=(zero, zero))
        self.assertEqual(len(Writer(replace(ENTRIES, skip_zero_lines=True), LOT).render(only).rows), 2)

    def test_an_empty_lot_is_an_empty_file_or_its_header(self):
        self.assertEqual(b"".join(Writer(ENTRIES, LOT).chunks([])), b"")
        header = b"".join(Writer(PRESETS["fec"], LOT).chunks([]))
        self.assertTrue(header.startswith(b"JournalCode|") and header.endswith(b"Idevise\r\n"))

    def test_chunks_are_bounded_and_lines_complete(self):
        writer = Writer(ENTRIES, LOT)
        sizes, ends = [], []
        for chunk in writer.chunks(customer_invoice(f"N{number:05d}") for number in range(5000)):
            sizes.append(len(chunk))
            ends.append(chunk.endswith(b"\r\n"))
        self.assertGreater(len(sizes), 3)
        self.assertLess(max(sizes), 400_000)
        self.assertTrue(all(ends))
        self.assertEqual(writer.rows, 15_000)


class TestLayout(unittest.TestCase):
    def test_mistakes_are_refused_with_a_reason(self):
        columns = ENTRIES.columns
        wrong = {
            "delimiter": "a",
            "encoding": "utf-16",
            "quoting": "sometimes",
            "flow": "other",
            "date_format": "%c",
            "columns": (),
            "file_name": "ECR.txt",
            "yes": "NON",
        }
        for name, value in wrong.items():
            with self.subTest(name), self.assertRaises(LayoutError) as caught:
                replace(ENTRIES, **{name: value})
            self.assertEqual(whole(caught.exception).code, "layout_wrong")
        bad_columns = (
            Column("x", "no_such_attribute"),
            Column("x", "label", constant="both"),
            Column("x", constant="a;b"),
            Column("x", constant='"'),
            Column("x", constant="€€", width=1),
            Column("x", "label", pad="0"),
            Column("x", "date", width=9),
            Column("x", "label", align="middle"),
        )
        for column in bad_columns:
            with self.subTest(column), self.assertRaises(LayoutError):
                replace(ENTRIES, columns=(*columns, column))

    def test_file_name_patterns(self):
        for pattern in (
            "{lot.x}.txt",
            "{lot[0]}",
            "{lot!r}",
            "{lot:>9}",
            "../{lot}",
            "{lot}/x",
            ".{lot}",
            "{",
            "{secret}{lot}",
        ):
            with self.subTest(pattern), self.assertRaises(LayoutError):
                replace(ENTRIES, file_name=pattern)

    def test_a_name_holds_nothing_that_leaves_its_directory(self):
        lot = Lot("../../L 1", LOT.lot_date, company="..")
        layout = replace(ENTRIES, file_name="E_{company}_{lot}.txt")
        self.assertEqual(layout.name_for(lot), "E__-..-L-1.txt")

    def test_incoming_names(self):
        self.assertEqual(match_name(PRESETS["acknowledgement"], "AR_L000042.txt"), {"lot": "L000042"})
        self.assertEqual(match_name(PRESETS["referential_account"], "accounts_EAU.csv"), {})
        self.assertIsNone(match_name(PRESETS["referential_account"], "companies.csv"))

    def test_no_name_keeps_a_pattern_busy(self):
        """A server may name its files so that a pattern of some stars tries every way to share the name."""
        columns = PRESETS["referential_account"].columns
        for pattern in ("*a*a*a*a*a*a*a*a*b", "{lot}{company}{origin}{siren}{date}_", "{lot}-{date}-{lot}*_"):
            layout = Layout("Stars", "account", columns, pattern)
            self.assertIsNone(match_name(layout, "a-" * 100))
        self.assertIsNone(match_name(PRESETS["acknowledgement"], f"AR_{'a' * 10_000_000}.txt"))

    def test_a_field_that_comes_twice_is_the_same_text(self):
        layout = Layout("Twice", "account", PRESETS["referential_account"].columns, "{lot}-{date}-{lot}*.csv")
        self.assertEqual(match_name(layout, "L1-A-B-L1-x.csv"), {"lot": "L1", "date": "A-B"})
        self.assertIsNone(match_name(layout, "L1-A-L2.csv"))

    def test_the_longest_name_takes_milliseconds(self):
        """255 characters held the server for 190 s: only steps are counted, no clock."""
        columns = PRESETS["referential_account"].columns
        for pattern, name in (
            ("{lot}{company}{origin}{siren}{date}b", "a" * 255),
            ("{lot}-{date}-{company}-{siren}-{origin}-{lot}_", "a-" * 127),
            ("*" * 119 + "b", "a" * 255),
        ):
            layout, looked_at = Layout("Long", "account", columns, pattern), mock.Mock(wraps=file_names._farthest_ends)
            with mock.patch.object(file_names, "_farthest_ends", looked_at):
                self.assertIsNone(match_name(layout, name))
            self.assertLessEqual(looked_at.call_count, 120 * file_names.MAX_REPEATED)

    def test_a_pattern_with_several_repeated_fields_is_refused(self):
        columns = PRESETS["referential_account"].columns
        for pattern in ("{lot}{company}{origin}{siren}{date}{lot}{company}b", "{date}{lot}-{lot}", "*{lot}-{lot}"):
            with self.subTest(pattern), self.assertRaises(LayoutError):
                Layout("Twice", "account", columns, pattern)

    def test_each_field_takes_as_much_as_it_can_the_first_one_first(self):
        columns = PRESETS["referential_account"].columns
        for pattern, name, found in (
            ("F{lot}{date}.csv", "FAB12.csv", {"lot": "AB1", "date": "2"}),
            ("*{lot}*.csv", "x_AB_y.csv", {"lot": "y"}),
            ("F{lot}.csv", "F.csv", None),
            ("F{lot}-{lot}.csv", "FAB-AC.csv", None),
            ("A{lot}-{date}-{lot}", "AL-L-L-L", {"lot": "L", "date": "L-L"}),
        ):
            with self.subTest(pattern=pattern, name=name):
                self.assertEqual(match_name(Layout("Names", "account", columns, pattern), name), found)

    def test_amounts_must_have_a_side(self):
        with self.assertRaises(LayoutError):
            Layout("a", "entries", (Column("a", "amount"),), "F_{lot}.txt")
