"""Scans: which journal takes them, which files share a bill, what waits; invoices inside other files."""

import io
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools.pdf import OdooPdfFileWriter

from ..models.ledger_exchange import scans_in
from .support.e_invoices import CII, UBL, invoice
from .support.sharing import MODULE
from .test_ledger_scan_invoice import PDF, SIRET, ReceivedInvoiceCase

OTHER_XML = b"<CPPFacturePivot/>"


@tagged("post_install", "-at_install", MODULE)
class TestScanPairs(ReceivedInvoiceCase):
    def scan(self, name, data):
        """Return the bill of a file that is fetched alone."""
        return self.take(**{name.replace(".", "__"): data})[1]

    # Journals, waiting files

    def test_the_connector_s_purchase_journal_comes_first(self):
        usual = self.record("journal", "ACH")
        other = usual.copy({"code": "ACH2", "sequence": 90})
        self.assertEqual(self.scan("a.pdf", PDF).journal_id, usual)
        self.connector.journal_ids = other
        self.assertEqual(self.scan("b.pdf", PDF + b"b").journal_id, other)
        self.connector.journal_ids = self.record("journal", "VT")
        self.assertEqual(self.scan("c.pdf", PDF + b"c").journal_id, usual, "none of the connector's takes purchases")

    def test_a_scan_that_may_still_grow_waits(self):
        self.connector.file_age = 3600
        self.put("a.pdf")
        self.assertEqual((self.fetch().scanned, self.names()), (0, ["a.pdf"]))

    def test_scans_that_stay_are_said_once_a_run(self):
        self.env["account.journal"].search(
            [("company_id", "=", self.water.id), ("type", "=", "purchase")]
        ).active = False
        for number in range(3):
            self.put(f"{number}.pdf", PDF + b"%d" % number)
        with patch.object(scans_in, "BATCH", 2):
            run = self.fetch()
        self.assertEqual(run.anomaly_ids.mapped("file_name"), ["0.pdf", "1.pdf", "2.pdf"])
        self.assertEqual(self.names(), ["0.pdf", "1.pdf", "2.pdf"])

    # Pairs

    def test_another_xml_that_follows_its_pdf_is_attached(self):
        bill = self.scan("a.pdf", PDF)
        run, _bill = self.take(a__xml=OTHER_XML)
        self.assertEqual((run.file_ids.move_id, run.scanned, run.refused), (bill, 0, 0))
        self.assertEqual(self.attached(bill), ["a.pdf", "a.xml"])
        self.assertEqual(bill.message_main_attachment_id.name, "a.pdf")
        run, _bill = self.take(b__xml=OTHER_XML)
        self.assertEqual((run.refused, self.codes(run)), (1, {"invoice_xml_other"}), "alone, it is no invoice")

    def test_a_pair_has_two_files(self):
        """The name is used again for another pair."""
        bill = self.scan("a.pdf", PDF)
        self.assertEqual(self.scan("a.xml", invoice(UBL)), bill)
        again = self.scan("a.xml", invoice(UBL, number="F-2"))
        self.assertNotEqual(again, bill)
        self.assertEqual(self.attached(again), ["a.xml"])

    def test_a_bill_that_is_posted_gets_no_other_file(self):
        bill = self.scan("a.xml", invoice(UBL))
        bill.action_post()
        other = self.scan("a.pdf", PDF)
        self.assertNotEqual(other, bill)
        self.assertEqual(self.attached(bill), ["a.xml"])

    def test_the_second_file_of_a_pair_comes_within_a_day(self):
        for hours, is_same in ((23, True), (25, False)):
            with self.subTest(hours):
                bill = self.scan("a.pdf", PDF + b"%d" % hours)
                file = self.env["ledger.file"].search([("move_id", "=", bill.id)])
                self.env.flush_all()
                seen = fields.Datetime.now() - timedelta(hours=hours)
                self.env.cr.execute("UPDATE ledger_file SET create_date = %s WHERE id = %s", [seen, file.id])
                self.env.invalidate_all()
                other = self.scan("a.xml", invoice(UBL, number=f"F-{hours}"))
                self.assertEqual(other == bill, is_same)
                (bill | other).unlink()

    # Invoices

    def test_an_invoice_among_other_files_of_a_pdf(self):
        """Neither a text nor an XML document of another kind is taken for it."""
        writer, data = OdooPdfFileWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        for name, content in (("a.txt", b"note"), ("b.xml", OTHER_XML), ("c.xml", invoice(CII))):
            writer.addAttachment(name, content, subtype="text/xml")
        writer.write(data)
        self.seller.bank_ids = [Command.create({"acc_number": "FR76 3000 6000 0112 3456 7890 189"})]
        run, bill = self.take(a__pdf=data.getvalue())
        self.assertEqual(self.codes(run), set(), run.anomaly_ids.mapped("message"))
        self.assert_valves(bill)
        self.assertTrue(bill.invoice_line_ids.is_imported)
        self.assertEqual(self.attached(bill), ["a.pdf"])

    def test_the_supplier_that_nobody_knows_is_named(self):
        for seller, said in (("Pompes & Cie", "Pompes & Cie"), ("", "-")):
            data = invoice(UBL, siret="55210055400013", vat="FR27552100554", seller=seller.replace("&", "&amp;"))
            run, _bill = self.take(**{f"a{len(seller)}__xml": data})
            (anomaly,) = run.anomaly_ids.filtered(lambda found: found.code == "invoice_supplier_unknown")
            self.assertEqual(anomaly.params["supplier"], said)
            self.assertFalse(anomaly.blocking)

    def test_an_account_whose_code_has_no_record_is_unknown(self):
        """Of the invoice and of a line; the line gets the account of provisional entries."""
        account, code = self.record("account", "615500"), self.code("account", "615500").sudo()
        waiting = account.copy({"code": "471000", "account_type": "liability_current"})
        code.copy({"code": "471000", "res_id": waiting.id})
        code.res_id = False
        run, bill = self.take(a__xml=invoice(UBL))
        self.assertEqual([a.params["account"] for a in run.anomaly_ids if a.field == "account"], ["615500"])
        self.assertEqual(bill.invoice_line_ids.account_id, waiting)

    def test_a_rate_that_odoo_has_no_tax_for_is_said(self):
        """The référentiel knows 10 %, no purchase tax has it; 20 % has both."""
        run, bill = self.take(a__xml=invoice(UBL, rate="10", tax="12.15", gross="133.65"))
        (anomaly,) = run.anomaly_ids.filtered(lambda found: found.code == "invoice_vat_unknown")
        self.assertEqual((anomaly.params["rate"], bill.amount_tax), ("10", 0))

    def test_the_bank_account_that_is_known_among_several(self):
        known = "FR7630006000011234567890189"
        self.seller.bank_ids = [Command.create({"acc_number": known})]
        account = "<cac:PayeeFinancialAccount><cbc:ID>{}</cbc:ID>\n</cac:PayeeFinancialAccount>"
        text = invoice(UBL, iban="DE89370400440532013000").decode()
        first = account.format("DE89370400440532013000")
        self.assertIn(first, text)
        means = "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
        second = f"</cac:PaymentMeans>{means}{account.format(known)}"
        run, bill = self.take(a__xml=text.replace(first, first + second).encode())
        self.assertEqual((bill.partner_bank_id, bill.partner_id), (self.seller.bank_ids, self.seller))
        self.assertEqual([a.params["iban"] for a in run.anomaly_ids], ["DE89370400440532013000"])

    def test_a_supplier_by_its_own_number_here(self):
        """Its row has none; a number with blanks is the same."""
        code = self.code("third_party", "F0009").sudo()
        code.details = {"type": "supplier"}
        self.seller.company_registry = f"{SIRET[:9]} {SIRET[9:]}"
        _run, bill = self.take(a__xml=invoice(UBL, vat=""))
        self.assertEqual(bill.partner_id, self.seller)
        code.details = {"type": "customer"}
        _run, bill = self.take(b__xml=invoice(UBL, vat="", number="F-2"))
        self.assertFalse(bill.partner_id, "a customer of that number is no supplier")
