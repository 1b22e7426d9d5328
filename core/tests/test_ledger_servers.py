"""Servers of files without the libraries that they need."""

import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: A Python that has no such library: tries both ways to a server, and prints why they fail.
WITHOUT = """
import sys
sys.modules[{library!r}] = None
from core.ledger import servers
from core.ledger.findings import TransportError
from core.ledger.host_keys import key_fingerprint
for way in (lambda: servers.fetch_host_key("127.0.0.1", 9), lambda: servers.open_server("127.0.0.1", "odoo", "key")):
    try:
        way()
    except TransportError as error:
        print(error.code, error.params, error.stops_run)
print(key_fingerprint("ssh-ed25519 AAAA"))
"""


class TestMissingLibraries(unittest.TestCase):
    def test_what_is_missing_is_named_once_a_server_is_used(self):
        for library in ("paramiko", "fsspec.implementations.sftp"):
            with self.subTest(library):
                done = subprocess.run(
                    [sys.executable, "-c", WITHOUT.format(library=library)],
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                line = f"library_missing {{'library': '{library}'}} False"
                self.assertEqual(done.stdout.splitlines()[:2], [line, line], done.stderr)
                self.assertTrue(done.stdout.splitlines()[2].startswith("SHA256:"))
