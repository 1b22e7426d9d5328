"""What a report means: accepted, rejected, unknown, duplicate, late, out of order."""

import unittest

from ..ledger.acknowledgement import SentDocument, read_answers
from ..ledger.layouts import Reader
from ..ledger.presets import PRESETS

HEADER = "company;number;external_reference;status;code;message\r\n"
DOCUMENTS = (
    SentDocument(1, "EAU", "N1", "exported", "L1"),
    SentDocument(2, "EAU", "N2", "exporting", "L1"),
    SentDocument(3, "EAU", "N3", "integrated", "L1"),
    SentDocument(4, "EAU", "N4", "to_export"),
    SentDocument(5, "ASST", "N1", "exported", "L2"),
)


def answers(text, lot=""):
    rows = Reader(PRESETS["acknowledgement"]).rows([(HEADER + text).encode()])
    return read_answers(rows, DOCUMENTS, lot)


class TestAnswers(unittest.TestCase):
    def codes(self, text, lot=""):
        found = answers(text, lot)
        return found.accepted, [record for record, _f in found.rejected], [f.code for f in found.findings]

    def test_accepted_and_rejected(self):
        found = answers("EAU;N1;;accepted;;\r\nEAU;N2;;Rejected;BALANCE;Écart\r\n")
        self.assertEqual(found.accepted, (1,))
        record, finding = found.rejected[0]
        self.assertEqual((record, finding.document, finding.line), (2, "N2", 3))
        self.assertIn("BALANCE Écart", finding.message)
        self.assertEqual(found.findings, ())

    def test_the_company_is_part_of_the_number(self):
        self.assertEqual(self.codes("ASST;N1;;accepted;;\r\n"), ((5,), [], []))

    def test_unknown(self):
        self.assertEqual(self.codes("EAU;N9;;accepted;;\r\nXX;N1;;accepted;;\r\n")[2], ["acknowledgement_unknown"] * 2)

    def test_duplicates_change_nothing(self):
        text = "EAU;N1;;accepted;;\r\nEAU;N1;;accepted;;\r\nEAU;N3;;accepted;;\r\n"
        self.assertEqual(self.codes(text), ((1,), [], ["acknowledgement_duplicate"] * 2))

    def test_contradictions_keep_the_first_answer(self):
        text = "EAU;N1;;rejected;X;\r\nEAU;N1;;accepted;;\r\nEAU;N3;;rejected;X;\r\n"
        self.assertEqual(self.codes(text), ((), [1], ["acknowledgement_contradicts"] * 2))

    def test_an_answer_to_an_older_lot_is_not_that_of_the_newer(self):
        self.assertEqual(self.codes("ASST;N1;;accepted;;\r\n", lot="L1"), ((), [], ["acknowledgement_late"]))
        self.assertEqual(self.codes("ASST;N1;;accepted;;\r\n", lot="L2"), ((5,), [], []))

    def test_what_was_not_sent_cannot_be_answered(self):
        self.assertEqual(self.codes("EAU;N4;;accepted;;\r\n")[2], ["acknowledgement_unexpected"])

    def test_bad_rows_do_not_stop_good_ones(self):
        text = "EAU;N1;;maybe;;\r\nEAU;;;accepted;;\r\nEAU;N2;;accepted;;\r\nEAU;N1;;acc"
        self.assertEqual(self.codes(text), ((2,), [], ["status_wrong", "value_missing", "line_truncated"]))
