"""The test of a connection does the steps of an exchange, reports the failed step, and leaves nothing behind."""

import errno
import os
import tempfile
import unittest
from pathlib import Path

from ..ledger.findings import TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import RemoteFile
from ..ledger.trial import Folders, try_exchange
from .sentences import whole

FOLDERS = Folders("entries", "answers", ("referential",), ("entries_sent", "entries/sent"))


class Choosy(LocalTransport):
    """A server that refuses names, folders or operations as some do."""

    refused_names, refused_folders, read_only, no_rename = (), (), (), ()
    #: {first characters of a name: errno of its refusal}
    failures = {}
    has_times, lists_new_files = True, True

    def _open(self, path, mode):
        name, folder = os.path.basename(path), os.path.basename(os.path.dirname(path))
        if mode == "wb":
            self.written.append(path)
        for start, number in self.failures.items():
            if mode == "wb" and name.startswith(start):
                raise OSError(number, "refused", path)
        if mode == "wb" and (folder in self.read_only or name.startswith(self.refused_names)):
            raise PermissionError(errno.EACCES, "refused", path)
        return super()._open(path, mode)

    def _scan(self, path):
        for file, kind in super()._scan(path):
            if self.lists_new_files or not self.written:
                yield (file if self.has_times else RemoteFile(file.name, file.size)), kind

    def _make_folder(self, path):
        if os.path.basename(path) in self.refused_folders:
            raise PermissionError(errno.EACCES, "refused", path)
        super()._make_folder(path)

    def _remove_file(self, path):
        if "remove" in self.read_only:
            raise PermissionError(errno.EACCES, "refused", path)
        super()._remove_file(path)

    def _rename(self, source, target):
        if os.path.basename(os.path.dirname(target)) in self.no_rename:
            raise PermissionError(errno.EACCES, "refused", target)
        super()._rename(source, target)


