"""Meaning of a report: accepted, rejected, unknown, duplicate, late, out of order."""

import unittest

from ..ledger.acknowledgement import SentDocument, SentFile, read_answers
from ..ledger.answer_findings import whole_refusal
from ..ledger.findings import Finding
from ..ledger.layouts import Reader
from ..ledger.presets import PRESETS
from .sentences import codes

HEADER = "company;number;external_reference;status;code;message\r\n"
DOCUMENTS = (
    SentDocument(1, "EAU", "N1", "exported", "L1"),
    SentDocument(2, "EAU", "N2", "exporting", "L1"),
    SentDocument(3, "EAU", "N3", "integrated", "L1"),
    SentDocument(4, "EAU", "N4", "to_export"),
    SentDocument(5, "ASST", "N1", "exported", "L2"),
)


FILES = (SentFile(7, "20261130-L1", "ECR_20261130-L1.txt"), SentFile(8, "L2", "MAJ_L2.txt"))


def answers(text, lot=""):
    rows = Reader(PRESETS["acknowledgement"]).rows([(HEADER + text).encode()])
    return read_answers(rows, DOCUMENTS, lot, FILES)


class TestAnswers(unittest.TestCase):
    def codes(self, text, lot=""):
        found = answers(text, lot)
        return found.accepted, [record for record, _f in found.rejected], codes(found.findings)

    def test_an_error_that_nobody_foresaw_is_that_of_its_row(self):
        """The other rows are applied; the report is not finished."""
        rows = list(
            Reader(PRESETS["acknowledgement"]).rows(
                [(HEADER + "EAU;N1;;accepted;;\r\nEAU;N2;;accepted;;\r\n").encode()]
            )
        )
        rows[0].values["number"] = []

        def failed(row, error):
            return Finding("unforeseen", params={"name": type(error).__name__, "number": "1"}, line=row.line)

        found = read_answers(rows, DOCUMENTS, "", FILES, failed)
        self.assertEqual((found.accepted, found.unread), ((2,), 1))
        self.assertEqual([(finding.code, finding.line) for finding in found.findings], [("unforeseen", 2)])
        with self.assertRaises(AttributeError):
            read_answers(rows, DOCUMENTS, "", FILES)

    def test_accepted_and_rejected(self):
        found = answers("EAU;N1;;accepted;;\r\nEAU;N2;;Rejected;BALANCE;Écart\r\n")
        self.assertEqual(found.accepted, (1,))
        record, finding = found.rejected[0]
        self.assertEqual((record, finding.document, finding.line), (2, "N2", 3))
        self.assertEqual(found.lines, {1: 2, 2: 3})
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

    def test_a_name_that_is_no_lot_s_answers_what_waits(self):
        """The reports of some systems have their day where a lot is expected."""
        rows = list(Reader(PRESETS["acknowledgement"]).rows([(HEADER + "EAU;N1;;accepted;;\r\n").encode()]))
        for is_known, accepted, said in ((False, (1,), []), (True, (), ["acknowledgement_late"])):
            found = read_answers(rows, DOCUMENTS, "20261130", FILES, is_lot_known=is_known)
            self.assertEqual((found.accepted, codes(found.findings)), (accepted, said))

    def test_what_was_not_sent_cannot_be_answered(self):
        self.assertEqual(self.codes("EAU;N4;;accepted;;\r\n")[2], ["acknowledgement_unexpected"])

    def test_bad_rows_do_not_stop_good_ones(self):
        text = "EAU;N1;;maybe;;\r\nEAU;;;accepted;;\r\nEAU;N2;;accepted;;\r\nEAU;N1;;acc"
        self.assertEqual(self.codes(text), ((2,), [], ["word_unknown", "value_missing", "line_truncated"]))

    def test_a_lot_is_known_whatever_its_case(self):
        self.assertEqual(self.codes("ASST;N1;;accepted;;\r\n", lot="l2"), ((5,), [], []))

    def test_a_document_that_waits_over_there_has_no_answer_yet(self):
        """States of FRP 1000's import before its end: the report is understood, the answer comes in a later one."""
        text = "EAU;N1;;À importer;;\r\nEAU;N2;;accepted;;\r\n;ECR_20261130-L1.txt;;En attente;;\r\n"
        found = answers(text)
        self.assertEqual((found.accepted, found.rejected, found.files, found.unread), ((2,), (), (), 0))
        self.assertEqual(
            [(f.code, f.line, f.blocking) for f in found.findings],
            [("acknowledgement_pending", 2, False), ("acknowledgement_pending", 4, False)],
        )
        self.assertEqual(codes(found.findings), ["acknowledgement_pending"] * 2)
        self.assertEqual(
            self.codes("EAU;N1;;En cours;;\r\nEAU;N1;;accepted;;\r\n"), ((1,), [], ["acknowledgement_pending"])
        )

    def test_an_unread_row_leaves_the_report_open(self):
        self.assertEqual(answers("EAU;N1;;accepted;;\r\n").unread, 0)
        self.assertEqual(answers("EAU;N1;;peut-être;;\r\nEAU;N2;;accepted;;\r\n").unread, 1)
        self.assertEqual(answers("EAU;N9;;accepted;;\r\n").unread, 0, "understood, although nobody knows N9")


