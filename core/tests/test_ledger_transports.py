"""The local transport on a real directory: confinement, three outcomes, delivery, recovery."""

import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from ..ledger import remote_files
from ..ledger.failures import typed_failures
from ..ledger.findings import TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import ABSENT, RemoteFile, Stat
from .sentences import whole

LOT = b"EAU;VT;FC\r\n" * 1000


def stat_of(data):
    return Stat(len(data), hashlib.sha256(data).hexdigest())


class LocalCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = Path(folder.name)
        self.root = self.base / "exchange"
        self.outside = self.base / "exchange-of-others"
        for path in (self.root, self.outside):
            (path / "entries").mkdir(parents=True)
        (self.outside / "secret.txt").write_bytes(b"secret")
        self.transport = LocalTransport(self.root)
        self.addCleanup(self.transport.close)

    def content(self, name):
        return (self.root / name).read_bytes()


class TestNames(LocalCase):
    def test_a_name_that_is_no_text_is_named_and_left_out(self):
        """Servers and scanners write names in Latin-1: Relevé.txt, Facture_été.pdf."""
        for name in (b"Relev\xe9.txt", b"Facture_\xe9t\xe9.pdf"):
            (self.root / "entries").joinpath(os.fsdecode(name)).touch()
        (self.root / "entries" / "plain.txt").write_bytes(b"x")
        (found,) = self.transport.list("entries")
        self.assertEqual((found.name, found.size), ("plain.txt", 1))
        self.assertAlmostEqual(found.modified, (self.root / "entries/plain.txt").stat().st_mtime, places=3)
        self.assertEqual(
            self.transport.odd_names, {("entries", r"Relev\xe9.txt"), ("entries", r"Facture_\xe9t\xe9.pdf")}
        )

    def test_a_temporary_name_has_the_form_that_the_server_takes(self):
        for form, start, end in (
            ("hidden", ".lot.txt.", ".part"),
            ("suffix", "lot.txt.", ".part"),
            ("prefix", "tmp_", "_lot.txt"),
        ):
            self.transport.temporary = form
            seen = []

            def blocks(seen=seen):
                seen += [name for name in os.listdir(self.root) if name not in ("entries", "lot.txt")]
                yield b"x"

            self.transport.deliver("lot.txt", blocks())
            self.assertTrue(seen[0].startswith(start) and seen[0].endswith(end), seen)

    def test_attempts_are_forgotten_whatever_their_form_and_nothing_else(self):
        attempts = (".lot.txt.0123abcd.part", "lot.txt.0123abcd.part", "tmp_0123abcd_lot.txt")
        others = ("lot.txt.part", "tmp_lot.txt", "other.txt.0123abcd.part", ".lot.txt.0123abcX.part")
        for name in (*attempts, *others):
            (self.root / name).touch()
        self.transport.forget_attempts("lot.txt")
        self.assertEqual({path.name for path in self.root.iterdir() if path.is_file()}, set(others))


