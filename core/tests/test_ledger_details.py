"""Values and places named by findings, refusals of layouts, and what the shipped layouts accept."""

import stat
import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.checks import check_update, with_closed_codes
from ..ledger.fec import COLUMNS, FecChecker
from ..ledger.findings import LayoutError
from ..ledger.fingerprint import ContentChange
from ..ledger.layouts import Column, Word
from ..ledger.presets import PRESETS
from ..ledger.sftp import _kind_of
from .ledger_samples import check_document, customer_invoice, vendor_bill
from .test_ledger_checks import CONTEXT, WRITER, with_line
from .test_ledger_fec import OTHER, row

ENTRIES = PRESETS["entries_25"]


class TestDocuments(unittest.TestCase):
    """Each finding names its field, its line and the values of its sentence."""

    def test_what_is_found_in_a_document(self):
        invoice, bill = customer_invoice(), vendor_bill()
        for document, expected in (
            (with_line(invoice, 1, account=""), ("account_unbound", "account", {"name": "Ventes d'eau"}, 2)),
            (
                with_line(invoice, 1, account="", account_name=""),
                ("account_unbound", "account", {"name": "line 2"}, 2),
            ),
            (
                with_line(invoice, 1, account="", account_closed="706100|2026-11-30"),
                (
                    "account_closed",
                    "account",
                    {"code": "706100", "name": "Ventes d'eau", "date": "2026-11-30"},
                    2,
                ),
            ),
            (
                with_line(invoice, third_party=""),
                ("third_party_unbound", "third_party", {"name": "Mme Élodie Bœuf"}, 1),
            ),
            (
                with_line(invoice, third_party="", third_party_name=""),
                ("third_party_unbound", "third_party", {"name": "line 1"}, 1),
            ),
            (
                with_line(invoice, third_party="", third_party_closed="C1|"),
                ("third_party_closed", "third_party", {"code": "C1", "name": "Mme Élodie Bœuf", "date": "?"}, 1),
            ),
            (with_line(invoice, due_date=None), ("due_date_missing", "due_date", {"position": 1}, 1)),
            (replace(bill, currency="GBP"), ("currency_unknown", "currency", {"currency": "GBP"}, 0)),
            (
                replace(bill, rate=Decimal(0)),
                ("rate_missing", "rate", {"currency": "USD", "ledger_currency": "EUR"}, 0),
            ),
        ):
            with self.subTest(expected):
                (found,) = [f for f in check_document(document, CONTEXT, WRITER) if f.blocking]
                self.assertEqual((found.code, found.field, found.params, found.line), expected)
                self.assertEqual(found.document, document.number)

    def test_what_prevents_an_update(self):
        mode = ContentChange(("payment_mode",), ())
        bill = vendor_bill(payment_mode="", payment_mode_name="Virement")
        for document, expected in (
            (bill, ("payment_mode_unbound", "payment_mode", {"name": "Virement"})),
            (
                replace(bill, payment_mode_closed="VIR|2026-11-30"),
                ("payment_mode_closed", "payment_mode", {"code": "VIR", "name": "Virement", "date": "2026-11-30"}),
            ),
            (vendor_bill(company="ASST"), ("company_locked", "company", {"company": "ASST"})),
        ):
            (found,) = check_update(document, mode, CONTEXT)
            self.assertEqual((found.code, found.field, found.params), expected)

    def test_every_closed_code_is_known_there(self):
        closed = with_line(
            vendor_bill(
                journal="",
                journal_closed="ACH|",
                document_third_party="",
                document_third_party_closed="F9|2026-11-30",
                payment_mode="",
                payment_mode_closed="VIR|",
            ),
            account="",
            account_closed="401000|2026-11-30",
            third_party="",
            third_party_closed="F9|",
            vat_profile="",
            vat_profile_closed="TN|",
        )
        known = with_closed_codes(closed)
        self.assertEqual((known.journal, known.document_third_party, known.payment_mode), ("ACH", "F9", "VIR"))
        line = known.lines[0]
        self.assertEqual((line.account, line.third_party, line.vat_profile), ("401000", "F9", "TN"))
        bill = vendor_bill()
        self.assertEqual(with_closed_codes(bill), bill, "open codes stay")


