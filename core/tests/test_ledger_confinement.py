"""Nothing leaves the exchange directory: names, links, pipes."""

import os
from unittest import mock

from ..ledger.findings import NameRefused
from ..ledger.local import LocalTransport
from .test_ledger_transports import LocalCase


class TestConfinement(LocalCase):
    def test_names_that_leave_are_refused_by_every_operation(self):
        names = (
            "../exchange-of-others/secret.txt",
            "/etc/passwd",
            str(self.outside / "secret.txt"),
            "..",
            "a/../../b",
        )
        names += (
            "entries/..",
            "a\\..\\b",
            "a\0b",
            "a\nb",
            "entries//x",
            "./x",
            "x/",
            "file:///etc/passwd",
            "a" * 300,
        )
        for name in names:
            for operation in (
                self.transport.read,
                self.transport.stat,
                lambda name: self.transport.deliver(name, [b"x"]),
                lambda name: self.transport.move(name, "done"),
                lambda name: self.transport.move("entries/x", name),
                self.transport.list,
            ):
                with self.subTest(name), self.assertRaises(NameRefused):
                    (self.root / "entries" / "x").write_bytes(b"x")
                    operation(name)
        self.assertEqual(sorted(path.name for path in self.base.rglob("*") if path.is_file()), ["secret.txt", "x"])

    def test_the_directory_of_a_connector_cannot_leave_either(self):
        for directory in ("..", "../exchange-of-others", "/etc", "entries/../.."):
            with self.subTest(directory), self.assertRaises(NameRefused):
                LocalTransport(self.root, directory)

    def test_symbolic_links_are_refused(self):
        (self.root / "link.txt").symlink_to(self.outside / "secret.txt")
        (self.root / "folder").symlink_to(self.outside)
        (self.root / "inside").symlink_to(self.root / "entries")
        (self.root / "loop").symlink_to(self.root / "loop")
        for name in ("link.txt", "folder/secret.txt", "inside/x", "loop", "folder"):
            for operation in (
                self.transport.read,
                self.transport.stat,
                lambda name: self.transport.deliver(name, [b"x"]),
                lambda name: self.transport.move(name, "done"),
            ):
                with self.subTest(name), self.assertRaises(NameRefused):
                    operation(name)
        for folder in ("folder", "inside"):
            with self.assertRaises(NameRefused):
                self.transport.list(folder)
            with self.assertRaises(NameRefused):
                LocalTransport(self.root, folder)
        self.assertEqual(self.transport.list(), [])
        self.assertEqual((self.outside / "secret.txt").read_bytes(), b"secret")

    def test_the_temporary_name_cannot_be_a_trap(self):
        (self.root / ".lot.txt.guessed.part").symlink_to(self.outside / "secret.txt")
        with mock.patch("secrets.token_hex", return_value="guessed"), self.assertRaises(NameRefused):
            self.transport.deliver("lot.txt", [b"x"])
        self.assertEqual((self.outside / "secret.txt").read_bytes(), b"secret")

    def test_only_regular_files(self):
        os.mkfifo(self.root / "pipe")
        for name in ("pipe", "entries"):
            with self.subTest(name), self.assertRaises(NameRefused):
                self.transport.read(name)

    def test_a_root_that_is_a_link_is_the_administrators_choice(self):
        (self.base / "root").symlink_to(self.root)
        LocalTransport(self.base / "root").deliver("x.txt", [b"x"])
        self.assertEqual(self.content("x.txt"), b"x")
