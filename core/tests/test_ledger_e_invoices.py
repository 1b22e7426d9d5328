"""Electronic invoices: what is read from UBL and CII documents, as other programs write them.

Numbers such as BT-31 are those of the business terms of EN 16931-1; their places in the documents are those of
CEN/TS 16931-3-2 (UBL) and CEN/TS 16931-3-3 (CII).
"""

import unittest
from decimal import Decimal

from ..ledger.e_invoices import (
    EInvoice,
    is_invoice,
    parse_xml,
    read_invoice,
    total_differs,
    without_parties,
)
from ..ledger.findings import TransportError
from .sentences import whole

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
PARTS = "urn:oasis:names:specification:ubl:schema:xsd:Common{}Components-2"
CROSS = "urn:un:unece:uncefact:data:standard:{}:100"

#: Luhn sum of the SIREN: 7+6+2+7+2+9+3+4+0 = 40; key of the VAT number: (12 + 3 × (732829320 mod 97 = 43)) mod 97 = 44.
SIREN, SIRET, VAT = "732829320", "73282932000074", "FR44732829320"
IBAN, BIC = "FR7630006000011234567890189", "AGRIFRPP"

#: 3 valves at 40.50 at 20 % and 10 m³ of water at 1.20 at 5.5 %, less 10.00 on the valves, plus 2.00 of transport at
#: 20 %: bases 121.50 - 10.00 + 2.00 = 113.50 and 12.00; VAT 22.70 and 0.66; in all 125.50 + 23.36 = 148.86.
UBL_TOTALS = """
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">10.00</cbc:Amount>
 <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">23.36</cbc:TaxAmount>
 <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">113.50</cbc:TaxableAmount>
  <cbc:TaxAmount currencyID="EUR">22.70</cbc:TaxAmount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20.00</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>
 <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">12.00</cbc:TaxableAmount>
  <cbc:TaxAmount currencyID="EUR">0.66</cbc:TaxAmount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent> 5.5 </cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>
 <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">0.00</cbc:TaxableAmount>
  <cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="CHF">21.90</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">133.50</cbc:LineExtensionAmount>
 <cbc:TaxExclusiveAmount currencyID="EUR">125.50</cbc:TaxExclusiveAmount>
 <cbc:TaxInclusiveAmount currencyID="EUR">148.86</cbc:TaxInclusiveAmount>
 <cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
 <cbc:ChargeTotalAmount currencyID="EUR">2.00</cbc:ChargeTotalAmount>
 <cbc:PrepaidAmount currencyID="EUR">48.86</cbc:PrepaidAmount>
 <cbc:PayableRoundingAmount currencyID="EUR">0.01</cbc:PayableRoundingAmount>
 <cbc:PayableAmount currencyID="EUR">100.01</cbc:PayableAmount></cac:LegalMonetaryTotal>"""

UBL_SELLER = """
<cac:Party><cbc:EndpointID schemeID="0009">732 829 320 00074</cbc:EndpointID>
 <cac:PartyIdentification><cbc:ID>FO0009</cbc:ID></cac:PartyIdentification>
 <cac:PartyIdentification><cbc:ID schemeID="SEPA">FR12ZZZ123456</cbc:ID></cac:PartyIdentification>
 <cac:PartyName><cbc:Name>Fontaines</cbc:Name></cac:PartyName>
 <cac:PartyTaxScheme><cbc:CompanyID>FR 44 732829320</cbc:CompanyID>
  <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
 <cac:PartyLegalEntity><cbc:RegistrationName>Fontaines du Midi</cbc:RegistrationName>
  <cbc:CompanyID schemeID="0002">732829320</cbc:CompanyID></cac:PartyLegalEntity>
 <cac:Contact><cbc:Name>Mme Roux</cbc:Name></cac:Contact></cac:Party>"""

UBL_BANK = f"""
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><!-- our new bank -->
 <cbc:ID>fr76 3000 6000 0112 3456 7890 189</cbc:ID><cbc:Name>Fontaines</cbc:Name>
 <cac:FinancialInstitutionBranch><cbc:ID>{BIC}</cbc:ID></cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount>
 <cac:PaymentMandate><cac:PayerFinancialAccount><cbc:ID>FR7610011000201234567890188</cbc:ID>
 </cac:PayerFinancialAccount></cac:PaymentMandate></cac:PaymentMeans>"""

UBL_LINE = """
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">121.50</cbc:LineExtensionAmount>
 <cbc:AccountingCost>606100</cbc:AccountingCost><cac:TaxTotal><cac:TaxSubtotal><cac:TaxCategory>
  <cbc:Percent>18</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
 <cac:Item><cbc:Name>Vanne DN 100</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>17</cbc:Percent>
 </cac:ClassifiedTaxCategory></cac:Item></cac:InvoiceLine>"""