class TestWhatIsSaid(unittest.TestCase):
    def remark(self, text, lot=""):
        (finding,) = answers(text, lot).findings
        return finding.code, finding.blocking, dict(finding.params)

    def test_late(self):
        code, blocking, params = self.remark("ASST;N1;;rejected;;\r\n", lot="L1")
        self.assertEqual((code, blocking), ("acknowledgement_late", False))
        self.assertEqual((params["lot"], params["current"], params["number"], params["line"]), ("L1", "L2", "N1", 2))

    def test_duplicate_and_contradicting(self):
        code, blocking, params = self.remark("EAU;N3;;accepted;;\r\n")
        self.assertEqual((code, blocking, params["status"]), ("acknowledgement_duplicate", False, "accepted"))
        code, blocking, params = self.remark("EAU;N3;;rejected;;\r\n")
        self.assertEqual((code, blocking, params["state"]), ("acknowledgement_contradicts", True, "integrated"))

    def test_unknown(self):
        code, blocking, params = self.remark("XX;N9;;accepted;;\r\n")
        self.assertEqual((code, blocking), ("acknowledgement_unknown", True))
        self.assertEqual((params["company"], params["number"], params["line"]), ("XX", "N9", 2))


class TestWholeFindings(unittest.TestCase):
    """Each finding as a whole: rule, field, values, document, line, whether it stops."""

    def test_a_remark(self):
        (finding,) = answers("EAU;N3;;rejected;;\r\n").findings
        params = {"line": 2, "number": "N3", "company": "EAU", "status": "rejected", "state": "integrated"}
        self.assertEqual(finding, Finding("acknowledgement_contradicts", "status", params, "N3", 2))

    def test_a_rejection(self):
        ((record, finding),) = answers("EAU;N1;;KO;C1;Pourquoi\r\n").rejected
        expected = Finding("acknowledgement_rejected", "", {"code": "C1", "message": "Pourquoi"}, "N1", 2)
        self.assertEqual((record, finding), (1, expected))

    def test_a_whole_refusal(self):
        self.assertEqual(whole_refusal("L1"), Finding("lot_refused", "", {"lot": "L1"}))
        for code, message in (("C", ""), ("", "M"), ("C", "M")):
            params = {"lot": "L1", "code": code, "message": message}
            self.assertEqual(whole_refusal("L1", code, message), Finding("lot_refused_because", "", params))

    def test_a_file_is_told_by_its_name_without_its_ending_and_the_first_answer_counts(self):
        text = "?;MAJ_L2;;rejected;A;\r\n?;MAJ_L2.txt;;accepted;;\r\n"
        (found,) = answers(text).files
        self.assertEqual((found.record, found.status, found.line), (8, "rejected", 2))
        self.assertEqual(found.finding.params["code"], "A")

    def test_a_bad_row_that_lacks_more_than_its_number_is_no_whole_answer(self):
        found = answers("EAU;;;peut-être;;\r\n", lot="L2")
        self.assertEqual((found.files, found.unread), ((), 1))


