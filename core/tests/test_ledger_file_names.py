"""Names of files, against regular expressions on all short names; lines, quotes and short codes at their limits."""

import itertools
import re
import unittest
from datetime import date

from ..ledger.findings import FileRefused
from ..ledger.layouts import Column, Layout, match_name
from ..ledger.layouts.file_names import MAX_NAME, MAX_REPEATED, match_pattern, pattern_mistakes
from ..ledger.layouts.lines import physical_lines
from ..ledger.layouts.parse import split_quoted
from ..ledger.presets import PRESETS
from ..ledger.records import Lot
from ..ledger.short_codes import free_short_code
from .sentences import whole

LETTERS = "Lx-.\n"
PATTERNS = (
    "*",
    "L*",
    "*L",
    "L",
    "**",
    "*x*",
    "{lot}",
    "{lot}.",
    "L{lot}",
    "{lot}{date}",
    "{lot}*{date}",
    "*{lot}-{date}*",
    "{lot}-{lot}",
    "x{lot}{lot}*",
    "-{lot}{date}{lot}",
    "{lot}*{lot}.",
)


def expression(pattern):
    """Return the regular expression of a pattern: fields and stars are greedy, from left to right."""
    known = set()

    def group(found):
        name = found[1]
        if name in known:
            return f"(?P={name})"
        known.add(name)
        return f"(?P<{name}>[A-Za-z0-9.-]+)"

    return re.compile(re.sub(r"\\{(\w+)\\}", group, re.escape(pattern).replace(r"\*", ".*")))


class TestNames(unittest.TestCase):
    def test_all_short_names_match_as_a_regular_expression_does(self):
        names = ["".join(name) for size in range(6) for name in itertools.product(LETTERS, repeat=size)]
        for pattern in PATTERNS:
            like = expression(pattern)
            for name in names:
                expected = like.fullmatch(name)
                found = match_pattern(pattern, name)
                self.assertEqual(found, expected and expected.groupdict(), (pattern, name))

    def test_a_field_consists_of_letters_digits_dots_and_dashes(self):
        for text in ("azAZ09.-", "7"):
            self.assertEqual(match_pattern("F{lot}_", f"F{text}_"), {"lot": text})
        for text in ("", "_", "é", " ", "a/b", "a:b", "٣"):
            self.assertIsNone(match_pattern("F{lot}_", f"F{text}_"), text)

    def test_a_repeated_field_has_at_most_64_characters(self):
        """MAX_REPEATED bounds the texts that are tried; a name of 255 characters could otherwise take seconds."""
        for size, matches in ((1, True), (MAX_REPEATED, True), (MAX_REPEATED + 1, False)):
            text = "a" * size
            self.assertEqual(match_pattern("F{lot}_{lot}", f"F{text}_{text}"), {"lot": text} if matches else None)
        self.assertEqual(MAX_REPEATED, 64)

    def test_the_fields_are_named_in_their_order(self):
        self.assertEqual(list(match_pattern("{lot}_{date}_{lot}", "a_b_a")), ["lot", "date"])
        self.assertEqual(list(match_pattern("{siren}_{date}", "a_b")), ["siren", "date"])

    def test_the_name_of_a_lot(self):
        """The FEC's name is prescribed by article A47 A-1 VII of the LPF: SirenFECAAAAMMJJ."""
        lot = Lot("L000042", date(2026, 3, 9), "ODOO", "EAU", "552100554")
        self.assertEqual(PRESETS["fec"].name_for(lot), "552100554FEC20260309.txt")
        layout = Layout("All", "account", (Column("code", "code"),), "{lot}_{company}_{origin}_{date}")
        self.assertEqual(layout.name_for(lot), "L000042_EAU_ODOO_20260309")
        self.assertEqual(layout.name_for(lot, "ASST"), "L000042_ASST_ODOO_20260309")
        odd = Lot("..L é/1", date(2026, 3, 9), "..", "a_b")
        self.assertEqual(layout.name_for(odd), "L-1_a-b__20260309")
        self.assertEqual(len(layout.name_for(Lot("L" * 200, lot.lot_date))), MAX_NAME)
        self.assertEqual(match_name(layout, layout.name_for(lot))["origin"], "ODOO")


class TestPatterns(unittest.TestCase):
    def test_each_mistake_is_named(self):
        known = "{lot}, {company}, {origin}, {siren}, {date}"
        for pattern, flow, expected in (
            ("ECR_{lot}.txt", "entries", []),
            ("{lot}", "updates", []),
            ("{siren}FEC{date}.txt", "fec", []),
            ("a-Z_0.9*{company}", "account", []),
            ("{lot}{date}{lot}", "account", []),
            ("X_{lot}{lot}*", "account", []),
            ("X", "account", []),
            # each field names one lot, and what is sent is never matched
            ("{lot}{date}{lot}{date}", "entries", []),
            ("{date}*{lot}", "entries", [("because_pattern_characters", {})]),
            ("ECR.txt", "entries", [("because_pattern_lot", {})]),
            ("MAJ_{date}.txt", "updates", [("because_pattern_lot", {})]),
            ("FEC.txt", "fec", []),
            ("", "account", [("because_pattern_characters", {})]),
            (".x", "account", [("because_pattern_characters", {})]),
            ("a b", "account", [("because_pattern_characters", {})]),
            ("a/b", "account", [("because_pattern_characters", {})]),
            ("é", "account", [("because_pattern_characters", {})]),
            ("{x}", "account", [("because_pattern_fields", {"known": known})]),
            ("{}", "account", [("because_pattern_fields", {"known": known})]),
            ("{lot!r}", "account", [("because_pattern_fields", {"known": known})]),
            ("{lot:>9}", "account", [("because_pattern_fields", {"known": known})]),
            ("{lot", "account", [("because_pattern", {"reason": "expected '}' before end of string"})]),
            ("a" * MAX_NAME, "account", []),
            ("a" * (MAX_NAME + 1), "account", [("because_pattern_long", {"limit": 120})]),
            ("{lot}{date}{lot}{date}", "account", [("because_pattern_several", {"names": "{lot}, {date}"})]),
            ("{date}{lot}{lot}", "account", [("because_pattern_twice", {"name": "{lot}"})]),
            ("*{lot}{lot}", "account", [("because_pattern_twice", {"name": "{lot}"})]),
            ("a b" * 50, "entries", ["because_pattern_long", "because_pattern_characters", "because_pattern_lot"]),
        ):
            with self.subTest(pattern=pattern[:40], flow=flow):
                found = [(mistake.code, mistake.params) for mistake in map(whole, pattern_mistakes(pattern, flow))]
                if len(expected) > 1:
                    found = [code for code, _params in found]
                self.assertEqual(found, expected)


