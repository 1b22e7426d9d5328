"""Systems that write, move and answer in their own ways: what can be understood is applied, the rest reported."""

import os
import time
from unittest.mock import patch

from ..core.ledger.local import LocalTransport
from .support.ledger import LedgerCase

ANSWER = "company;number;external_reference;status;code;message\r\n"
PDF = b"%PDF-1.4\n%%EOF\n"


class TestAnswersOfOtherSystems(LedgerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "acknowledgements"
        self.layout = self.connector.acknowledgement_layout_id

    def answer(self, name, *rows, seconds=0):
        (self.folder / name).write_bytes((ANSWER + "".join(f"{row}\r\n" for row in rows)).encode())
        when = time.time() + seconds
        os.utime(self.folder / name, (when, when))
        return self.bring_in()

    def bring_in(self):
        return self.do(self.connector, "action_synchronize")

    def sent(self, count=1):
        """Send bills; return them and the number of their lot."""
        bills = self.env["account.move"]
        for _rank in range(count):
            bills |= self.entry()
        return bills, self.export(bills).lot_ids.number

    def states(self, bills):
        return [self.document(bill).state for bill in bills]

    def test_one_name_for_every_answer(self):
        """The other system writes RETOUR.txt each time: the same words about a later lot are another answer."""
        self.layout.file_name = "RETOUR.txt"
        bill, _lot = self.sent()
        row = f"EAU;{bill.name};;KO;COMPTE;Compte inconnu"
        self.assertEqual((self.answer("RETOUR.txt", row, seconds=-60).rejected, self.states(bill)), (1, ["rejected"]))
        self.export(bill)
        run = self.answer("RETOUR.txt", row)
        self.assertEqual((run.rejected, self.states(bill), list(self.folder.glob("*.txt"))), (1, ["rejected"], []))

    def test_an_answer_that_was_read_and_not_moved_is_not_one_to_a_later_lot(self):
        self.layout.file_name = "RETOUR.txt"
        bill, _lot = self.sent()
        row = f"EAU;{bill.name};;KO;COMPTE;Compte inconnu"
        self.answer("RETOUR.txt", row, seconds=-60)
        os.rename(self.folder / "done/RETOUR.txt", self.folder / "RETOUR.txt")
        self.export(bill)
        run = self.bring_in()
        self.assertEqual((run.rejected, self.states(bill), list(self.folder.glob("*.txt"))), (0, ["exported"], []))

    def test_the_same_answer_under_another_name_and_in_capitals(self):
        bills, lot = self.sent(2)
        rows = [f"eau;{bill.name.lower()};;OK;;" for bill in bills]
        self.assertEqual(self.answer(f"AR_{lot}.txt", *rows).accepted, 2)
        run = self.answer(f"AR_{lot}.2.txt", *rows)
        self.assertEqual((run.accepted, run.refused, self.states(bills)), (0, 0, ["integrated"] * 2))

    def test_the_day_where_the_lot_is_expected(self):
        """AR_20260310.txt answers no older lot: there is no lot of that name."""
        bills, lot = self.sent(2)
        rows = [f"EAU;{bills[0].name};;OK;;", f"EAU;{bills[1].name};;KO;COMPTE;Compte inconnu"]
        run = self.answer("AR_20260310.txt", *rows)
        self.assertEqual((run.accepted, run.rejected, run.anomaly_ids.mapped("code")), (1, 1, []))
        self.assertEqual(self.states(bills), ["integrated", "rejected"])
        self.export(bills[1])
        run = self.answer(f"AR_{lot}.txt", f"EAU;{bills[1].name};;OK;;")
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code")), (0, ["acknowledgement_late"]))

    def test_numbers_in_capitals_where_no_lot_is_named(self):
        self.layout.file_name = "RETOUR*.txt"
        bill, _lot = self.sent()
        self.assertEqual(self.answer("RETOUR1.txt", f"EAU;{bill.name.lower()};;OK;;").accepted, 1)

    def test_halves_of_an_answer_the_second_one_first(self):
        self.layout.file_name = "AR_*.txt"
        bills, _lot = self.sent(4)
        rows = [f"EAU;{bill.name};;OK;;" for bill in bills]
        self.assertEqual(self.answer("AR_2.txt", *rows[2:]).accepted, 2)
        self.assertEqual((self.answer("AR_1.txt", *rows[:2]).accepted, self.states(bills)), (2, ["integrated"] * 4))

    def test_pages_with_a_header_each_and_delimiters_at_the_end(self):
        bills, lot = self.sent(2)
        first, second = (f"EAU;{bill.name};;OK;;" for bill in bills)
        run = self.answer(f"AR_{lot}.txt", f"{first};;", ";;;;;", f"\ufeff{ANSWER.strip()}", second, "\x1a")
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code")), (2, []))
        self.assertTrue((self.folder / f"done/AR_{lot}.txt").exists())

    def test_every_reason_of_a_rejection(self):
        bill, lot = self.sent()
        self.answer(f"AR_{lot}.txt", f"EAU;{bill.name};;KO;C1;Compte inconnu", f"EAU;{bill.name};;KO;C2;Section close")
        message = self.document(bill).anomaly_ids.message
        self.assertIn("C1 / C2 Compte inconnu / Section close", message)

    def test_a_folder_for_read_answers_that_cannot_be_used(self):
        """The other files are read, each bad one is reported, and none is applied twice."""
        first, lot = self.sent()
        second, other_lot = self.sent()
        (self.folder / "done").write_bytes(b"a file where the folder was")
        for bill, number in ((first, lot), (second, other_lot)):
            (self.folder / f"AR_{number}.txt").write_bytes((ANSWER + f"EAU;{bill.name};;OK;;\r\n").encode())
        run = self.bring_in()
        self.assertEqual((run.accepted, self.states(first | second)), (2, ["integrated"] * 2))
        named = {f"AR_{lot}.txt", f"AR_{other_lot}.txt", "acknowledgements/done"}
        self.assertEqual(set(run.anomaly_ids.mapped("file_name")), named)
        (self.folder / "done").unlink()
        run = self.bring_in()
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code"), list(self.folder.glob("*.txt"))), (0, [], []))

    def test_names_that_no_path_can_hold(self):
        self.layout.file_name = "*.txt"
        bill, _lot = self.sent()
        (self.folder / "a\tb.txt").write_bytes(b"x")
        (self.folder / "c\\d.txt").write_bytes(b"x")
        (self.folder / "e.txt").mkdir()
        run = self.answer("100 % l'eau {lot} %s.txt", f"EAU;{bill.name};;OK;;")
        self.assertEqual((run.accepted, run.anomaly_ids.mapped("code")), (1, ["name_odd", "name_odd", "not_a_file"]))

    def test_a_clock_that_is_a_day_ahead(self):
        self.connector.file_age = 60
        bill, lot = self.sent()
        self.assertEqual(self.answer(f"AR_{lot}.txt", f"EAU;{bill.name};;OK;;", seconds=86400).accepted, 1)

    def test_a_document_numbered_anew_whose_number_another_one_took(self):
        self.layout.file_name = "AR_*.txt"
        first, _lot = self.sent()
        self.answer("AR_1.txt", f"EAU;{first.name};;OK;;")
        number = first.name
        first.name = f"{number}-BIS"
        second = self.entry()
        second.name = number
        self.env.flush_all()
        self.export(second)
        run = self.answer("AR_2.txt", f"EAU;{number};;KO;C1;Compte inconnu")
        self.assertEqual((run.rejected, self.states(first | second)), (1, ["integrated", "rejected"]))


class TestCodesOfOtherSystems(LedgerCase):
    HEAD = "company;type;code;name\r\n"

    def put(self, text, name="third_parties.csv"):
        (self.directory / "referential" / name).write_bytes(text.encode())
        return self.do(self.companies, "action_update_companies")

    def parties(self, company, count):
        return "".join(f"{company};F;F{number:04};Tiers {number}\r\n" for number in range(count))

    def active(self, company):
        return self.env["ledger.code"].search_count([("kind", "=", "third_party"), ("company_id", "=", company.id)])

    def set_up_parties(self):
        self.connector.deactivation_share = 100
        self.put(self.HEAD + self.parties("EAU", 100) + self.parties("ASST", 10))
        self.connector.deactivation_share = 20
        self.assertEqual([self.active(company) for company in self.companies], [100, 10])

    def test_a_file_without_one_company(self):
        """10 of 110 are few; all ten of a company are its whole référentiel."""
        self.set_up_parties()
        run = self.put(self.HEAD + self.parties("EAU", 95))
        self.assertEqual([self.active(company) for company in self.companies], [95, 10])
        anomaly = run.anomaly_ids
        self.assertEqual((anomaly.code, anomaly.company_id, run.deactivated), ("deactivation_share", self.sewerage, 5))

    def test_a_file_that_a_spreadsheet_saved(self):
        self.set_up_parties()
        rows = self.parties("EAU", 99) + "EAU;F;4,01E+05;Tiers 99\r\n" + self.parties("ASST", 10)
        run = self.put(self.HEAD + rows)
        self.assertEqual([self.active(company) for company in self.companies], [100, 10])
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"code_spoiled", "deactivation_held"})

    def test_half_of_the_smaller_company(self):
        self.set_up_parties()
        self.put(self.HEAD + self.parties("EAU", 100) + self.parties("ASST", 5))
        self.assertEqual([self.active(company) for company in self.companies], [100, 10])
        self.put(self.HEAD + self.parties("EAU", 100) + self.parties("ASST", 9))
        self.assertEqual([self.active(company) for company in self.companies], [100, 9])

    def test_a_header_at_each_page_is_no_code(self):
        self.set_up_parties()
        pages = [self.HEAD + self.parties("EAU", 100), self.HEAD + self.parties("ASST", 10), self.HEAD]
        run = self.put("\ufeff".join(pages))
        self.assertEqual((run.made, run.updated, run.deactivated, run.anomaly_ids.mapped("code")), (0, 0, 0, []))

    def test_a_file_of_an_old_system(self):
        self.set_up_parties()
        text = (self.HEAD + self.parties("EAU", 100) + self.parties("ASST", 10)).replace("\r\n", "\r")
        run = self.put(text)
        self.assertEqual((run.deactivated, run.anomaly_ids.mapped("code")), (0, []))


