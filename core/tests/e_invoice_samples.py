"""Electronic invoices as other programs write them: UBL and CII documents, whole or in parts."""

from ..ledger.e_invoices import (
    parse_xml,
    read_invoice,
)

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
