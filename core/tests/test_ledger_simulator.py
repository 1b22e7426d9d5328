"""The counterpart as a process of its own: it reads what this side writes, and this side what it answers."""

import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from ..ledger.acknowledgement import SentDocument, read_answers
from ..ledger.delivery import StoredLot, deliver_lot
from ..ledger.fingerprint import compare, fingerprint, updates
from ..ledger.layouts import Reader, Row, Writer, match_name
from ..ledger.local import LocalTransport
from ..ledger.presets import PRESETS
from ..ledger.records import Lot, Update
from .ledger_samples import LOT, customer_invoice, vendor_bill

PROGRAM = Path(__file__).parents[2] / "tools" / "frp1000_simulator.py"
ACKNOWLEDGEMENT = PRESETS["acknowledgement"]
INVOICE, BILL = customer_invoice(journal="VT"), vendor_bill()


class SimulatorCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.run_program("publish")
        self.transport = LocalTransport(self.root)

    def run_program(self, command, *options):
        line = [sys.executable, str(PROGRAM), command, "--root", str(self.root), *options]
        return subprocess.run(line, check=True, capture_output=True, text=True, timeout=60).stdout

    def report(self):
        return json.loads(self.run_program("report"))

    def deliver(self, preset, items, lot):
        """Writes a lot of the preset and puts it in the directory of entries, without waiting for it to be
        taken."""
        layout, lot = PRESETS[preset], Lot(lot, LOT.lot_date, company="EAU")
        writer = Writer(layout, lot)
        data = b"".join(writer.chunks(items))
        self.assertEqual(writer.refused, [])
        stored = StoredLot(f"entries/{layout.name_for(lot)}", writer.size, writer.sha256)
        deliver_lot(self.transport, stored, [data])
        return stored, data

    def send(self, preset, items, lot):
        """{number: (status, code)} that the counterpart answers to a lot."""
        self.deliver(preset, items, lot)
        self.run_program("serve", "--once")
        return self.answers(lot)

    def answers(self, lot):
        with self.transport.read(f"acknowledgements/AR_{lot}.txt") as content:
            rows = list(Reader(ACKNOWLEDGEMENT).rows(content.chunks()))
        self.assertTrue(all(isinstance(row, Row) for row in rows))
        return {row.values["number"]: (row.values["status"], row.values["code"]) for row in rows}


