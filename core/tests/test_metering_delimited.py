"""How delimited text is cut into rows and cells."""

import codecs
import unittest

from ..metering.delimited import (
    MAX_BYTES,
    MAX_LINE,
    MAX_LINES_OF_A_ROW,
    FileFault,
    RowFault,
    UnreadableFile,
    check_text,
    find_encoding,
    read_cells,
)


def cells(text, delimiter=";"):
    """Return [(line, cells)] of the rows."""
    return [(row.line, list(row.cells)) for row in read_cells(text.encode(), "utf-8", delimiter)]


class TestFiles(unittest.TestCase):
    def test_the_limit_of_size_is_still_a_file(self):
        check_text(b"1" * MAX_BYTES)
        with self.assertRaises(UnreadableFile) as caught:
            check_text(b"1" * (MAX_BYTES + 1))
        self.assertEqual(caught.exception.params, {"megabytes": 20})

    def test_the_error_says_what_it_is_in_a_log(self):
        for error, text in (
            (UnreadableFile(FileFault.EMPTY), "empty"),
            (UnreadableFile(FileFault.TOO_LARGE, megabytes=20), "too_large: megabytes: 20"),
            (UnreadableFile(FileFault.NO_ROWS, found="A", line=2), "no_rows: found: A, line: 2"),
        ):
            self.assertEqual(str(error), text)

    def test_a_zero_byte_in_the_first_line_is_no_text(self):
        with self.assertRaises(UnreadableFile) as caught:
            find_encoding(b"A\0\n1;2\n")
        self.assertEqual(caught.exception.code, FileFault.BINARY)

    def test_utf_16_with_and_without_its_mark(self):
        for codec, mark in (
            ("utf-16-le", codecs.BOM_UTF16_LE),
            ("utf-16-be", codecs.BOM_UTF16_BE),
            ("utf-16-le", b""),
        ):
            with self.subTest(codec=codec, mark=mark):
                rows = read_cells(mark + "é;b\n1;2\n".encode(codec), "utf-16", ";")
                self.assertEqual([list(row.cells) for row in rows], [["é", "b"], ["1", "2"]])


class TestRows(unittest.TestCase):
    def test_rows_of_delimiters_alone_are_skipped(self):
        self.assertEqual(cells("a;b\n ; \t\n;\nX;X\n"), [(1, ["a", "b"]), (4, ["X", "X"])])

    def test_a_last_cell_may_be_empty(self):
        self.assertEqual(cells("a\tb\n1\t\n", "\t"), [(1, ["a", "b"]), (2, ["1", ""])])

    def test_blanks_before_a_quote(self):
        self.assertEqual(cells('a;b\n1; "2;5"\n')[1], (2, ["1", "2;5"]))

    def test_a_quoted_cell_over_two_lines_even_in_the_header(self):
        self.assertEqual(cells('"Num\néro";Date\n1;2\n'), [(1, ["Num\néro", "Date"]), (3, ["1", "2"])])
        self.assertEqual(cells('a;b\n1;"c ""d\ne"\n')[1], (2, ["1", 'c "d\ne']))

    def test_a_quoted_cell_takes_ten_lines_at_most(self):
        for count, fault in (
            (MAX_LINES_OF_A_ROW, None),
            (MAX_LINES_OF_A_ROW + 1, RowFault.QUOTE_NOT_CLOSED),
        ):
            text = 'a;b\n1;"' + "\n".join("x" * count) + '"\n'
            self.assertEqual(list(read_cells(text.encode(), "utf-8", ";"))[1].fault, fault)

    def test_a_line_too_long_shows_its_first_cell(self):
        for length, expected in (
            (MAX_LINE, (["A", "B", "1" * (MAX_LINE - 4)], None)),
            (MAX_LINE + 1, (["A"], RowFault.LINE_TOO_LONG)),
        ):
            (row,) = read_cells(("A;B;" + "1" * (length - 4)).encode(), "utf-8", ";")
            self.assertEqual((list(row.cells), row.fault), expected)
