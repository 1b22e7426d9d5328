"""Faults of the outside in the middle of a run: servers that stop, files that are held or vanish, full disks."""

import errno
import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from ..core.ledger.local import LocalTransport
from ..models.ledger_exchange import answers_in
from .support.ledger import LedgerCase
from .support.payments import PaymentCase

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n0\n%%EOF\n"
ANSWER = "company;number;external_reference;status;code;message\r\n"
ATTEMPTS = "odoo.addons.utility_billing_sync.models.ledger.attempts"


def unreachable(*_arguments):
    raise TimeoutError


@contextmanager
def on_open(end, fault):
    """Let opening a file whose path ends so raise or do something first."""
    usual = LocalTransport._open

    def opened(transport, path, mode):
        if path.endswith(end):
            fault(path)
        return usual(transport, path, mode)

    with patch.object(LocalTransport, "_open", opened):
        yield


@contextmanager
def on_scan(end, fault):
    """Let listing a folder whose path ends so raise or do something first."""
    usual = LocalTransport._scan

    def scanned(transport, path):
        if path.endswith(end):
            fault(path)
        return usual(transport, path)

    with patch.object(LocalTransport, "_scan", scanned):
        yield


def held(_path):
    """Do as a server of Windows does while another program holds the file."""
    raise OSError("Failure")


class TestFaultsOfScans(LedgerCase):
    def setUp(self):
        super().setUp()
        self.water.scan_directory, self.sewerage.scan_directory = "scans/eau", "scans/asst"
        for name in ("eau", "asst"):
            (self.directory / "scans" / name).mkdir(parents=True)

    def put(self, name, data=PDF, company="eau"):
        (self.directory / "scans" / company / name).write_bytes(data)

    def fetch(self):
        return self.do(self.companies, "action_fetch_scans")

    def names(self, company="eau"):
        return sorted(path.name for path in (self.directory / "scans" / company).iterdir() if path.is_file())

    def test_a_server_that_stops_before_a_directory_is_listed(self):
        """The run is tried again later; no scan is lost."""
        self.put("facture.pdf")
        with on_scan("scans/eau", unreachable):
            run = self.fetch()
        self.assertEqual((run.state, run.scanned, bool(run.retry_on)), ("failed", 0, True))
        self.assertEqual(self.names(), ["facture.pdf"])
        self.assertEqual(self.fetch().scanned, 1)

    def test_a_server_that_stops_before_a_scan_is_read(self):
        self.put("a.pdf")
        self.put("b.pdf", PDF + b"x")
        with on_open("b.pdf", unreachable):
            run = self.fetch()
        self.assertEqual((run.state, run.scanned, bool(run.retry_on)), ("failed", 1, True))
        self.assertEqual(self.names(), ["b.pdf"], "it is not the file's fault")
        self.assertGreaterEqual(run.server_bytes, len(PDF), "its next attempt has what is left of the limits")
        self.assertEqual(self.fetch().scanned, 1)

    def test_a_server_that_stops_before_a_scan_is_put_away(self):
        self.put("a.pdf")
        with patch.object(LocalTransport, "_rename", unreachable):
            run = self.fetch()
        self.assertEqual((run.state, bool(run.retry_on), self.names()), ("failed", True, ["a.pdf"]))
        self.assertEqual((self.fetch().scanned, self.names()), (0, []))
        self.assertEqual(self.env["ledger.file"].search_count([("name", "=", "a.pdf"), ("state", "=", "done")]), 1)

    def test_a_scan_that_another_program_holds_stays(self):
        self.put("a.pdf")
        self.put("b.pdf", PDF + b"x")
        with on_open("a.pdf", held):
            run = self.fetch()
        self.assertEqual((run.state, run.scanned, self.names()), ("done", 1, ["a.pdf"]))
        self.assertEqual(run.anomaly_ids.mapped(lambda a: (a.code, a.file_name)), [("remote_failure", "a.pdf")])
        self.assertEqual((self.fetch().scanned, self.names()), (1, []))

    def test_a_scan_that_vanishes(self):
        self.put("a.pdf")
        self.put("b.pdf", PDF + b"x")
        with on_open("a.pdf", os.unlink):
            run = self.fetch()
        self.assertEqual((run.state, run.scanned, run.anomaly_ids.ids, self.names()), ("done", 1, [], []))
        self.assertFalse(self.env["ledger.file"].search([("name", "=", "a.pdf")]))

    def test_a_scan_that_our_file_store_refuses_stays(self):
        """The fault is here, not in the file: it is not refused, and taken once it is mended."""
        self.put("a.pdf")
        self.put("b.pdf", PDF + b"x")
        model = type(self.env["ir.attachment"])
        usual = model._file_write

        def refused(store, data, checksum):
            if data == PDF:
                raise PermissionError(errno.EACCES, "Permission denied")
            return usual(store, data, checksum)

        with mute_logger(ATTEMPTS), patch.object(model, "_file_write", refused):
            run = self.fetch()
        self.assertEqual((run.state, run.scanned, self.names()), ("done", 1, ["a.pdf"]))
        self.assertEqual(run.anomaly_ids.mapped(lambda a: (a.code, a.file_name)), [("permission_denied", "a.pdf")])
        self.assertFalse(self.env["ledger.file"].search([("name", "=", "a.pdf")]))
        self.assertEqual((self.fetch().scanned, self.names()), (1, []))

    def test_a_full_disk_ends_the_run_which_is_tried_again(self):
        self.put("a.pdf")
        full = OSError(errno.ENOSPC, "No space left on device")
        with patch.object(type(self.env["ir.attachment"]), "_file_write", side_effect=full):
            run = self.fetch()
        self.assertEqual((run.state, bool(run.retry_on), run.scanned, self.names()), ("failed", True, 0, ["a.pdf"]))
        self.assertEqual((self.fetch().scanned, self.names()), (1, []))

    def test_what_is_wrong_with_a_directory_is_said_once_a_run(self):
        """However many batches the scans of the other company take."""
        self.water.scan_directory = "../other"
        for number in range(25):
            self.put(f"{number:03}.pdf", PDF + b"%%%d" % number, company="asst")
        run = self.fetch()
        self.assertEqual((run.scanned, run.anomaly_ids.mapped("code")), (25, ["name_refused"]))


