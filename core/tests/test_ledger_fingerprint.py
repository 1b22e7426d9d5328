"""A fingerprint shows which fields changed, and which of them an update can carry."""

import hashlib
import unicodedata
import unittest
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

from ..ledger import fingerprint as rules
from ..ledger.fingerprint import Fingerprint, as_known, compare, fingerprint, followed, updates
from ..ledger.records import Document, EntryLine
from .ledger_samples import customer_invoice, vendor_bill, with_line

BILL = vendor_bill()


def change(new, old=BILL):
    found = compare(fingerprint(old), fingerprint(new))
    return found.updatable, found.reversal


def other(names):
    """One change for each of these fields."""
    return [{name: date(2030, 1, 1) if name.endswith("due_date") else "other"} for name in names]


class TestFingerprint(unittest.TestCase):
    def test_every_field_is_classified_once(self):
        documents = {field.name for field in fields(Document)} - {"lines"}
        lines = {field.name for field in fields(EntryLine)}
        lists = [rules.UPDATABLE, rules.REVERSED_HEAD, rules.REVERSED_LINES, rules.IGNORED]
        names = [name for part in lists for name in part]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(set(names), (documents - {"document_due_date"}) | lines)

    def test_the_same_content_is_the_same_whatever_its_form(self):
        same = replace(
            BILL,
            lines=tuple(reversed(BILL.lines)),
            rate=Decimal("1.250"),
            label=unicodedata.normalize("NFD", BILL.label) + " ",
            journal_name="Other name",
        )
        self.assertEqual(fingerprint(same).digest, fingerprint(BILL).digest)
        self.assertEqual(change(with_line(BILL, matching_code="A1", position=9)), ((), ()))

    def test_a_kept_fingerprint_stays_comparable(self):
        """Databases keep fingerprints for years: digests of "length:text" of each value, as 19.0.1.3.0 wrote them."""

        def digest(*texts):
            return hashlib.sha256("".join(f"{len(text)}:{text}" for text in texts).encode()).hexdigest()[:16]

        parts = dict(fingerprint(customer_invoice()).parts)
        for name, texts in {
            "company": ["EAU"],
            "external_reference": [""],
            "date": ["2026-11-21"],
            "rate": ["1"],
            "total": ["126.6"],
            "payment_approval": [""],
            "payment_mode": ["PRLV"],
            "label": ["Facture d'eau", "Facture d'eau n° 1", "TVA 5,5 %", "Vente d'eau"],
            "due_date": ["2026-12-21", "2026-12-21"],
            "instalments": [],
            "account": ["411000", "445710", "706100"],
            "third_party": ["", "", "C0001"],
            "debit": ["0", "0", "126.6"],
            "credit": ["0", "120", "6.6"],
            "currency_balance": ["-120", "-6.6", "126.6"],
        }.items():
            self.assertEqual(parts[name], digest(*texts), name)
        self.assertEqual(dict(fingerprint(BILL).parts)["payment_approval"], digest("approved"))
        whole, brief = fingerprint(BILL), fingerprint(BILL).brief()
        self.assertEqual((whole.digest, brief.digest), ("a6f1d3e8eb22fd3b", "fd46ef82a325c6cc"))
        self.assertEqual(len(whole.to_text()), 16 * len(rules.NAMES))
        self.assertEqual(len(brief.to_text()), 16 * len(rules.BRIEF))

    def test_what_an_update_can_carry(self):
        self.assertEqual(change(replace(BILL, payment_approval="disputed")), (("payment_approval",), ()))
        self.assertEqual(change(replace(BILL, payment_mode="CHQ")), (("payment_mode",), ()))
        self.assertEqual(change(with_line(BILL, label="Other")), (("label",), ()))
        self.assertEqual(change(replace(BILL, external_reference="X")), (("external_reference",), ()))
        later = with_line(replace(BILL, document_due_date=date(2027, 2, 1)), due_date=date(2027, 2, 1))
        self.assertEqual(change(later), (("due_date",), ()))

    def test_what_needs_a_reversal(self):
        self.assertEqual(change(with_line(BILL, 1, account="615600")), ((), ("account",)))
        self.assertEqual(change(replace(BILL, date=date(2026, 11, 16))), ((), ("date",)))
        changed = with_line(with_line(BILL, credit=Decimal("900")), 1, debit=Decimal("900"))
        self.assertEqual(change(changed), ((), ("credit", "debit")))

    def test_values_that_change_places_are_seen(self):
        invoice = customer_invoice()
        swapped = with_line(invoice, 1, account="445710")
        swapped = with_line(swapped, 2, account="706100")
        self.assertEqual(change(swapped, invoice), ((), ("lines",)))

    def test_instalments_cannot_be_updated(self):
        line = BILL.lines[0]
        half = replace(line, credit=Decimal(400), currency_balance=Decimal(-500))
        two = replace(BILL, lines=(half, replace(half, due_date=date(2027, 3, 1)), BILL.lines[1]))
        moved = with_line(two, 1, due_date=date(2027, 4, 1))
        self.assertEqual(change(moved, two), ((), ("instalments",)))
        self.assertEqual(compare(fingerprint(two), fingerprint(moved)).findings[0].code, "reversal_needed")

    def test_kept_as_text(self):
        print_ = fingerprint(BILL)
        self.assertEqual(Fingerprint.from_text(print_.to_text()), print_)
        self.assertEqual(set(print_.changed(Fingerprint.from_text(""))), {name for name, _digest in print_.parts})

    def test_the_digest_never_changes_between_versions(self):
        self.assertEqual(fingerprint(BILL).digest, "a6f1d3e8eb22fd3b")

    def test_a_brief_one(self):
        """A lot keeps what an update can carry, field by field, and all the rest as one digest."""
        sent = fingerprint(BILL)
        self.assertEqual(len(sent.brief().to_text()), 6 * 16)
        self.assertEqual(Fingerprint.from_text(sent.brief().to_text()), sent.brief())
        self.assertEqual(sent.brief().brief(), sent.brief())
        approved = fingerprint(replace(BILL, payment_approval="disputed", label="autre"))
        self.assertEqual(compare(sent.brief(), approved), compare(sent, approved))
        self.assertEqual(compare(sent.brief(), approved).updatable, ("payment_approval", "label"))
        other = fingerprint(with_line(BILL, 0, debit=Decimal(1)))
        self.assertEqual(compare(sent.brief(), other).reversal, ("lines",))
        self.assertEqual(compare(other, sent.brief()).reversal, ("lines",))
        self.assertTrue(compare(Fingerprint.from_text(""), sent.brief()).reversal)

    def test_a_brief_one_follows_other_records(self):
        before, after = fingerprint(BILL), fingerprint(replace(BILL, document_third_party="9"))
        self.assertEqual(followed(before.brief().to_text(), before.to_text(), after.to_text()), after.brief().to_text())

    def test_update_rows(self):
        new = replace(BILL, payment_approval="pending", payment_mode="CHQ")
        rows = updates(new, compare(fingerprint(BILL), fingerprint(new)))
        found = [(row.company, row.number, row.field, row.value) for row in rows]
        number = "ACH/2026/0007"
        self.assertEqual(found, [("EAU", number, "payment_approval", False), ("EAU", number, "payment_mode", "CHQ")])

    def test_all_that_the_fingerprint_reads_is_told(self):
        heads = [replace(BILL, **change) for change in other(rules.HEAD_CONTENT)]
        lines = [with_line(BILL, **change) for change in other(rules.LINE_CONTENT)]
        found = {fingerprint(document) for document in (BILL, *heads, *lines)}
        self.assertEqual(len(found), 1 + len(heads) + len(lines))
        head = {field.name: "other" for field in fields(BILL) if field.name not in (*rules.HEAD_CONTENT, "lines")}
        line = {field.name: "other" for field in fields(BILL.lines[0]) if field.name not in rules.LINE_CONTENT}
        self.assertEqual(fingerprint(with_line(replace(BILL, **head), **line)), fingerprint(BILL))

    def test_what_is_not_a_kept_fingerprint_is_refused(self):
        with self.assertRaises(ValueError):
            Fingerprint.from_text("x")


