"""Servers that list odd names, or report a failure although they did what was asked."""

import errno
import itertools
import os

from ..ledger.findings import TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import Limits, RemoteFile, escaped, is_plain
from .sentences import whole
from .test_ledger_transports import LocalCase, stat_of


class Unsure(LocalTransport):
    """A server that reports a failure of a rename, whether it renamed the file or not."""

    does_it = True

    def _rename(self, source, target):
        if self.does_it:
            super()._rename(source, target)
        raise OSError(errno.EIO, "Failure")


class TestRenames(LocalCase):
    def setUp(self):
        super().setUp()
        self.unsure = Unsure(self.root)

    def names(self):
        return sorted(os.listdir(self.root / "entries"))

    def test_what_happened_counts(self):
        self.assertEqual(self.unsure.deliver("entries/lot.txt", [b"lot"]), stat_of(b"lot"))
        self.assertEqual(self.names(), ["lot.txt"])
        self.assertEqual(self.unsure.move("entries/lot.txt", "entries/done"), "entries/done/lot.txt")
        self.assertEqual(self.names(), ["done"])

    def test_what_did_not_happen_is_a_failure(self):
        self.unsure.does_it = False
        (self.root / "entries/answer.txt").write_bytes(b"answer")
        for work in (
            lambda: self.unsure.deliver("entries/lot.txt", [b"lot"]),
            lambda: self.unsure.move("entries/answer.txt", "entries/done"),
        ):
            with self.assertRaises(TransportError) as caught:
                work()
            self.assertEqual(whole(caught.exception).code, "remote_failure")
        self.assertEqual(self.names(), ["answer.txt", "done"], "no temporary file is left")

    def test_another_content_of_that_name_is_a_failure(self):
        class Overtaken(Unsure):
            def _rename(self, source, target):
                with open(target, "wb") as other:
                    other.write(b"other")
                raise OSError(errno.EEXIST, "Failure")

        with self.assertRaises(TransportError):
            Overtaken(self.root).deliver("entries/lot.txt", [b"lot"])
        self.assertEqual((self.names(), self.content("entries/lot.txt")), (["lot.txt"], b"other"))


class Locked(LocalTransport):
    """A server of Windows: another program holds a file, and the server says “Failure” of it, as of anything else."""

    is_gone = False

    def _open(self, path, mode):
        if os.path.basename(path) == "held.txt":
            raise OSError("Failure")
        return super()._open(path, mode)

    def _rename(self, source, target):
        if os.path.basename(source) == "held.txt":
            raise OSError("Failure")
        super()._rename(source, target)

    def _scan(self, path):
        if path.endswith("held"):
            raise OSError("Failure")
        return super()._scan(path)

    def _kind(self, path):
        if self.is_gone and path == self._root:
            raise OSError("Socket is closed")
        return super()._kind(path)


