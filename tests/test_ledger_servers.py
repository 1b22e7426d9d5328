"""The exchange over servers as other people set them up."""

import hashlib
import tempfile

from odoo.tests import BaseCase
from odoo.tools import mute_logger

from ..core.ledger.delivery import StoredLot, deliver_lot
from ..core.ledger.findings import HostKeyRefused, TransportError
from ..core.ledger.remote_files import Limits, Stat
from ..core.ledger.sftp import SftpTransport, fetch_host_key
from ..core.ledger.trial import Folders, try_exchange
from .support.ledger import LedgerCase
from .support.sftp_servers import HOST, Asyncssh, ChrootedSshd, Proftpd, make_key
from .support.whole import Whole

FOLDERS = Folders("entries", "acknowledgements", ("referential",), ("entries_sent", "entries/sent"))
LOT = b"EAU;VT;FC\r\n" * 1000


class ServerCase(BaseCase):
    server_class = None

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(self.server_class(self.enterContext(tempfile.TemporaryDirectory())))

    def connect(self, **options):
        server = self.server
        key = fetch_host_key(HOST, server.port)
        transport = SftpTransport(
            HOST, host_key=key, port=server.port, directory=server.directory, **server.secrets, **options
        )
        self.addCleanup(transport.close)
        return transport

    def check_delivery(self, transport):
        """A lot arrives once, whatever the server supports."""
        digest = Stat(len(LOT), hashlib.sha256(LOT).hexdigest())
        lot = StoredLot("entries/ECR_1.txt", digest.size, digest.sha256)
        for _again in range(2):
            deliver_lot(transport, lot, [LOT[:100], LOT[100:]])
        self.assertEqual((self.server.root / "entries/ECR_1.txt").read_bytes(), LOT)
        self.assertEqual([path.name for path in (self.server.root / "entries").glob("*ECR*")], ["ECR_1.txt"])


class TestChrootedOpenssh(ServerCase):
    server_class = ChrootedSshd

    def test_the_trace_folder_is_found_inside_one_that_may_be_written(self):
        transport = self.connect()
        found = try_exchange(transport, FOLDERS)
        self.assertEqual((found.temporary, found.trace_folder, found.has_times), ("hidden", "entries/sent", True))
        self.check_delivery(transport)
        only_root = Folders("entries", "acknowledgements", (), ("entries_sent",))
        with self.assertRaises(TransportError) as caught:
            try_exchange(transport, only_root)
        self.assertEqual(caught.exception.code, "trial_traces")

    def test_names_in_latin_1(self):
        folder = self.server.root / "acknowledgements"
        with open(str(folder).encode() + b"/Relev\xe9.txt", "wb") as file:
            file.write(b"x")
        (folder / "AR_1.txt").write_bytes(b"x")
        transport = self.connect()
        self.assertEqual([file.name for file in transport.list("acknowledgements")], ["AR_1.txt"])
        self.assertEqual(transport.odd_names, {("acknowledgements", r"Relev\xe9.txt")})
        try_exchange(transport, FOLDERS)


class TestRefusals(BaseCase):
    """Each right that an administrator may have forgotten is named by the step that needs it."""

    def check_trial(self, server):
        key = fetch_host_key(HOST, server.port)
        options = {"host_key": key, "port": server.port, "directory": server.directory, **server.secrets}
        with SftpTransport(HOST, **options) as there, self.assertRaises(TransportError) as caught:
            try_exchange(there, FOLDERS)
        return caught.exception

    def test_requests_that_the_server_does_not_carry_out(self):
        for denied, code, left in (
            ("rename,posix-rename", "trial_rename", 0),
            ("write", "trial_write", 0),
            ("opendir", "trial_list", 0),
            ("mkdir", "trial_put_away", 0),
            # nobody but the administrator can remove this one
            ("remove", "trial_remove", 1),
        ):
            with self.subTest(denied), tempfile.TemporaryDirectory() as folder:
                server = ChrootedSshd(folder)
                server.CONFIG = server.CONFIG.replace("internal-sftp", f"internal-sftp -P {denied}")
                with server:
                    error = self.check_trial(server)
                    self.assertEqual((error.code, error.params["reason"].code), (code, "permission_denied"))
                    files = [path for path in server.root.rglob("*") if path.is_file()]
                    self.assertEqual(len(files), left)

    def test_what_stands_in_place_of_a_folder(self):
        with tempfile.TemporaryDirectory() as folder, ChrootedSshd(folder) as server:
            (server.root / "referential").rmdir()
            (server.root / "referential").write_bytes(b"a file")
            error = self.check_trial(server)
            self.assertEqual((error.code, error.params["name"]), ("trial_not_folder", "referential"))

    def test_a_key_of_another_algorithm(self):
        with tempfile.TemporaryDirectory() as folder, ChrootedSshd(folder) as server:
            make_key(server.folder / "former", "rsa")
            former = " ".join((server.folder / "former.pub").read_text().split()[:2])
            with self.assertRaises(HostKeyRefused) as caught:
                SftpTransport(HOST, host_key=former, port=server.port, **server.secrets)
            self.assertEqual(caught.exception.code, "host_key_kind")


