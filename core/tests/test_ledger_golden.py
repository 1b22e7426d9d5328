"""Each preset writes and reads, byte for byte and value for value, what the golden files say."""

import json
import unittest
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..ledger.layouts import Reader, Row, Writer
from ..ledger.records import Acknowledgement, Update
from .ledger_samples import LOT, customer_invoice, shipped_layouts, vendor_bill

GOLDEN = Path(__file__).with_name("golden") / "ledger"
WRITTEN = {
    "entries_25": [customer_invoice(), vendor_bill()],
    "entries_15": [customer_invoice(journal="VT"), vendor_bill()],
    "entries_15_approval": [customer_invoice(), vendor_bill()],
    "fec": [customer_invoice(), vendor_bill()],
    "updates": [
        Update("EAU", "ACH/2026/0007", "INV-2026-5", "payment_approval", True),
        Update("EAU", "ACH/2026/0007", "INV-2026-5", "due_date", date(2027, 2, 1)),
        Update("EAU", "ACH/2026/0008", "", "label", "Pompe; relevage"),
    ],
    "acknowledgement": [
        Acknowledgement("EAU", "VEAU/2026/0001", "", "accepted"),
        Acknowledgement("EAU", "ACH/2026/0007", "INV-2026-5", "rejected", "BALANCE", 'Écart de 0,01 ; voir "pièce"'),
    ],
}


def readable(row):
    """A row as JSON holds it, with the types that a person can check."""

    def value(item):
        if isinstance(item, Decimal):
            return f"Decimal {item}"
        return f"date {item.isoformat()}" if isinstance(item, date) else item

    if isinstance(row, Row):
        return {"line": row.line, "values": {name: value(item) for name, item in row.values.items()}}
    return {"line": row.line, "messages": [finding.message for finding in row.findings]}


class TestGolden(unittest.TestCase):
    def setUp(self):
        self.presets = shipped_layouts()

    def test_every_preset_has_golden_files(self):
        self.assertEqual({path.stem for path in GOLDEN.glob("*.json")}, set(self.presets))
        self.assertEqual({path.stem for path in GOLDEN.glob("*.txt")}, set(self.presets))

    def test_written_bytes(self):
        for name, records in WRITTEN.items():
            with self.subTest(preset=name):
                writer = Writer(self.presets[name], LOT)
                data = b"".join(writer.chunks(records))
                self.assertEqual(data, (GOLDEN / f"{name}.txt").read_bytes())
                self.assertEqual((writer.size, writer.refused), (len(data), []))

    def test_read_values(self):
        for name, layout in self.presets.items():
            with self.subTest(preset=name):
                data = (GOLDEN / f"{name}.txt").read_bytes()
                found = [readable(row) for row in Reader(layout).rows([data])]
                self.assertEqual(found, json.loads((GOLDEN / f"{name}.json").read_text("utf-8")))

    def test_reading_does_not_depend_on_the_chunks(self):
        for name, layout in self.presets.items():
            data = (GOLDEN / f"{name}.txt").read_bytes()
            whole = list(Reader(layout).rows([data]))
            bytewise = list(Reader(layout).rows(data[place : place + 1] for place in range(len(data))))
            self.assertEqual(whole, bytewise, name)

    def test_the_columns_of_the_presets(self):
        counts = {name: len(self.presets[name].columns) for name in WRITTEN}
        expected = {"entries_25": 25, "entries_15": 15, "entries_15_approval": 15, "fec": 18, "updates": 5}
        self.assertEqual(counts, expected | {"acknowledgement": 6})
        self.assertEqual(self.presets["entries_25"].amounts, "direction")
        self.assertEqual(self.presets["fec"].amounts, "debit_credit")

    def test_file_names(self):
        names = {
            name: self.presets[name].name_for(LOT) for name in ("entries_25", "entries_15_approval", "fec", "updates")
        }
        self.assertEqual(
            names,
            {
                "entries_25": "ECR_L000042.txt",
                "entries_15_approval": "BAP_EAU_L000042.txt",
                "fec": "552100554FEC20261231.txt",
                "updates": "MAJ_L000042.txt",
            },
        )