class TestOneFile(LocalCase):
    def setUp(self):
        super().setUp()
        (self.root / "exchange/entries/held").mkdir(parents=True)
        (self.root / "exchange/entries/held.txt").write_bytes(b"held")
        self.locked = Locked(self.root, "exchange")

    def failures(self):
        for work in (
            lambda: self.locked.read("entries/held.txt"),
            lambda: self.locked.move("entries/held.txt", "entries/done"),
            lambda: self.locked.list("entries/held"),
        ):
            with self.assertRaises(TransportError) as caught:
                work()
            yield whole(caught.exception)

    def test_a_failure_of_one_file_stops_no_run(self):
        for error in self.failures():
            self.assertEqual((error.code, error.stops_run, error.is_of_one_place), ("remote_failure", False, True))
            self.assertTrue(error.retryable, "a later run may succeed")

    def test_a_server_that_is_gone_stops_the_run(self):
        self.locked.is_gone = True
        for error in self.failures():
            self.assertEqual((error.code, error.stops_run, error.is_of_one_place), ("remote_failure", True, False))

    def test_a_lot_that_cannot_be_written_is_delivered_later(self):
        with self.assertRaises(TransportError) as caught:
            self.locked.deliver("entries/held.txt", [b"lot"])
        self.assertTrue(caught.exception.stops_run)

    def test_content_that_breaks_off_leaves_no_temporary_file(self):
        """The database with the content disconnects while the file is written: its error is not the server's."""

        def chunks():
            yield b"half"
            raise ConnectionError("the database is gone")

        for broken in (chunks(), iter(lambda: 1 / 0, None)):
            with self.assertRaises((ZeroDivisionError, TransportError)):
                self.locked.deliver("entries/lot.txt", broken)
            self.assertEqual(sorted(os.listdir(self.root / "exchange/entries")), ["held", "held.txt"])

    def test_names_that_cannot_be_used_count_too(self):
        """A server that lists them without end would fill the memory with them."""

        class Endless(LocalTransport):
            def _scan(self, path):
                yield from ((RemoteFile(f"\x01{number}"), "file") for number in itertools.count())

        endless = Endless(self.root, "exchange", Limits(names=1000))
        with self.assertRaises(TransportError) as caught:
            endless.list("entries")
        self.assertEqual(whole(caught.exception).code, "too_many_names")
        self.assertLessEqual(len(endless.odd_names), 1000)

    def test_a_folder_with_too_many_names_is_one_place(self):
        limited = LocalTransport(self.root, "exchange", Limits(names=1))
        with self.assertRaises(TransportError) as caught:
            limited.list("entries")
        self.assertEqual((caught.exception.code, caught.exception.is_of_one_place), ("too_many_names", True))


class TestOddNames(LocalCase):
    ODD = {
        b"a\tb.csv": r"a\tb.csv",
        b"a\nb.csv": r"a\nb.csv",
        b"\x01.csv": r"\x01.csv",
        b"c\\d.csv": r"c\d.csv",
        b"\xe9.csv": r"\xe9.csv",
    }
    PLAIN = (
        "100 %s %(x)d.csv",
        'l\'eau "vive".csv',
        "e\u0301te\u0301.csv",
        "\U0001f4a7.csv",
        "a" * 251 + ".csv",
        "{x}.csv",
    )

    def test_odd_names_are_said_and_plain_ones_are_read(self):
        for name in (*self.ODD, *map(os.fsencode, self.PLAIN)):
            with open(os.path.join(os.fsencode(self.root / "entries"), name), "wb") as file:
                file.write(b"x")
        (self.root / "entries/folder.csv").mkdir()
        found = [file.name for file in self.transport.list("entries")]
        self.assertEqual(found, sorted(self.PLAIN))
        self.assertEqual(self.transport.odd_names, {("entries", shown) for shown in self.ODD.values()})
        for name in found:
            with self.transport.read(f"entries/{name}") as content:
                self.assertEqual(content.read(), b"x", name)
            self.assertEqual(self.transport.move(f"entries/{name}", "entries/done"), f"entries/done/{name}")

    def test_any_number_of_files_of_one_name(self):
        """A system that gives every answer the same name, for years; the longest name that a file system holds."""
        for name in ("answer.txt", "é" * 125 + "a.txt"):
            for number in range(24):
                (self.root / "entries" / name).write_bytes(b"%d" % number)
                self.transport.move(f"entries/{name}", "entries/done")
            self.assertEqual(self.transport.list("entries"), [])
        done = self.transport.list("entries/done")
        self.assertEqual(len(done), 48)
        self.assertIn("answer.19.txt", [file.name for file in done])

    def test_names_that_only_a_server_can_give(self):
        for name in ("a/b", "..", ".", "", "a" * 256, "a\0b"):
            self.assertFalse(is_plain(name), name)
        self.assertEqual(escaped("a" * 300), "a" * 255 + "…")
        self.assertEqual(escaped("a\0b\u2028"), r"a\x00b\u2028")