#: Neither buyer, payee nor tax representative is the supplier.
UBL_OTHERS = """
<cac:AccountingCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>FR96552100554</cbc:CompanyID>
 </cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Régie</cbc:RegistrationName>
 <cbc:CompanyID schemeID="0009">55210055400013</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>
</cac:AccountingCustomerParty>
<cac:PayeeParty><cac:PartyName><cbc:Name>Affacturage</cbc:Name></cac:PartyName>
 <cac:PartyLegalEntity><cbc:CompanyID schemeID="0002">552100554</cbc:CompanyID></cac:PartyLegalEntity></cac:PayeeParty>
<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Représentant</cbc:Name></cac:PartyName><cac:PartyTaxScheme>
 <cbc:CompanyID>FR96552100554</cbc:CompanyID></cac:PartyTaxScheme></cac:TaxRepresentativeParty>"""


def ubl(
    account="615500",
    seller=UBL_SELLER,
    bank=UBL_BANK,
    totals=UBL_TOTALS,
    root="Invoice",
    namespace=INVOICE,
    line=UBL_LINE,
):
    """Return a UBL document of parts."""
    basic, aggregate = PARTS.format("Basic"), PARTS.format("Aggregate")
    cost = f"<cbc:AccountingCost>{account}</cbc:AccountingCost>" if account is not None else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{namespace}" xmlns:cac="{aggregate}" xmlns:cbc="{basic}"><cbc:ID>F-2026-118</cbc:ID>
<cbc:IssueDate>2026-11-02</cbc:IssueDate>{cost}
<cac:AccountingSupplierParty>{seller}</cac:AccountingSupplierParty>{UBL_OTHERS}{bank}{totals}{line}</{root}>"""


CII_SELLER = f"""
<ram:ID>FO0009</ram:ID><ram:GlobalID schemeID="0009">{SIRET}</ram:GlobalID>
<ram:GlobalID schemeID="0088">3012345678900</ram:GlobalID><ram:Name>Fontaines du Midi</ram:Name>
<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{SIREN}</ram:ID>
 <ram:TradingBusinessName>Fontaines</ram:TradingBusinessName></ram:SpecifiedLegalOrganization>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">20112345678</ram:ID></ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{VAT}</ram:ID></ram:SpecifiedTaxRegistration>"""

CII_TOTALS = """
<ram:ApplicableTradeTax><ram:CalculatedAmount>22.70</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
 <ram:BasisAmount>113.50</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
 <ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:ApplicableTradeTax><ram:CalculatedAmount>0.66</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
 <ram:BasisAmount>12.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
 <ram:RateApplicablePercent>5.50</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeAllowanceCharge><ram:ActualAmount>10.00</ram:ActualAmount><ram:CategoryTradeTax>
 <ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>133.50</ram:LineTotalAmount>
 <ram:ChargeTotalAmount>2.00</ram:ChargeTotalAmount><ram:AllowanceTotalAmount>10.00</ram:AllowanceTotalAmount>
 <ram:TaxBasisTotalAmount>125.50</ram:TaxBasisTotalAmount>
 <ram:TaxTotalAmount currencyID="EUR">23.36</ram:TaxTotalAmount><ram:RoundingAmount>0.01</ram:RoundingAmount>
 <ram:GrandTotalAmount>148.86</ram:GrandTotalAmount><ram:TotalPrepaidAmount>48.86</ram:TotalPrepaidAmount>
 <ram:DuePayableAmount>100.01</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>"""

#: The profile EXTENDED of Factur-X repeats a gross amount (BT-X-330) on each line, before the invoice's.
CII_LINE = """
<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
 <ram:RateApplicablePercent>18</ram:RateApplicablePercent></ram:ApplicableTradeTax>
 <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>121.50</ram:LineTotalAmount>
 <ram:GrandTotalAmount>145.80</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
 <ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>606100</ram:ID>
 </ram:ReceivableSpecifiedTradeAccountingAccount></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>"""

CII_BANK = f"""
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>
 <ram:PayerPartyDebtorFinancialAccount><ram:IBANID>FR7610011000201234567890188</ram:IBANID>
 </ram:PayerPartyDebtorFinancialAccount>
 <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{IBAN}</ram:IBANID><ram:AccountName>Fontaines</ram:AccountName>
 </ram:PayeePartyCreditorFinancialAccount><ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>{BIC}</ram:BICID>
 </ram:PayeeSpecifiedCreditorFinancialInstitution></ram:SpecifiedTradeSettlementPaymentMeans>"""

CII_ACCOUNT = """<ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>615500</ram:ID><ram:TypeCode>1</ram:TypeCode>
</ram:ReceivableSpecifiedTradeAccountingAccount>"""


