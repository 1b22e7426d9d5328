"""All anomalies of a document are found at once, each with the field to correct."""

import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ..ledger.checks import CheckContext, check_update, with_closed_codes
from ..ledger.fingerprint import ContentChange
from ..ledger.layouts import Writer
from ..ledger.presets import PRESETS
from .ledger_samples import LOT, check_document, customer_invoice, vendor_bill, with_line
from .sentences import codes, whole

CONTEXT = CheckContext(
    journals=frozenset({("EAU", "VEAU"), ("EAU", "ACH")}),
    currencies=frozenset({"EUR", "USD"}),
    locked=frozenset({"ASST"}),
)
WRITER = Writer(PRESETS["entries_25"], LOT)


def found(document, context=CONTEXT, writer=WRITER):
    findings = check_document(document, context, writer)
    return {(finding.code, finding.field) for finding in map(whole, findings) if finding.blocking}


class TestChecks(unittest.TestCase):
    def test_good_documents_pass(self):
        self.assertEqual(check_document(customer_invoice(), CONTEXT, WRITER), ())
        self.assertEqual(found(vendor_bill()), set())

    def test_each_anomaly_has_its_code_and_field(self):
        invoice, bill = customer_invoice(), vendor_bill()
        cases = {
            ("account_unbound", "account"): with_line(invoice, 1, account=""),
            ("third_party_unbound", "third_party"): with_line(invoice, third_party=""),
            ("due_date_missing", "due_date"): with_line(invoice, due_date=None),
            ("unbalanced", "balance"): with_line(invoice, debit=Decimal("126.61")),
            ("journal_unknown", "journal"): replace(invoice, journal="XX"),
            ("currency_unknown", "currency"): replace(bill, currency="GBP"),
            ("rate_missing", "rate"): replace(bill, rate=Decimal(0)),
            ("document_number_missing", "number"): replace(invoice, number=""),
            ("document_empty", "lines"): replace(invoice, lines=()),
            ("text_unwritable", "label"): with_line(invoice, label="eau 水"),
        }
        for expected, document in cases.items():
            with self.subTest(expected):
                self.assertEqual(found(document), {expected})

    def test_company_locked_or_without_code(self):
        context = replace(CONTEXT, journals=frozenset({("ASST", "VEAU"), ("", "VEAU")}))
        self.assertEqual(found(customer_invoice(company="ASST"), context), {("company_locked", "company")})
        self.assertEqual(found(customer_invoice(company=""), context), {("company_unbound", "company")})

    def test_amount_wider_than_its_column(self):
        columns = tuple(replace(c, width=5) if c.attribute == "amount" else c for c in WRITER.layout.columns)
        writer = Writer(replace(WRITER.layout, columns=columns), LOT)
        self.assertEqual(found(customer_invoice(), writer=writer), {("amount_too_wide", "amount")})

    def test_two_due_dates_where_the_file_has_one(self):
        """The last one is written, with a remark; a file with a due date per line contains both."""
        other = replace(customer_invoice().lines[0], due_date=date(2027, 1, 21), debit=Decimal(0), position=4)
        invoice = customer_invoice(document_due_date=date(2027, 1, 21))
        twice = replace(invoice, lines=(*invoice.lines, other))
        one_a_document = Writer(PRESETS["entries_15_approval"], LOT)
        self.assertNotIn("due_dates_several", codes(check_document(invoice, CONTEXT, one_a_document)))
        (finding,) = [f for f in check_document(twice, CONTEXT, one_a_document) if f.code == "due_dates_several"]
        self.assertEqual((finding.params, finding.blocking), ({"count": 2, "date": "2027-01-21"}, False))
        self.assertNotIn("due_dates_several", codes(check_document(twice, CONTEXT, WRITER)))

    def test_what_is_required_is_said_once_and_other_faults_of_the_field_too(self):
        document = with_line(with_line(customer_invoice(), 1, account=""), account="41 水")
        self.assertEqual(found(document), {("account_unbound", "account"), ("text_unwritable", "account")})

    def test_all_at_once(self):
        document = with_line(customer_invoice(journal="XX", company="ASST"), third_party="", due_date=None, account="")
        document = with_line(document, 1, credit=Decimal(0), label="😀")
        expected = {
            "company_locked",
            "journal_unknown",
            "third_party_unbound",
            "due_date_missing",
            "account_unbound",
        }
        self.assertEqual({code for code, _field in found(document)}, expected | {"unbalanced", "text_unwritable"})
        for finding in check_document(document, CONTEXT, WRITER):
            self.assertEqual(finding.document, document.number)
            self.assertTrue(finding.message)


