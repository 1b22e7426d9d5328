"""Payments: rows, allocation, cancellations."""

import unittest
from datetime import date
from decimal import Decimal

from ..ledger.findings import Finding, LayoutError
from ..ledger.layouts import BadRow, Column, Layout, Reader, Row
from ..ledger.payments import (
    KnownPayment,
    OpenBills,
    PaymentRow,
    cancelled_payment,
    company_unknown,
    contradiction,
    document_unknown,
    payment_row,
    pays_credit_note,
)
from ..ledger.presets import PAYMENTS
from .sentences import whole

HEAD = "company;reference;number;third_party;date;amount;payment_mode;letter;sense;cancels;message\r\n"


def read(*lines):
    return list(Reader(PAYMENTS).rows([(HEAD + "".join(f"{line}\r\n" for line in lines)).encode()]))


def parsed(line, company=""):
    (row,) = read(line)
    return payment_row(row, company)


def payment(**values):
    return PaymentRow(**{"reference": "R1", "date": date(2026, 3, 12), "amount": Decimal("45.00"), **values})


class TestPaymentRows(unittest.TestCase):
    def test_a_row(self):
        found = parsed("EAU;R1;FAC/1;C1;12/03/2026;45,00;PRLV;AA;Règlement;;")
        expected = payment(company="EAU", number="FAC/1", third_party="C1", mode="direct_debit", letter="AA", line=2)
        self.assertEqual(found, expected)

    def test_words_of_the_other_system(self):
        for word, sense in (
            ("", "payment"),
            ("encaissement", "payment"),
            ("REJET", "refusal"),
            ("Extourne", "reversal"),
        ):
            with self.subTest(word):
                self.assertEqual(parsed(f";R1;F1;;12/03/2026;45,00;;;{word};;").sense, sense)

    def test_an_unknown_mode_is_kept_as_it_is_written(self):
        self.assertEqual(parsed(";R1;F1;;12/03/2026;45,00;Bitcoin;;;;").mode, "Bitcoin")

    def test_an_unknown_sense_is_a_finding_of_its_row(self):
        good, bad = read(";R1;F1;;12/03/2026;45,00;;;;;", ";R2;F1;;12/03/2026;45,00;;;bizarre;;")
        self.assertIsInstance(good, Row)
        self.assertIsInstance(bad, BadRow)
        self.assertEqual([(f.code, f.line, f.column) for f in bad.findings], [("word_unknown", 3, 9)])

    def test_a_negative_payment_is_a_reversal(self):
        for sense, expected in (("", "reversal"), ("Rejet", "refusal"), ("Annulation", "reversal")):
            with self.subTest(sense):
                found = parsed(f";R2;F1;;20/03/2026;-45,00;;;{sense};R1;")
                self.assertEqual((found.sense, found.amount, found.cancels), (expected, Decimal("45.00"), "R1"))
                self.assertEqual(found.by_sign, not sense)
        self.assertFalse(parsed(";R2;F1;;20/03/2026;45,00;;;;;").by_sign)

    def test_company_of_the_file(self):
        self.assertEqual(parsed(";R1;F1;;12/03/2026;45,00;;;;;", "ASST").company, "ASST")
        self.assertEqual(parsed("EAU;R1;F1;;12/03/2026;45,00;;;;;", "ASST").company, "EAU")

    def test_amounts_that_are_none(self):
        for amount, code in (("0,00", "payment_zero"), ("45,005", "amount_too_precise")):
            with self.subTest(amount):
                found = parsed(f";R1;F1;;12/03/2026;{amount};;;;;")
                self.assertEqual((found.code, found.line), (code, 2))
        (bad,) = read(";R1;F1;;12/03/2026;quarante;;;;;")
        self.assertEqual([(f.code, f.column) for f in bad.findings], [("amount_wrong", 6)])

    def test_each_finding_of_a_row_names_its_place_and_values(self):
        start = {"date": date(2026, 3, 12), "reference": "R1"}
        long = "x" * 65
        for values, expected in (
            ({"amount": Decimal(0)}, ("payment_zero", "amount", {"line": 7, "reference": "R1"})),
            (
                {"amount": Decimal("45.005")},
                ("amount_too_precise", "amount", {"line": 7, "value": "45.005", "column": "amount"}),
            ),
            *(
                (
                    {"amount": Decimal(1), name: long},
                    ("text_too_wide", name, {"line": 7, "column": name, "value": long[:64], "width": 64}),
                )
                for name in ("reference", "number", "third_party", "letter", "cancels")
            ),
        ):
            found = whole(payment_row(Row(7, start | values)))
            self.assertEqual((found.code, found.field, found.params), expected)
            self.assertEqual((found.line, found.blocking), (7, True))
        self.assertEqual(
            payment_row(Row(7, start | {"amount": Decimal("45.100"), "letter": long[:64]})).letter, long[:64]
        )

    def test_a_row_that_leaves_out_columns(self):
        found = payment_row(Row(7, {"date": date(2026, 3, 12), "reference": "R1", "amount": Decimal(45)}))
        self.assertEqual(found, payment(line=7))

    def test_required_values(self):
        (bad,) = read(";;F1;;;;;;;;")
        self.assertEqual([f.code for f in bad.findings], ["value_missing"] * 3)

    def test_a_layout_must_require_what_identifies_a_payment(self):
        columns = [Column(name, name, required=True) for name in ("reference", "date", "amount")]
        Layout("Payments", "payments", tuple(columns), "REG*.csv")
        for missing in range(3):
            with self.assertRaises(LayoutError) as caught:
                Layout("Payments", "payments", (*columns[:missing], *columns[missing + 1 :]), "REG*.csv")
            self.assertEqual(caught.exception.params["reason"].code, "because_payment_column")

    def test_the_same_reference_again(self):
        first = payment(number="F1", company="EAU")
        self.assertIsNone(contradiction(payment(number="F1", company="EAU", line=9, letter="AA", mode="cash"), first))
        found = contradiction(payment(number="F2", company="EAU", amount=Decimal("46.00"), line=9), first)
        params = {"line": 9, "reference": "R1", "fields": "number, amount"}
        self.assertEqual(whole(found), Finding("payment_changed", "number", params, line=9))
        self.assertEqual(found.params, params)
        for name, other in (
            ("company", "ASST"),
            ("sense", "refusal"),
            ("number", "F2"),
            ("date", date(2026, 3, 13)),
            ("amount", Decimal("45.01")),
            ("cancels", "R0"),
        ):
            found = contradiction(payment(**{"number": "F1", "company": "EAU", "line": 9, name: other}), first)
            self.assertEqual((found.field, found.params["fields"]), (name, name))

    def test_a_company_that_no_connector_has(self):
        found = whole(company_unknown(payment(company="XX", line=9)))
        self.assertEqual(
            (found.code, found.field, found.line, found.params),
            ("payment_company_unknown", "company", 9, {"line": 9, "reference": "R1", "company": "XX"}),
        )


