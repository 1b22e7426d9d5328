"""An unexpected row, file or name never blocks the others."""

import errno
import os
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tools import mute_logger

from ..core.ledger.acknowledgement import _Reading
from ..core.ledger.delivery import RETRY_DELAYS
from ..core.ledger.local import LocalTransport
from .support.ledger import LedgerCase

ATTEMPTS = "odoo.addons.utility_billing_sync.models.ledger.attempts"
PDF = b"%PDF-1.4\n%%EOF\n"


class TestLedgerIsolation(LedgerCase):
    def put(self, name, text):
        (self.directory / "referential" / name).write_text(text.replace("\n", "\r\n"), "utf-8", newline="")

    def update(self, companies=None):
        self.connector.deactivation_share = 100
        return self.do(companies or self.companies, "action_update_companies")

    # Answers

    def answered(self, bills):
        """Send bills, let them be answered, read the answers where some method raises for the first bill."""
        self.export(bills)
        self.simulate("serve", "--once")
        bad = self.document(bills[0])
        model = type(self.env["ledger.document"])

        def failing(method):
            def fail(documents, *arguments):
                if bad.id in documents.ids:
                    raise RuntimeError("nobody foresaw this")
                return method(documents, *arguments)

            return fail

        with mute_logger(ATTEMPTS), patch.object(model, "_accept", failing(model._accept)):
            return self.do(self.connector, "action_synchronize")

    def test_an_error_of_one_answer_leaves_the_others(self):
        bills = self.entry() | self.entry() | self.entry() | self.entry()
        run = self.answered(bills)
        self.assertEqual(self.document(bills).sorted("id").mapped("state"), ["exported"] + ["integrated"] * 3)
        anomaly = run.anomaly_ids.filtered(lambda a: a.code == "unforeseen")
        self.assertEqual((run.accepted, len(anomaly), anomaly.line), (3, 1, 2))
        self.assertIn(bills[0].name, anomaly.message)
        # the report is not finished: it is read again, and only rows that were not applied are
        file = run.file_ids.filtered(lambda file: file.flow == "acknowledgement")
        self.assertEqual(file.state, "error")
        again = self.do(file, "action_read_again")
        self.assertEqual((again.accepted, self.document(bills[0]).state), (1, "integrated"))

    def test_an_error_of_one_row_leaves_the_others(self):
        bills = self.entry() | self.entry()
        self.export(bills)
        self.simulate("serve", "--once")
        take = _Reading._take_document

        def fail(reading, row):
            if row.values["number"] == bills[0].name:
                raise RuntimeError("nobody foresaw this")
            return take(reading, row)

        with mute_logger(ATTEMPTS), patch.object(_Reading, "_take_document", fail):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual(self.document(bills).sorted("id").mapped("state"), ["exported", "integrated"])
        anomaly = run.anomaly_ids.filtered(lambda a: a.code == "unforeseen")
        self.assertEqual(anomaly.line, 2)
        self.assertIn(f"EAU {bills[0].name}", anomaly.message)

    # Référentiel

    def test_codes_of_journals_that_begin_alike(self):
        """Odoo keeps five characters of a journal's code."""
        self.put("journals.csv", "company;code;name;type\nEAU;ACHAT1;Achats 1;A\nEAU;ACHAT2;Achats 2;ACHAT\n")
        bill = self.entry()
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, self.document(bill).state), ("done", "exported"))
        journals = self.record("journal", "ACHAT1") | self.record("journal", "ACHAT2")
        self.assertEqual(journals.mapped("code"), ["ACHAT", "ACHA1"])
        self.assertEqual(journals.mapped("type"), ["purchase"] * 2)
        self.assertFalse(self.update().anomaly_ids.filtered("blocking"), "they are bound, and not made again")

    def test_an_archived_journal_is_found(self):
        archived = self.env["account.journal"].create(
            {"name": "Travaux", "code": "TRX", "type": "purchase", "company_id": self.water.id, "active": False}
        )
        self.put("journals.csv", "company;code;name;type\nEAU;TRX;Travaux;A\nEAU;TRX2;Travaux 2;A\n")
        run = self.update()
        self.assertEqual((run.state, self.record("journal", "TRX")), ("done", archived))
        self.assertTrue(self.record("journal", "TRX2"))

    def test_a_branch_uses_what_its_company_has(self):
        self.connector.active = False
        branch = self.env["res.company"].create(
            {
                "name": "Antenne",
                "parent_id": self.water.id,
                "ledger_code": "ANT",
                "currency_id": self.water.currency_id.id,
            }
        )
        self.env.user.company_ids |= branch
        self.connector.write({"company_ids": [Command.link(branch.id)], "active": True})
        self.companies |= branch
        account = self.record("account", "401000")
        self.put("accounts.csv", "company;code;name;type\nANT;401000;Fournisseurs;G\nANT;471900;Attente;G\n")
        self.put("third_parties.csv", "company;type;code;name\nANT;F;F0900;Pompes\n")
        run = self.update(branch)
        self.assertEqual((run.state, run.anomaly_ids.mapped("message")), ("done", []))
        self.assertEqual(self.record("account", "401000", branch), account)
        self.assertEqual(self.record("account", "471900", branch).company_ids, self.water)
        self.assertEqual(self.record("third_party", "F0900", branch).ref, "F0900")

    def test_a_record_that_is_refused_leaves_the_others(self):
        """An account of class 5 that a constraint refuses: the finding of its row gives the reason."""
        self.env.cr.execute("ALTER TABLE account_account ADD CHECK (name ->> 'en_US' != 'Interdit')")
        self.put(
            "accounts.csv",
            "company;code;name;type\nEAU;471001;Un;G\nEAU;471002;Interdit;G\nEAU;471003;Trois;G\n",
        )
        bill = self.entry()
        with mute_logger(ATTEMPTS, "odoo.sql_db"):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual(
            [bool(self.record("account", code)) for code in ("471001", "471002", "471003")], [True, False, True]
        )
        said = run.anomaly_ids.filtered(lambda a: a.code == "unforeseen")
        self.assertIn("471002", said.message)
        self.assertEqual((run.state, bool(self.document(bill))), ("done", True))

    def test_codes_that_the_database_refuses_leave_the_other_kinds(self):
        """A constraint of another addon refuses a code: its kind is not updated, and the run says so."""
        self.env.cr.execute("ALTER TABLE ledger_code ADD CHECK (code != '471002')")
        self.put("accounts.csv", "company;code;name;type\nEAU;471001;Un;G\nEAU;471002;Deux;G\n")
        self.put("journals_2.csv", "company;code;name;type\nEAU;NEUF;Neuf;G\n")
        with mute_logger(ATTEMPTS, "odoo.sql_db"):
            run = self.update()
        self.assertEqual((run.state, run.refused), ("done", 1))
        said = run.anomaly_ids.filtered(lambda a: a.code == "unforeseen")
        layout = self.connector.referential_layout_ids.filtered(lambda layout: layout.flow == "account")
        self.assertEqual((said.params["name"], said.blocking), (layout.name, True))
        self.assertFalse(self.code("account", "471001"))
        self.assertTrue(self.code("account", "401000").active, "nothing is known to be missing")
        self.assertTrue(self.code("journal", "NEUF").res_id)

    def test_a_code_that_no_index_holds(self):
        layout = self.connector.referential_layout_ids.filtered(lambda la: la.flow == "account")
        layout.column_ids.filtered(lambda column: column.attribute == "code").width = 0
        self.put("accounts.csv", f"company;code;name;type\nEAU;{'9' * 9000};Long;G\nEAU;471009;Bon;G\n")
        run = self.update(self.water)
        self.assertEqual((run.state, run.made), ("done", 1))
        self.assertIn("text_too_wide", run.anomaly_ids.mapped("code"))

    def test_names_that_are_no_text(self):
        """A name in Latin-1, from a scanner or another system: it is named and left; all else goes on."""
        bill = self.entry()
        self.export(bill)
        self.simulate("serve", "--once")
        scans = self.water.scan_directory
        (self.directory / scans).mkdir(exist_ok=True)
        (self.directory / scans / "bon.pdf").write_bytes(PDF)
        for name in (
            b"acknowledgements/Relev\xe9.txt",
            scans.encode() + b"/Facture_\xe9t\xe9.pdf",
            b"referential/Soci\xe9t\xe9.csv",
        ):
            with open(os.fsencode(self.directory) + b"/" + name, "wb") as file:
                file.write(b"x")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.state, run.scanned, self.document(bill).state), ("done", 1, "integrated"))
        said = run.anomaly_ids.filtered(lambda a: a.code == "name_odd").mapped("message")
        self.assertEqual(len(said), 3)
        self.assertTrue(any(r"Relev\xe9.txt" in message for message in said))
        self.assertEqual(self.connector.action_test_connection()["params"]["type"], "success")
        self.assertIn(r"acknowledgements/Relev\xe9.txt", self.connector.message_ids[0].body)

    def test_answers_that_may_not_be_read_leave_the_other_steps(self):
        """The folder of answers alone is closed: entries leave, but those whose rejection may be taken back there."""
        new, refused = self.entry(), self.entry()
        lot = self.export(refused).lot_ids.number
        text = "company;number;external_reference;status;code;message\r\n"
        folder = self.directory / "acknowledgements"
        (folder / f"AR_{lot}.txt").write_text(f"{text}EAU;{refused.name};;KO;C1;x\r\n", newline="")
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.document(refused).state, "rejected")
        scan = LocalTransport._scan

        def closed(transport, path):
            if path.endswith("acknowledgements"):
                raise PermissionError(errno.EACCES, "Permission denied")
            return scan(transport, path)

        with patch.object(LocalTransport, "_scan", closed):
            run = self.export(new | refused)
        self.assertEqual((run.state, run.anomaly_ids.mapped("code")), ("failed", ["permission_denied"]))
        self.assertIn("acknowledgements", run.message)
        self.assertEqual((self.document(new).state, self.document(refused).state), ("exported", "rejected"))
        (folder / f"AR_{lot}_2.txt").write_text(f"{text}EAU;{refused.name};;OK;;\r\n", newline="")
        self.connector.acknowledgement_layout_id.file_name = "AR_*.txt"
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.document(refused).state, "integrated")
        self.assertEqual(len(list((self.directory / "entries").glob("*.txt"))), 2, "each was sent once")

    def test_a_file_that_another_program_holds_is_read_later(self):
        """Servers of Windows say “Failure” of it; it stays where it is, and all else goes on."""
        first, second = self.entry(), self.entry()
        lots = [self.export(bill).lot_ids.number for bill in (first, second)]
        text = "company;number;external_reference;status;code;message\r\n"
        folder = self.directory / "acknowledgements"
        for lot, bill in zip(lots, (first, second), strict=True):
            (folder / f"AR_{lot}.txt").write_text(f"{text}EAU;{bill.name};;OK;;\r\n", newline="")
        usual = LocalTransport._open

        def held(transport, path, mode):
            if path.endswith(f"AR_{lots[0]}.txt"):
                raise OSError("Failure")
            return usual(transport, path, mode)

        with patch.object(LocalTransport, "_open", held):
            run = self.do(self.connector, "action_synchronize")
        self.assertEqual(
            (run.state, self.document(first).state, self.document(second).state), ("done", "exported", "integrated")
        )
        self.assertEqual(set(run.anomaly_ids.mapped("code")), {"remote_failure"})
        self.assertTrue((folder / f"AR_{lots[0]}.txt").exists())
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.accepted, self.document(first).state), (1, "integrated"))

    def test_a_server_that_cuts_each_connection_after_a_file(self):
        """Each attempt delivers a lot: failures are counted from the last one, so that the run comes to its end."""
        bills = self.env["account.move"].union(*(self.entry() for _bill in range(len(RETRY_DELAYS) + 3)))
        self.connector.lot_size = 1
        usual, left = LocalTransport._open, []

        def cut(transport, path, mode):
            if mode == "wb" and "/entries/" in path:
                if not left:
                    raise TimeoutError
                left.pop()
            return usual(transport, path, mode)

        with patch.object(LocalTransport, "_open", cut):
            run = self.export(bills)
            for _attempt in bills:
                left.append("a file")
                with freeze_time(run.retry_on):
                    self.call_job()
        self.assertEqual((run.state, run.exported), ("done", len(bills)), run.message)
        self.assertEqual(set(self.document(bills).mapped("state")), {"exported"})

    def test_a_folder_that_is_missing_leaves_the_other_steps(self):
        bill = self.entry()
        self.connector.referential_folder = "nowhere"
        folder = self.directory / "nowhere"
        folder.write_text("a file in its place")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual(
            (run.state, self.document(bill).state), ("failed", "to_export"), "no connection without folders"
        )
