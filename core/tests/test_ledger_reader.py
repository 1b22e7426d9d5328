"""The reader before bytes of any kind: good rows go through, bad ones are named."""

import random
import tracemalloc
import unittest
from dataclasses import replace
from pathlib import Path

from ..ledger.findings import FileRefused
from ..ledger.layouts import BadRow, Reader, Row
from ..ledger.presets import PRESETS
from .sentences import codes, whole

GOLDEN = Path(__file__).with_name("golden") / "ledger"
ACCOUNTS = PRESETS["referential_account"]
HEADER = b"company;code;name;type\r\n"
ROUNDS = 4000


def read(data, layout=ACCOUNTS, **limits):
    """[line or (line, codes)] of what was read."""
    rows = Reader(layout, **limits).rows([data])
    return [row.line if isinstance(row, Row) else (row.line, *codes(row.findings)) for row in rows]


class TestReader(unittest.TestCase):
    def assertRefused(self, code, data, layout=ACCOUNTS, **limits):
        with self.assertRaises(FileRefused) as caught:
            read(data, layout, **limits)
        self.assertEqual(whole(caught.exception).code, code)

    def test_columns_are_found_by_name(self):
        rows = list(Reader(ACCOUNTS).rows([b"Name;extra; CODE \r\nClients;x;411\r\n"]))
        self.assertEqual(rows, [Row(2, {"name": "Clients", "code": "411"})])

    def test_header_mistakes_refuse_the_file(self):
        self.assertRefused("file_empty", b"")
        self.assertRefused("file_empty", b"\r\n \r\n")
        self.assertRefused("column_missing", b"company;code;type\r\nEAU;411;G\r\n")
        self.assertRefused("column_duplicate", b"code;name;code\r\n411;Clients;412\r\n")
        self.assertRefused("header_unreadable", b"code;na\0me\r\n")
        self.assertRefused("header_unreadable", b'code;"name\r\n411;Clients\r\n')

    def test_wrong_encodings(self):
        self.assertRefused("encoding_wrong", (HEADER + b"EAU;411;Clients;G\r\n").decode().encode("utf-16"))
        self.assertRefused("encoding_wrong", b"\xef\xbb\xbf" + HEADER, replace(ACCOUNTS, encoding="cp1252"))
        self.assertRefused("encoding_wrong", b"PK\x03\x04\x00\x00")
        self.assertEqual(read(b"\xef\xbb\xbf" + HEADER + b"EAU;411;Clients;G\r\n"), [2])
        latin = HEADER + "EAU;1;Caf\u00e9;G\r\nEAU;2;Bar;G\r\n".encode("cp1252")
        self.assertEqual(read(latin), [(2, "line_undecodable"), 3])
        utf8 = HEADER + "EAU;1;Caf\u00e9;G\r\nEAU;2;Bar;G\r\n".encode()
        self.assertEqual(read(utf8, replace(ACCOUNTS, encoding="cp1252")), [(2, "line_other_encoding"), 3])

    def test_utf_16_without_its_mark(self):
        """What PowerShell, bcp and other programs of Windows write: every other byte is NUL."""
        for encoding in ("utf-16-le", "utf-16-be"):
            data = (HEADER + b"EAU;411;Clients;G\r\n").decode().encode(encoding)
            for size in (1, 2, 3, len(data)):
                chunks = [data[place : place + size] for place in range(0, len(data), size)]
                with self.assertRaises(FileRefused) as caught:
                    list(Reader(ACCOUNTS).rows(chunks))
                self.assertEqual(
                    (whole(caught.exception).code, caught.exception.params["found"]), ("encoding_wrong", "UTF-16")
                )
        self.assertRefused("encoding_wrong", b"\0" * 4096)
        self.assertEqual(read(HEADER + b"E\0U;411;Clients;G\r\n"), [(2, "line_nul")])

    def test_letters_of_dos_and_macintosh(self):
        """Read as Windows text, they are other letters: Société would become Soci‚t‚, and another third party."""
        windows = replace(ACCOUNTS, encoding="cp1252")
        words = ("Société", "Générale", "Bâtiment", "Mère", "Reçus", "Fenêtre", "Noël", "Café", "déjà")
        for encoding in ("cp850", "mac_roman"):
            # the Macintosh's ë is an apostrophe there
            for word in set(words) - ({"Noël"} if encoding == "mac_roman" else set()):
                data = HEADER + f"EAU;1;{word};G\r\n".encode(encoding) + b"EAU;2;Bar;G\r\n"
                (found, *_codes), last = read(data, windows)
                self.assertEqual((found, last), (2, 3), (encoding, word))
        (odd,) = Reader(windows).rows([HEADER + "EAU;1;La Société (1er);G\r\n".encode("cp850")])
        self.assertEqual(whole(odd.findings[0]).params["word"], "Soci‚t‚")
        for word in (
            *words,
            "L’eau",
            "CŒUR",
            "cœur",
            "Paris–Lyon",
            "5 ‰",
            "Škoda",
            "ŽELEZO",
            "«Eau»",
            "etc…",
            "Noë…",
            "DUŠAN",
        ):
            self.assertEqual(read(HEADER + f"EAU;1;{word};G\r\n".encode("cp1252"), windows), [2], word)
        dos = replace(ACCOUNTS, encoding="cp850")
        for word in words:
            self.assertEqual(read(HEADER + f"EAU;1;{word};G\r\n".encode("cp850"), dos), [2], word)
            self.assertEqual(
                read(HEADER + f"EAU;1;{word};G\r\n".encode("cp1252"), dos), [(2, "line_odd_letters")], word
            )

    def test_a_utf_8_file_appended_to_one_of_another_encoding(self):
        """Its mark and heading would otherwise be a code of their own."""
        appended = HEADER + b"EAU;1;Bar;G\r\n\xef\xbb\xbf" + HEADER + b"EAU;2;Bar;G\r\n"
        self.assertEqual(read(appended, replace(ACCOUNTS, encoding="cp1252")), [2, (3, "line_other_encoding"), 4])
        self.assertEqual(read(appended), [2, 4])

    def test_a_cut_file_gives_its_whole_rows(self):
        self.assertEqual(read(HEADER + b"EAU;411;Clients;G\r\nEAU;4"), [2, (3, "line_truncated")])
        self.assertEqual(read(HEADER + b"EAU;411;Clients;G\r\nEAU;412;Other;G"), [2, (3, "line_truncated")])
        self.assertEqual(read(HEADER + b"EAU;411;Clients;G\r\nEAU;412\r\n"), [2, (3, "row_short")])
        lenient = replace(ACCOUNTS, trailing_newline=False)
        self.assertEqual(read(HEADER + b"EAU;411;Clients;G\r\nEAU;412;Other;G", lenient), [2, 3])

    def test_bad_rows_say_line_and_column(self):
        data = HEADER + b"EAU;411;a\0b;G\r\nEAU;412;a;b;c\r\nEAU;;;G\r\nEAU;413;Good;G\r\n"
        rows = list(Reader(ACCOUNTS).rows([data]))
        found = [(f.code, f.line, f.column, f.field) for row in rows if isinstance(row, BadRow) for f in row.findings]
        expected = [("line_nul", 2, 10, ""), ("cell_too_many", 3, 0, "")]
        self.assertEqual(found, [*expected, ("value_missing", 4, 2, "code"), ("value_missing", 4, 3, "name")])
        self.assertEqual(rows[-1].line, 5)

    def test_quotes(self):
        self.assertEqual(read(HEADER + b'EAU;1;"a;""b""\r\nc";G\r\nEAU;2;x;G\r\n'), [2, 4])
        self.assertEqual(read(HEADER + b'EAU;1;"a"b;G\r\nEAU;2;x;G\r\n'), [(2, "quote_wrong"), 3])
        self.assertEqual(read(HEADER + b'EAU;1;"a;G\r\nEAU;2;x;G\r\nEAU;3;y;G\r\n'), [(2, "quote_open"), 3, 4])
        self.assertEqual(read(HEADER + b'EAU;1;5" pipe;G\r\n'), [2])
        many = b"".join(b"EAU;%d;x;G\r\n" % number for number in range(200))
        self.assertEqual(read(HEADER + b'EAU;1;"a;G\r\n' + many), [(2, "quote_open"), *range(3, 203)])

    def test_values(self):
        layout = PRESETS["entries_15_approval"]
        good = "VT;20261121;;42;N1;411;C1;label;126,60;D;;EUR;1,5;126,60;oui"
        for old, new, code in (
            ("20261121", "20261301", "date_wrong"),
            ("20261121", "2026121", "date_wrong"),
            ("20261121", "\u0662026112", "date_wrong"),
            ("126,60;D", "126.60;D", "amount_wrong"),
            ("126,60;D", "1 26,60;D", "amount_wrong"),
            ("126,60;D", "NaN;D", "amount_wrong"),
            ("oui", "peut-être", "flag_wrong"),
            (";D;", ";DC;", "text_too_wide"),
        ):
            with self.subTest(new):
                data = (good.replace(old, new) + "\r\n" + good + "\r\n").encode("cp1252", "replace")
                self.assertEqual(read(data, layout), [(1, code), 2])

    def test_a_line_of_200_megabytes_costs_no_memory_and_no_row(self):
        size = 20

        def chunks():
            yield HEADER + b"EAU;1;before;G\r\nEAU;2;"
            for _ in range(200):
                yield b"x" * (1 << size)
            yield b";G\r\nEAU;3;after;G\r\n"

        tracemalloc.start()
        rows = list(Reader(ACCOUNTS).rows(chunks()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual([row.line for row in rows], [2, 3, 4])
        self.assertEqual(rows[1].findings[0].code, "line_too_long")
        self.assertLess(peak, 8 << 20)

    def test_size_limit(self):
        self.assertRefused("file_too_large", HEADER * 10, max_bytes=100)

    def test_a_thousand_columns_or_titles_are_quickly_refused(self):
        titles = ";".join(f"t{number}" for number in range(120_000)).encode()
        self.assertRefused("column_missing", titles + b"\r\n")
        self.assertEqual(read(HEADER + b";x" * 250_000 + b"\r\nEAU;1;x;G\r\n"), [(2, "cell_too_many"), 3])


class TestHostileBytes(unittest.TestCase):
    """Seeded damage to good files: only FileRefused comes out, and each row comes with a line number in
    order."""

    PIECES = (
        b"\n",
        b"\r",
        b"\r\n",
        b";",
        b'"',
        b'""',
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"|",
        b",",
        b"-",
    )

    def damaged(self, source, data):
        for _ in range(source.randrange(1, 12)):
            place = source.randrange(len(data) + 1)
            kind = source.randrange(5)
            if kind == 0:
                data = data[:place] + source.choice(self.PIECES) * source.randrange(1, 4) + data[place:]
            elif kind == 1:
                data = data[:place] + data[place + source.randrange(30) :]
            elif kind == 2:
                data = data[:place] + source.randbytes(source.randrange(8)) + data[place:]
            elif kind == 3:
                other = source.randrange(len(data) + 1)
                data = data[:place] + data[min(place, other) : max(place, other)] + data[place:]
            else:
                data = data[:place]
        return data

    def test_damaged_files(self):
        source = random.Random(41)
        outcomes = {"rows": 0, "bad": 0, "refused": 0}
        for name, layout in PRESETS.items():
            good = (GOLDEN / f"{name}.txt").read_bytes()
            for _ in range(ROUNDS // len(PRESETS)):
                self.read(layout, self.damaged(source, good), source, outcomes)
        self.assertTrue(all(count > 300 for count in outcomes.values()), outcomes)

    def test_noise(self):
        source = random.Random(42)
        outcomes = {"rows": 0, "bad": 0, "refused": 0}
        layouts = list(PRESETS.values())
        for _ in range(ROUNDS):
            data = b"".join(
                source.choice(self.PIECES) if source.random() < 0.5 else source.randbytes(3)
                for _ in range(source.randrange(60))
            )
            self.read(source.choice(layouts), data, source, outcomes)
        self.assertGreater(outcomes["bad"], 1000)

    def read(self, layout, data, source, outcomes):
        size = source.randrange(1, 40)
        chunks = [data[place : place + size] for place in range(0, len(data), size)]
        line = 0
        try:
            for row in Reader(layout, max_line=300).rows(chunks):
                self.assertGreater(row.line, line)
                line = row.line
                outcomes["rows" if isinstance(row, Row) else "bad"] += 1
                for finding in getattr(row, "findings", ()):
                    self.assertTrue(finding.message)
        except FileRefused:
            outcomes["refused"] += 1