class TestScansOfOtherSystems(LedgerCase):
    def setUp(self):
        super().setUp()
        self.water.scan_directory, self.sewerage.scan_directory = "scans/eau", "scans/asst"
        self.folder = self.directory / "scans/eau"
        self.folder.mkdir(parents=True)

    def bring_in(self):
        return self.do(self.companies, "action_fetch_scans")

    def test_a_young_scan_waits_where_an_age_is_set(self):
        self.connector.file_age = 3600
        (self.folder / "a.pdf").write_bytes(PDF[:8])
        self.assertEqual((self.bring_in().scanned, os.listdir(self.folder)), (0, ["a.pdf"]))
        (self.folder / "a.pdf").write_bytes(PDF)
        self.connector.file_age = 0
        self.assertEqual(self.bring_in().scanned, 1)

    def test_a_scan_that_grows_while_it_is_read_is_read_later(self):
        usual = LocalTransport._open

        def growing(transport, path, mode):
            if path.endswith("a.pdf"):
                with open(path, "ab") as file:
                    file.write(b"more")
            return usual(transport, path, mode)

        (self.folder / "a.pdf").write_bytes(PDF[:8])
        with patch.object(LocalTransport, "_open", growing):
            run = self.bring_in()
        self.assertEqual((run.scanned, run.anomaly_ids.mapped("code"), os.listdir(self.folder)), (0, [], ["a.pdf"]))
        (self.folder / "a.pdf").write_bytes(PDF)
        self.assertEqual(self.bring_in().scanned, 1)

    def test_scans_that_cannot_be_put_away(self):
        (self.folder / "done").write_bytes(b"a file where the folder was")
        for number in range(2):
            (self.folder / f"{number}.pdf").write_bytes(PDF + b"%d" % number)
        run = self.bring_in()
        self.assertEqual(run.scanned, 2)
        self.assertLessEqual({"0.pdf", "1.pdf"}, set(run.anomaly_ids.mapped("file_name")))
        self.assertEqual(self.bring_in().scanned, 0)
