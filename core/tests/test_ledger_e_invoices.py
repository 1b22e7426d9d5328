"""Electronic invoices: what is read from UBL and CII documents, as other programs write them.

Numbers such as BT-31 are those of the business terms of EN 16931-1; their places in the documents are those of
CEN/TS 16931-3-2 (UBL) and CEN/TS 16931-3-3 (CII).
"""

import dataclasses
import unittest
from decimal import Decimal

from ..ledger.e_invoices import (
    EInvoice,
    EInvoiceLine,
    is_invoice,
    parse_xml,
    read_invoice,
    without_parties,
)
from ..ledger.findings import TransportError
from .e_invoice_samples import (
    CII_ACCOUNT,
    CII_BANK,
    CREDIT_NOTE,
    IBAN,
    INVOICE,
    SIREN,
    SIRET,
    UBL_LINE,
    UBL_TOTALS,
    VAT,
    cii,
    read,
    ubl,
)
from .sentences import whole

EXPECTED = EInvoice(
    name="Fontaines du Midi",
    sirets=(SIRET,),
    sirens=(SIREN,),
    vats=(VAT,),
    account="615500",
    ibans=(IBAN,),
    rates=(Decimal("20"), Decimal("5.5")),
    total=Decimal("148.86"),
    lines=(EInvoiceLine("606100", Decimal("121.50")),),
    buyers=("55210055400013",),
)


class TestInvoices(unittest.TestCase):
    def test_both_syntaxes_say_the_same(self):
        for syntax, text in (("UBL", ubl()), ("CII", cii())):
            with self.subTest(syntax):
                self.assertEqual(read(text), EXPECTED)

    def test_a_credit_note_is_read_like_an_invoice(self):
        """Amounts of a credit note (type 381) are positive, those of a negative invoice (380) are not."""
        note = ubl(root="CreditNote", namespace=CREDIT_NOTE, line=UBL_LINE.replace("InvoiceLine", "CreditNoteLine"))
        self.assertEqual(read(note), EXPECTED)
        negative = ubl(totals=UBL_TOTALS.replace(">148.86<", "> -148.86<"))
        self.assertEqual(read(negative).total, Decimal("-148.86"))

    def test_a_document_without_namespaces_or_with_others_is_read_by_its_names(self):
        bare = ubl().replace("cac:", "").replace("cbc:", "")
        older = ubl().replace("Components-2", "Components-1").replace("Invoice-2", "Invoice-1")
        for text in (bare, older):
            self.assertEqual(read(text), EXPECTED)

    def test_what_is_missing_is_empty(self):
        nothing = EInvoice("", (), (), (), "", (), (), None)
        self.assertEqual(read("<Invoice/>"), nothing)
        empty = ubl(account=" ", seller="<cac:Party/>", bank="", totals="", line="")
        self.assertEqual(dataclasses.replace(read(empty), buyers=()), nothing)
        hollow = cii(account=CII_ACCOUNT.replace("615500", ""), seller="<ram:ID/>", bank="", totals="")
        self.assertEqual(dataclasses.replace(read(hollow), lines=(), buyers=()), nothing)
        account = CII_BANK.replace(IBAN, " ")
        self.assertEqual(read(cii(bank=account)).ibans, ())