class TestOtherSystems(unittest.TestCase):
    """Reports as other systems write them."""

    def read(self, text, documents=DOCUMENTS, lot=""):
        rows = Reader(PRESETS["acknowledgement"]).rows([(HEADER + text).encode()])
        found = read_answers(rows, documents, lot, FILES)
        reasons = {record: (finding.params["code"], finding.params["message"]) for record, finding in found.rejected}
        return found.accepted, reasons, codes(found.findings)

    def test_each_reason_of_a_rejection_is_kept(self):
        text = "EAU;N1;;KO;C1;No account\r\nEAU;N1;;KO;C2;No section\r\nEAU;N1;;KO;C1;No account\r\n"
        expected = (), {1: ("C1 / C2", "No account / No section")}, ["acknowledgement_duplicate"] * 2
        self.assertEqual(self.read(text), expected)
        self.assertEqual(self.read("EAU;N1;;KO;;\r\nEAU;N1;;KO;C2;\r\n")[1], {1: ("C2", "")})

    def test_a_document_with_two_verdicts(self):
        text = "EAU;N1;;OK;;\r\nEAU;N1;;KO;C2;No section\r\n"
        self.assertEqual(self.read(text), ((1,), {}, ["acknowledgement_contradicts"]))

    def test_a_document_accepted_twice_under_two_references(self):
        """It is applied once here; the accounting system may have entered it twice."""
        text = "EAU;N1;P-17;OK;;\r\nEAU;N1;P-18;OK;;\r\nEAU;N1;p-17;OK;;\r\nEAU;N1;;OK;;\r\n"
        twice, *again = answers(text).findings
        self.assertEqual((twice.code, twice.line, twice.blocking), ("acknowledgement_twice", 3, True))
        params = {name: twice.params[name] for name in ("reference", "first", "first_line")}
        self.assertEqual(params, {"reference": "P-18", "first": "P-17", "first_line": 2})
        self.assertEqual((answers(text).accepted, codes(again)), ((1,), ["acknowledgement_duplicate"] * 2))

    def test_an_acceptance_after_a_rejection(self):
        """In a later report: it was corrected there. In the same report: nobody knows which answer counts."""
        rejected = [SentDocument(1, "EAU", "N1", "rejected", "L1")]
        self.assertEqual(self.read("EAU;N1;;OK;;\r\n", rejected, "L1"), ((1,), {}, []))
        both = "EAU;N1;;KO;C1;\r\nEAU;N1;;OK;;\r\n"
        for documents in (rejected, DOCUMENTS):
            accepted, _reasons, found = self.read(both, documents)
            self.assertEqual((accepted, found[-1]), ((), "acknowledgement_contradicts"), "also when it is read again")
        self.assertEqual(self.read("EAU;N1;;OK;;\r\n", rejected, "L0")[2], ["acknowledgement_late"])

    def test_a_document_refused_because_it_is_there(self):
        """Its second delivery alone is refused: the first one is valid."""
        for reason, expected in (
            ("DOUBLON;", "acknowledgement_already_there"),
            ("E12;Pièce déjà intégrée", "acknowledgement_already_there"),
            ("DUPLICATE;document already exists", "acknowledgement_already_there"),
            ("E13;Compte inconnu", "acknowledgement_rejected"),
        ):
            ((_record, finding),) = answers(f"EAU;N1;;KO;{reason}\r\n").rejected
            self.assertEqual(finding.code, expected, reason)

    def test_capitals(self):
        self.assertEqual(self.read("eau;n1;;OK;;\r\nAsst;N1;;ok;;\r\n")[0], (1, 5))
        both = [SentDocument(1, "EAU", "a1", "exported"), SentDocument(2, "EAU", "A1", "exported")]
        self.assertEqual(self.read("EAU;A1;;OK;;\r\n", both)[0], (2,), "exactly this one")

    def test_a_number_that_two_documents_had(self):
        """Numbered anew: its former number was given to another document."""
        former, later = SentDocument(1, "EAU", "F1", "integrated", "L1"), SentDocument(2, "EAU", "F1", "sent", "L2")
        for documents in ([former, later], [later, former]):
            self.assertEqual(self.read("EAU;F1;;OK;;\r\n", documents), ((2,), {}, []))
            self.assertEqual(self.read("EAU;F1;;OK;;\r\n", documents, "L2"), ((2,), {}, []))
            self.assertEqual(self.read("EAU;F1;;OK;;\r\n", documents, "L1")[2], ["acknowledgement_duplicate"])

    def test_two_documents_of_one_number_in_flight(self):
        first, second = SentDocument(1, "EAU", "F1", "sent", "L1"), SentDocument(2, "EAU", "F1", "sent", "L2")
        self.assertEqual(self.read("EAU;F1;;KO;;\r\n", [first, second]), ((), {}, ["acknowledgement_ambiguous"]))
        self.assertEqual(self.read("EAU;F1;;OK;;\r\n", [first, second], "l1"), ((1,), {}, []))

    def test_halves_of_a_report(self):
        first = self.read("EAU;N2;;OK;;\r\n")
        self.assertEqual((first, self.read("EAU;N1;;OK;;\r\n")), (((2,), {}, []), ((1,), {}, [])))
