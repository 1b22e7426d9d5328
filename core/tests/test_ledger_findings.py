"""Findings that are not about a single document: field, place, and a sentence with every parameter."""

import unittest
from dataclasses import replace
from decimal import Decimal

from ..ledger.answer_findings import whole_refusal
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

SENT = TracedDocument("EAU", "V/1", "create", "")


class TestFindings(unittest.TestCase):
    def check(self, found, expected, sentence=None):
        """Check a finding and its sentence, which must contain every parameter."""
        with self.subTest(expected.code):
            self.assertEqual(found, expected)
            if sentence:
                self.assertEqual(found.message, sentence)
            for value in expected.params.values():
                self.assertIn(str(value), str(found), "a parameter that is not in the sentence")

    def test_errors(self):
        self.check(
            unforeseen("Step", "42"),
            Finding("unforeseen", params={"name": "Step", "number": "42"}),
            "An unexpected error stopped Step; the rest continues. The server's log has the details under number 42.",
        )
        self.check(
            not_taken("scan.pdf", "No journal."),
            Finding("not_taken", params={"name": "scan.pdf", "reason": "No journal."}),
            "scan.pdf was not accepted: No journal.",
        )

    def test_codes(self):
        self.check(
            code_duplicate(7, "401", 3),
            Finding("code_duplicate", "code", {"line": 7, "code": "401", "first": 3}, line=7),
            "Line 7: code 401 is already on line 3 with other values.",
        )
        self.check(
            ambiguous("C0001", "Durand, Martin"),
            Finding("binding_ambiguous", "code", {"code": "C0001", "names": "Durand, Martin"}),
            "Code C0001 is the reference of several records (Durand, Martin): bind it by hand.",
        )
        params = {"kind": "account", "company": "EAU2", "count": 5, "names": "Water, Sewerage"}
        self.check(
            company_not_known("account", "EAU2", 5, "Water, Sewerage"),
            Finding("company_not_known", "company", params, blocking=False),
        )

    def test_deactivation(self):
        self.check(
            deactivation_held("account", 2),
            Finding("deactivation_held", "code", {"kind": "account", "count": 2}, blocking=False),
            "Missing codes of account stay active: 2 unreadable rows may contain them.",
        )
        self.check(
            no_rows("account", 9),
            Finding("deactivation_no_rows", "code", {"kind": "account", "count": 9}, blocking=False),
        )
        params = {"kind": "account", "count": 3, "known": 10, "limit": 20}
        self.check(missing_share("account", 3, 10, 20), Finding("deactivation_share", "code", params, blocking=False))

    def test_companies(self):
        self.check(
            siren_missing("Water"),
            Finding("siren_missing", "siren", {"company": "Water"}),
            "Water has no SIREN: enter its company number or its French VAT number.",
        )
        self.check(journal_missing("Water"), Finding("scan_journal_missing", "journal", {"company": "Water"}))

    def test_files(self):
        self.check(odd_name("in", "a\\xff.csv"), Finding("name_odd", params={"folder": "in", "name": "a\\xff.csv"}))
        self.check(odd_name("", "x"), Finding("name_odd", params={"folder": ".", "name": "x"}))

    def test_lots(self):
        lot = "L000042"
        self.check(recognized(lot, 12), Finding("lot_recognized", params={"lot": lot, "count": 12}, blocking=False))
        params = {"number": "V/1", "company": "EAU", "lot": lot}
        self.check(lost(SENT, lot), Finding("document_lost", "number", params, "V/1"))
        self.check(whole_refusal(lot), Finding("lot_refused", params={"lot": lot}))
        params = {"lot": lot, "code": "E12", "message": "closed year"}
        self.check(whole_refusal(lot, "E12", "closed year"), Finding("lot_refused_because", params=params))
        self.check(
            whole_refusal(lot, message="closed year"), Finding("lot_refused_because", params={**params, "code": ""})
        )

    def test_few_missing_codes_are_no_finding(self):
        """A single code may always be missing; of ten, two are 20 %, which is the limit, and three are more."""
        for missing, known, expected in ((1, 1, False), (1, 3, False), (2, 3, True), (2, 10, False), (3, 10, True)):
            self.assertIs(missing_share("account", missing, known, 20) is not None, expected, (missing, known))

    def test_undecodable_names_show_their_bytes(self):
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

    def test_as_known_uses_the_number_and_company_that_were_sent(self):
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