class TestSupplier(unittest.TestCase):
    def seller(self, *parts):
        return read(ubl(seller=f"<cac:Party>{''.join(parts)}</cac:Party>"))

    def identification(self, scheme, number):
        scheme = f' schemeID="{scheme}"' if scheme else ""
        return f"<cac:PartyIdentification><cbc:ID{scheme}>{number}</cbc:ID></cac:PartyIdentification>"

    def tax(self, number):
        return f"<cac:PartyTaxScheme><cbc:CompanyID>{number}</cbc:CompanyID></cac:PartyTaxScheme>"

    def test_the_legal_name_counts_before_the_trading_name(self):
        """BT-27 (legal name), else BT-28 (trading name)."""
        trading = "<cac:PartyName><cbc:Name>Fontaines</cbc:Name></cac:PartyName>"
        legal = "<cac:PartyLegalEntity><cbc:RegistrationName>{}</cbc:RegistrationName></cac:PartyLegalEntity>"
        self.assertEqual(self.seller(trading, legal.format("Fontaines du Midi")).name, "Fontaines du Midi")
        self.assertEqual(self.seller(trading, legal.format(" ")).name, "Fontaines")

    def test_a_number_of_another_list_is_no_siret_or_siren(self):
        """ISO 6523: 0002 SIREN, 0009 SIRET; 0060 DUNS has nine digits, 0007 (Sweden) ten, 0088 GLN thirteen."""
        for scheme, number, sirets, sirens in (
            ("0009", SIRET, (SIRET,), (SIREN,)),
            ("0002", SIRET, (SIRET,), (SIREN,)),
            ("0002", SIREN, (), (SIREN,)),
            ("", SIREN, (), (SIREN,)),
            ("SIRET", "732 829 320 00074", (SIRET,), (SIREN,)),
            ("SIRET", "732.829.320.00074", (SIRET,), (SIREN,)),
            ("0060", SIREN, (), ()),
            ("0198", SIRET, (), ()),
            ("0088", "3012345678900", (), ()),
            ("", "3012345678900", (), ()),
            ("", "7328293200007X", (), ()),
            # the last digit fails the Luhn check
            ("0002", "732829321", (), ()),
            # a SIRET of fourteen digits is searched as such; its first nine are no SIREN
            ("0009", "73282932100074", ("73282932100074",), ()),
            # the directory of the French platforms joins SIREN and SIRET
            ("0225", f"{SIREN}_{SIRET}", (), ()),
        ):
            with self.subTest(scheme=scheme, number=number):
                invoice = self.seller(self.identification(scheme, number))
                self.assertEqual((invoice.sirets, invoice.sirens, invoice.vats), (sirets, sirens, ()))

    def test_the_legal_registration_alone_names_the_supplier(self):
        """BT-30, which is all that the smallest profiles contain."""
        entity = '<cac:PartyLegalEntity><cbc:CompanyID schemeID="0002">{}</cbc:CompanyID></cac:PartyLegalEntity>'
        self.assertEqual(self.seller(entity.format(SIREN)).sirens, (SIREN,))
        self.assertEqual(self.seller(entity.format(SIRET)).sirets, (SIRET,))
        self.assertEqual(self.seller(entity.format("")).sirens, ())

    def test_a_vat_number_is_one_of_a_tax_registration(self):
        """BT-31, from which a French SIREN follows; not BT-29, BT-32 or a creditor identifier (BT-90)."""
        for number, vats, sirens in (
            ("fr 44 732.829.320", (VAT,), (SIREN,)),
            # the key may contain letters
            ("FRK7732829320", ("FRK7732829320",), (SIREN,)),
            ("DE123456789", ("DE123456789",), ()),
            ("IE1234567WA", ("IE1234567WA",), ()),
            ("FR1", (), ()),
            ("", (), ()),
            ("FR12", ("FR12",), ()),
            ("SE556677889901X", ("SE556677889901X",), ()),
            ("SE556677889901XY", (), ()),
            ("F44732829320", (), ()),
            ("FR44-732829320", (), ()),
        ):
            with self.subTest(number):
                invoice = self.seller(self.tax(number))
                self.assertEqual((invoice.vats, invoice.sirens), (vats, sirens))
        others = self.seller(self.identification("", "CLIENT12"), self.identification("SEPA", "FR12ZZZ123456"))
        self.assertEqual(others.vats, ())

    def test_each_number_is_named_once_in_the_order_of_the_document(self):
        second = "55210055400013"
        invoice = self.seller(
            self.identification("0009", second), self.identification("0009", SIRET), self.identification("0009", second)
        )
        self.assertEqual((invoice.sirets, invoice.sirens), ((second, SIRET), ("552100554", SIREN)))
        self.assertEqual(invoice.identity, f"{second}, {SIRET}")
        self.assertEqual(read(ubl()).identity, f"{SIRET}, {VAT}")
        self.assertEqual(read("<Invoice/>").identity, "-")

    def test_the_decoder_gets_neither_supplier_nor_bank_account(self):
        """Odoo's decoder creates partners and bank accounts from them; nothing else is lost."""
        for text, kept in ((ubl(), "FR96552100554"), (cii(), "FR96552100554")):
            root = parse_xml("facture.xml", text.encode())
            self.assertIs(without_parties(root), root)
            left = read_invoice(root)
            self.assertEqual((left.name, left.sirets, left.sirens, left.vats, left.ibans), ("", (), (), (), ()))
            self.assertEqual((left.account, left.rates, left.total), ("615500", EXPECTED.rates, EXPECTED.total))
            self.assertIn(kept, "".join(root.itertext()))
            self.assertNotIn("Fontaines", "".join(root.itertext()))