class TestSimulator(SimulatorCase):
    def test_the_referential_is_read_whole(self):
        kinds, incoming = set(), [name for name in PRESETS if name.startswith("referential")]
        for file in self.transport.list("referential"):
            kind = next(kind for kind in incoming if match_name(PRESETS[kind], file.name) is not None)
            with self.transport.read(f"referential/{file.name}") as content:
                rows = list(Reader(PRESETS[kind]).rows(content.chunks()))
            self.assertTrue(rows and all(isinstance(row, Row) for row in rows), (kind, rows))
            kinds.add(kind)
        self.assertEqual(len(kinds), 8)

    def test_entries_of_each_layout_are_accepted_and_balance(self):
        self.assertEqual(set(self.send("entries_25", [INVOICE, BILL], "L1").values()), {("accepted", "")})
        short = [replace(INVOICE, number="S1"), replace(BILL, number="S2")]
        self.assertEqual(set(self.send("entries_15", short, "L2").values()), {("accepted", "")})
        approval = [replace(INVOICE, number="B1"), replace(BILL, number="B2")]
        self.assertEqual(set(self.send("entries_15_approval", approval, "L3").values()), {("accepted", "")})
        report = self.report()
        balances = {}
        for row in report["balances"]:
            account = balances.setdefault(row["account"], [0, 0])
            account[0] += row["debit"]
            account[1] += row["credit"]
        self.assertEqual(balances["411000"], [3 * 12660, 0])
        self.assertEqual(balances["401000"], [0, 3 * 80000])
        documents = {row["number"]: row for row in report["documents"]}
        self.assertEqual(documents["ACH/2026/0007"]["due_date"], "2027-01-15")
        self.assertEqual(documents["ACH/2026/0007"]["external_reference"], "INV-2026-5")
        self.assertEqual((documents["B2"]["company"], documents["B2"]["payment_approval"]), ("EAU", "OUI"))

    def test_bad_documents_are_rejected_and_good_ones_pass(self):
        unbalanced = replace(INVOICE.lines[0], debit=Decimal("126.61"))
        found = self.send(
            "entries_25",
            [
                INVOICE,
                replace(INVOICE, number="UNBALANCED", lines=(unbalanced, *INVOICE.lines[1:])),
                replace(INVOICE, number="JOURNAL", journal="XX"),
                replace(INVOICE, number="SOCIETE", company="XX"),
                replace(INVOICE, number="TYPE", document_type="ZZ"),
                replace(INVOICE, number="COMPTE", lines=tuple(replace(x, account="9") for x in INVOICE.lines)),
                replace(INVOICE, number="TIERS", lines=tuple(replace(x, third_party="9") for x in INVOICE.lines)),
                replace(BILL, number="GOOD"),
            ],
            "L1",
        )
        bad = {"UNBALANCED": "EQUILIBRE"} | {code: code for code in ("JOURNAL", "SOCIETE", "TYPE", "COMPTE", "TIERS")}
        good = {INVOICE.number: ("accepted", ""), "GOOD": ("accepted", "")}
        self.assertEqual(found, good | {number: ("rejected", code) for number, code in bad.items()})
        self.assertEqual({row["number"] for row in self.report()["documents"]}, set(good))

    def test_updates(self):
        self.send("entries_25", [BILL], "L1")
        new = replace(BILL, payment_approval="pending", label="Autre; libellé")
        rows = updates(new, compare(fingerprint(BILL), fingerprint(new)))
        unknown = Update("EAU", "N9", "", "payment_approval", True)
        wrong = Update("EAU", "N8", "", "amount", "1")
        found = self.send("updates", [*rows, unknown, wrong], "L2")
        rejected = {"N9": ("rejected", "INCONNUE"), "N8": ("rejected", "CHAMP")}
        self.assertEqual(found, {BILL.number: ("accepted", "")} | rejected)
        document = self.report()["documents"][0]
        self.assertEqual((document["payment_approval"], document["label"]), ("NON", "Autre  libellé"))
        self.assertEqual(document["version"], 2)

    def test_an_approval_by_the_layout_of_entries(self):
        self.send("entries_15_approval", [replace(BILL, payment_approval="pending")], "L1")
        self.assertEqual(self.send("entries_15_approval", [BILL], "L2"), {BILL.number: ("accepted", "")})
        report = self.report()
        self.assertEqual([row["operation"] for row in report["events"]], ["create", "update"])
        self.assertEqual(report["documents"][0]["payment_approval"], "OUI")

    def test_a_document_twice_is_a_duplicate(self):
        self.send("entries_25", [INVOICE], "L1")
        self.assertEqual(self.send("entries_25", [INVOICE], "L2"), {INVOICE.number: ("rejected", "DOUBLON")})
        self.assertEqual(len(self.report()["documents"]), 1)

    def test_a_lot_delivered_again_after_it_was_taken_is_harmless(self):
        self.send("entries_25", [INVOICE], "L1")
        self.assertEqual(self.send("entries_25", [INVOICE], "L1"), {INVOICE.number: ("accepted", "")})
        report = self.report()
        self.assertEqual([row["outcome"] for row in report["deliveries"]], ["new", "again"])
        self.assertEqual([row["status"] for row in report["events"]], ["accepted"])

    def test_a_cut_file_is_refused_whole(self):
        stored, data = self.deliver("entries_25", [INVOICE, BILL], "L1")
        (self.root / stored.name).write_bytes(data[:-20])
        self.run_program("serve", "--once")
        self.assertEqual(self.answers("L1"), {"ECR_L1.txt": ("rejected", "TRONQUE")})
        self.assertEqual(self.report()["documents"], [])

    def test_temporary_files_are_left_alone(self):
        (self.root / "entries" / ".ECR_L1.txt.part").write_bytes(b"half")
        self.run_program("serve", "--once")
        self.assertTrue((self.root / "entries" / ".ECR_L1.txt.part").exists())

    def test_the_loop_closes_while_it_serves(self):
        line = [sys.executable, str(PROGRAM), "serve", "--root", str(self.root), "--interval", "0.05"]
        server = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.deliver("entries_25", [INVOICE, BILL], "L1")
        deadline = time.monotonic() + 30
        while not self.transport.list("acknowledgements") and time.monotonic() < deadline:
            time.sleep(0.02)
        name = self.transport.list("acknowledgements")[0].name
        lot = match_name(ACKNOWLEDGEMENT, name)["lot"]
        sent = [SentDocument(n, "EAU", d.number, "exported", "L1") for n, d in enumerate((INVOICE, BILL))]
        with self.transport.read(f"acknowledgements/{name}") as content:
            found = read_answers(Reader(ACKNOWLEDGEMENT).rows(content.chunks()), sent, lot)
        self.assertEqual((found.accepted, found.rejected, found.findings), ((0, 1), (), ()))
        self.transport.move(f"acknowledgements/{name}", "acknowledgements/done")
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=30), 0)

    def test_it_ends_whenever_it_is_asked_to(self):
        """Also in the moment in which it begins to wait: without work, it does nothing else."""
        idle = """
from frp1000_simulator import serve
class Idle:
    def work(self):
        print("working", flush=True)
        self.work = lambda: 0
serve(Idle(), 0)
"""
        for _number in range(10):
            line = [sys.executable, "-c", idle]
            with subprocess.Popen(line, cwd=PROGRAM.parent, stdout=subprocess.PIPE, text=True) as server:
                self.assertEqual(server.stdout.readline(), "working\n")
                server.send_signal(signal.SIGTERM)
                try:
                    self.assertEqual(server.wait(timeout=10), 0)
                finally:
                    server.kill()
