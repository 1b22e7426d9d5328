"""A scan must be a complete PDF document, whatever its name."""

import unittest

from ..ledger.e_invoices import MAX_TAGS, MAX_XML, group_names, names_beside
from ..ledger.findings import NameRefused, TransportError
from ..ledger.remote_files import is_partial
from ..ledger.scans import check_directory, check_scan
from .sentences import whole

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n0\n%%EOF\n"


class TestScans(unittest.TestCase):
    def test_what_a_copier_fills_the_last_block_with_is_no_part_of_the_document(self):
        document = b"%PDF-1.4 ...\n%%EOF\n"
        for padding in (b"\0" * 4845, b"\xff" * 9000, b"\r\n " * 3000):
            check_scan("x.pdf", document + padding)
        with self.assertRaises(TransportError):
            check_scan("x.pdf", b"%PDF-1.4 ..." + b"\0" * 4845)

    def test_a_whole_document_passes(self):
        check_scan("a.pdf", PDF)
        check_scan("a.pdf", b"\xef\xbb\xbf" + PDF + b"\0" * 100)

    def test_everything_else_says_why(self):
        for data, code in ((b"", "scan_empty"), (b"PK\3\4", "scan_not_pdf"), (PDF[:30], "scan_cut")):
            with self.assertRaises(TransportError) as caught:
                check_scan("a.pdf", data)
            self.assertEqual((whole(caught.exception).code, caught.exception.retryable), (code, False))
            self.assertIn("a.pdf", str(caught.exception))

    def test_an_xml_document_is_an_invoice_or_beside_its_pdf(self):
        check_scan("a.xml", b"<Invoice/>")
        check_scan("a.XML", b"<note/>", alone=False)
        entities = b'<!DOCTYPE a [<!ENTITY b "c">]><Invoice>&b;</Invoice>'
        for data, code in (
            (b"", "scan_empty"),
            (b"<note/>", "invoice_xml_other"),
            (b"<Invoice>", "invoice_xml_wrong"),
            (entities, "invoice_xml_entities"),
            (b"<Invoice>" + b"<a/>" * MAX_TAGS + b"</Invoice>", "invoice_xml_large"),
            (b"<Invoice>" + b" " * MAX_XML + b"</Invoice>", "invoice_xml_large"),
        ):
            with self.subTest(code), self.assertRaises(TransportError) as caught:
                check_scan("a.xml", data)
            self.assertEqual((whole(caught.exception).code, caught.exception.retryable), (code, False))

    def test_an_xml_goes_with_the_pdf_of_its_stem(self):
        names = ["b.pdf", "a.xml", "c.XML", "a.PDF", "c.pdf", "a.b.xml", "scan", "a.pdf"]
        groups = [("a.PDF", "a.xml"), ("a.b.xml",), ("a.pdf",), ("b.pdf",), ("c.pdf", "c.XML"), ("scan",)]
        self.assertEqual(group_names(names), groups)
        self.assertEqual(names_beside("a.b.PDF"), ["a.b.xml", "a.b.XML"])
        self.assertEqual(names_beside("a.XML"), ["a.pdf", "a.PDF"])
        self.assertEqual(names_beside("a.tif") + names_beside("scan"), [])

    def test_a_file_that_is_being_copied_is_left(self):
        self.assertTrue(is_partial("Facture.PDF.part"))
        self.assertFalse(is_partial("facture.pdf"))

    def test_a_directory_of_the_exchange_is_not_one_of_scans(self):
        folders = ("entries", "in/acknowledgements")
        for directory in ("entries", "entries/x", "in", "../x", ""):
            with self.subTest(directory), self.assertRaises(NameRefused):
                check_directory(directory, folders)
        check_directory("in/scans", folders, ["in/scans2", "scans", "../x", "in/scan"])

    def test_a_directory_is_one_company_s(self):
        for other in ("scans/eau", "scans", "Scans/EAU", "scans/eau/2026"):
            with self.subTest(other), self.assertRaises(NameRefused) as refused:
                check_directory("scans/eau", ("entries",), ["../x", other])
            self.assertEqual(refused.exception.code, "scan_directory_shared")

    def test_a_directory_beside_those_of_the_exchange(self):
        folders = ("entries", "in/acknowledgements")
        check_directory("entries2", folders)