class TestOutcomes(LocalCase):
    def assertFails(self, code, retryable, operation, *arguments):
        with self.assertRaises(TransportError) as caught:
            operation(*arguments)
        self.assertEqual((whole(caught.exception).code, caught.exception.retryable), (code, retryable))

    def test_content_absent_and_failure_are_three_things(self):
        (self.root / "entries" / "a.txt").write_bytes(LOT)
        with self.transport.read("entries/a.txt") as content:
            self.assertEqual((content.read(), b"".join(content.chunks())), (LOT, LOT))
            self.assertEqual((content.size, content.sha256), (len(LOT), hashlib.sha256(LOT).hexdigest()))
        self.assertIs(self.transport.read("entries/b.txt"), ABSENT)
        self.assertIs(self.transport.stat("entries/b.txt"), ABSENT)
        self.assertFails("directory_missing", True, self.transport.read, "unmounted/b.txt")
        self.assertFails("directory_missing", True, self.transport.stat, "unmounted/b.txt")
        self.assertFails("directory_missing", True, self.transport.list, "unmounted")
        self.assertFails("directory_missing", True, self.transport.deliver, "unmounted/b.txt", [b"x"])

    def test_an_empty_file_is_content(self):
        (self.root / "empty.txt").touch()
        with self.transport.read("empty.txt") as content:
            self.assertEqual((content.size, content.read()), (0, b""))
        self.assertEqual(self.transport.stat("empty.txt"), stat_of(b""))

    def test_a_file_that_is_too_large(self):
        (self.root / "big.txt").write_bytes(b"x" * 1001)
        self.assertFails("file_too_large", False, self.transport.read, "big.txt", 1000)
        with self.transport.read("big.txt", 1001) as content:
            self.assertEqual(content.size, 1001)

    def test_a_full_disk_leaves_no_file(self):
        def chunks():
            yield b"x" * 100
            raise OSError(errno.ENOSPC, "No space left on device")

        self.assertFails("disk_full", True, self.transport.deliver, "entries/lot.txt", chunks())
        self.assertEqual(list((self.root / "entries").iterdir()), [])

    def test_a_file_system_without_room(self):
        program = """
import resource, sys
from core.ledger.findings import TransportError
from core.ledger.local import LocalTransport
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    LocalTransport(sys.argv[1]).deliver("entries/lot.txt", [b"x" * 3000] * 2)
except TransportError as error:
    print(error.code, error.retryable)
"""
        checkout = Path(__file__).resolve().parents[2]
        command = [sys.executable, "-c", program, str(self.root)]
        said = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout
        self.assertEqual(said, "disk_full True\n")
        self.assertEqual(list((self.root / "entries").iterdir()), [])

    def test_what_may_pass_and_what_may_not(self):
        for error, code, retryable in (
            (PermissionError(errno.EACCES, "denied"), "permission_denied", False),
            (OSError(errno.EROFS, "read-only"), "permission_denied", False),
            (OSError(errno.ENOSPC, "full"), "disk_full", True),
            (ConnectionResetError(errno.ECONNRESET, "reset"), "remote_failure", True),
            (TimeoutError("slow"), "timeout", True),
            (OSError("Failure"), "remote_failure", True),
            (EOFError(), "remote_failure", True),
        ):
            with self.subTest(error), self.assertRaises(TransportError) as caught, typed_failures("x"):
                raise error
            self.assertEqual((whole(caught.exception).code, caught.exception.retryable), (code, retryable))
        with self.assertRaises(ZeroDivisionError), typed_failures("x"):
            raise ZeroDivisionError

    def test_listing(self):
        for name in ("b.csv", "a.csv", ".hidden.csv", "a.txt", ".c.csv.part"):
            (self.root / "entries" / name).write_bytes(b"12")
        (self.root / "entries" / "folder.csv").mkdir()
        self.assertEqual(self.transport.list("entries", "*.csv"), [RemoteFile("a.csv", 2), RemoteFile("b.csv", 2)])

    def test_a_file_that_vanishes_is_absent(self):
        """Another program took it after it was listed, found, or before it was moved; its folder is still there."""

        class Raced(LocalTransport):
            def _open(self, path, mode):
                if mode == "rb":
                    os.unlink(path)
                return super()._open(path, mode)

            def _rename(self, source, target):
                os.unlink(source)
                super()._rename(source, target)

        raced = Raced(self.root)
        for work in (raced.read, raced.stat, lambda name: raced.move(name, "entries/done")):
            (self.root / "entries/taken.txt").write_bytes(b"x")
            self.assertIs(work("entries/taken.txt"), ABSENT)
        (self.root / "entries/taken.txt").write_bytes(b"x")

        class Gone(LocalTransport):
            def _open(self, path, mode):
                shutil.rmtree(os.path.dirname(path))
                return super()._open(path, mode)

        with self.assertRaises(TransportError) as caught:
            Gone(self.root).read("entries/taken.txt")
        self.assertEqual(caught.exception.code, "directory_missing", "nothing is known of the file")

    def test_what_only_bears_a_name_like_a_file(self):
        (self.root / "entries/a.csv").write_bytes(b"x")
        (self.root / "entries/b.csv").mkdir()
        (self.root / "entries/c.csv").symlink_to("a.csv")
        (self.root / "entries/.d.csv").mkdir()
        self.transport.list("entries", "z*")
        self.assertEqual(self.transport.listed["entries"], ["a.csv"])
        self.assertEqual(self.transport.not_files["entries"], ["b.csv", "c.csv"])

    def test_a_file_that_grows(self):
        path = self.root / "entries/a.csv"
        path.write_bytes(b"half")
        (file,) = self.transport.list("entries")
        self.assertFalse(self.transport.has_grown("entries", file, 4))
        self.assertFalse(self.transport.has_grown("entries", file, 9), "the server lists wrong sizes")
        path.write_bytes(b"half and half")
        self.assertTrue(self.transport.has_grown("entries", file, 13))
        path.unlink()
        self.assertFalse(self.transport.has_grown("entries", file, 13), "nothing to wait for")

    def test_moves_never_overwrite(self):
        for data in (b"1", b"2", b"3"):
            (self.root / "AR_1.txt").write_bytes(data)
            self.transport.move("AR_1.txt", "done")
        self.assertEqual([self.content(f"done/AR_1{n}.txt") for n in ("", ".1", ".2")], [b"1", b"2", b"3"])
        self.assertIs(self.transport.move("AR_1.txt", "done"), ABSENT)

    def test_moves_find_a_name_when_every_number_is_taken(self):
        with mock.patch.object(remote_files, "MAX_COPIES", 2):
            for expected in ("done/a.b.txt", "done/a.b.1.txt"):
                (self.root / "a.b.txt").touch()
                self.assertEqual(self.transport.move("a.b.txt", "done"), expected)
            (self.root / "a.b.txt").touch()
            self.assertRegex(self.transport.move("a.b.txt", "done"), r"^done/a\.b\.[0-9a-f]{8}\.txt$")
        self.assertFalse((self.root / "a.b.txt").exists())

    def test_what_is_written_may_be_read_by_others(self):
        """The accounting system runs under another account; the umask of this one decides."""
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        self.transport.deliver("entries/lot.txt", [LOT])
        self.assertEqual(stat.S_IMODE((self.root / "entries/lot.txt").stat().st_mode), 0o644)

    def test_a_root_that_is_a_file_is_said(self):
        (self.base / "file").touch()
        for root, directory, name in ((self.base / "file", "", "."), (self.base, "file", "file")):
            with self.assertRaises(TransportError) as caught:
                LocalTransport(root, directory)
            self.assertEqual(
                (whole(caught.exception).code, caught.exception.params["name"]), ("directory_missing", name)
            )

    def test_the_server_says_why(self):
        for error, reason in ((OSError("Failure"), "Failure"), (EOFError(), "EOFError")):
            with self.assertRaises(TransportError) as caught, typed_failures("x"):
                raise error
            self.assertEqual((caught.exception.params["reason"], caught.exception.params["name"]), (reason, "x"))

    def test_folders_of_ours_are_listed_by_pattern(self):
        self.transport.keep("traces/a.txt", [b"1"])
        self.transport.keep("traces/b.csv", [b"1"])
        self.assertEqual([file.name for file in self.transport.list_own("traces", "*.csv")], ["b.csv"])
        self.assertEqual(len(self.transport.list_own("traces")), 2)

    def test_a_folder_that_cannot_be_made_is_named(self):
        (self.root / "file").touch()
        for directory, folders, name in (("later", (), "."), ("", ("file/x",), "file/x")):
            with self.assertRaises(TransportError) as caught:
                transport = LocalTransport(self.root, directory and "later")
                if directory:
                    (self.root / "later").touch()
                transport.make(folders)
            self.assertEqual((caught.exception.code, caught.exception.params["name"]), ("directory_missing", name))

    def test_folders_are_made(self):
        fresh = LocalTransport(self.root, "bases/one")
        fresh.make(["entries", "acknowledgements"])
        self.assertEqual((fresh.list("entries"), fresh.list("acknowledgements")), ([], []))