class TestAllocation(unittest.TestCase):
    """Bills 1 (45.00 due), 2 (30.00 due), 3 (paid)."""

    def setUp(self):
        self.bills = OpenBills({1: Decimal("45.00"), 2: Decimal("30.00"), 3: Decimal(0)})

    def assertAllocated(self, found, shares, left="0"):
        self.assertEqual(found.shares, tuple((bill, Decimal(amount)) for bill, amount in shares))
        self.assertEqual(found.left, Decimal(left))

    def test_exact(self):
        self.assertAllocated(self.bills.allocate(Decimal("45.00"), 1), [(1, "45.00")])

    def test_partial_then_the_rest(self):
        self.assertAllocated(self.bills.allocate(Decimal("20.00"), 1), [(1, "20.00")])
        self.assertAllocated(self.bills.allocate(Decimal("25.00"), 1), [(1, "25.00")])

    def test_more_than_is_due(self):
        self.assertAllocated(self.bills.allocate(Decimal("50.00"), 1), [(1, "45.00")], "5.00")

    def test_an_overpayment_touches_no_other_bill(self):
        self.bills.allocate(Decimal("100.00"), 1)
        self.assertAllocated(self.bills.allocate(Decimal("30.00"), 2), [(2, "30.00")])

    def test_a_paid_bill(self):
        self.assertAllocated(self.bills.allocate(Decimal("10.00"), 3), [], "10.00")

    def test_several_bills_of_a_letter_in_order(self):
        self.assertAllocated(self.bills.allocate(Decimal("60.00"), None, (2, 1)), [(2, "30.00"), (1, "30.00")])

    def test_its_own_bill_before_those_of_its_letter(self):
        self.assertAllocated(self.bills.allocate(Decimal("60.00"), 1, (2, 1, 3)), [(1, "45.00"), (2, "15.00")])


