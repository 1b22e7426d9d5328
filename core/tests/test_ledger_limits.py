"""Limits on a faulty or hostile server, or on another user of this one: each limit and its message."""

import logging
import os
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from ..ledger.findings import NameRefused, TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import ABSENT, Limits, Used
from ..ledger.sftp import SftpTransport
from .hostile_sftp import HOST, Endless, HostileServer, named
from .sentences import whole

SHORT = Limits(names=1000, seconds=1.0, all_seconds=3.0, all_bytes=400_000)


class TestHostileServer(unittest.TestCase):
    def setUp(self):
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)

    def connect(self, names=(), pause=0.0, limits=SHORT):
        server = self.enterContext(HostileServer(names, pause))
        options = {"port": server.port, "password": "x", "timeout": 5.0, "limits": limits}
        return self.enterContext(SftpTransport(HOST, "me", server.key, **options))

    def assertEnds(self, code, operation, *arguments):
        began = time.monotonic()
        with self.assertRaises(TransportError) as caught:
            operation(*arguments)
        self.assertEqual((whole(caught.exception).code, caught.exception.retryable), (code, False))
        self.assertLess(time.monotonic() - began, 4 * SHORT.seconds)

    def test_absent_is_not_unknown(self):
        """A file is absent from a folder that is there; of a folder that is gone, nothing is known."""
        transport = self.connect()
        self.assertIs(transport.stat("entries/absent.txt"), ABSENT)
        with self.assertRaises(TransportError) as caught:
            transport.stat("none/a.txt")
        self.assertEqual((whole(caught.exception).code, caught.exception.retryable), ("directory_missing", True))

    def test_a_folder_is_no_file(self):
        with self.assertRaises(NameRefused) as caught:
            self.connect().stat("entries")
        self.assertEqual(whole(caught.exception).code, "not_a_file")

    def test_a_listing_without_end(self):
        transport = self.connect(Endless([named("AR_1.txt")]))
        self.assertEnds("too_many_names", transport.list, "folder")

    def test_a_listing_of_nothing_without_end(self):
        """Blocks that hold no name that counts: seconds are the limit."""
        transport = self.connect(Endless([named(".")]))
        self.assertEnds("too_slow", transport.list, "folder")

    def test_a_file_without_end(self):
        transport = self.connect()
        self.assertEnds("file_too_large", transport.read, "big.txt", 100_000)
        self.assertEnds("too_many_bytes", transport.stat, "big.txt")

    def test_an_answer_that_does_not_come_is_cut(self):
        transport = self.connect([named("a.txt")], pause=2.5)
        self.assertEnds("too_slow", transport.list, "folder")

    def test_all_operations_together_have_a_limit(self):
        transport = self.connect([named("a.txt")], pause=0.8)
        with self.assertRaises(TransportError) as caught:
            for _again in range(6):
                transport.list("folder")
        self.assertEqual(caught.exception.code, "too_slow")

    def test_a_run_s_limits_hold_over_its_connections(self):
        transport = self.connect([named("a.txt")], pause=0.2)
        transport.resume(Used(seconds=2.9))
        self.assertEnds("too_slow", transport.list, "folder")
        transport = self.connect()
        transport.resume(Used(bytes=SHORT.all_bytes))
        self.assertEnds("too_many_bytes", transport.stat, "big.txt")

    def test_a_name_that_is_not_text_stops_none_of_the_others(self):
        transport = self.connect([named("bad\udce9.txt"), named("AR_1.txt")])
        with mock.patch("paramiko.message.Message.add_string", _add_bytes):
            found = transport.list("folder")
        self.assertEqual([file.name for file in found], ["AR_1.txt"])
        self.assertEqual(transport.odd_names, {("folder", r"bad\xe9.txt")})


def _add_bytes(message, text):
    data = text if isinstance(text, bytes) else str(text).encode(errors="surrogateescape")
    message.add_int(len(data))
    message.packet.write(data)
    return message


