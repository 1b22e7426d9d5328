"""Electronic invoices: accounts, buyers, bank accounts, rates, numbers and totals."""

import dataclasses
import unittest
from decimal import Decimal

from ..ledger.e_invoices import EInvoiceLine, accounts_of_lines, addressed_elsewhere, total_differs
from .e_invoice_samples import (
    CII_ACCOUNT,
    CREDIT_NOTE,
    IBAN,
    SIREN,
    SIRET,
    UBL_BANK,
    UBL_LINE,
    UBL_TOTALS,
    cii,
    read,
    ubl,
)
from .sentences import whole
from .test_ledger_e_invoices import EXPECTED


class TestAccountsAndAmounts(unittest.TestCase):
    def test_the_account_is_that_of_the_whole_invoice(self):
        """BT-19; the account of a line (BT-133) is another matter, and an empty one counts for nothing."""
        self.assertEqual(read(ubl(account=None)).account, "")
        self.assertEqual(read(cii(account="")).account, "")
        self.assertEqual(read(ubl(account=" 6155 ")).account, "6155")
        self.assertEqual(read(cii(account=CII_ACCOUNT.replace("615500", "") + CII_ACCOUNT)).account, "615500")

    def test_the_account_of_each_line(self):
        """BT-133, beside that of the whole invoice (BT-19)."""
        plain = UBL_LINE.replace("<cbc:AccountingCost>606100</cbc:AccountingCost>", "").replace("121.50", "12.00")
        found = read(ubl(line=plain + UBL_LINE))
        expected = (EInvoiceLine("", Decimal("12.00")), EInvoiceLine("606100", Decimal("121.50")))
        self.assertEqual((found.account, found.lines), ("615500", expected))
        note = UBL_LINE.replace("InvoiceLine>", "CreditNoteLine>")
        self.assertEqual(read(ubl(root="CreditNote", namespace=CREDIT_NOTE, line=note)).lines, expected[1:])
        odd = UBL_LINE.replace("121.50", "1e3")
        self.assertEqual(read(ubl(line=odd)).lines, (EInvoiceLine("606100", None),))

    def test_lines_are_recognised_by_their_order_then_by_their_amount(self):
        lines = [EInvoiceLine(account, Decimal(amount)) for account, amount in (("A", 10), ("", 20), ("B", -5))]
        for amounts, expected in (
            ((10, 20, -5), ["A", "", "B"]),
            ((11, 21, 5), ["A", "", "B"]),
            ((5, 2, 10, 20), ["B", "", "A", ""]),  # a charge of the whole invoice among them
            ((10, 10, 20, 2), ["A", "A", "", ""]),
            ((), []),
        ):
            with self.subTest(amounts):
                self.assertEqual(accounts_of_lines(lines, [Decimal(amount) for amount in amounts]), expected)
        twice = [*lines, EInvoiceLine("C", Decimal(10)), EInvoiceLine("D", None)]
        self.assertEqual(accounts_of_lines(twice, [Decimal(10), Decimal(20)]), ["", ""], "two accounts of one amount")

    def test_an_invoice_of_another_budget(self):
        """Water and sewerage of a town have one SIREN (552 100 554) and a SIRET each."""
        water, town, sewerage, other = "55210055400013", "552100554", "552 100 554 00021", SIRET
        for buyers, registry, is_ours in (
            ((water,), water, True),
            ((water,), sewerage, False),
            ((water,), town, True),
            ((town,), sewerage, True),
            ((town, water), sewerage, True),
            ((water,), other, False),
            ((town,), SIREN, False),
            ((), other, True),
            ((water,), "", True),
            ((water,), "RCS Paris", True),
        ):
            with self.subTest(buyers=buyers, registry=registry):
                invoice = dataclasses.replace(EXPECTED, buyers=buyers)
                found = addressed_elsewhere(invoice, "f.xml", "Régie", registry)
                self.assertEqual(found is None, is_ours)
        params = {"name": "f.xml", "numbers": water, "company": "Régie"}
        found = whole(addressed_elsewhere(EXPECTED, "f.xml", "Régie", other))
        self.assertEqual((found.code, found.field, found.params), ("invoice_for_other", "company", params))

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
