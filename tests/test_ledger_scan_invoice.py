"""Received electronic invoices: UBL, CII and Factur-X fill a draft bill; unknown values are reported."""

import re
from ast import literal_eval
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.followup.digest import Digest
from ..models.ledger_exchange import received_invoice
from .support.e_invoices import CII, UBL, factur_x, invoice
from .support.guide import ExampleCase, french
from .support.ledger import ACCOUNTANT, CONNECTOR_MANAGER, MONITOR, LedgerCase, LedgerHttpCase
from .support.sharing import MODULE

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n0\n%%EOF\n"
SIRET, VAT = "73282932000074", "FR44732829320"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice><ID>&c;</ID></Invoice>"""


class ReceivedInvoiceCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.tax"].create(
            {
                "name": "Achats 20",
                "amount": 20,
                "type_tax_use": "purchase",
                "company_id": cls.water.id,
                "country_id": cls.env.ref("base.fr").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "TVA", "company_id": cls.water.id, "country_id": cls.env.ref("base.fr").id})
                .id,
            }
        )
        cls.seller = cls.supplier.filtered(lambda partner: partner.company_id == cls.water)
        code = cls.code("third_party", "F0009").sudo()
        code.details = {**(code.details or {}), "siret": "732 829 320 00074", "vat": VAT}

    def setUp(self):
        super().setUp()
        self.water.scan_directory = "scans/eau"
        self.folder = self.directory / "scans/eau"
        self.folder.mkdir(parents=True)

    def put(self, name, data=PDF):
        (self.folder / name).write_bytes(data)

    def fetch(self):
        return self.do(self.companies, "action_fetch_scans")

    def take(self, **files):
        """Return (the run, the bills) of files, given by name with __ for the dot."""
        for name, data in files.items():
            self.put(name.replace("__", "."), data)
        run = self.fetch()
        self.assertEqual(run.state, "done", run.message)
        return run, run.file_ids.move_id

    def codes(self, run):
        return set(run.anomaly_ids.mapped("code"))

    def names(self, folder=""):
        place = self.folder / folder
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.exists() else []

    def attached(self, bill):
        domain = [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
        return sorted(self.env["ir.attachment"].search(domain).mapped("name"))

    def assert_valves(self, bill):
        """Three valves at 40.50 and VAT of 20 %, by hand: 121.50 + 24.30 = 145.80."""
        self.assertEqual((bill.move_type, bill.state, bill.ref), ("in_invoice", "draft", "F-2026-118"))
        self.assertEqual((bill.amount_untaxed, bill.amount_tax, bill.amount_total), (121.5, 24.3, 145.8))
        self.assertEqual((str(bill.invoice_date), str(bill.invoice_date_due)), ("2026-11-02", "2026-12-02"))
        line = bill.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.tax_ids.amount), (3, 40.5, 20))
        self.assertEqual(line.account_id, self.record("account", "615500"))
        self.assertEqual(bill.partner_id, self.seller)


class TestReceivedInvoices(ExampleCase, ReceivedInvoiceCase):
    def setUp(self):
        super().setUp()
        self.seller.bank_ids = [Command.create({"acc_number": "FR76 3000 6000 0112 3456 7890 189"})]

    def test_each_format_fills_the_draft_bill(self):
        for name, data in (
            ("ubl.xml", invoice(UBL)),
            ("cii.XML", invoice(CII)),
            ("facturx.pdf", factur_x(invoice(CII))),
        ):
            with self.subTest(name):
                self.put(name, data)
                run = self.fetch()
                self.assertEqual(
                    (run.scanned, run.refused, self.codes(run)), (1, 0, set()), run.anomaly_ids.mapped("message")
                )
                bill = run.file_ids.move_id
                self.assert_valves(bill)
                self.assertEqual(bill.partner_bank_id, self.seller.bank_ids)
                self.assertEqual(bill.message_main_attachment_id.name, name)
                self.assertEqual((self.names(), name in self.names("done")), ([], True))
        untaxed, tax, total = (french(bill[f"amount_{part}"], 2) for part in ("untaxed", "tax", "total"))
        self.assert_example(
            "factures_recues",
            f"trois vannes à {french(bill.invoice_line_ids.price_unit, 2)} € et"
            f" {french(bill.invoice_line_ids.tax_ids.amount)} % de TVA font {untaxed} € + {tax} € = {total} €.",
        )

    def test_an_xml_is_filed_beside_its_pdf(self):
        run, bill = self.take(facture__pdf=PDF, facture__xml=invoice(UBL), autre__pdf=PDF + b"x")
        self.assertEqual((run.scanned, len(bill)), (2, 2))
        bill = bill.filtered("invoice_line_ids")
        self.assert_valves(bill)
        self.assertEqual(self.attached(bill), ["facture.pdf", "facture.xml"])
        self.assertEqual(bill.message_main_attachment_id.name, "facture.pdf")
        self.assertEqual(self.names("done"), ["autre.pdf", "facture.pdf", "facture.xml"])

    def test_the_other_file_of_a_pair_may_come_later(self):
        for first, second in (("a.pdf", "a.xml"), ("b.xml", "b.pdf")):
            with self.subTest(first):
                content = {"pdf": PDF + first.encode(), "xml": invoice(UBL, seller=first)}
                self.put(first, content[first[-3:]])
                bill = self.fetch().file_ids.move_id
                self.put(second, content[second[-3:]])
                run = self.fetch()
                self.assertEqual((run.file_ids.move_id, run.scanned), (bill, 0))
                self.assert_valves(bill)
                self.assertEqual(
                    (self.attached(bill), bill.message_main_attachment_id.name[-3:]), (sorted((first, second)), "pdf")
                )

    def test_what_was_taken_is_not_taken_again(self):
        self.take(facture__pdf=PDF, facture__xml=invoice(UBL))
        run, bills = self.take(copie__pdf=PDF, copie__xml=invoice(UBL))
        self.assertEqual((run.scanned, len(bills), self.names()), (0, 0, []))

    def test_a_supplier_is_known_by_vat_number_or_siren(self):
        for siret, vat in (("", VAT), ("732829320", ""), ("73282932000082", "")):
            with self.subTest(siret=siret, vat=vat):
                run, bill = self.take(facture__xml=invoice(UBL, siret=siret, vat=vat))
                self.assertEqual((bill.partner_id, self.codes(run)), (self.seller, set()))

    def test_what_is_unknown_is_said_and_the_bill_stays_to_complete(self):
        partners = self.env["res.partner"].search_count([])
        banks = self.env["res.partner.bank"].search_count([])
        data = invoice(
            CII,
            siret="55210055400013",
            vat="FR27552100554",
            seller=self.seller.name,
            account="999999",
            rate="7",
            gross="130.00",
        )
        run, bill = self.take(facture__xml=data)
        unknown = {
            "invoice_supplier_unknown",
            "invoice_account_unknown",
            "invoice_vat_unknown",
            "invoice_total_differs",
        }
        self.assertEqual((self.codes(run), run.refused), (unknown, 0))
        self.assertFalse(bill.partner_id)
        self.assertEqual(
            (bill.state, bill.ref, bill.amount_untaxed, bill.amount_tax), ("draft", "F-2026-118", 121.5, 0)
        )
        self.assertEqual(self.env["res.partner"].search_count([]), partners, "a partner was made of an invoice")
        self.assertEqual(self.env["res.partner.bank"].search_count([]), banks)
        self.assertIn("55210055400013", "".join(bill.message_ids.mapped("body")))
        self.assertEqual(self.names("done"), ["facture.xml"])

    def test_an_account_that_nothing_says_is_to_be_chosen(self):
        run, bill = self.take(facture__xml=invoice(UBL, account=""))
        self.assertEqual((self.codes(run), bill.amount_total), ({"invoice_account_provisional"}, 145.8))
        self.assertEqual(bill.invoice_line_ids.account_id.account_type, "expense")

    def test_a_pdf_that_cannot_be_searched_is_a_scan_as_ever(self):
        with (
            patch.object(received_invoice, "extract_pdf_embedded_files", side_effect=RecursionError),
            self.assertLogs("odoo.addons.utility_billing_sync.models.ledger.attempts", "ERROR"),
        ):
            run, bill = self.take(scan__pdf=PDF)
        self.assertEqual((self.attached(bill), self.codes(run)), (["scan.pdf"], {"invoice_not_decoded"}))

    def test_an_account_to_pay_to_is_never_taken_from_an_invoice(self):
        run, bill = self.take(facture__xml=invoice(UBL, iban="DE89370400440532013000"))
        self.assertEqual((self.codes(run), bill.partner_id), ({"invoice_iban_unknown"}, self.seller))
        self.assertFalse(bill.partner_bank_id)
        self.assertEqual(len(self.seller.bank_ids), 1)

    def test_two_suppliers_of_one_number_are_for_a_person_to_choose(self):
        other = (
            self.code("third_party", "F0009")
            .sudo()
            .copy({"code": "F0010", "res_id": self.env["res.partner"].create({"name": "Autre"}).id})
        )
        self.assertEqual(other.details["siret"], "732 829 320 00074")
        run, bill = self.take(facture__xml=invoice(UBL))
        self.assertEqual((self.codes(run), len(bill.partner_id)), ({"invoice_supplier_several"}, 0))

    def test_a_bad_file_stops_nothing_else(self):
        tags = b"<Invoice>" + b"<a/>" * 200_001 + b"</Invoice>"
        run, bills = self.take(
            bombe__xml=BOMB, grand__xml=tags, coupe__xml=invoice(UBL)[:900], note__xml=b"<note/>", vide__xml=b"",
            piege__pdf=factur_x(BOMB), bonne__xml=invoice(UBL),
        )  # fmt: skip
        self.assertEqual(
            self.codes(run),
            {
                "invoice_xml_entities", "invoice_xml_large", "invoice_xml_wrong", "invoice_xml_other", "scan_empty",
                "invoice_not_decoded",
            },
        )  # fmt: skip
        self.assertEqual(self.names("done"), ["bonne.xml", "piege.pdf"])
        self.assertEqual(len(self.names("error")), 10, "five files, each with its reason")
        self.assert_valves(bills.filtered("invoice_line_ids"))

    def test_a_decoder_that_fails_leaves_the_bill_with_its_file(self):
        data = invoice(UBL, quantity="trois")
        with self.assertLogs("odoo.addons.utility_billing_sync.models.ledger.attempts", "ERROR"):
            run, bill = self.take(facture__xml=data)
        self.assertEqual(
            (self.codes(run), bill.state, self.attached(bill)), ({"invoice_not_decoded"}, "draft", ["facture.xml"])
        )
        self.assertFalse(bill.invoice_line_ids)

    def test_without_the_module_of_decoders_the_files_are_attached(self):
        with patch.object(received_invoice, "DECODER", "not.installed"):
            run, bill = self.take(facture__pdf=PDF, facture__xml=invoice(UBL))
        self.assertEqual(
            (self.attached(bill), self.codes(run)), (["facture.pdf", "facture.xml"], {"invoice_module_missing"})
        )
        self.assertEqual((run.refused, len(bill.invoice_line_ids)), (0, 0))

    def test_drafts_are_counted_on_the_dashboard(self):
        accountant = self.user("compta", f"{MONITOR},{ACCOUNTANT}")
        _run, bill = self.take(facture__pdf=PDF, facture__xml=invoice(UBL))
        card = self.card(accountant)
        self.assertEqual(card.received_count, 1, "two files, one bill")
        self.assertIn(
            ("Bills Received To Complete", "1"), [line for part in Digest(accountant).parts() for line in part.lines]
        )
        self.assertEqual(self.env["account.move"].search(card.action_view_received()["domain"]), bill)
        bill.action_post()
        self.assertEqual(self.card(accountant).received_count, 0)
        listed = self.env.ref(f"{MODULE}.account_move_action_received").domain
        self.assertIn(bill, self.env["account.move"].with_user(accountant).search(literal_eval(listed)))

    def card(self, user):
        self.env.invalidate_all()
        cards = self.env["utility.dashboard"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return cards.search([("connector_id", "=", self.connector.id)])

    def test_another_xml_beside_its_pdf_is_attached(self):
        run, bill = self.take(facture__pdf=PDF, facture__xml=b"<CPPFacturePivot/>")
        self.assertEqual((self.attached(bill), run.scanned), (["facture.pdf", "facture.xml"], 1))

    def test_an_invoice_without_lines_is_for_a_person_to_enter(self):
        data = re.sub(rb"<cac:InvoiceLine>.*</cac:InvoiceLine>", b"", invoice(UBL), flags=re.DOTALL)
        self.assertNotIn(b"InvoiceLine", data)
        run, bill = self.take(facture__xml=data)
        self.assertEqual((self.codes(run), bill.state, run.refused), ({"invoice_not_decoded"}, "draft", 0))
        self.assertEqual((bill.invoice_line_ids.ids, self.names("done")), ([], ["facture.xml"]))

    def test_an_account_that_the_referential_lacks_is_said(self):
        """No account of the référentiel is there: Odoo's own choice could not be sent."""
        mine = [("kind", "=", "account"), ("company_id", "=", self.water.id)]
        self.env["ledger.code"].search(mine).sudo().active = False
        purchases = self.env["account.journal"].search([("company_id", "=", self.water.id), ("type", "=", "purchase")])
        purchases.default_account_id = self.record("account", "615500")
        run, bill = self.take(facture__xml=invoice(UBL, account=""))
        self.assertEqual((self.codes(run), len(bill.invoice_line_ids)), ({"invoice_account_unknown"}, 1))
        for said in (bill.invoice_line_ids.account_id.display_name, self.water.name):
            self.assertIn(said, run.anomaly_ids.message)


@tagged("post_install", "-at_install", MODULE)
class TestReceivedInvoiceTour(ReceivedInvoiceCase, LedgerHttpCase):
    def test_the_accountant_opens_the_bill_that_an_invoice_filled(self):
        person = self.user("achats", f"{MONITOR},{ACCOUNTANT},{CONNECTOR_MANAGER},base.group_multi_company")
        person.lang = "fr_FR"
        self.put("facture.xml", invoice(UBL))
        self.walk("ledger_received_invoice", person, "res_company_action_ledger", self.water)
        bill = self.env["ledger.file"].search([("name", "=", "facture.xml")]).move_id
        self.assert_valves(bill)