class TestNeighbour(unittest.TestCase):
    """A user with rights on the directory swaps its contents at the worst moment."""

    def setUp(self):
        base = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root, self.outside = base / "exchange", base / "others"
        (self.root / "entries").mkdir(parents=True)
        self.outside.mkdir()
        (self.outside / "secret.txt").write_bytes(b"secret")
        (self.root / "entries" / "AR_1.txt").write_bytes(b"mine")
        self.transport = LocalTransport(self.root)

    def after_the_look(self, swap):
        """Swap after the transport has looked at the file and before it opens it."""
        look = self.transport._kind

        def looked(path):
            kind = look(path)
            swap()
            return kind

        return mock.patch.object(self.transport, "_kind", looked)

    def swap_file(self):
        target = self.root / "entries" / "AR_1.txt"
        target.unlink(missing_ok=True)
        target.symlink_to(self.outside / "secret.txt")

    def swap_folder(self):
        os.rename(self.root / "entries", self.root / "gone")
        (self.outside / "AR_1.txt").write_bytes(b"secret")
        (self.root / "entries").symlink_to(self.outside)

    def swap_pipe(self):
        (self.root / "entries" / "AR_1.txt").unlink()
        os.mkfifo(self.root / "entries" / "AR_1.txt")

    def test_what_is_swapped_for_a_link_or_a_pipe_is_not_read(self):
        for swap in (self.swap_file, self.swap_pipe, self.swap_folder):
            with self.subTest(swap.__name__), self.after_the_look(swap), self.assertRaises(NameRefused):
                self.transport.read("entries/AR_1.txt")
            (self.root / "entries" / "AR_1.txt").unlink(missing_ok=True)
            (self.root / "entries" / "AR_1.txt").write_bytes(b"mine")

    def test_nothing_is_written_or_moved_through_a_link(self):
        self.swap_folder()
        for operation in (
            lambda: self.transport.deliver("entries/lot.txt", [b"x"]),
            lambda: self.transport.move("entries/AR_1.txt", "entries/done"),
            lambda: self.transport.make(["entries/done"]),
            lambda: self.transport.list("entries"),
        ):
            with self.assertRaises(NameRefused):
                operation()
        self.assertEqual(sorted(path.name for path in self.outside.iterdir()), ["AR_1.txt", "secret.txt"])

    def test_a_folder_of_too_many_names(self):
        transport = LocalTransport(self.root, limits=Limits(names=3))
        for rank in range(4):
            (self.root / f"{rank}.txt").touch()
        with self.assertRaises(TransportError) as caught:
            transport.list()
        self.assertEqual((caught.exception.code, caught.exception.params["limit"]), ("too_many_names", 3))

    def test_limits_of_a_run(self):
        transport = LocalTransport(self.root, limits=Limits(all_bytes=10, all_seconds=60.0))
        transport.stat("entries/AR_1.txt")
        self.assertEqual(transport.used.bytes, 4)
        again = LocalTransport(self.root, limits=Limits(all_bytes=10, all_seconds=60.0))
        again.resume(transport.used)
        again.stat("entries/AR_1.txt")
        with self.assertRaises(TransportError) as caught:
            again.stat("entries/AR_1.txt")
        self.assertEqual((caught.exception.code, caught.exception.stops_run), ("too_many_bytes", True))
        again.resume(Used(seconds=60.0))
        with self.assertRaises(TransportError) as caught:
            again.list()
        self.assertEqual((caught.exception.code, caught.exception.stops_run), ("too_slow", True))

    def test_writing_has_what_is_left_of_the_run_s_time(self):
        transport = LocalTransport(self.root, limits=Limits(seconds=0.05, all_seconds=0.4))

        def blocks(number):
            for _block in range(number):
                time.sleep(0.1)
                yield b"x"

        transport.deliver("entries/lot_1.txt", blocks(2))
        with self.assertRaises(TransportError) as caught:
            transport.deliver("entries/lot_2.txt", blocks(9))
        self.assertTrue(caught.exception.run_over)
        self.assertEqual(caught.exception.code, "too_slow")
        self.assertFalse((self.root / "entries/lot_2.txt").exists())

    def test_a_name_of_any_bytes(self):
        os.close(os.open(os.fsencode(self.root) + b"/bad\xe9.txt", os.O_CREAT))
        self.assertEqual(self.transport.list(), [])
        self.assertEqual(self.transport.odd_names, {("", r"bad\xe9.txt")})
