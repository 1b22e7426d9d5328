"""Electronic invoices received: accounts of lines, credit notes, charges of the whole invoice."""

from odoo import Command
from odoo.tests import tagged

from .support.e_invoices import CII, UBL, factur_x, invoice
from .support.sharing import MODULE
from .test_ledger_scan_invoice import PDF, ReceivedInvoiceCase

LINE_ACCOUNT = "<cbc:AccountingCost>{}</cbc:AccountingCost>"
CHARGE = """<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Port</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">10.00</cbc:Amount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:TaxCategory></cac:AllowanceCharge>"""


def two_lines(template, tag, first="", second="", **values):
    """Return an invoice with the valves' line twice, each with the account of the buyer that is given."""
    text = invoice(template, net="121.50", **values).decode()
    start, end = text.index(f"<{tag}>"), text.index(f"</{tag}>") + len(f"</{tag}>")
    line = text[start:end]
    return text[:start] + with_account(line, first) + with_account(line, second) + text[end:]


def with_account(line, account):
    if not account:
        return line
    if "cbc:LineExtensionAmount" in line:
        return line.replace("</cbc:LineExtensionAmount>", f"</cbc:LineExtensionAmount>{LINE_ACCOUNT.format(account)}")
    cost = f"<ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>{account}</ram:ID>"
    end = "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
    return line.replace(end, f"{end}{cost}</ram:ReceivableSpecifiedTradeAccountingAccount>")


