"""Scans: each PDF becomes one draft bill, wrong files are reported with the reason, nothing is imported twice."""

import io
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tools.pdf import PdfWriter

from ..core.ledger.remote_files import LIMITS
from ..models.ledger_exchange import scans_in
from ..models.ledger_exchange.exchange import Exchange
from ..models.ledger_exchange.scans_in import ScansIn
from .support.exchange import make_run
from .support.ledger import MONITOR, LedgerCase
from .test_ledger_faults import held, on_open

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n0\n%%EOF\n"


class TestLedgerScan(LedgerCase):
    def setUp(self):
        super().setUp()
        self.water.scan_directory, self.sewerage.scan_directory = "scans/eau", "scans/asst"
        self.folder = self.directory / "scans/eau"
        for name in ("eau", "asst"):
            (self.directory / "scans" / name).mkdir(parents=True)

    def put(self, name, data=PDF, company="eau"):
        (self.directory / "scans" / company / name).write_bytes(data)

    def fetch(self, **options):
        return self.do(self.companies, "action_fetch_scans", **options)

    def bills(self):
        return self.env["ledger.file"].search([("flow", "=", "scan"), ("state", "=", "done")]).move_id

    def names(self, folder):
        place = self.folder / folder
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.exists() else []

    def test_a_scan_becomes_a_draft_bill_with_the_file(self):
        self.put("facture.pdf")
        self.put("autre.pdf", PDF + b"x", company="asst")
        run = self.fetch()
        self.assertEqual((run.state, run.kind, run.scanned), ("done", "scan", 2))
        bill = self.bills().filtered(lambda move: move.company_id == self.water)
        self.assertEqual((bill.move_type, bill.state, bill.journal_id.type), ("in_invoice", "draft", "purchase"))
        scan = bill.message_main_attachment_id
        self.assertEqual((scan.name, scan.raw), ("facture.pdf", PDF))
        self.assertEqual(self.bills().company_id, self.companies)
        self.assertEqual((self.names(""), self.names("done")), ([], ["facture.pdf"]))

    def test_a_scan_is_taken_once_whatever_its_name(self):
        self.put("facture.pdf")
        self.fetch()
        self.put("facture.pdf")
        self.put("copie.pdf")
        run = self.fetch()
        self.assertEqual((run.scanned, len(self.bills())), (0, 1))
        self.assertEqual((self.names(""), len(self.names("done"))), ([], 3))

    def test_the_same_scan_of_two_companies_is_two_bills(self):
        self.put("facture.pdf")
        self.put("facture.pdf", company="asst")
        self.assertEqual((self.fetch().scanned, self.bills().company_id), (2, self.companies))

    def test_a_crash_before_the_file_is_put_away_makes_no_second_bill(self):
        self.put("facture.pdf")
        run = make_run(self.connector, "scan", "manual", self.companies)
        with self.connector._open_transport() as transport:
            read = ScansIn(Exchange(run, transport)).take_together(self.water, ["facture.pdf"])
            self.assertEqual(read, {"facture.pdf": ("done", "")})
        self.assertEqual(self.names(""), ["facture.pdf"])
        self.assertEqual(self.fetch().scanned, 0)
        self.assertEqual((len(self.bills()), self.names("")), (1, []))

    def test_limits_of_a_run_hold_over_its_connections(self):
        self.put("facture.pdf")
        run = self.fetch()
        self.assertGreaterEqual(run.server_bytes, len(PDF))
        self.assertGreater(run.server_seconds, 0)
        self.put("suite.pdf", PDF + b"x")
        run = make_run(self.connector, "scan", "manual", self.companies)
        run.server_bytes = LIMITS.all_bytes
        self.call_job(self.connector)
        self.assertEqual(run.state, "failed")
        self.assertIn("bytes", run.message)
        self.assertEqual(self.names(""), ["suite.pdf"], "the limit is the run's: nothing is wrong with the file")

    def test_half_a_file_in_the_file_store_is_replaced(self):
        """A partial file, left by a server killed while writing: Odoo itself would always refuse the complete file."""
        store = self.env["ir.attachment"]
        data = PDF + b"half"
        half, path = store._get_path(data, store._compute_checksum(data))
        Path(path).write_bytes(data[:10])
        self.addCleanup(Path(path).unlink, missing_ok=True)
        self.put("facture.pdf", data)
        run = self.fetch()
        self.assertEqual((run.state, run.scanned), ("done", 1), run.message)
        scan = self.bills().message_main_attachment_id
        self.assertEqual((scan.store_fname, scan.raw), (half, data))

    def test_a_wrong_file_goes_to_error_with_its_reason(self):
        self.put("note.pdf", b"PK\3\4")
        self.put("vide.pdf", b"")
        self.put("coupe.pdf", PDF[:40])
        self.put("bonne.pdf")
        run = self.fetch()
        self.assertEqual((run.state, run.scanned, run.refused), ("done", 1, 3))
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"scan_not_pdf", "scan_empty", "scan_cut"})
        self.assertEqual(set(run.anomaly_ids.mapped("file_name")), {"note.pdf", "vide.pdf", "coupe.pdf"})
        self.assertIn("note.pdf.txt", self.names("error"))
        self.assertIn("PDF", (self.folder / "error/note.pdf.txt").read_text())
        self.assertEqual(self.names(""), [])

    def test_a_document_that_opens_with_a_password_only_is_said(self):
        """It is attached; an owner's password, which forbids printing, does not prevent reading."""
        for name, password, codes in (("a.pdf", "sesame", ["scan_locked"]), ("b.pdf", "", [])):
            writer, data = PdfWriter(), io.BytesIO()
            writer.add_blank_page(100, 100)
            writer.encrypt(password, "owner")
            writer.write(data)
            self.put(name, data.getvalue())
            run = self.fetch()
            self.assertEqual((run.scanned, run.anomaly_ids.mapped("code"), run.refused), (1, codes, 0))

    def test_a_document_whose_cipher_is_unknown_is_attached(self):
        """Whether it needs a password cannot be known: nothing is said of it."""
        writer, data = PdfWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        writer.encrypt("sesame", "owner")
        writer.write(data)
        self.assertIn(b"/V 2", data.getvalue())
        self.put("a.pdf", data.getvalue().replace(b"/V 2", b"/V 9"))
        run = self.fetch()
        self.assertEqual((run.state, run.scanned, run.refused), ("done", 1, 0))
        self.assertNotIn("scan_locked", run.anomaly_ids.mapped("code"))
        self.assertEqual((self.bills().message_main_attachment_id.name, self.names("done")), ("a.pdf", ["a.pdf"]))

    def test_a_file_that_is_being_copied_is_left(self):
        self.put("facture.pdf.part", PDF[:20])
        self.assertEqual((self.fetch().scanned, self.names("")), (0, ["facture.pdf.part"]))

    def test_many_scans_take_several_steps(self):
        for number in range(25):
            self.put(f"{number:03}.pdf", PDF + b"%%%d" % number)
        self.assertEqual((self.fetch().scanned, self.names("")), (25, []))

    def test_a_scan_that_stays_is_passed_over_once(self):
        """One bill a step: what another program holds is said once, the scans after it are taken, of both companies."""
        for name in ("a", "b", "c"):
            self.put(f"{name}.pdf", PDF + name.encode())
        self.put("d.pdf", PDF + b"d", company="asst")
        with patch.object(scans_in, "BATCH", 1), on_open("a.pdf", held):
            run = self.fetch()
        self.assertEqual((run.scanned, self.names(""), run.anomaly_ids.mapped("file_name")), (3, ["a.pdf"], ["a.pdf"]))
        self.connector.file_age = 3600
        self.assertEqual((self.fetch().scanned, self.names("")), (0, ["a.pdf"]), "it may still grow")

    def test_bills_are_entered_in_the_journal_that_the_connector_exchanges(self):
        """Of two purchase journals, the exchanged one; the first one, if the connector names none of them."""
        first = self.record("journal", "ACH")
        second = first.copy({"code": "ACH2", "sequence": first.sequence + 1})
        self.put("a.pdf")
        self.assertEqual(self.fetch().file_ids.move_id.journal_id, first)
        self.connector.journal_ids = self.record("journal", "VT") | second
        self.put("b.pdf", PDF + b"b")
        self.assertEqual(self.fetch().file_ids.move_id.journal_id, second)
        self.connector.journal_ids = self.record("journal", "VT")
        self.put("c.pdf", PDF + b"c")
        self.assertEqual(self.fetch().file_ids.move_id.journal_id, first)

    def test_without_a_purchase_journal_scans_wait(self):
        self.env["account.journal"].search([("company_id", "=", self.water.id)]).filtered(
            lambda j: j.type == "purchase"
        ).active = False
        self.put("facture.pdf")
        run = self.fetch()
        self.assertEqual((run.state, run.anomaly_ids.code), ("done", "scan_journal_missing"))
        self.assertEqual(self.names(""), ["facture.pdf"])

    def test_a_directory_that_is_not_one_of_scans_is_refused_and_stops_nothing_else(self):
        self.export(self.entry())
        for directory in ("../other", "entries", "/etc"):
            with self.subTest(directory):
                self.water.scan_directory = directory
                self.put("facture.pdf", company="asst")
                run = self.fetch()
                self.assertEqual((run.state, run.anomaly_ids.code, run.refused), ("done", "name_refused", 1))
        self.assertTrue(list((self.directory / "entries").iterdir()), "a lot was taken for a scan")
        self.assertEqual(self.bills().company_id, self.sewerage)

    def test_a_directory_of_two_companies_is_nobody_s(self):
        self.sewerage.scan_directory = "Scans/EAU/2026"
        self.put("facture.pdf")
        run = self.fetch()
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"scan_directory_shared"})
        self.assertFalse(self.bills())
        self.assertEqual(self.names(""), ["facture.pdf"])

    def test_scans_are_part_of_a_run(self):
        self.put("facture.pdf")
        self.water.scan_directory = "scans/eau"
        # the référentiel says where the scans of a company are
        self.assertEqual(self.do(self.connector, "action_synchronize").scanned, 0)
        self.assertEqual(self.water.scan_directory, "C0071000325_data_1")
        (self.directory / "C0071000325_data_1/facture.pdf").write_bytes(PDF)
        self.assertEqual(self.do(self.connector, "action_synchronize").scanned, 1)

    def test_who_may_fetch(self):
        with self.assertRaises(AccessError):
            self.fetch(user=self.user("monitor", MONITOR))