class TestNothingInCommon(BaseCase):
    """If the two sides have no algorithm in common, the message lists what each supports."""

    @mute_logger("paramiko.transport")
    def test_the_kind_that_is_lacking_is_said(self):
        for more, code, offered in (
            ("KexAlgorithms sntrup761x25519-sha512@openssh.com", "no_common_exchange", "sntrup761x25519"),
            ("Ciphers chacha20-poly1305@openssh.com", "no_common_cipher", "chacha20-poly1305"),
            ("Ciphers aes128-ctr\nMACs umac-64@openssh.com", "no_common_mac", "umac-64"),
        ):
            with self.subTest(code), tempfile.TemporaryDirectory() as folder, ChrootedSshd(folder, more) as server:
                with self.assertRaises(TransportError) as caught:
                    fetch_host_key(HOST, server.port)
                self.assertEqual(caught.exception.code, code)
                self.assertIn(offered, caught.exception.params["offered"])
                self.assertTrue(caught.exception.params["wanted"])


class TestProftpd(ServerCase):
    server_class = Proftpd

    def test_names_with_a_dot_are_refused_and_others_found(self):
        transport = self.connect()
        found = try_exchange(transport, FOLDERS)
        self.assertEqual((found.temporary, found.trace_folder), ("suffix", "entries_sent"))
        self.check_delivery(transport)
        hidden = self.connect()
        with self.assertRaises(TransportError):
            hidden.deliver("entries/ECR_2.txt", [b"x"])


class TestAsyncssh(ServerCase):
    server_class = Asyncssh

    def test_a_server_that_says_neither_times_nor_permissions(self):
        (self.server.root / "acknowledgements/AR_1.txt").write_bytes(b"abc")
        transport = self.connect()
        (file,) = transport.list("acknowledgements")
        self.assertEqual((file.name, file.size, file.modified), ("AR_1.txt", 3, None))
        found = try_exchange(transport, FOLDERS)
        self.assertFalse(found.has_times)
        self.check_delivery(transport)

    def test_a_listing_that_is_too_long(self):
        for number in range(30):
            (self.server.root / f"referential/{number}.csv").touch()
        transport = self.connect(limits=Limits(names=20))
        with self.assertRaises(TransportError) as caught:
            transport.list("referential")
        self.assertEqual(caught.exception.code, "too_many_names")


class TestConnectorOnServers(Whole, LedgerCase):
    """*Tester la connexion*, then a whole exchange, on servers that allow less than OpenSSH does by default."""

    def prepare(self, server, **secrets):
        for path in (self.directory / "referential").iterdir():
            (server.root / "referential" / path.name).write_bytes(path.read_bytes())
        self.connector.write(
            {
                "protocol": "sftp",
                "host": HOST,
                "port": server.port,
                "username": server.secrets["user"],
                "directory": server.directory,
                **secrets,
            }
        )
        self.connector.action_test_connection()
        self.connector.action_approve_host_key()

    def exchange(self):
        self.assertEqual(self.connector.action_test_connection()["params"]["type"], "success")
        bill = self.entry()
        run = self.export(bill)
        self.assertEqual((run.state, run.exported), ("done", 1), run.message)
        return run

    def test_proftpd(self):
        with tempfile.TemporaryDirectory() as folder, Proftpd(folder) as server:
            self.prepare(server, password_input=server.secrets["password"])
            run = self.exchange()
            self.assertEqual(self.connector.temporary_form, "suffix")
            self.assertEqual([path.name for path in (server.root / "entries").glob("ECR*")], run.lot_ids.mapped("name"))

    def test_chrooted_openssh(self):
        with tempfile.TemporaryDirectory() as folder, ChrootedSshd(folder) as server:
            key = "\n".join(f"    {line}" for line in server.secrets["private_key"].splitlines())
            self.prepare(server, private_key_input=key)
            self.exchange()
            self.assertEqual(self.connector.trace_folder, "entries/sent")
            self.assertEqual(len(list((server.root / "entries/sent").iterdir())), 1)

    def test_another_key_is_shown_and_stays_shown(self):
        with tempfile.TemporaryDirectory() as folder, Proftpd(folder) as server:
            self.prepare(server, password_input=server.secrets["password"])
            self.connector.host_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCx"
            shown = self.connector.action_test_connection()
            self.assertEqual(shown["params"]["type"], "danger")
            self.assertTrue(self.connector.host_key_shown)