class TestDocuments(unittest.TestCase):
    def refusal(self, data):
        with self.assertRaises(TransportError) as caught:
            parse_xml("facture.xml", data)
        error = whole(caught.exception)
        self.assertFalse(error.retryable)
        self.assertEqual(error.params["name"], "facture.xml")
        return error

    def test_what_is_no_document_says_why_and_where(self):
        for data, code, line in (
            (b"", "scan_empty", None),
            (b"%PDF-1.4", "invoice_xml_wrong", 1),
            (b"   ", "invoice_xml_wrong", 1),
            (b"<Invoice>\n<ID>1</ID>\n<a></b></Invoice>", "invoice_xml_wrong", 3),
            (ubl().encode()[:-3], "invoice_xml_wrong", None),
            (ubl().encode("latin-1"), "invoice_xml_wrong", None),
            (b'<?xml version="1.0" encoding="klingon"?><Invoice/>', "invoice_xml_wrong", 1),
            (b"<Invoice>&euro;</Invoice>", "invoice_xml_wrong", 1),
        ):
            with self.subTest(data[:40]):
                error = self.refusal(data)
                self.assertEqual(error.code, code)
                if line:
                    self.assertEqual(error.params["line"], line)

    def test_no_entity_is_followed(self):
        """A DTD may define entities that grow without end, or name files of this server."""
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        for subset, content in (
            (f'[<!ENTITY l0 "ha">{laughs}]', "&l11;"),
            ('[<!ENTITY f SYSTEM "file:///etc/passwd">]', "&f;"),
            ('SYSTEM "http://127.0.0.1:1/x.dtd"', ""),
            ("", ""),
        ):
            with self.subTest(subset[:30]):
                data = f"<!DOCTYPE Invoice {subset}><Invoice><ID>{content}</ID></Invoice>".encode()
                self.assertIn(self.refusal(data).code, ("invoice_xml_entities", "invoice_xml_wrong"))

    def test_other_encodings_are_read(self):
        for encoding in ("utf-16", "iso-8859-15", "utf-8-sig"):
            text = '<?xml version="1.0" encoding="{}"?><Invoice><AccountingSupplierParty><Name>Bœuf'
            text = text.format(encoding.removesuffix("-sig")) + "</Name></AccountingSupplierParty></Invoice>"
            with self.subTest(encoding):
                self.assertEqual(read_invoice(parse_xml("x", text.encode(encoding))).name, "Bœuf")

    def test_an_invoice_is_known_by_its_root(self):
        for text, known in (
            (ubl(), True),
            (cii(), True),
            ("<CreditNote/>", True),
            ("<Invoices/>", False),
            (f'<a><Invoice xmlns="{INVOICE}"/></a>', False),
            # CII of 2013 (ZUGFeRD 1), which Odoo does not decode
            ("<CrossIndustryDocument/>", False),
        ):
            self.assertEqual(is_invoice(parse_xml("x", text.encode())), known, text[:40])