class TestFec(unittest.TestCase):
    def found(self, *rows, header=COLUMNS):
        checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
        checker.check([list(header), *rows])
        return [(finding.code, finding.line, dict(finding.params)) for finding in checker.findings]

    def test_each_finding_names_its_line_and_values(self):
        for changes, code, values in (
            ({"PieceRef": ""}, "fec_empty", {"column": "PieceRef"}),
            ({"CompAuxNum": "F1"}, "fec_pair", {"first": "CompAuxNum", "second": "CompAuxLib"}),
            ({"CompteNum": "61"}, "fec_account", {"value": "61"}),
            ({"PieceDate": "x"}, "fec_date", {"column": "PieceDate", "value": "x"}),
            ({"Montantdevise": "x", "Idevise": "USD"}, "fec_amount", {"column": "Montantdevise", "value": "x"}),
            ({"ValidDate": "20260309"}, "fec_validated_before", {"value": "20260309", "date": "20260310"}),
            ({"Debit": "100,01"}, "fec_unbalanced", {"difference": Decimal("0.01"), "journal": "ACH", "number": "A1"}),
            (
                {"EcritureDate": "20260309"},
                "fec_two_dates",
                {"dates": "20260309, 20260310", "journal": "ACH", "number": "A1"},
            ),
        ):
            with self.subTest(code):
                self.assertEqual(self.found(row(**changes), row(**OTHER)), [(code, 2, {"line": 2, **values})])

    def test_amounts_sides_and_period(self):
        self.assertEqual(
            self.found(row(Debit="x"), row(**{**OTHER, "Credit": "0,00"}))[:3],
            [
                ("fec_amount", 2, {"line": 2, "column": "Debit", "value": "x"}),
                ("fec_sides", 2, {"line": 2, "debit": "x", "credit": "0,00"}),
                ("fec_sides", 3, {"line": 3, "debit": "0,00", "credit": "0,00"}),
            ],
        )
        early = {"EcritureDate": "20251231"}
        self.assertEqual(
            self.found(row(**early), row(**OTHER, **early)),
            [("fec_period", line, {"line": line, "value": "20251231"}) for line in (2, 3)],
        )

    def test_both_ends_of_the_period_are_inside(self):
        for day in ("20260101", "20261231"):
            dates = {"EcritureDate": day, "ValidDate": "20261231"}
            self.assertEqual(self.found(row(**dates), row(**OTHER, **dates)), [])

    def test_the_form_of_the_file(self):
        self.assertEqual(self.found(header=("x",)), [("fec_header", 1, {"line": 1, "columns": ", ".join(COLUMNS)})])
        self.assertEqual(self.found(["a", "b"]), [("fec_cells", 2, {"line": 2, "count": 2, "expected": 18})])
        checker = FecChecker(date(2026, 1, 1), date(2026, 12, 31))
        checker.check_name("FEC.txt")
        self.assertEqual([(f.code, f.params["name"]) for f in checker.findings], [("fec_name", "FEC.txt")])


