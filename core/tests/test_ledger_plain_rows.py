"""Documents rendered by PostgreSQL: accepted exactly if the Writer would change nothing."""

import unittest
from dataclasses import replace

from ..ledger.layouts import Column, Layout, PlainRows, Writer
from ..ledger.layouts.cells import usual_characters
from ..ledger.layouts.plain import ODD
from ..ledger.records import Document, EntryLine

SEPARATOR = "\x02abc\x03"
LAYOUT = Layout(
    "Test", "entries", (Column("N", "number"), Column("L", "label"), Column("A", "balance")), "E_{lot}.txt",
    encoding="cp1252",
)  # fmt: skip
ENCODINGS = ("cp1252", "utf-8", "utf-8-sig", "iso8859-15", "iso8859-1", "cp850", "ascii")


class TestPlainRows(unittest.TestCase):
    def encoded(self, *documents, layout=LAYOUT):
        return PlainRows(layout, SEPARATOR).encoded([document.encode() for document in documents])

    def test_rows(self):
        self.assertEqual(
            self.encoded(f"1;a;2{SEPARATOR}1;b;3\n", "2;é;4\n"), "1;a;2\r\n1;b;3\r\n2;é;4\r\n".encode("cp1252")
        )
        self.assertEqual(self.encoded(), b"")

    def test_what_is_for_the_writer(self):
        for text in (
            "1;a;b;2",
            "1;2",
            'a"b;c;d',
            "a\\tb;c;d",
            "a\\\\b;c;d",
            "a\x02b;c;d",
            "日;c;d",
            "e\u0301;c;d",
            "a\xad;c;d",
        ):
            with self.subTest(text):
                self.assertIsNone(self.encoded(f"{text}\n"))
        self.assertIsNone(PlainRows(LAYOUT, SEPARATOR).encoded([ODD]))

    def test_no_text_makes_up_for_another(self):
        """A row has its own delimiters: one in a text is one too many, whatever looks like a separator beside it."""
        self.assertIsNone(self.encoded("1;a;b;2\n", "1;c;2\n"))
        self.assertIsNone(self.encoded("1;a\x02def\x03x;y;z;2\n"))

    def test_the_odd_ones_are_found(self):
        rows = [b"1;a;2\n"] * 5
        for odd in ([], [0], [4], [1, 3], [0, 1, 2, 3, 4]):
            found = [b"x\n" if place in odd else row for place, row in enumerate(rows)]
            self.assertEqual(PlainRows(LAYOUT, SEPARATOR).odd(found), odd)

    def test_a_tabulator_between_cells(self):
        """COPY writes a tabulator as two characters: another one stands for it."""
        layout = replace(LAYOUT, delimiter="\t")
        mark = PlainRows(layout, SEPARATOR).delimiter
        self.assertEqual(self.encoded(f"1{mark}a{mark}2\n", layout=layout), b"1\ta\t2\r\n")
        self.assertIsNone(self.encoded(f"1{mark}a{mark}{mark}2\n", layout=layout))

    def test_each_usual_character_is_written_as_it_is(self):
        for encoding in ENCODINGS:
            layout = replace(LAYOUT, encoding=encoding)
            for char in usual_characters(layout):
                if char == "\\" or "\x7f" < char < "\xa0":
                    continue  # written as they are by the Writer alone
                with self.subTest(encoding, char=char):
                    line = EntryLine("1", label=f"a{char}b")
                    document = Document("EAU", "1", "VT", "FC", None, (line,), label="x")
                    writer = Writer(layout)
                    rendered = writer.render(document)
                    self.assertFalse(rendered.findings)
                    self.assertEqual(self.encoded(f"1;a{char}b;0,00\n", layout=layout), writer.bytes_of(rendered))

    def test_what_french_writes_is_usual(self):
        for encoding in ("cp1252", "utf-8"):
            self.assertLessEqual(
                set("éèêëàâîïôûùüçÉœŒæ€’‘“”–—…«»°"), set(usual_characters(replace(LAYOUT, encoding=encoding)))
            )
