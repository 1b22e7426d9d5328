"""Files as other programs leave them: folders in their place, names that no layout reads, files that vanish or grow."""

import os
from unittest.mock import patch

from ..core.ledger.local import LocalTransport
from .support.ledger import LedgerCase

HEADER = "company;number;external_reference;status;code;message\r\n"
HEAD = "company;type;code;name\r\n"


class TestOddCodes(LedgerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "referential"
        self.put("third_parties_1.csv", range(50))
        self.put("third_parties_2.csv", range(50, 60))
        (self.folder / "third_parties.csv").unlink()
        self.connector.deactivation_share = 100
        self.update()
        self.connector.deactivation_share = 20
        self.assertEqual(self.active(), 60)

    def put(self, name, numbers):
        rows = "".join(f"EAU;F;F{number:04};Tiers {number}\r\n" for number in numbers)
        (self.folder / name).write_text(HEAD + rows, newline="")

    def update(self):
        return self.do(self.companies, "action_update_companies")

    def active(self):
        return self.env["ledger.code"].search_count([("kind", "=", "third_party"), ("company_id", "=", self.water.id)])

    def test_a_folder_in_place_of_a_file_hides_its_codes(self):
        """Ten of sixty are few enough to be deactivated, but nobody knows whether they are missing."""
        (self.folder / "third_parties_2.csv").unlink()
        (self.folder / "third_parties_2.csv").mkdir()
        run = self.update()
        self.assertEqual((run.deactivated, self.active()), (0, 60))
        self.assertEqual(run.anomaly_ids.mapped("code"), ["not_a_file"])
        self.assertIn("referential/third_parties_2.csv", run.anomaly_ids.message)

    def test_a_name_that_no_layout_reads_is_said(self):
        (self.folder / "third_parties_2.csv").rename(self.folder / "Tiers 2026.csv")
        (self.folder / "accounts.csv.filepart").write_bytes(b"half")
        run = self.update()
        anomaly = run.anomaly_ids.filtered(lambda found: found.code == "name_unmatched")
        self.assertEqual((len(anomaly), anomaly.blocking), (1, False))
        self.assertIn("Tiers 2026.csv", anomaly.message)
        self.assertIn("third_parties*.csv", anomaly.message)

    def test_an_empty_file(self):
        (self.folder / "third_parties_2.csv").write_bytes(b"")
        run = self.update()
        self.assertEqual((run.deactivated, run.anomaly_ids.code), (0, "file_empty"))

    def test_a_file_that_vanishes_while_it_is_read(self):
        usual = LocalTransport._open

        def vanishing(transport, path, mode):
            if path.endswith("third_parties_2.csv"):
                os.unlink(path)
            return usual(transport, path, mode)

        with patch.object(LocalTransport, "_open", vanishing):
            run = self.update()
        self.assertEqual((run.state, run.deactivated, self.active()), ("done", 0, 60), run.message)

    def test_a_file_that_grows_while_it_is_read(self):
        usual = LocalTransport._open

        def growing(transport, path, mode):
            if path.endswith("third_parties_2.csv"):
                self.put("third_parties_2.csv", range(50, 55))
            return usual(transport, path, mode)

        self.put("third_parties_2.csv", range(50, 52))
        with patch.object(LocalTransport, "_open", growing):
            run = self.update()
        self.assertEqual((run.deactivated, self.active()), (0, 60))
        self.assertEqual(self.update().deactivated, 5, "what it holds once nobody writes it")


class TestOddAnswers(LedgerCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "acknowledgements"
        self.bill = self.entry()
        self.lot = self.export(self.bill).lot_ids

    def test_an_answer_under_another_name_is_said(self):
        (self.folder / f"RETOUR {self.lot.number}.txt").write_text(f"{HEADER}EAU;{self.bill.name};;OK;;\r\n")
        (self.folder / f"AR_{self.lot.number}.txt").mkdir()
        run = self.do(self.connector, "action_synchronize")
        found = {anomaly.code: anomaly.message for anomaly in run.anomaly_ids}
        self.assertEqual(set(found), {"name_unmatched", "not_a_file"})
        self.assertIn("AR_{lot}.txt", found["name_unmatched"])
        self.assertEqual(self.document(self.bill).state, "exported")

    def read_file(self, *rows):
        """Let a file of these rows be read; return (the states of its records, where it is)."""
        path = self.folder / f"AR_{self.lot.number}.txt"
        path.write_text(HEADER + "".join(rows), newline="")
        self.do(self.connector, "action_synchronize")
        files = self.env["ledger.file"].search([("name", "=", path.name)], order="id")
        places = [place for place in ("", "done", "error") if (self.folder / place / path.name).exists()]
        return files.mapped("state"), places

    def test_a_file_that_is_not_whole_waits_if_nothing_else_is_wrong_with_it(self):
        odd = f"EAU;{self.bill.name};;peut-être;;\r\n"
        self.assertEqual(self.read_file("EAU;FAC"), (["open"], [""]))
        self.assertEqual(self.read_file(odd, "EAU;FAC"), (["error"], ["error"]))

    def test_a_file_that_was_first_seen_an_hour_ago_waits_no_longer(self):
        """Under its name, whatever came under it since."""
        self.assertEqual(self.read_file(f"EAU;{self.bill.name};;peut-être;;\r\n"), (["error"], ["error"]))
        self.assertEqual(self.read_file("EAU;FAC"), (["error", "open"], ["", "error"]))
        query = "UPDATE ledger_file SET create_date = create_date - interval '61 min' WHERE id = %s"
        self.env.cr.execute(query, [self.env["ledger.file"].search([("state", "=", "error")]).id])
        self.env.invalidate_all()
        self.assertEqual(self.read_file("EAU;FAC;")[0], ["error", "error"])

    def test_an_answer_that_grows_while_it_is_read_is_read_later(self):
        path, usual = self.folder / f"AR_{self.lot.number}.txt", LocalTransport._open
        row = f"EAU;{self.bill.name};;KO;C1;Compte inconnu\r\n"

        def growing(transport, path, mode):
            if os.path.basename(path).startswith("AR_"):
                with open(path, "a", newline="") as file:
                    file.write(row)
            return usual(transport, path, mode)

        path.write_text(HEADER, newline="")
        with patch.object(LocalTransport, "_open", growing):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.rejected, run.anomaly_ids.mapped("code")), (0, []))
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.rejected, self.document(self.bill).state), (1, "rejected"))