class TestLines(unittest.TestCase):
    """Lines end with LF or CR LF; the limits hold however the bytes arrive."""

    def lines(self, data, size, most=100, whole_file=1000):
        chunks = (data[place : place + size] for place in range(0, len(data), size))
        return [(line.number, line.data, line.ended) for line in physical_lines(chunks, most, whole_file)]

    def test_lines_are_the_same_however_the_bytes_arrive(self):
        for data, expected in (
            (b"", []),
            (b"\n", [(1, b"", True)]),
            (b"\r\n", [(1, b"", True)]),
            (b"ab", [(1, b"ab", False)]),
            (b"ab\r", [(1, b"ab\r", False)]),
            (b"ab\rcd\r", [(1, b"ab", True), (2, b"cd", True)]),
            (b"ab\r\ncd", [(1, b"ab", True), (2, b"cd", False)]),
            (b"a\rb\nc\r\r\n", [(1, b"a\rb", True), (2, b"c\r", True)]),
            (b"\n\nab\n", [(1, b"", True), (2, b"", True), (3, b"ab", True)]),
        ):
            for size in range(1, len(data) + 2):
                self.assertEqual(self.lines(data, size), expected, (data, size))

    def test_a_line_that_is_too_long_hides_no_other(self):
        """The limit counts a CR, and no byte of the lines around."""
        data = b"abc\nabcd\nab\r\nabc\r\n\nabcdefgh\nabc\nabcd"
        expected = [b"abc", None, b"ab", None, b"", None, b"abc", None]
        for size in range(1, len(data) + 1):
            found = self.lines(data, size, most=3)
            self.assertEqual([line for _number, line, _ended in found], expected, size)
            self.assertEqual([number for number, _line, _ended in found], list(range(1, 9)))
            self.assertEqual([ended for _number, _line, ended in found], [True] * 7 + [False])
            self.assertEqual(self.lines(b"abc", size, most=3), [(1, b"abc", False)])

    def test_a_file_that_is_too_large_is_refused(self):
        self.assertEqual(len(self.lines(b"ab\n" * 4, 5, whole_file=12)), 4)
        with self.assertRaises(FileRefused) as caught:
            self.lines(b"ab\n" * 4, 5, whole_file=11)
        self.assertEqual((whole(caught.exception).code, caught.exception.params), ("file_too_large", {"limit": 11}))


class TestQuotes(unittest.TestCase):
    """RFC 4180: a quote in a quoted cell is written twice; a quote inside an unquoted cell is a plain character."""

    def test_cells(self):
        for text, cells in (
            ("", [""]),
            (";", ["", ""]),
            ("a;b", ["a", "b"]),
            ('"a;b";c', ["a;b", "c"]),
            ('"a";"b"', ["a", "b"]),
            ('"";""', ["", ""]),
            ('"";', ["", ""]),
            ('""""', ['"']),
            ('"a""b"', ['a"b']),
            ('"""a"""', ['"a"']),
            ('"";"a""";b', ["", 'a"', "b"]),
            ('a"b;c', ['a"b', "c"]),
            ('ab";c"', ['ab"', 'c"']),
        ):
            self.assertEqual(split_quoted(text, ";"), (cells, 0, ""), text)

    def test_what_is_wrong_and_in_which_cell(self):
        for text, cells, column, code in (
            ('"a', [], 1, "quote_open"),
            ('"', [], 1, "quote_open"),
            ('a;"b""', ["a"], 2, "quote_open"),
            ('a;b;"c;d', ["a", "b"], 3, "quote_open"),
            ('"a"b;c', [], 1, "quote_wrong"),
            ('a;"b" ;c', ["a"], 2, "quote_wrong"),
        ):
            self.assertEqual(split_quoted(text, ";"), (cells, column, code), text)


class TestShortCodes(unittest.TestCase):
    def test_a_free_code_of_the_width(self):
        """Odoo's journals have codes of five characters; a number takes the place of the last ones if need be."""
        for code, taken, short in (
            ("VENTES", (), "VENTE"),
            ("V", (), "V"),
            ("V", ("V",), "V1"),
            ("VENTES", ("VENTE",), "VENT1"),
            ("VENTES", ("VENTE", "VENT1", "VENT2"), "VENT3"),
            ("VENTES", ("VENTE", *(f"VENT{number}" for number in range(1, 10))), "VEN10"),
            ("VENTES", ("VENT1",), "VENTE"),
        ):
            self.assertEqual(free_short_code(code, taken, 5), short)
