"""The SFTP transport with a server of real files on the loopback: exchanges, and keys that are trusted."""

import contextlib
import hashlib
import io
import logging
import os
import socket
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import paramiko

from ..ledger.findings import DeliveryConflict, HostKeyRefused, NameRefused, TransportError
from ..ledger.remote_files import ABSENT, RemoteFile, Stat
from ..ledger.sftp import _ALGORITHMS, SftpTransport, _other_algorithms, fetch_host_key, key_fingerprint
from ..ledger.trial import Folders, try_exchange
from .hostile_sftp import HOST, HostileServer, Session
from .sentences import whole

#: Several blocks, of 256 KB in the transport and 32 KB in the protocol.
LOT = os.urandom(600_001)


class Files(paramiko.SFTPServerInterface):
    """The files below `root`. Like OpenSSH, it renames to free names only."""

    root = ""

    def place(self, path):
        return self.root + self.canonicalize(path)

    def list_folder(self, path):
        with self.answering() as answer, os.scandir(self.place(path)) as entries:
            answer += [paramiko.SFTPAttributes.from_stat(e.stat(follow_symlinks=False), e.name) for e in entries]
            return answer
        return answer[0]

    def lstat(self, path):
        with self.answering() as answer:
            return paramiko.SFTPAttributes.from_stat(os.lstat(self.place(path)))
        return answer[0]

    def stat(self, path):
        with self.answering() as answer:
            return paramiko.SFTPAttributes.from_stat(os.stat(self.place(path)))
        return answer[0]

    def open(self, path, flags, attr):
        with self.answering() as answer:
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = handle.writefile = os.fdopen(
                os.open(self.place(path), flags, 0o666), "wb" if flags & os.O_WRONLY else "rb"
            )
            return handle
        return answer[0]

    def remove(self, path):
        return self.done(os.unlink, path)

    def mkdir(self, path, attr):
        return self.done(os.mkdir, path)

    def rename(self, oldpath, newpath):
        return self.done(os.link, oldpath, newpath) or self.done(os.unlink, oldpath)

    def done(self, operation, *paths):
        with self.answering() as answer:
            operation(*map(self.place, paths))
            return paramiko.SFTP_OK
        return answer[0]

    @contextlib.contextmanager
    def answering(self):
        answer = []
        try:
            yield answer
        except OSError as error:
            answer.append(paramiko.SFTPServer.convert_errno(error.errno))


class Login(Session):
    """Accepts the password or the key; records the attempts."""

    password, key = "s3cret", None
    tried = ()

    def check_auth_password(self, username, password):
        self.tried.append((username, password))
        return paramiko.AUTH_SUCCESSFUL if password == self.password else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self.tried.append((username, key.get_base64()))
        return paramiko.AUTH_SUCCESSFUL if key == self.key else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "password,publickey"


class SftpCase(unittest.TestCase):
    def setUp(self):
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for folder in ("base/entries", "base/answers"):
            (self.root / folder).mkdir(parents=True)
        self.tried = []

    def serve(self, **login):
        session = type("Session", (Login,), {"tried": self.tried, **login})
        server = HostileServer(session=session, files=type("Rooted", (Files,), {"root": str(self.root)}))
        return self.enterContext(server)

    def connect(self, server, **options):
        options = {"port": server.port, "host_key": server.key, "directory": "base", "timeout": 5.0} | options
        if "private_key" not in options:
            options = {"password": "s3cret"} | options
        return self.enterContext(SftpTransport(HOST, "me", **options))

    def refused(self, server, kind=TransportError, **options):
        with self.assertRaises(kind) as caught:
            self.connect(server, **options)
        return whole(caught.exception)

    def left(self):
        return sorted(str(path.relative_to(self.root / "base")) for path in self.root.rglob("*") if path.is_file())


