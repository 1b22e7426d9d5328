"""An update shows each field as it was sent and as it is now."""

import json
import unittest
from dataclasses import replace
from datetime import date

from ..ledger.fingerprint import Fingerprint, fingerprint
from ..ledger.sent_values import ChangedField, changed_fields, keep_values, shown_labels
from .ledger_samples import vendor_bill

BILL = replace(vendor_bill(), payment_approval="pending", external_reference="F-12", payment_mode="7")
NOTHING = Fingerprint.from_text("")


def relabelled(document, label):
    return replace(document, lines=(replace(document.lines[0], label=label), *document.lines[1:]))


class TestSentValues(unittest.TestCase):
    def told(self, kept, document, then, now=None):
        """Return the changed fields, from values that were stored as JSON."""
        kept = json.loads(json.dumps(kept))
        return changed_fields(kept, document, then, now or fingerprint(document))

    def test_the_value_sent_is_told_beside_the_present_one(self):
        sent = fingerprint(BILL)
        kept = keep_values({}, BILL, NOTHING, sent)
        changes = (
            ("payment_approval", "approved", "pending", "approved"),
            ("external_reference", "F-13", "F-12", "F-13"),
            ("payment_mode", "9", "7", "9"),
        )
        for name, value, before, after in changes:
            with self.subTest(name):
                now = replace(BILL, **{name: value})
                self.assertEqual(self.told(kept, now, sent), (ChangedField(name, before, after),))

    def test_a_due_date_is_that_of_the_document(self):
        sent = fingerprint(BILL)
        kept = keep_values({}, BILL, sent)
        day = date(2031, 2, 3)
        lines = tuple(replace(line, due_date=line.due_date and day) for line in BILL.lines)
        now = replace(BILL, document_due_date=day, lines=lines)
        (change,) = self.told(kept, now, sent)
        self.assertEqual((change.name, change.after), ("due_date", "2031-02-03"))
        self.assertEqual(change.before, BILL.document_due_date.isoformat())

    def test_a_document_without_a_due_date_has_that_of_its_line(self):
        sent = fingerprint(BILL)
        day = date(2031, 2, 3)
        lines = tuple(replace(line, due_date=line.due_date and day) for line in BILL.lines)
        for now, after in (
            (replace(BILL, document_due_date=None, lines=lines), "2031-02-03"),
            (replace(BILL, document_due_date=None, lines=tuple(replace(line, due_date=None) for line in lines)), ""),
        ):
            (change,) = self.told({}, now, sent)
            self.assertEqual((change.name, change.before, change.after), ("due_date", None, after))

    def test_labels_tell_those_that_went_and_came(self):
        sent = fingerprint(BILL)
        kept = keep_values({}, BILL, sent)
        (change,) = self.told(kept, relabelled(BILL, "Pompe neuve"), sent)
        old = BILL.lines[0].label
        self.assertEqual(shown_labels(change.before, change.after), ([old], ["Pompe neuve"]))

    def test_several_changes_after_sending_still_tell_what_was_sent(self):
        sent = fingerprint(BILL)
        approved = replace(BILL, payment_approval="approved")
        disputed = replace(BILL, payment_approval="disputed")
        kept = keep_values(keep_values({}, BILL, sent), approved, sent)
        self.assertEqual(list(kept["payment_approval"].values()), ["pending"])
        self.assertEqual(self.told(kept, disputed, sent), (ChangedField("payment_approval", "pending", "disputed"),))

    def test_an_update_on_its_way_is_told_from_what_was_accepted_to_what_left(self):
        approved, disputed = (replace(BILL, payment_approval=answer) for answer in ("approved", "disputed"))
        accepted, left = fingerprint(BILL), fingerprint(approved)
        kept = keep_values(keep_values({}, BILL, accepted), approved, accepted, left)
        told = self.told(kept, disputed, accepted, left)
        self.assertEqual(told, (ChangedField("payment_approval", "pending", "approved"),))

    def test_what_nobody_needs_any_more_is_forgotten(self):
        approved = replace(BILL, payment_approval="approved")
        kept = keep_values({}, BILL, fingerprint(BILL))
        kept = keep_values(kept, approved, fingerprint(approved))
        self.assertEqual(list(kept["payment_approval"].values()), ["approved"])

    def test_a_document_that_never_left_keeps_nothing(self):
        self.assertEqual(keep_values({}, BILL, NOTHING), {})

    def test_a_value_that_nobody_kept_is_none_rather_than_wrong(self):
        now = replace(BILL, external_reference="F-13")
        self.assertEqual(self.told({}, now, fingerprint(BILL)), (ChangedField("external_reference", None, "F-13"),))

    def test_an_approval_is_told_whoever_changed_it(self):
        """Approvals have few values: the value sent is known even if SQL changed it, past every hook."""
        now = replace(BILL, payment_approval="approved")
        told = self.told({}, now, fingerprint(BILL))
        self.assertEqual(told, (ChangedField("payment_approval", "pending", "approved"),))
