"""Servers that list odd names, or report a failure of what they did."""

import errno
import os

from ..ledger.findings import TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import escaped, is_plain
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
