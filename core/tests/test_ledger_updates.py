"""Contents of an update of an integrated document; errors of a wrong directory or server."""

import os
import tempfile
import unittest
from datetime import date
from pathlib import Path

import paramiko

from ..ledger.findings import HostKeyRefused, TransportError
from ..ledger.fingerprint import UPDATABLE, ContentChange, updates
from ..ledger.layouts.file_names import MAX_FOUND_NAME, match_pattern
from ..ledger.local import LocalTransport
from ..ledger.sftp import SftpTransport, key_fingerprint
from .hostile_sftp import HOST, HostileServer, Session
from .ledger_samples import vendor_bill
from .sentences import whole


class TestUpdates(unittest.TestCase):
    def rows(self, *fields, **changes):
        return [(u.field, u.value) for u in updates(vendor_bill(**changes), ContentChange(fields, ()))]

    def test_each_field_with_its_value(self):
        self.assertEqual(
            self.rows(*UPDATABLE),
            [
                ("payment_approval", True),
                ("due_date", date(2027, 1, 15)),
                ("payment_mode", "VIR"),
                ("label", "Pompe"),
                ("external_reference", "INV-2026-5"),
            ],
        )

    def test_a_row_names_its_document(self):
        (update,) = updates(vendor_bill(), ContentChange(("payment_mode",), ()))
        self.assertEqual((update.company, update.number), ("EAU", "ACH/2026/0007"))
        self.assertEqual(update.external_reference, "INV-2026-5")

    def test_an_approval_is_yes_or_no(self):
        for approval, value in (("approved", True), ("none", False)):
            self.assertEqual(self.rows("payment_approval", payment_approval=approval), [("payment_approval", value)])


class TestLocalDirectory(unittest.TestCase):
    def test_what_is_in_the_way_is_named(self):
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root, "exchange")
            folder.mkdir()
            (folder / "link.txt").symlink_to("/etc/hostname")
            os.mkfifo(folder / "pipe.txt")
            transport = LocalTransport(root, "exchange")
            for name, code in (("link.txt", "name_refused"), ("pipe.txt", "not_a_file")):
                with self.subTest(name), self.assertRaises(TransportError) as caught:
                    transport.read(name)
                error = whole(caught.exception)
                self.assertEqual((error.code, error.params["name"]), (code, name))
            self.assertEqual(transport.list("", "*"), [])


class TestNames(unittest.TestCase):
    def test_the_longest_name_that_a_file_system_holds(self):
        pattern = "AR_{lot}.txt"
        longest = "AR_" + "L" * (MAX_FOUND_NAME - 7) + ".txt"
        self.assertEqual(match_pattern(pattern, longest), {"lot": "L" * (MAX_FOUND_NAME - 7)})
        self.assertIsNone(match_pattern(pattern, "AR_L" + longest[3:]))


class Refusing(Session):
    def check_auth_password(self, username, password):
        return paramiko.AUTH_FAILED


class TestServers(unittest.TestCase):
    def refused(self, kind, session=Session, key=None):
        with HostileServer(session=session) as there, self.assertRaises(kind) as caught:
            SftpTransport(HOST, "u", key or there.key, port=there.port, password="p", timeout=5)
        return whole(caught.exception)

    def test_a_login_that_is_refused(self):
        error = self.refused(TransportError, session=Refusing)
        self.assertEqual((error.code, error.params["host"]), ("authentication_refused", HOST))

    def test_another_key_or_a_key_of_another_kind(self):
        other = paramiko.ECDSAKey.generate()
        line = f"{other.get_name()} {other.get_base64()}"
        error = self.refused(HostKeyRefused, key=line)
        self.assertEqual(error.code, "host_key_refused")
        self.assertIn(HOST, error.params["host"])
        self.assertEqual(error.params["expected"], key_fingerprint(line))
        error = self.refused(HostKeyRefused, key=f"ssh-ed25519 {other.get_base64()}")
        self.assertEqual((error.code, error.params["expected"]), ("host_key_kind", key_fingerprint(line)))
