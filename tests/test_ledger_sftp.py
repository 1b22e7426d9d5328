import tempfile

from odoo.tools import mute_logger

from .support.ledger import LedgerCase
from .support.sshd import Sshd


class TestLedgerSftp(LedgerCase):
    """The same exchange over a real OpenSSH server, its key approved once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Sshd(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def setUp(self):
        super().setUp()
        self.server.start()
        self.addCleanup(self.server.stop)
        self.connector.write(
            {
                "protocol": "sftp",
                "host": "127.0.0.1",
                "port": self.server.port,
                "username": self.server.user,
                "private_key_input": self.server.private_key,
                "directory": str(self.directory),
            }
        )

    def approve(self):
        self.connector.action_test_connection()
        self.assertTrue(self.connector.host_key_shown_fingerprint.startswith("SHA256:"))
        self.connector.action_approve_host_key()

    def test_nothing_passes_before_the_key_is_approved(self):
        bill = self.entry()
        run = self.export(bill)
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "host_key_wrong"))
        self.assertEqual(self.document(bill).state, "to_export")

    def test_the_whole_loop(self):
        self.approve()
        self.assertEqual(self.connector.action_test_connection()["params"]["type"], "success")
        bill, invoice = self.entry(), self.entry("out_invoice")
        sent, answered = self.loop(bill + invoice)
        self.assertEqual((sent.exported, answered.accepted), (2, 2))
        bill.action_approve_payment()
        sent, answered = self.loop(bill)
        self.assertEqual((sent.exported, answered.accepted, self.document(bill).state), (1, 1, "integrated"))
        self.assertEqual(self.do(self.companies, "action_update_companies").refused, 0)

    @mute_logger("paramiko.transport")
    def test_a_changed_key_is_refused_until_it_is_approved(self):
        self.approve()
        self.server.stop()
        self.server.new_host_key()
        self.server.start()
        bill = self.entry()
        run = self.export(bill)
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "host_key_refused"))
        approved = self.connector.host_key_fingerprint
        shown = self.connector.action_test_connection()
        self.assertEqual(shown["params"]["type"], "danger")
        self.assertIn(approved, shown["params"]["message"])
        self.assertTrue(self.connector.host_key_shown_fingerprint)
        self.assertNotEqual(self.connector.host_key_shown_fingerprint, approved)
        self.connector.action_forget_host_key()
        self.connector.action_approve_host_key()
        self.assertEqual(self.export(bill).exported, 1)

    @mute_logger("paramiko.transport")
    def test_a_server_that_is_away_delays_and_loses_nothing(self):
        self.approve()
        self.server.stop()
        bill = self.entry()
        run = self.export(bill)
        self.assertEqual((run.state, self.document(bill).state), ("failed", "to_export"))
        self.server.start()
        self.assertEqual(self.export(bill).exported, 1)

    def test_another_server_needs_another_approval(self):
        self.approve()
        self.connector.host = "localhost"
        self.assertFalse(self.connector.host_key)