def cii(account=CII_ACCOUNT, seller=CII_SELLER, bank=CII_BANK, totals=CII_TOTALS):
    """Return a CII document of parts."""
    rsm, ram = CROSS.format("CrossIndustryInvoice"), CROSS.format("ReusableAggregateBusinessInformationEntity")
    return f"""<rsm:CrossIndustryInvoice xmlns:rsm="{rsm}" xmlns:ram="{ram}"><rsm:ExchangedDocument>
<ram:ID>F-2026-118</ram:ID><ram:TypeCode>380</ram:TypeCode></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>
{CII_LINE}<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>{seller}</ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:GlobalID schemeID="0009">55210055400013</ram:GlobalID><ram:Name>Régie</ram:Name>
</ram:BuyerTradeParty><ram:SellerTaxRepresentativeTradeParty><ram:SpecifiedTaxRegistration>
<ram:ID schemeID="VA">FR96552100554</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTaxRepresentativeTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>{bank}{totals}{account}
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def read(text):
    return read_invoice(parse_xml("facture.xml", text.encode()))


#: What both samples say.
EXPECTED = EInvoice(
    name="Fontaines du Midi",
    sirets=(SIRET,),
    sirens=(SIREN,),
    vats=(VAT,),
    account="615500",
    ibans=(IBAN,),
    rates=(Decimal("20"), Decimal("5.5")),
    total=Decimal("148.86"),
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
        empty = ubl(account=" ", seller="<cac:Party/>", bank="", totals="")
        self.assertEqual(read(empty), nothing)
        hollow = cii(account=CII_ACCOUNT.replace("615500", ""), seller="<ram:ID/>", bank="", totals="")
        self.assertEqual(read(hollow), nothing)
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


class TestAccountsAndAmounts(unittest.TestCase):
    def test_the_account_is_that_of_the_whole_invoice(self):
        """BT-19; the account of a line (BT-133) is another matter, and an empty one counts for nothing."""
        self.assertEqual(read(ubl(account=None)).account, "")
        self.assertEqual(read(cii(account="")).account, "")
        self.assertEqual(read(ubl(account=" 6155 ")).account, "6155")
        self.assertEqual(read(cii(account=CII_ACCOUNT.replace("615500", "") + CII_ACCOUNT)).account, "615500")

    def test_each_bank_account_counts_once(self):
        other = UBL_BANK.replace("7890 189", "7890 190")
        self.assertEqual(read(ubl(bank=UBL_BANK + other + UBL_BANK)).ibans, (IBAN, IBAN[:-2] + "90"))

    def test_a_rate_counts_once_however_it_is_written(self):
        twice = UBL_TOTALS.replace("> 5.5 <", ">20<")
        self.assertEqual(read(ubl(totals=twice)).rates, (Decimal(20),))

    def test_numbers_are_those_of_xml_schema(self):
        """xs:decimal: a point, no exponent, no comma, no sign for thousands; other texts count as missing."""
        for text, number in (
            ("148.86", "148.86"),
            ("+148.86", "148.86"),
            (" 148.86\n", "148.86"),
            ("148", "148"),
            ("148.", "148"),
            (".5", "0.5"),
            ("0", "0"),
            ("-0.01", "-0.01"),
            ("9" * 15 + "." + "1" * 15, "9" * 15 + "." + "1" * 15),
            ("1" * 16, None),
            ("0." + "1" * 16, None),
            ("148,86", None),
            ("1 148.86", None),
            ("1_148.86", None),
            ("1e3", None),
            ("1E999999999999999999", None),
            ("NaN", None),
            ("Infinity", None),
            ("-", None),
            (".", None),
            ("", None),
            ("١٤٨", None),
        ):
            with self.subTest(text):
                totals = UBL_TOTALS.replace(">148.86<", f">{text}<")
                self.assertEqual(read(ubl(totals=totals)).total, number if number is None else Decimal(number))
        wrong = UBL_TOTALS.replace("> 5.5 <", ">5,5<")
        self.assertEqual(read(ubl(totals=wrong)).rates, (Decimal(20),))

    def test_the_total_with_vat_is_compared_whatever_is_prepaid_or_rounded(self):
        """BT-112, not BT-109 (without VAT), BT-115 (due: less what is prepaid, rounded). Signs: see credit notes."""
        invoice = read(ubl())
        for total in ("148.86", "-148.86", "148.8600"):
            self.assertIsNone(total_differs(invoice, "F-2026-118", Decimal(total)))
        self.assertIsNone(total_differs(read("<Invoice/>"), "F-2026-118", Decimal(1)))
        for total in ("148.87", "100.01", "0"):
            found = whole(total_differs(invoice, "F-2026-118", Decimal(total)))
            self.assertEqual(
                (found.code, found.params),
                (
                    "invoice_total_differs",
                    {"name": "F-2026-118", "stated": Decimal("148.86"), "total": Decimal(total)},
                ),
            )
            self.assertEqual(found.field, "total")
            self.assertIn("148.86", str(found))
        nothing = read(ubl(totals=UBL_TOTALS.replace(">148.86<", ">0.00<")))
        self.assertEqual(whole(total_differs(nothing, "x", Decimal(5))).code, "invoice_total_differs")


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