class TestExchange(SftpCase):
    def setUp(self):
        super().setUp()
        self.transport = self.connect(self.serve())

    def test_the_trial_of_a_connection(self):
        folders = Folders("entries", "answers", (), ("traces/deep", "entries/sent"))
        found = try_exchange(self.transport, folders)
        self.assertEqual((found.temporary, found.trace_folder, found.has_times), ("hidden", "traces/deep", True))
        self.assertEqual(self.left(), [])
        self.assertTrue((self.root / "base/answers/done").is_dir())

    def test_what_is_delivered_is_read_again(self):
        sent = self.transport.deliver("entries/lot.txt", [LOT[:100], LOT[100:]])
        self.assertEqual(sent, Stat(len(LOT), hashlib.sha256(LOT).hexdigest()))
        self.assertEqual((self.root / "base/entries/lot.txt").read_bytes(), LOT)
        with self.transport.read("entries/lot.txt") as content:
            self.assertEqual((content.name, content.size, content.sha256), ("entries/lot.txt", len(LOT), sent.sha256))
            self.assertEqual(content.read(), LOT)
        self.assertEqual(self.transport.stat("entries/lot.txt"), sent)
        self.assertIs(self.transport.read("entries/none.txt"), ABSENT)
        self.assertEqual(self.left(), ["entries/lot.txt"], "no temporary file stays")

    def test_nothing_is_overwritten(self):
        (self.root / "base/entries/lot.txt").write_bytes(b"other")
        with self.assertRaises(DeliveryConflict):
            self.transport.deliver("entries/lot.txt", [LOT])
        with self.assertRaises(TransportError), self.transport._operation("entries/lot.txt"):
            (self.root / "base/new.txt").write_bytes(b"new")
            self.transport._rename("base/new.txt", "base/entries/lot.txt")
        self.assertEqual((self.root / "base/entries/lot.txt").read_bytes(), b"other")

    def test_files_are_put_away(self):
        for data in (b"1", b"2"):
            (self.root / "base/answers/AR.txt").write_bytes(data)
            self.transport.move("answers/AR.txt", "answers/done")
        done = self.root / "base/answers/done"
        self.assertEqual({path.name: path.read_bytes() for path in done.iterdir()}, {"AR.txt": b"1", "AR.1.txt": b"2"})
        self.transport.remove("answers/done/AR.txt")
        self.assertEqual(self.left(), ["answers/done/AR.1.txt"])

    def test_listings_have_sizes_and_dates_and_no_links(self):
        folder = self.root / "base/answers"
        (folder / "AR.txt").write_bytes(b"12345")
        os.utime(folder / "AR.txt", (1_700_000_000, 1_700_000_000))
        (folder / "folder.txt").mkdir()
        (folder / "link.txt").symlink_to(folder / "AR.txt")
        (found,) = self.transport.list("answers", "*.txt")
        self.assertEqual((found, found.modified), (RemoteFile("AR.txt", 5), 1_700_000_000))
        with self.assertRaises(NameRefused) as caught:
            self.transport.read("answers/link.txt")
        self.assertEqual(whole(caught.exception).code, "not_a_file")

    def test_a_folder_of_ours_may_be_missing_and_another_one_may_not(self):
        self.assertEqual(self.transport.list_own("traces"), [])
        with self.assertRaises(TransportError) as caught:
            self.transport.list("traces")
        self.assertEqual((caught.exception.code, caught.exception.params["name"]), ("directory_missing", "traces"))

    def test_a_block_does_not_wait_for_the_next_one(self):
        """With Nagle's algorithm, each of a lot's blocks would wait 40 ms."""
        sock = self.transport._fs.client.get_transport().sock
        self.assertTrue(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def test_a_closed_connection_is_closed(self):
        client = self.transport._fs.client
        self.transport.close()
        self.assertIsNone(client.get_transport())
        with self.assertRaises(TransportError):
            self.transport.list("entries")


class TestTrust(SftpCase):
    def test_who_is_let_in(self):
        server = self.serve()
        self.connect(server)
        error = self.refused(server, password="wrong")
        self.assertEqual((error.code, error.params, error.retryable), ("authentication_refused", {"host": HOST}, False))
        self.assertEqual(self.tried, [("me", "s3cret"), ("me", "wrong")])

    def test_a_private_key_and_its_passphrase(self):
        key, text = paramiko.ECDSAKey.generate(), io.StringIO()
        key.write_private_key(text, "open it")
        server = self.serve(key=key)
        transport = self.connect(server, private_key=text.getvalue(), passphrase="open it")
        self.assertEqual(transport.list("entries"), [])
        self.assertEqual(self.tried, [("me", key.get_base64())])

    def test_the_keys_of_the_account_that_runs_odoo_are_not_offered(self):
        """Neither those in ~/.ssh nor those of an agent: they could open servers that a connector's manager may not."""
        home = self.root / "home"
        (home / ".ssh").mkdir(parents=True)
        paramiko.ECDSAKey.generate().write_private_key_file(home / ".ssh/id_ecdsa")
        agent = self.enterContext(socket.socket(socket.AF_UNIX))
        agent.bind(str(home / "agent"))
        agent.listen()
        agent.setblocking(False)
        server = self.serve()
        with mock.patch.dict(os.environ, {"HOME": str(home), "SSH_AUTH_SOCK": str(home / "agent")}):
            self.assertEqual(self.refused(server, password="wrong").code, "authentication_refused")
        self.assertEqual(self.tried, [("me", "wrong")])
        with self.assertRaises(BlockingIOError):
            agent.accept()

    def test_another_server_gets_no_password(self):
        server, other = self.serve(), self.serve()
        error = self.refused(server, HostKeyRefused, host_key=other.key)
        expected, found = key_fingerprint(other.key), key_fingerprint(server.key)
        self.assertEqual(
            (error.code, error.params),
            ("host_key_refused", {"host": f"[{HOST}]:{server.port}", "found": found, "expected": expected}),
        )
        line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA=="
        error = self.refused(server, HostKeyRefused, host_key=line)
        self.assertEqual((error.code, error.params["host"]), ("host_key_kind", HOST))
        self.assertEqual(error.params["expected"], key_fingerprint(line))
        for wrong in ("", "ssh-ed25519", "ssh-ed25519 ***", line[:-1] + "!"):
            self.assertEqual(self.refused(server, host_key=wrong).code, "host_key_wrong", wrong)
        self.assertEqual(self.tried, [])

    def test_only_the_approved_kind_of_key_is_asked_for(self):
        """A server with several keys would otherwise show the one that it prefers. RSA has three signatures."""
        names = {name for names in _ALGORITHMS.values() for name in names}
        rsa = {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"}
        self.assertEqual(set(_other_algorithms("ssh-rsa AAAA")), names - rsa)
        self.assertEqual(set(_other_algorithms("ssh-ed25519 AAAA comment")), names - {"ssh-ed25519"})
        self.assertEqual(set(_other_algorithms("")), names)

    def test_two_connections_are_two(self):
        """A cached one could be dead, and would keep the password of a connector in memory."""
        server = self.serve()
        first, second = self.connect(server), self.connect(server)
        first.close()
        self.assertEqual(second.list("entries"), [])

    def test_nobody_there(self):
        with socket.create_server((HOST, 0)) as listening:
            port = listening.getsockname()[1]
        with self.assertRaises(TransportError) as caught:
            fetch_host_key(HOST, port, 1)
        self.assertEqual(
            (whole(caught.exception).code, caught.exception.params["name"]), ("remote_failure", f"{HOST}:{port}")
        )

    def test_a_server_that_says_nothing_is_left_after_the_timeout(self):
        with socket.create_server((HOST, 0)) as mute:
            port = mute.getsockname()[1]
            for attempt in (
                lambda: fetch_host_key(HOST, port, 0.3),
                lambda: SftpTransport(HOST, "me", "ssh-rsa AAAA", port=port, timeout=0.3),
            ):
                with self.assertRaises(TransportError) as caught:
                    attempt()
                self.assertTrue(whole(caught.exception).retryable)
