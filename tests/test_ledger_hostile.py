import tempfile
import threading

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .support.ledger import LedgerCase
from .support.sshd import Sshd

MEGABYTE = 1 << 20


class Memory(threading.Thread):
    """The most memory that this process held while the block ran, above what it held before, in MB."""

    def __enter__(self):
        self.ended, self.first = threading.Event(), self.resident()
        self.most = self.first
        self.start()
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.join()
        self.grown = self.most - self.first

    def run(self):
        while not self.ended.wait(0.01):
            self.most = max(self.most, self.resident())

    @staticmethod
    def resident():
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * 4096 // MEGABYTE


class TestLedgerHostileFiles(LedgerCase):
    """Any input: faults are reported, good rows are applied, the server stays up."""

    def test_a_single_line_of_200_megabytes(self):
        with open(self.directory / "referential/accounts.csv", "wb") as file:
            file.write(b"company;code;name;type\r\nEAU;471000;")
            for _block in range(200):
                file.write(b"x" * MEGABYTE)
            file.write(b";G\r\nEAU;472000;Attente;G\r\n")
        with Memory() as memory:
            run = self.do(self.water, "action_update_companies")
        self.assertLess(memory.grown, 60)
        wrong = run.anomaly_ids.filtered(lambda anomaly: anomaly.file_name == "accounts.csv" and anomaly.blocking)
        self.assertEqual((run.state, wrong.code, wrong.line), ("done", "line_too_long", 2))
        self.assertTrue(self.code("account", "472000").active, "the row after the long line is lost")
        self.assertTrue(self.code("account", "401000").active, "the long line may hold its code: it is kept")

    def test_an_answer_of_one_enormous_line_goes_aside(self):
        bill = self.entry()
        self.export(bill)
        with open(self.directory / "acknowledgements/AR_0.txt", "wb") as file:
            for _block in range(100):
                file.write(b"x" * MEGABYTE)
        self.simulate("serve", "--once")
        run = self.do(self.connector, "action_synchronize")
        self.assertEqual((run.anomaly_ids.code, self.document(bill).state), ("file_too_large", "integrated"))
        self.assertTrue((self.directory / "acknowledgements/error/AR_0.txt").exists())

    def test_a_folder_that_leads_out_of_the_root(self):
        outside = self.root / "outside"
        outside.mkdir()
        (outside / "accounts.csv").write_text("company;code;name;type\r\nEAU;666000;Dehors;G\r\n")
        folder = self.directory / "referential"
        folder.rename(self.directory / "kept")
        folder.symlink_to(outside)
        run = self.do(self.companies, "action_update_companies")
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "name_refused"))
        self.assertFalse(self.code("account", "666000"))
        folder.unlink()
        (self.directory / "kept").rename(folder)
        self.assertEqual(self.do(self.companies, "action_update_companies").state, "done")

    def test_names_that_leave_the_root_are_refused(self):
        for name, value in (
            ("directory", "../other"),
            ("directory", "/etc"),
            ("entries_folder", "a/../../b"),
            ("acknowledgement_folder", ".."),
        ):
            with self.subTest(name, value=value), self.assertRaises(ValidationError):
                self.connector[name] = value

    def test_a_company_code_that_is_a_path_stays_in_the_folder(self):
        self.connector.entries_layout_id = self.env.ref("utility_billing_sync.ledger_layout_entries_15_approval")
        self.water.ledger_code = "../../EAU"
        bill = self.entry(post=False)
        self.env["ledger.code"].search([("company_id", "=", self.water.id)]).company_code = "../../EAU"
        bill.action_post()
        run = self.export(bill)
        self.assertEqual((run.state, run.exported), ("done", 1))
        self.assertEqual([path.name for path in (self.directory / "entries").iterdir()], [run.lot_ids.name])
        self.assertNotIn("/", run.lot_ids.name)


class TestLedgerHostileServer(LedgerCase):
    """A server that refuses to write, or has no room: nothing is lost, the lot leaves when it can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Sshd(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.connector.write(
            {
                "protocol": "sftp",
                "host": "127.0.0.1",
                "port": cls.server.port,
                "username": cls.server.user,
                "private_key_input": cls.server.private_key,
                "directory": str(cls.directory),
            }
        )
        cls.connector.action_test_connection()
        cls.connector.action_approve_host_key()

    def serve(self, **options):
        self.server.stop()
        self.server.start(**options)

    def fails_then_leaves(self, code, **options):
        bill = self.entry()
        self.serve(**options)
        with mute_logger("paramiko.transport"):
            run = self.export(bill)
        self.assertEqual((run.state, run.anomaly_ids.code), ("written", code))
        self.assertTrue(run.message)
        lot, document = run.lot_ids, self.document(bill)
        self.assertEqual((lot.state, document.state), ("written", "exporting"))
        self.assertFalse([path for path in (self.directory / "entries").iterdir() if path.name == lot.name])
        self.serve()
        again = self.export(bill)
        self.assertEqual((again.state, lot.state, self.document(bill).state), ("done", "delivered", "exported"))
        delivered = [path for path in (self.directory / "entries").iterdir() if not path.name.startswith(".")]
        self.assertEqual([path.name for path in delivered], [lot.name])
        self.assertEqual(delivered[0].read_bytes(), lot._content())

    def test_a_directory_without_rights(self):
        self.fails_then_leaves("permission_denied", read_only=True)

    def test_a_server_without_room(self):
        self.fails_then_leaves("remote_failure", full=True)