@tagged("post_install", "-at_install", MODULE)
class TestLinesOfInvoices(ReceivedInvoiceCase):
    """Each line: three valves at 40.50, 121.50; two of them and 20 %: 243.00 + 48.60 = 291.60."""

    def setUp(self):
        super().setUp()
        self.seller.bank_ids = [Command.create({"acc_number": "FR76 3000 6000 0112 3456 7890 189"})]

    def accounts(self, bill):
        return [line.account_id.code for line in bill.with_company(self.water).invoice_line_ids]

    def test_an_account_of_a_line_comes_before_that_of_the_invoice(self):
        for name, template, tag in (
            ("ubl.xml", UBL, "cac:InvoiceLine"),
            ("cii.xml", CII, "ram:IncludedSupplyChainTradeLineItem"),
        ):
            with self.subTest(name):
                text = two_lines(template, tag, second="706300", tax="48.60", gross="291.60", number=name)
                run, bill = self.take(**{name.replace(".", "__"): text.encode()})
                self.assertEqual(
                    (bill.amount_total, self.codes(run)), (291.6, set()), run.anomaly_ids.mapped("message")
                )
                self.assertEqual(self.accounts(bill), ["615500", "706300"])

    def test_an_account_of_a_line_that_is_unknown_is_said_once(self):
        text = two_lines(UBL, "cac:InvoiceLine", first="999", second="999", tax="48.60", gross="291.60")
        run, bill = self.take(facture__xml=text.encode())
        self.assertEqual(run.anomaly_ids.mapped("code"), ["invoice_account_unknown"])
        self.assertEqual(self.accounts(bill), ["615500", "615500"])

    def test_accounts_of_lines_alone(self):
        text = two_lines(UBL, "cac:InvoiceLine", second="706300", account="", tax="48.60", gross="291.60")
        run, bill = self.take(facture__xml=text.encode())
        self.assertEqual(self.codes(run), {"invoice_account_provisional"}, "the other line is to be looked at")
        self.assertEqual(self.accounts(bill)[1], "706300")

    def test_the_account_of_the_invoice_comes_before_that_of_earlier_bills(self):
        """The supplier's bills had another account; lines are marked as imported."""
        self.entry()
        run, bill = self.take(facture__xml=invoice(UBL, account="706300"))
        self.assertEqual((self.accounts(bill), self.codes(run)), (["706300"], set()))
        self.assertTrue(bill.invoice_line_ids.is_imported)

    def test_accounts_that_are_not_bound_are_unknown(self):
        (self.code("account", "706300") | self.code("account", "706200")).sudo().res_id = False
        text = two_lines(UBL, "cac:InvoiceLine", second="706300", account="706200", tax="48.60", gross="291.60")
        run, bill = self.take(facture__xml=text.encode())
        self.assertEqual(run.anomaly_ids.mapped("code"), ["invoice_account_unknown"] * 2)
        self.assertCountEqual(run.anomaly_ids.mapped(lambda a: a.params["account"]), ["706200", "706300"])
        self.assertEqual(self.accounts(bill), ["615500", "615500"])

    def test_a_rate_is_known_here_and_over_there(self):
        """The référentiel has 10 % and Odoo no such tax; Odoo has 20 % and the référentiel no longer has it."""
        run, _bill = self.take(a__xml=invoice(UBL, rate="10", tax="12.15", gross="133.65", number="F-10"))
        self.assertIn("invoice_vat_unknown", self.codes(run))
        self.code("vat_profile", "TVA20").sudo().active = False
        run, bill = self.take(b__xml=invoice(UBL))
        self.assertEqual((self.codes(run), bill.amount_total), ({"invoice_vat_unknown"}, 145.8))

    def test_the_other_file_of_a_pair_is_one_of_the_day_and_of_a_draft(self):
        """A bill that was posted, one of the day before and one that has both files get no other file."""
        posted, older, whole = (
            self.take(**{f"{name}__xml": invoice(UBL, number=name)})[1] for name in ("posted", "older", "whole")
        )
        posted.action_post()
        file = self.env["ledger.file"].search([("move_id", "=", older.id)])
        self.env.cr.execute(
            "UPDATE ledger_file SET create_date = create_date - interval '25 hours' WHERE id = %s", file.ids
        )
        self.env.invalidate_all()
        self.assertEqual(self.take(whole__pdf=PDF + b"a")[1], whole)
        for name, bill in (("posted", posted), ("older", older), ("whole", whole)):
            run, other = self.take(**{f"{name}__pdf": PDF + name.encode()})
            with self.subTest(name):
                self.assertEqual((run.scanned, other.state, len(other.invoice_line_ids)), (1, "draft", 0))
                self.assertNotEqual(other, bill)

    def test_another_xml_after_its_pdf_is_attached(self):
        _run, bill = self.take(a__pdf=PDF)
        run, found = self.take(a__xml=b"<CPPFacturePivot/>")
        self.assertEqual((found, run.refused, self.attached(bill)), (bill, 0, ["a.pdf", "a.xml"]))
        self.assertEqual(bill.message_main_attachment_id.name, "a.pdf")

    def test_another_xml_inside_a_pdf_is_no_invoice(self):
        run, bill = self.take(a__pdf=factur_x(b"<note/>", "note.xml"), b__pdf=factur_x(invoice(UBL), "facture.txt"))
        self.assertEqual((run.scanned, self.codes(run), bill.invoice_line_ids.ids), (2, set(), []))

    def test_a_charge_of_the_whole_invoice_shifts_no_account(self):
        """121.50 + 10.00 of transport, 20 %: 157.80. The charge takes the invoice's account, the line its own."""
        text = invoice(UBL, tax="26.30", gross="157.80").decode()
        text = text.replace("<cac:TaxTotal>", f"{CHARGE}<cac:TaxTotal>", 1)
        _run, bill = self.take(facture__xml=with_account(text, "706300").encode())
        self.assertEqual(bill.amount_total, 157.8)
        found = {line.price_subtotal: line.account_id.code for line in bill.with_company(self.water).invoice_line_ids}
        self.assertEqual(found, {121.5: "706300", 10.0: "615500"})

    def test_credit_notes(self):
        note = (
            invoice(UBL).decode().replace("Invoice-2", "CreditNote-2").replace("InvoiceTypeCode", "CreditNoteTypeCode")
        )
        for old, new in (("<Invoice ", "<CreditNote "), ("</Invoice>", "</CreditNote>"), (">380<", ">381<")):
            note = note.replace(old, new)
        note = note.replace("InvoiceLine>", "CreditNoteLine>").replace("InvoicedQuantity", "CreditedQuantity")
        negative = {"quantity": "-3", "net": "-121.50", "tax": "-24.30", "gross": "-145.80"}
        for name, text in (
            ("ubl", with_account(note, "706300")),
            ("cii", with_account(invoice(CII).decode().replace(">380<", ">381<"), "706300")),
            ("negative", with_account(invoice(UBL, **negative).decode(), "706300")),
        ):
            with self.subTest(name):
                run, bill = self.take(**{f"{name}__xml": text.encode()})
                self.assertEqual(self.codes(run), set(), run.anomaly_ids.mapped("message"))
                self.assertEqual((bill.move_type, bill.amount_total, bill.state), ("in_refund", 145.8, "draft"))
                self.assertEqual((bill.partner_id, self.accounts(bill)), (self.seller, ["706300"]))

    def test_an_invoice_of_another_budget_is_said(self):
        """Both budgets of the town have one SIREN (552 100 554); the invoice names the sewerage's SIRET."""
        text = invoice(UBL).decode()
        name = "Régie</cbc:RegistrationName>"
        number = '<cbc:CompanyID schemeID="0009">55210055400021</cbc:CompanyID>'
        data = text.replace(name, f"{name}{number}").encode()
        for registry, codes in (("55210055400013", {"invoice_for_other"}), ("552 100 554 00021", set())):
            with self.subTest(registry):
                self.water.company_registry = registry
                run, bill = self.take(facture__xml=data.replace(b"F-2026-118", b"F-" + registry[-2:].encode()))
                self.assertEqual(self.codes(run), codes, run.anomaly_ids.mapped("message"))
                self.assertEqual((bill.state, bill.amount_total), ("draft", 145.8))
