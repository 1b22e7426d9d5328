"""Contents of rows of the référentiel, and rows that are recognised."""

import hashlib
import unittest
from datetime import date
from decimal import Decimal

from ..ledger.layouts import KnownRow, Reader, Row
from ..ledger.presets import PRESETS
from ..ledger.referential import START, CodeRow, Marks, code_row

HEADER = "company;code;name;type\r\n"


def marks_of(*marks):
    groups = {}
    for mark in marks:
        groups[mark[:START]] = groups.get(mark[:START], b"") + bytes.fromhex(mark)
    return Marks(groups.items())


class TestCodeRow(unittest.TestCase):
    def test_what_a_row_tells(self):
        values = {"company": "EAU", "code": "TN", "name": "Normal", "rate": Decimal("5.50"), "type": "", "zip": None}
        row = Row(2, values)
        self.assertEqual(code_row(row), CodeRow("EAU", "TN", "Normal", {"rate": "5.5"}))
        self.assertEqual(row.values, values, "the row itself stays whole")

    def test_details_are_plain_texts(self):
        """They are kept as JSON, and compared as texts: one number has one form, without exponent or useless zeros."""
        for value, text in (
            (Decimal("20.00"), "20"),
            (Decimal("0.0"), "0"),
            (Decimal("1E+2"), "100"),
            ("Lyon", "Lyon"),
            (date(2026, 12, 31), "2026-12-31"),
        ):
            row = Row(2, {"code": "TN", "name": "Normal", "x": value})
            self.assertEqual(code_row(row), CodeRow("", "TN", "Normal", {"x": text}))

    def test_the_file_of_one_company_need_not_repeat_it(self):
        row = Row(2, {"company": "", "code": "401", "name": "Fournisseurs"})
        self.assertEqual(code_row(row, "EAU").company, "EAU")
        self.assertEqual(code_row(Row(2, {"code": "401", "name": "F"}), "EAU").company, "EAU", "no such column")
        self.assertEqual(code_row(Row(2, {"company": "ASST", "code": "401", "name": "F"}), "EAU").company, "ASST")


class TestKnownRows(unittest.TestCase):
    """Rows whose mark is known are passed on unread."""

    def read(self, text, known=frozenset(), owner="", kind="account"):
        return list(Reader(PRESETS[f"referential_{kind}"], known=known, owner=owner).rows([(HEADER + text).encode()]))

    def test_only_what_changed_is_read_again(self):
        rows = self.read("EAU;401;Fournisseurs;G\r\nEAU;411;Clients;G\r\n")
        known = marks_of(*(row.mark for row in rows))
        again = self.read("EAU;411;Usagers;G\r\nEAU;401;Fournisseurs;G\r\n", known)
        self.assertEqual([type(row) for row in again], [Row, KnownRow])
        self.assertEqual(again[1], KnownRow(3, rows[0].mark))

    def test_the_same_text_in_another_file_is_another_row(self):
        ours, theirs = (self.read(";401;Fournisseurs;G\r\n", owner=owner)[0] for owner in ("EAU", "ASST"))
        journal = self.read("EAU;401;Fournisseurs;G\r\n", kind="journal")[0]
        account = self.read("EAU;401;Fournisseurs;G\r\n")[0]
        self.assertEqual(len({ours.mark, theirs.mark, journal.mark, account.mark}), 4)

    def test_many_marks(self):
        digests = [hashlib.blake2b(str(number).encode(), digest_size=12).hexdigest() for number in range(20_000)]
        known = marks_of(*digests[:10_000])
        self.assertTrue(all(mark in known for mark in digests[:10_000]))
        self.assertFalse(any(mark in known for mark in digests[10_000:]))
        self.assertNotIn(digests[0], Marks())