class TestLayouts(unittest.TestCase):
    def reason(self, layout=ENTRIES, **changes):
        with self.assertRaises(LayoutError) as caught:
            replace(layout, **changes)
        self.assertIn(f"Layout {layout.name}: ", str(caught.exception))
        return str(caught.exception.params["reason"])

    def test_a_value_that_is_not_known_is_named_with_those_that_are(self):
        for name, value, what in (
            ("delimiter", "a", "delimiter"),
            ("quoting", "sometimes", "quoting"),
            ("encoding", "utf-16", "encoding"),
            ("line_end", "\r", "line end"),
            ("date_format", "%c", "date format"),
            ("decimal_sign", ";", "decimal sign"),
        ):
            reason = self.reason(**{name: value})
            self.assertTrue(reason.startswith(f"{value!r} is not one of the known values of “{what}” ("), reason)
            self.assertIn(repr(getattr(ENTRIES, name)), reason)

    def test_other_reasons(self):
        label = Column("x", "label")
        for changes, reason in (
            ({"flow": "other"}, "the flow other does not exist."),
            ({"columns": ()}, "it has no column."),
            ({"delimiter": ",", "decimal_sign": ","}, "without quotes, the decimal sign cannot be the delimiter."),
            ({"yes": "NON"}, "yes and no must differ and be plain text."),
            ({"columns": (label,)}, "it needs amount and direction, or debit and credit, or the signed balance."),
            ({"columns": (label, label), "header": True}, "two columns have the same name in the header."),
            ({"columns": (Column("x", "nothing"),)}, "column x: nothing is not an attribute of this flow."),
            (
                {"columns": (replace(label, constant="a"),)},
                "column x must have either an attribute or a constant, not both.",
            ),
            (
                {"columns": (Column("x", constant="€€", width=1),)},
                "the constant of column x is wider than the column.",
            ),
            ({"columns": (replace(label, align="middle"),)}, "column x must be aligned to the left or to the right."),
            (
                {"columns": (replace(label, pad="0"),)},
                "the padding of column x must be one plain character, and needs a width.",
            ),
            ({"columns": (Column("x", "date", width=9),)}, "9 characters are too few for column x."),
            (
                {"columns": (replace(label, width=1001),)},
                "the width of column x must be between 0 and 1000, its decimals between 0 and 8.",
            ),
            (
                {"columns": (replace(label, decimals=9),)},
                "the width of column x must be between 0 and 1000, its decimals between 0 and 8.",
            ),
            (
                {"file_name": "{lot}" + "x" * 120},
                "the file name pattern has more than 120 characters.",
            ),
            ({"file_name": "ECR.txt"}, "the file name must contain {lot}, so that a lot delivered twice is one file."),
            (
                {"file_name": "{lot}{secret}"},
                "the file name pattern may only contain the fields {lot}, {company}, {origin}, {siren}, {date}.",
            ),
        ):
            with self.subTest(reason):
                self.assertEqual(self.reason(**changes), reason)

    def test_limits_that_are_still_right(self):
        label = Column("x", "label", width=1000, decimals=8)
        replace(ENTRIES, columns=(*ENTRIES.columns, label, Column("d", "date", width=10)))
        replace(ENTRIES, file_name="{lot}" + "x" * 115)
        replace(ENTRIES, quoting="all", delimiter=",", decimal_sign=",")

    def test_words(self):
        layout = PRESETS["acknowledgement"]
        for word, reason in (
            (Word("line", "b", "a"), "line has no correspondences in this flow."),
            (Word("status", "b", "maybe"), "maybe is not one of accepted, rejected, pending."),
            (Word("status", " ", "accepted"), "the word for accepted is empty."),
        ):
            self.assertEqual(self.reason(layout, words=(word,)), reason)


class TestKindOfAFile(unittest.TestCase):
    def test_by_its_permissions_or_its_line(self):
        for mode, line, kind in (
            (stat.S_IFREG | 0o644, "", "file"),
            (stat.S_IFDIR | 0o755, "", "directory"),
            (stat.S_IFLNK | 0o777, "", "other"),
            (stat.S_IFIFO | 0o600, "", "other"),
            (None, "drwxr-xr-x  2 a a 4096 in", "directory"),
            (None, "-rw-r--r--  1 a a 12 a.txt", "file"),
            (None, "lrwxrwxrwx  1 a a 12 a -> b", "other"),
            (0o644, "prw-r--r--", "other"),
            (0o644, "", "file"),
            (None, "", "file"),
        ):
            with self.subTest(mode=mode, line=line):
                self.assertEqual(_kind_of(mode, line), kind)