class TestFaultsOfAnswers(LedgerCase):
    @property
    def folder(self):
        return self.directory / "acknowledgements"

    def answered(self, *bills):
        """Send bills, each in a lot, and put an answer for each; return the names of the files."""
        names = [f"AR_{self.export(bill).lot_ids.number}.txt" for bill in bills]
        for name, bill in zip(names, bills, strict=True):
            (self.folder / name).write_text(f"{ANSWER}EAU;{bill.name};;OK;;\r\n", newline="")
        return names

    def states(self, *bills):
        return [self.document(bill).state for bill in bills]

    def test_a_server_that_stops_before_an_answer_is_read(self):
        bills = self.entry(), self.entry()
        first, second = sorted(self.answered(*bills))
        with on_open(second, unreachable):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, bool(run.retry_on)), ("failed", True))
        self.assertEqual(sorted(self.states(*bills)), ["exported", "integrated"])
        self.assertFalse((self.folder / first).exists())
        self.assertTrue((self.folder / second).exists(), "nothing is wrong with the file")
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.states(*bills), ["integrated"] * 2)

    def test_a_server_that_stops_before_answers_are_listed_gets_no_lot(self):
        bill = self.entry()
        with on_scan("acknowledgements", unreachable):
            run = self.export(bill)
        self.assertEqual((run.state, bool(run.retry_on), self.states(bill)), ("failed", True, ["to_export"]))
        self.assertFalse(run.anomaly_ids.filtered(lambda a: a.code == "permission_denied"))
        self.assertFalse(run.lot_ids)

    def test_an_answer_that_vanishes(self):
        bill = self.entry()
        (name,) = self.answered(bill)
        with on_open(name, os.unlink):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.anomaly_ids.ids, self.states(bill)), ("done", [], ["exported"]))
        self.assertFalse(self.env["ledger.file"].search([("name", "=", name)]), "it was never read")

    def test_an_empty_answer_waits_then_goes_aside(self):
        """It may still be written; an hour later, nobody writes it any more."""
        bill = self.entry()
        (name,) = self.answered(bill)
        text = (self.folder / name).read_bytes()
        (self.folder / name).write_bytes(b"")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.refused, run.anomaly_ids.ids), (0, []))
        file = self.env["ledger.file"].search([("name", "=", name)])
        self.assertEqual((file.state, (self.folder / name).exists()), ("open", True))
        self.env.cr.execute(
            "UPDATE ledger_file SET create_date = create_date - interval '61 min' WHERE id = %s", file.ids
        )
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.anomaly_ids.code, file.state), ("file_empty", "error"))
        self.assertTrue((self.folder / "error" / name).exists())
        (self.folder / name).write_bytes(text)
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.states(bill), ["integrated"])

    def test_an_answer_that_fails_as_a_whole_goes_aside(self):
        """The others are applied; its documents keep waiting, and it can be read again."""
        bills = self.entry(), self.entry()
        names = self.answered(*bills)
        usual = answers_in.read_answers

        def failing(rows, sent, lot, *arguments):
            if lot and lot in names[0]:
                raise RuntimeError("nobody foresaw this")
            return usual(rows, sent, lot, *arguments)

        with mute_logger(ATTEMPTS), patch.object(answers_in, "read_answers", failing):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, self.states(*bills)), ("done", ["exported", "integrated"]))
        self.assertEqual(run.anomaly_ids.mapped(lambda a: (a.code, a.file_name)), [("unforeseen", names[0])])
        file = self.env["ledger.file"].search([("name", "=", names[0])])
        self.assertEqual((file.state, (self.folder / "error" / names[0]).exists()), ("error", True))
        self.do(file, "action_read_again")
        self.assertEqual(self.states(*bills), ["integrated"] * 2)


class TestFaultsOfPayments(PaymentCase):
    def test_a_file_that_fails_as_a_whole_goes_aside(self):
        """No payment of it is kept; the next file is read."""
        bill, other = self.invoice(118.72), self.invoice(45.0)
        self.put(self.row("R1", bill, "118,72"), name="REG_1.csv")
        self.put(self.row("R2", other, "45,00"), name="REG_2.csv")
        model = type(self.env["ledger.payment"])
        usual = model._values_from_core

        def failing(payments, row):
            if row.reference == "R1":
                raise RuntimeError("nobody foresaw this")
            return usual(payments, row)

        with mute_logger(ATTEMPTS), patch.object(model, "_values_from_core", failing):
            run = self.bring_in()
        self.assertEqual((run.paid, self.placed("error"), self.placed("done")), (1, ["REG_1.csv"], ["REG_2.csv"]))
        self.assertEqual(run.anomaly_ids.mapped(lambda a: (a.code, a.file_name)), [("unforeseen", "REG_1.csv")])
        self.assertFalse(self.payment("R1"))
        self.do(self.env["ledger.file"].search([("name", "=", "REG_1.csv")]), "action_read_again")
        self.assertDue(bill, 0.0, "paid")