class TestCreditNotesPaidBack(unittest.TestCase):
    def test_a_negative_payment_of_a_credit_note_pays_it_back(self):
        row = payment(sense="reversal", by_sign=True, number="A1")
        paid, cancelled = (KnownPayment(1, "R0", "A1", Decimal(left)) for left in ("20.00", "0"))
        for expected, row_, is_credit_note, known in (
            (True, row, True, ()),
            (True, row, True, (cancelled,)),
            (False, row, True, (cancelled, paid)),  # it reverses what was paid
            (False, row, False, ()),
            (False, payment(sense="reversal", number="A1"), True, ()),  # a word says that it is taken back
            (False, payment(sense="reversal", by_sign=True, number="A1", cancels="R0"), True, ()),
        ):
            with self.subTest(row=row_, known=known):
                self.assertEqual(pays_credit_note(row_, is_credit_note, known), expected)


class TestCancellations(unittest.TestCase):
    known = (
        KnownPayment(1, "R1", "F1", Decimal("45.00")),
        KnownPayment(2, "R2", "F1", Decimal("20.00")),
        KnownPayment(3, "R3", "F2", Decimal("30.00")),
        KnownPayment(4, "R4", "F2", Decimal("30.00")),
        KnownPayment(5, "R5", "F3", Decimal(0)),
    )

    def found(self, **values):
        found = cancelled_payment(payment(reference="X", sense="refusal", **values), self.known)
        return found.code if isinstance(found, Finding) else found.record

    def test_by_its_reference(self):
        self.assertEqual(self.found(cancels="R3"), "payment_cancels_more")
        self.assertEqual(self.found(cancels="R3", amount=Decimal("30.00")), 3)
        self.assertEqual(self.found(cancels="R9"), "payment_cancels_unknown")

    def test_part_of_a_payment(self):
        self.assertEqual(self.found(cancels="R1", amount=Decimal("5.00")), 1)

    def test_by_its_document_and_amount(self):
        self.assertEqual(self.found(number="F1"), 1)
        self.assertEqual(self.found(number="F1", amount=Decimal("20.00")), 2)
        self.assertEqual(self.found(number="F2", amount=Decimal("30.00")), "payment_cancels_several")

    def test_not_one_that_was_cancelled(self):
        self.assertEqual(self.found(number="F3"), "payment_cancels_unknown")
        self.assertEqual(self.found(cancels="R5"), "payment_cancels_more")

    def test_nothing_named(self):
        self.assertEqual(self.found(), "payment_cancels_unknown")

    def test_what_waits_names_its_payment_and_document(self):
        for values, code, params in (
            ({"cancels": "R9"}, "payment_cancels_unknown", {"what": "R9"}),
            ({"number": "F9"}, "payment_cancels_unknown", {"what": "F9"}),
            ({"number": "F2", "amount": Decimal("30.00")}, "payment_cancels_several", {"what": "F2", "count": 2}),
            ({"cancels": "R3"}, "payment_cancels_more", {"what": "R3", "amount": "45.00", "left": "30.00"}),
        ):
            found = whole(cancelled_payment(payment(reference="X", **values), self.known))
            self.assertEqual((found.code, found.params), (code, {"reference": "X", **params}))
            self.assertEqual((found.document, found.field), (values.get("number", ""), ""))
        for values, code, params in (
            ({"number": "F9", "company": "EAU"}, "payment_document_unknown", {"number": "F9", "company": "EAU"}),
            ({"letter": "AA"}, "payment_letter_unknown", {"letter": "AA"}),
            ({}, "payment_names_nothing", {}),
        ):
            found = whole(document_unknown(payment(**values)))
            self.assertEqual((found.code, found.params), (code, {"reference": "R1", **params}))

    def test_sentences(self):
        cases = (payment(number="F9", company="EAU"), payment(letter="AA"), payment())
        findings = [document_unknown(each) for each in cases]
        self.assertEqual(
            [finding.code for finding in findings],
            ["payment_document_unknown", "payment_letter_unknown", "payment_names_nothing"],
        )
        self.assertIn("F9", whole(findings[0]).message)
