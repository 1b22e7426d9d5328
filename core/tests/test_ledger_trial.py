"""The test of a connection does what an exchange does, says which step failed, and leaves nothing."""

import errno
import os
import tempfile
import unittest
from pathlib import Path

from ..ledger.findings import TransportError
from ..ledger.local import LocalTransport
from ..ledger.trial import Folders, try_exchange
from .sentences import whole

FOLDERS = Folders("entries", "answers", ("referential",), ("entries_sent", "entries/sent"))


class Choosy(LocalTransport):
    """A server that refuses names, folders or operations as some do."""

    refused_names, refused_folders, read_only = (), (), ()

    def _open(self, path, mode):
        name, folder = os.path.basename(path), os.path.basename(os.path.dirname(path))
        if mode == "wb" and (folder in self.read_only or name.startswith(self.refused_names)):
            raise PermissionError(errno.EACCES, "refused", path)
        return super()._open(path, mode)

    def _make_folder(self, path):
        if os.path.basename(path) in self.refused_folders:
            raise PermissionError(errno.EACCES, "refused", path)
        super()._make_folder(path)

    def _remove_file(self, path):
        if "remove" in self.read_only:
            raise PermissionError(errno.EACCES, "refused", path)
        super()._remove_file(path)


class TestTrial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ("entries", "answers", "referential"):
            (self.root / name).mkdir()

    def transport(self, **refusals):
        return type("Server", (Choosy,), {"refused_names": (), **refusals})(self.root)

    def assertStep(self, code, name, **refusals):
        with self.assertRaises(TransportError) as caught:
            try_exchange(self.transport(**refusals), FOLDERS)
        self.assertEqual(whole(caught.exception).code, code)
        self.assertTrue(caught.exception.params["name"].startswith(name), caught.exception.params)

    def left(self):
        return sorted(path.name for path in self.root.rglob("*") if path.is_file())

    def test_a_server_that_allows_all(self):
        found = try_exchange(self.transport(), FOLDERS)
        self.assertEqual((found.temporary, found.trace_folder, found.has_times), ("hidden", "entries_sent", True))
        self.assertEqual(self.left(), [])

    def test_names_that_begin_with_a_dot_are_refused(self):
        transport = self.transport(refused_names=(".",))
        self.assertEqual(try_exchange(transport, FOLDERS).temporary, "suffix")
        self.assertEqual(transport.temporary, "suffix", "the next delivery uses it")
        self.assertEqual(self.left(), [])

    def test_a_root_where_no_folder_can_be_made(self):
        found = try_exchange(self.transport(refused_folders=("entries_sent",)), FOLDERS)
        self.assertEqual(found.trace_folder, "entries/sent")

    def test_the_step_that_fails_is_said(self):
        self.assertStep("trial_write", "entries/connection_test_", read_only=("entries",))
        self.assertStep("trial_put_away", "answers/done", read_only=("answers",))
        self.assertStep("trial_put_away", "answers/done", refused_folders=("done",))
        self.assertStep("trial_traces", "entries_sent", refused_folders=("entries_sent", "sent"))
        self.assertStep("trial_remove", "entries/connection_test_", read_only=("remove",))
        (self.root / "referential").rmdir()
        self.assertStep("trial_list", "referential")