class TestFollowed(unittest.TestCase):
    """A merge of partners, an upgrade: other names for the same things are no change of what was sent."""

    def test_what_was_the_same_stays_the_same_and_what_had_changed_stays_changed(self):
        sent = fingerprint(BILL).to_text()
        before = fingerprint(replace(BILL, payment_approval="disputed")).to_text()
        merged = replace(with_line(BILL, third_party="7"), document_third_party="7", payment_approval="disputed")
        after = fingerprint(merged).to_text()
        kept = followed(sent, before, after)
        found = compare(Fingerprint.from_text(kept), Fingerprint.from_text(after))
        self.assertEqual((found.updatable, found.reversal), (("payment_approval",), ()))
        self.assertEqual(followed(before, before, after), after)

    def test_nothing_kept_stays_nothing(self):
        text = fingerprint(BILL).to_text()
        self.assertEqual([followed(kept, text, text) for kept in ("", None)], ["", None])


class TestKnownThere(unittest.TestCase):
    def test_an_update_bears_the_number_that_was_sent(self):
        known = as_known(replace(BILL, payment_approval="approved"), "OLD/1", "EAU1")
        (row,) = updates(known, compare(fingerprint(replace(BILL, payment_approval="none")), fingerprint(known)))[:1]
        self.assertEqual((row.company, row.number, row.field, row.value), ("EAU1", "OLD/1", "payment_approval", True))
        self.assertEqual(as_known(BILL, None, ""), BILL)

    def test_another_number_is_no_change(self):
        self.assertEqual(change(replace(BILL, number="NEW/1")), ((), ()))
