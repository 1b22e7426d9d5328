"""What is found outside a single document: each finding with its field, its place and all that its sentence names."""

import unittest
from dataclasses import replace
from decimal import Decimal

from ..ledger.acknowledgement import whole_refusal
from ..ledger.fec import siren_missing
from ..ledger.findings import Finding, not_taken, unforeseen
from ..ledger.fingerprint import as_known, codes_digest
from ..ledger.layouts import Writer
from ..ledger.presets import PRESETS
from ..ledger.referential import (
    ambiguous,
    code_duplicate,
    company_not_known,
    deactivation_held,
    missing_share,
    no_rows,
)
from ..ledger.remote_files import escaped, odd_name
from ..ledger.scans import journal_missing
from ..ledger.traces import TracedDocument, lost, recognized
from .ledger_samples import LOT, customer_invoice

LEFT = TracedDocument("EAU", "V/1", "create", "")


def all_found():
    """Return (finding, what it must be, its sentence or None)."""
    return (
        (
            unforeseen("Step", "42"),
            Finding("unforeseen", params={"name": "Step", "number": "42"}),
            "An unforeseen error stopped Step; the rest goes on. The server's log has its details under number 42.",
        ),
        (
            not_taken("scan.pdf", "No journal."),
            Finding("not_taken", params={"name": "scan.pdf", "reason": "No journal."}),
            "scan.pdf was not taken: No journal.",
        ),
        (
            code_duplicate(7, "401", 3),
            Finding("code_duplicate", "code", {"line": 7, "code": "401", "first": 3}, line=7),
            "Line 7: code 401 is already on line 3 with other values.",
        ),
        (
            deactivation_held("account", 2),
            Finding("deactivation_held", "code", {"kind": "account", "count": 2}, blocking=False),
            "Missing codes of account were kept: 2 unreadable rows may be theirs.",
        ),
        (
            no_rows("account", 9),
            Finding("deactivation_no_rows", "code", {"kind": "account", "count": 9}, blocking=False),
            None,
        ),
        (
            company_not_known("account", "EAU2", 5, "Water, Sewerage"),
            Finding(
                "company_not_known",
                "company",
                {"kind": "account", "company": "EAU2", "count": 5, "names": "Water, Sewerage"},
                blocking=False,
            ),
            None,
        ),
        (
            missing_share("account", 3, 10, 20),
            Finding(
                "deactivation_share", "code", {"kind": "account", "count": 3, "known": 10, "limit": 20}, blocking=False
            ),
            None,
        ),
        (
            ambiguous("C0001", "Durand, Martin"),
            Finding("binding_ambiguous", "code", {"code": "C0001", "names": "Durand, Martin"}),
            "Code C0001 is the reference of several records (Durand, Martin): bind it by hand.",
        ),
        (
            siren_missing("Water"),
            Finding("siren_missing", "siren", {"company": "Water"}),
            "Water has no SIREN: enter its company number or its French VAT number.",
        ),
        (
            journal_missing("Water"),
            Finding("scan_journal_missing", "journal", {"company": "Water"}),
            None,
        ),
        (
            odd_name("in", "a\\xff.csv"),
            Finding("name_odd", params={"folder": "in", "name": "a\\xff.csv"}),
            None,
        ),
        (odd_name("", "x"), Finding("name_odd", params={"folder": ".", "name": "x"}), None),
        (
            recognized("L000042", 12),
            Finding("lot_recognized", params={"lot": "L000042", "count": 12}, blocking=False),
            None,
        ),
        (
            lost(LEFT, "L000042"),
            Finding("document_lost", "number", {"number": "V/1", "company": "EAU", "lot": "L000042"}, "V/1"),
            None,
        ),
        (whole_refusal("L000042"), Finding("lot_refused", params={"lot": "L000042"}), None),
        (
            whole_refusal("L000042", "E12", "closed year"),
            Finding("lot_refused_because", params={"lot": "L000042", "code": "E12", "message": "closed year"}),
            None,
        ),
        (
            whole_refusal("L000042", message="closed year"),
            Finding("lot_refused_because", params={"lot": "L000042", "code": "", "message": "closed year"}),
            None,
        ),
    )


class TestFindings(unittest.TestCase):
    def test_each_says_all_that_its_sentence_names(self):
        for found, expected, sentence in all_found():
            with self.subTest(expected.code):
                self.assertEqual(found, expected)
                if sentence:
                    self.assertEqual(found.message, sentence)
                for value in expected.params.values():
                    self.assertIn(str(value), str(found), "a parameter that is not in the sentence")

    def test_few_missing_codes_are_no_finding(self):
        """A single code may always be missing; of ten, two are 20 %, which is the limit, and three are more."""
        for missing, known, expected in ((1, 1, False), (1, 3, False), (2, 3, True), (2, 10, False), (3, 10, True)):
            self.assertIs(missing_share("account", missing, known, 20) is not None, expected, (missing, known))

    def test_a_name_that_is_no_text_is_shown_by_its_bytes(self):
        self.assertEqual(escaped("é" + b"\xff.csv".decode("utf-8", "surrogateescape")), "é\\xff.csv")


class TestCodesOfADocument(unittest.TestCase):
    def test_each_code_changes_the_digest_and_nothing_else_does(self):
        document = customer_invoice()
        first, *others = document.lines
        digest = codes_digest(document)
        for name in ("company", "journal", "document_third_party", "payment_mode"):
            self.assertNotEqual(codes_digest(replace(document, **{name: "X"})), digest, name)
        for name in ("account", "third_party", "vat_profile", "analytic_axis", "analytic_section"):
            changed = replace(document, lines=(replace(first, **{name: "X"}), *others))
            self.assertNotEqual(codes_digest(changed), digest, name)
        for same in (
            replace(document, number="X", label="X"),
            replace(document, lines=(replace(first, label="X", debit=Decimal(1)), *others)),
            replace(document, lines=tuple(reversed(document.lines))),
        ):
            self.assertEqual(codes_digest(same), digest)

    def test_it_is_known_under_the_number_and_company_that_left(self):
        document = customer_invoice()
        known = as_known(document, "OLD/1", "OLD")
        self.assertEqual((known.number, known.company), ("OLD/1", "OLD"))
        self.assertEqual(replace(known, number=document.number, company=document.company), document)
        self.assertEqual(as_known(document, None, None), document)


class TestOpening(unittest.TestCase):
    def opening(self, **changes):
        return Writer(replace(PRESETS["entries_25"], **changes), LOT).opening()

    def test_mark_and_titles(self):
        titles = self.opening(header=True, encoding="utf-8").decode()
        self.assertTrue(titles.endswith(PRESETS["entries_25"].line_end))
        self.assertEqual(self.opening(header=True, encoding="utf-8-sig"), b"\xef\xbb\xbf" + titles.encode())
        self.assertEqual(self.opening(header=False, encoding="utf-8-sig"), b"\xef\xbb\xbf")
        self.assertEqual(self.opening(header=False, encoding="utf-8"), b"")