class TestTrial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ("entries", "answers", "referential"):
            (self.root / name).mkdir()

    def transport(self, **refusals):
        return type("Server", (Choosy,), {"refused_names": (), "written": [], **refusals})(self.root)

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

    def test_a_rename_that_is_refused_is_not_called_a_write(self):
        """Some servers let write and overwrite, but not rename: the right to write is already there."""
        self.assertStep("trial_rename", "entries/connection_test_", no_rename=("entries",))
        self.assertEqual(self.left(), [])
        self.assertStep("trial_put_away", "answers/done", no_rename=("done",))
        self.assertEqual(self.left(), [], "what could not be put away is removed")
        self.assertStep("trial_traces", "entries_sent", no_rename=("entries_sent", "sent"))
        self.assertEqual(self.left(), [])

    def test_what_was_put_away_but_cannot_be_removed(self):
        class Keeping(Choosy):
            def _remove_file(self, path):
                if "/done/" in path:
                    raise PermissionError(errno.EACCES, "refused", path)
                super()._remove_file(path)

        with self.assertRaises(TransportError) as caught:
            try_exchange(type("Server", (Keeping,), {"written": []})(self.root), FOLDERS)
        self.assertEqual(caught.exception.code, "trial_remove")
        self.assertTrue(caught.exception.params["name"].startswith("answers/done/connection_test_"))

    def test_a_file_that_cannot_be_listed_is_removed(self):
        class Hiding(Choosy):
            def _scan(self, path):
                if self.written:
                    raise PermissionError(errno.EACCES, "refused", path)
                return super()._scan(path)

        with self.assertRaises(TransportError) as caught:
            try_exchange(type("Server", (Hiding,), {"written": []})(self.root), FOLDERS)
        self.assertEqual((caught.exception.code, self.left()), ("trial_read", []))

    def test_a_system_that_collects_files_at_once(self):
        """It watches its folder: the file is gone before it can be seen or removed."""

        class Collecting(Choosy):
            def _rename(self, source, target):
                super()._rename(source, target)
                if os.path.basename(os.path.dirname(target)) == "entries":
                    os.unlink(target)

        found = try_exchange(type("Server", (Collecting,), {"written": []})(self.root), FOLDERS)
        self.assertEqual((found.temporary, found.trace_folder), ("hidden", "entries_sent"))
        self.assertEqual(self.left(), [])

    def test_a_folder_that_is_none(self):
        """A file, or a link, of that name: no right to ask for would help."""
        for name in ("entries", "answers", "referential"):
            with self.subTest(name):
                (self.root / name).rmdir()
                (self.root / name).write_bytes(b"a file")
                self.assertStep("trial_not_folder", name)
                self.assertEqual(self.left(), [name])
                (self.root / name).unlink()
                (self.root / "real").mkdir(exist_ok=True)
                (self.root / name).symlink_to("real")
                self.assertStep("trial_link", name)
                (self.root / name).unlink()
                (self.root / name).mkdir()

    def test_files_that_wait_must_be_readable(self):
        """Another account's files are often listed, but not readable."""

        class Locked(Choosy):
            def _open(self, path, mode):
                if mode == "rb" and path.endswith(".csv"):
                    raise PermissionError(errno.EACCES, "refused", path)
                return super()._open(path, mode)

        (self.root / "referential/accounts.csv").write_bytes(b"x")
        with self.assertRaises(TransportError) as caught:
            try_exchange(type("Server", (Locked,), {"written": []})(self.root), FOLDERS)
        self.assertEqual(
            (caught.exception.code, caught.exception.params["name"]), ("trial_open", "referential/accounts.csv")
        )
        self.assertEqual(self.left(), ["accounts.csv"])

    def test_scans_are_put_away_under_a_name_that_no_run_takes(self):
        folders = Folders("entries", "answers", scans=("scans/eau",))
        self.assertEqual(try_exchange(self.transport(), folders).missing, ("scans/eau",))
        (self.root / "scans/eau").mkdir(parents=True)
        transport = self.transport()
        self.assertEqual(try_exchange(transport, folders).missing, ())
        tried = [path for path in transport.written if "/scans/eau/" in path]
        self.assertEqual((len(tried), self.left()), (1, []))
        self.assertIn(".txt.part", os.path.basename(tried[0]))

    def test_another_name_is_tried_after_a_refusal_only(self):
        """Servers refuse a name with "permission denied", a mere "failure" or "no such file"; a full disk is full."""
        for number in (errno.EACCES, errno.EIO, errno.ENOENT):
            with self.subTest(errno.errorcode[number]):
                self.assertEqual(try_exchange(self.transport(failures={".": number}), FOLDERS).temporary, "suffix")
                both = {".": number, "connection_test_": number}
                self.assertEqual(try_exchange(self.transport(failures=both), FOLDERS).temporary, "prefix")
        full = self.transport(failures={".": errno.ENOSPC})
        with self.assertRaises(TransportError) as caught:
            try_exchange(full, FOLDERS)
        self.assertEqual((whole(caught.exception).code, caught.exception.retryable), ("trial_write", True))
        self.assertEqual((caught.exception.params["reason"].code, len(full.written)), ("disk_full", 1))

    def test_the_first_refusal_is_the_one_that_is_said(self):
        """The name that begins with a dot is the usual one, which the other administrator should allow."""
        failures = {".": errno.EACCES, "connection_test_": errno.EIO, "tmp_": errno.EIO}
        with self.assertRaises(TransportError) as caught:
            try_exchange(self.transport(failures=failures), FOLDERS)
        self.assertEqual(caught.exception.params["reason"].code, "permission_denied")
        self.assertFalse(caught.exception.retryable)
        self.assertIn("entries/connection_test_", str(caught.exception))

    def test_a_server_that_does_not_answer_is_asked_nothing_more(self):
        mute = self.transport(failures={".": errno.ETIMEDOUT})
        with self.assertRaises(TransportError) as caught:
            try_exchange(mute, FOLDERS)
        self.assertEqual((whole(caught.exception).code, len(mute.written)), ("timeout", 1))

    def test_dates_of_changes_may_be_missing(self):
        """They show how long a lot has waited for its answer; a server may give none, or list new files later."""
        for ability in ({"has_times": False}, {"lists_new_files": False}):
            with self.subTest(ability):
                self.assertIs(try_exchange(self.transport(**ability), FOLDERS).has_times, False)

    def test_payments_are_put_away_like_answers(self):
        folders = Folders("entries", "answers", payments="payments")
        with self.assertRaises(TransportError) as caught:
            try_exchange(self.transport(), folders)
        self.assertEqual((caught.exception.code, caught.exception.params["name"]), ("trial_list", "payments"))
        (self.root / "payments").mkdir()
        transport = self.transport()
        self.assertEqual(try_exchange(transport, folders).trace_folder, "", "none is wanted")
        tried = {os.path.basename(os.path.dirname(path)) for path in transport.written}
        self.assertEqual((tried, self.left()), ({"entries", "answers", "payments"}, []))
        self.assertStep("trial_put_away", "answers/done", read_only=("answers",))

    def test_two_trials_do_not_meet(self):
        """Each writes a file of its own: two people may test one connection at the same time."""
        first, second = self.transport(), self.transport()
        for transport in (first, second):
            try_exchange(transport, FOLDERS)
            for path in transport.written:
                self.assertRegex(os.path.basename(path), r"^\.connection_test_[0-9a-f]{8}\.txt\.[0-9a-f]{8}\.part$")
        self.assertFalse(set(first.written) & set(second.written))
        name = os.path.basename(first.written[0]).split(".txt")[0]
        self.assertTrue(all(name in path for path in first.written))
        self.assertNotIn(name, second.written[0])