class TestClosedCodes(unittest.TestCase):
    def test_a_closed_code_is_said_with_its_day_and_name(self):
        invoice = customer_invoice()
        cases = {
            ("third_party_closed", "C0001", "Mme Élodie Bœuf", "2026-11-30"): with_line(
                invoice, third_party="", third_party_closed="C0001|2026-11-30"
            ),
            ("account_closed", "706100", "Ventes d'eau", "?"): with_line(
                invoice, 1, account="", account_closed="706100|"
            ),
            ("journal_closed", "VEAU", "Ventes eau", "2026-01-01"): replace(
                invoice, journal="", journal_closed="VEAU|2026-01-01"
            ),
            # a code is any text of the other system
            ("journal_closed", "V|E", "Ventes eau", "?"): replace(invoice, journal="", journal_closed="V|E|"),
        }
        lines = {"third_party_closed": 1, "account_closed": 2, "journal_closed": 0}
        for (code, closed, name, day), document in cases.items():
            (finding,) = check_document(document, CONTEXT, WRITER)
            self.assertEqual((finding.code, finding.blocking), (code, True))
            self.assertEqual(finding.params, {"code": closed, "name": name, "date": day})
            self.assertEqual(finding.line, lines[code])

    def test_an_update_says_no_payment_mode_that_has_no_code(self):
        mode, other = ContentChange(("payment_mode",), ()), ContentChange(("payment_approval",), ())
        bill = vendor_bill(payment_mode="", payment_mode_name="Virement")
        self.assertEqual(codes(check_update(bill, mode, CONTEXT)), ["payment_mode_unbound"])
        closed = replace(bill, payment_mode_closed="VIR|2026-11-30")
        self.assertEqual(codes(check_update(closed, mode, CONTEXT)), ["payment_mode_closed"])
        self.assertEqual(check_update(closed, other, CONTEXT), ())
        self.assertEqual(check_update(replace(bill, payment_mode_name=""), mode, CONTEXT), (), "none is meant")

    def test_what_is_known_there_keeps_its_closed_codes(self):
        closed = with_line(
            vendor_bill(journal="", journal_closed="ACH|"), account="", account_closed="401000|2026-11-30"
        )
        found = with_closed_codes(closed)
        self.assertEqual((found.journal, found.lines[0].account, found.lines[1].account), ("ACH", "401000", "615500"))
        barred = vendor_bill(
            document_third_party="", document_third_party_closed="F|9|2026-01-01", payment_mode="",
            payment_mode_closed="V|",
        )  # fmt: skip
        barred = with_line(with_line(barred, third_party="", third_party_closed="F|9|"), vat_profile_closed="TVA|20|")
        found = with_closed_codes(barred)
        self.assertEqual((found.document_third_party, found.payment_mode), ("F|9", "V"))
        self.assertEqual((found.lines[0].third_party, found.lines[0].vat_profile), ("F|9", "TVA|20"))
        self.assertEqual(with_closed_codes(customer_invoice()), customer_invoice(), "open codes stay")


class TestWhatIsSaid(unittest.TestCase):
    """The values in a sentence are those of the document."""

    def test_a_rate_below_one_is_a_rate(self):
        self.assertEqual(found(vendor_bill(rate=Decimal("0.92"))), set())
        self.assertEqual(found(vendor_bill(rate=Decimal("-1"))), {("rate_missing", "rate")})

    def test_the_difference_has_its_sign(self):
        document = with_line(customer_invoice(), debit=Decimal("126.00"))
        (finding,) = check_document(document, CONTEXT, WRITER)
        self.assertEqual(
            finding.params, {"debit": Decimal("126.00"), "credit": Decimal("126.60"), "difference": Decimal("-0.60")}
        )

    def test_what_names_a_journal_without_a_code(self):
        (finding,) = check_document(customer_invoice(journal=""), CONTEXT, WRITER)
        self.assertEqual(finding.params, {"journal": "Ventes eau", "company": "EAU"})
