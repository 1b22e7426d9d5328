"""Chromium prints if wkhtmltopdf is missing: header and footer on each page, documents that Odoo can separate."""

import io
import re
import shutil
import signal
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..models.common import chromium, ir_actions_report
from ..models.common.chromium_pdf import _page_rule, print_documents
from ..models.common.ir_actions_report import ENGINE
from .support.billing import BillingCase
from .support.whole import Whole


@tagged("post_install", "-at_install")
class TestChromiumPdf(Whole, BillingCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(ENGINE, "chromium")
        for number in range(2):
            cls.subscribe(number + 1, {date(2023, 1, 1): 0, date(2023, 3, 31): 12 + number})

    def bills(self):
        run = self.campaign()
        self.draw_up(run)
        return self.post(run)

    def render(self, bills, report="account.account_invoices"):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        return reports._render_qweb_pdf(report, bills.ids)[0]

    def texts(self, content):
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]

    def test_who_prints(self):
        """By default, Chromium prints unless wkhtmltopdf has the patches that Odoo requires."""
        parameters, report = self.env["ir.config_parameter"], self.env["ir.actions.report"]
        parameters.set_param(ENGINE, False)
        program = shutil.which("wkhtmltopdf")
        version = subprocess.check_output([program, "--version"], text=True) if program else ""
        self.assertEqual(report._prints_by_chromium(), "with patched qt" not in version)
        parameters.set_param(ENGINE, "wkhtmltopdf")
        self.assertFalse(report._prints_by_chromium())
        parameters.set_param(ENGINE, "chromium")
        self.assertTrue(report._prints_by_chromium())
        with patch.object(chromium, "PROGRAMS", ("no-such-program",)):
            self.assertFalse(report._prints_by_chromium(), "where it is not installed")
        for patched in (True, False):
            parameters.set_param(ENGINE, False)
            with patch.object(ir_actions_report, "_wkhtml", return_value=SimpleNamespace(is_patched_qt=patched)):
                self.assertEqual(report._prints_by_chromium(), not patched)

    def test_a_program_that_ends_at_once_is_reported(self):
        bill = self.bills()[0]
        with patch.object(chromium, "PROGRAMS", ("false",)), self.assertRaisesRegex(UserError, "did not print"):
            self.render(bill)

    def test_a_program_that_only_complains_and_does_not_end_is_killed(self):
        """Its last words are reported."""
        program = Path(self.enterContext(tempfile.TemporaryDirectory())) / "chromium"
        self.patch(chromium, "PROGRAMS", (str(program),))
        for lines, said in (
            (f"printf '{'a' * 400}{'b' * 400}' >&2; exit 1", "a" * 100 + "b" * 400),
            ("exit 1", "Chromium ended"),
            ("trap '' TERM; exec sleep 30", "no answer within 0.3 s"),
        ):
            program.write_text(f"#!/bin/sh\n{lines}\n")
            program.chmod(0o700)
            browser = chromium.Chromium()
            with (
                self.subTest(lines),
                patch.object(chromium, "LIMIT", 0.3),
                patch.object(chromium, "END", 0.2),
                self.assertRaises(chromium.PrintError) as failure,
            ):
                browser.__enter__()
            self.assertEqual(str(failure.exception), said)
            self.assertEqual(browser._process.returncode, -signal.SIGKILL if "TERM" in lines else 1)
            self.assertFalse(browser._folder.exists())

    def test_a_page_that_never_ends_loading_is_given_up(self):
        endless = "<script>while (true) {}</script>"
        with (
            patch.object(chromium, "LIMIT", 2),
            chromium.Chromium() as browser,
            self.assertRaisesRegex(chromium.PrintError, "no answer"),
        ):
            browser.print(endless)

    def test_a_bill_is_printed_with_its_text(self):
        bill = self.bills()[0]
        texts = self.texts(self.render(bill))
        self.assertEqual(len(texts), 1)
        self.assertIn(bill.name, texts[0])
        self.assertIn("Abonné 1", texts[0])

    def test_odoo_cuts_the_file_into_its_documents(self):
        bills = self.bills()
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        streams = reports._render_qweb_pdf_prepare_streams("account.account_invoices", {}, res_ids=bills.ids)
        self.assertEqual(set(streams), set(bills.ids))
        for bill in bills:
            text = "".join(self.texts(streams[bill.id]["stream"].getvalue()))
            self.assertIn(bill.name, text)
            self.assertNotIn((bills - bill).name, text)

    def test_a_header_is_on_each_page_and_long_documents_are_cut_by_pages(self):
        """An invoice of a hundred lines has several pages; each has the company in its header."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.env["res.partner"].create({"name": "Long"}).id,
                "journal_id": self.section.journal_id.id,
                "invoice_line_ids": [
                    (0, 0, {"name": f"Ligne {n:03}", "price_unit": 1, "tax_ids": []}) for n in range(100)
                ],
            }
        )
        self.section.company_id.write({"report_header": "RÉGIE DE VALMONT", "report_footer": "Mairie de Valmont"})
        move.action_post()
        texts = self.texts(self.render(move))
        self.assertGreater(len(texts), 1)
        self.assertIn("Ligne 099", "".join(texts))
        for text in texts:
            self.assertIn("RÉGIE DE VALMONT", text, "the header is on each page")
            self.assertIn("Mairie de Valmont", text, "the footer is on each page")

    def test_a_document_without_header_and_footer(self):
        """Only some documents of a file may have them; the size is that of the paper."""
        paper = self.env["report.paperformat"].create({"name": "A5", "format": "A5", "orientation": "Portrait"})
        header = (
            "<html><head/><body><div class='header'>EN-TETE <span>page <i class='page'></i></span></div></body></html>"
        )
        bodies = ["<html><head/><body>UN</body></html>", "<html><head/><body>DEUX</body></html>"]
        self.assertEqual(
            [text.split() for text in self.texts(print_documents(bodies, None, None, paper))], [["UN"], ["DEUX"]]
        )
        content = print_documents(bodies, header, "", paper)
        self.assertEqual([sorted(text.split()) for text in self.texts(content)], [["EN-TETE", "UN"], ["DEUX"]])
        page = PdfReader(io.BytesIO(content)).pages[0].mediabox
        self.assertEqual([round(float(side) / 72 * 25.4) for side in (page.width, page.height)], [148, 210])

    def test_the_outline_of_three_documents(self):
        """Odoo cuts a file at the pages that its outline leads to; colours are printed."""
        paper = self.env["report.paperformat"].create({"name": "A5", "format": "A5", "orientation": "Portrait"})
        texts = ("UN", "DEUX<div style='break-before: page'>SUITE</div>", "TROIS")
        bodies = [f"<html><head/><body style='background: #f00'>{text}</body></html>" for text in texts]
        reader = PdfReader(io.BytesIO(print_documents(bodies, None, None, paper)))
        self.assertEqual(len(reader.pages), 4)
        entry, starts = reader.trailer["/Root"]["/Outlines"]["/First"], []
        while entry:
            starts.append(reader.trailer["/Root"]["/Dests"][entry["/Dest"]][0])
            entry = entry.get("/Next")
        self.assertEqual(starts, [0, 1, 3])
        self.assertIn(b"1 0 0 rg", reader.pages[0].get_contents().get_data())

    def test_sizes_and_margins(self):
        """Header and footer are at most 10 mm from the edge, wherever the text would begin."""
        margins = {"margin_top": 40, "margin_right": 7, "margin_bottom": 28, "margin_left": 8}
        for values, landscape, size, top, bottom in (
            ({"format": "A4"}, False, "A4", 10, 10),
            ({"format": "A4"}, True, "A4 landscape", 10, 10),
            ({"format": "A4", "orientation": "Landscape"}, False, "A4 landscape", 10, 10),
            ({"format": "A4", "header_spacing": 0}, False, "A4", 40, 28),
            ({"format": "A4", "margin_top": 5, "margin_bottom": 6}, False, "A4", 5, 6),
            ({"format": "custom", "page_width": 100, "page_height": 200}, False, "100mm 200mm", 10, 10),
            ({"format": "custom", "page_width": 100, "page_height": 200}, True, "200mm 100mm", 10, 10),
            ({"format": "custom"}, False, "210mm 297mm", 10, 10),
        ):
            with self.subTest(values=values, landscape=landscape):
                paper = self.env["report.paperformat"].create(
                    {"name": "x", "orientation": "Portrait", "header_spacing": 35, **margins, **values}
                )
                rule = _page_rule(paper, landscape)
                self.assertIn(f"size: {size};", rule)
                sides = [float(side) for side in re.search("margin: (.*);", rule)[1].replace("mm", "").split()]
                self.assertEqual(sides, [top, 7, bottom, 8])

    def test_chromium_is_asked_to_end_and_its_faults_are_told(self):
        with chromium.Chromium() as browser:
            with self.assertRaisesRegex(chromium.PrintError, "Page.nothing"):
                browser._call("Page.nothing")
            nowhere = patch.object(chromium.Path, "as_uri", lambda _path: "http://127.0.0.1:1/")
            with nowhere, self.assertRaisesRegex(chromium.PrintError, "ERR_"):
                browser.print("<html/>")
            self.assertTrue(browser.print("<html/>").startswith(b"%PDF"), "it still prints")
        self.assertNotIn(browser._process.returncode, (None, -signal.SIGKILL))

    def test_a_chromium_that_ends_between_two_pages_is_reported(self):
        with chromium.Chromium() as browser:
            browser._call("Browser.close")
            browser._process.wait(10)
            for _page in range(2):
                with self.assertRaises(chromium.PrintError) as failure:
                    browser.print("<html/>")
                self.assertTrue(str(failure.exception))
