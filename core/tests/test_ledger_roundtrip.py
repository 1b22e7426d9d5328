"""Whatever text and amounts the documents hold, no column shifts, and what is read is what was written."""

import random
import unicodedata
import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from ..ledger.layouts import Column, Layout, Reader, Row, Writer
from ..ledger.layouts.model import DATE_FORMATS, DELIMITERS, ENCODINGS
from ..ledger.presets import PRESETS
from .ledger_samples import LOT, customer_invoice, vendor_bill

ALPHABET = "aZ09 ;|\t,\"'\r\n\x00\x0b\x1f\x7f\x85\u2028éàœŒß€’…–\u00a0°²；＂漢😀\u0301\ud800-=+%\\"
SEED = 20261121


def random_text(source, length=24):
    return "".join(source.choice(ALPHABET) for _ in range(source.randrange(length)))


def text_layout(**options):
    columns = (Column("number", "number"), Column("label", "document_label"), Column("text", "label"))
    columns += (Column("balance", "balance"), Column("date", "date"), Column("end", constant="END"))
    return Layout("test", "entries", columns, "F_{lot}.txt", **options)


def documents(source, count):
    bill = vendor_bill()
    for number in range(count):
        line = replace(bill.lines[0], label=random_text(source), credit=Decimal(source.randrange(10**9)) / 100)
        day = date(2000, 1, 1) + timedelta(days=source.randrange(20_000))
        yield replace(bill, number=f"N{number}", label=random_text(source), date=day, lines=(line,))


class TestRoundTrip(unittest.TestCase):
    def check(self, layout, items):
        writer = Writer(layout, LOT)
        data = b"".join(writer.chunks(items))
        rows = list(Reader(layout).rows([data]))
        self.assertEqual(len(rows), len(items))
        remarks = {(finding.document, finding.column) for finding in writer.findings}
        for row, item in zip(rows, items, strict=True):
            self.assertIsInstance(row, Row, row)
            self.assertEqual(row.values["number"], item.number)
            self.assertEqual(row.values["balance"], item.lines[0].balance)
            self.assertEqual(row.values["date"], item.date)
            for column, name, text in ((2, "document_label", item.label), (3, "label", item.lines[0].label)):
                if row.values[name] != unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip()):
                    self.assertIn((item.number, column), remarks, (layout, text, row.values[name]))

    def test_every_form_carries_random_text(self):
        source = random.Random(SEED)
        forms = [
            (delimiter, quoting, encoding)
            for delimiter, quoting, encoding in product(DELIMITERS, ("none", "minimal", "all"), ENCODINGS)
            if (delimiter, quoting) != (",", "none")
        ]
        for delimiter, quoting, encoding in forms:
            header, trailing = source.random() < 0.5, source.random() < 0.5
            layout = text_layout(
                delimiter=delimiter, quoting=quoting, encoding=encoding, header=header,
                trailing_newline=trailing, line_end=source.choice(("\r\n", "\n")),
                date_format=source.choice(DATE_FORMATS[:2] + DATE_FORMATS[3:]), decimal_sign="." if delimiter
                == "," else ",",
            )  # fmt: skip
            with self.subTest(delimiter=delimiter, quoting=quoting, encoding=encoding):
                self.check(layout, list(documents(source, 60)))

    def test_quotes_carry_delimiters_quotes_and_line_breaks_unchanged(self):
        text = 'a;b "c"\nd;;"'
        layout = text_layout(quoting="minimal")
        item = replace(customer_invoice(), label=text)
        writer = Writer(layout, LOT)
        row = next(Reader(layout).rows(writer.chunks([item])))
        self.assertEqual((row.values["document_label"], writer.findings), (text, []))

    def test_a_file_of_the_presets_has_one_line_per_entry_line(self):
        source = random.Random(SEED + 1)
        for name in ("entries_25", "entries_15_approval", "fec"):
            layout, items = PRESETS[name], list(documents(source, 300))
            writer = Writer(layout, LOT)
            data = b"".join(writer.chunks(items)).decode(layout.encoding)
            lines = data.split("\r\n")
            self.assertEqual(lines.pop(), "")
            self.assertEqual(len(lines) - layout.header, writer.rows)
            self.assertEqual({line.count(layout.delimiter) for line in lines}, {len(layout.columns) - 1})

    def test_padding_and_width_keep_their_columns(self):
        columns = (
            Column("number", "number", width=12, pad=" "),
            Column("balance", "balance", width=14, align="right", pad="0"),
            Column("text", "label", width=10, truncate=True, pad=".", align="right"),
        )
        layout = Layout("padded", "entries", columns, "F_{lot}.txt")
        source = random.Random(SEED + 2)
        items = list(documents(source, 200))
        data = b"".join(Writer(layout, LOT).chunks(items)).decode()
        for line, item in zip(data.split("\r\n"), items, strict=False):
            self.assertEqual([len(cell) for cell in line.split(";")], [12, 14, 10])
            self.assertEqual(Decimal(line.split(";")[1].replace(",", ".")), item.lines[0].balance)
