"""Answers about whole files, or one company's part of them."""

import unittest
from dataclasses import replace

from ..ledger.acknowledgement import SentDocument, read_answers
from ..ledger.answer_findings import file_answered
from ..ledger.layouts import Reader
from ..ledger.presets import PRESETS
from .sentences import codes, whole
from .test_ledger_acknowledgement import DOCUMENTS, FILES, HEADER, answers


class TestWholeFiles(unittest.TestCase):
    """A system that cannot read a file answers about the file, not about its documents."""

    def test_a_file_is_refused_with_its_reason(self):
        for number in ("ECR_20261130-L1.txt", "ecr_20261130-l1.TXT", "20261130-L1", "in\\ECR_20261130-L1.txt"):
            with self.subTest(number):
                found = answers(f"?;{number};;rejected;TRUNCATED;the last line has no end\r\n")
                (file,) = found.files
                self.assertEqual((file.record, file.company, file.status), (7, "", "rejected"))
                self.assertEqual((file.finding.code, found.findings), ("lot_refused_because", ()))
                self.assertEqual(
                    file.finding.params,
                    {"lot": "20261130-L1", "code": "TRUNCATED", "message": "the last line has no end"},
                )

    def test_a_report_on_one_lot_needs_no_number(self):
        for number in ("?", "*", "", "-"):
            with self.subTest(number):
                found = answers(f"EAU;{number};;KO;X;\r\n", lot="l2")
                self.assertEqual([(f.record, f.company, f.status) for f in found.files], [(8, "EAU", "rejected")])
                self.assertEqual((found.unread, found.findings), (0, ()))

    def test_a_row_that_lost_its_number_is_no_answer_for_the_others(self):
        """Among rows about documents; a sign in place of the number still means the whole file."""
        text = "ASST;N1;;OK;;\r\nASST;;;OK;;\r\n"
        for lines in (text, "ASST;;;OK;;\r\nASST;N1;;OK;;\r\n"):
            found = answers(lines, lot="L2")
            self.assertEqual((found.accepted, found.files, found.unread), ((5,), (), 1))
            self.assertEqual(codes(found.findings), ["value_missing"])
        layout = PRESETS["acknowledgement"]
        columns = tuple(replace(column, required=False) for column in layout.columns)
        rows = Reader(replace(layout, columns=columns)).rows([(HEADER + text).encode()])
        found = read_answers(rows, DOCUMENTS, "L2", FILES)
        self.assertEqual((found.files, codes(found.findings)), ((), ["value_missing"]))
        found = answers("ASST;N1;;KO;X;\r\n?;*;;OK;;\r\n", lot="L2")
        self.assertEqual([(f.record, f.status) for f in found.files], [(8, "accepted")])

    def test_each_company_of_a_file(self):
        found = answers("EAU;?;;OK;;\r\nASST;?;;KO;X;\r\nEAU;?;;KO;;\r\n", lot="L2")
        self.assertEqual(
            [(f.company, f.status, f.line) for f in found.files], [("EAU", "accepted", 2), ("ASST", "rejected", 3)]
        )

    def test_an_answer_about_a_file_that_has_its_answer(self):
        (refused,) = answers("?;MAJ_L2.txt;;KO;X;\r\n").files
        (accepted,) = answers("?;MAJ_L2.txt;;OK;;\r\n").files
        for answer, state, code, blocking in (
            (refused, "refused", "acknowledgement_duplicate", False),
            (accepted, "delivered", "acknowledgement_duplicate", False),
            (refused, "delivered", "acknowledgement_contradicts", True),
            (accepted, "refused", "acknowledgement_contradicts", True),
        ):
            found = whole(file_answered(answer, "L2", state))
            self.assertEqual(
                (found.code, found.blocking, found.line, found.params["number"]), (code, blocking, 2, "L2")
            )

    def test_a_file_is_accepted(self):
        found = answers("?;MAJ_L2.txt;;OK;;\r\n")
        self.assertEqual([(f.record, f.company, f.status) for f in found.files], [(8, "", "accepted")])

    def test_a_document_of_that_number_comes_first(self):
        rows = list(Reader(PRESETS["acknowledgement"]).rows([(HEADER + "EAU;L2;;rejected;X;\r\n").encode()]))
        found = read_answers(rows, [SentDocument(1, "EAU", "L2", "exported")], "", FILES)
        self.assertEqual(([record for record, _finding in found.rejected], found.files), ([1], ()))

    def test_a_file_that_nobody_sent(self):
        found = answers("?;ECR_other.txt;;rejected;X;\r\n")
        self.assertEqual([finding.code for finding in found.findings], ["acknowledgement_unknown"])

    def test_the_reason_may_be_missing(self):
        (file,) = answers("?;MAJ_L2.txt;;rejected;;\r\n").files
        self.assertEqual((file.finding.code, file.finding.params), ("lot_refused", {"lot": "L2"}))
