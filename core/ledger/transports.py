"""Operations on remote files, which have three outcomes: content, ABSENT, a typed error."""

import contextlib
import hashlib
import posixpath
import secrets
import tempfile
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Self

from .findings import DeliveryConflict, NameRefused, TransportError
from .limited_access import LimitedAccess
from .remote_files import (
    ABSENT,
    BLOCK,
    LIMITS,
    TEMPORARY_FORMS,
    Absent,
    Content,
    Limits,
    RemoteFile,
    Stat,
    attempts_of,
    copy_names,
    escaped,
    is_plain,
    name_parts,
)

IN_MEMORY = 8 * 1024 * 1024
MAX_SIZE = 1 << 30
#: The files of a listing, with their kind.
Files = list[RemoteFile]
Entries = list[tuple[RemoteFile, str]]


class Transport(LimitedAccess):
    """Operations on one exchange directory. Names are relative to it, with `/` as separator. Use it in a `with`.

    :raises TransportError: from any operation; a missing directory is an error, never an absent file
    """

    def __init__(self, root: str, limits: Limits = LIMITS) -> None:
        super().__init__(limits)
        self._root = root
        #: Form of temporary names: one of TEMPORARY_FORMS.
        self.temporary = next(iter(TEMPORARY_FORMS))
        #: (folder, name) of the files omitted from listings because their names cannot be used; escaped.
        self.odd_names: set[tuple[str, str]] = set()
        #: {folder: names} of the latest listings: of files, and of what only bears a name like one (a folder, a link).
        self.listed: dict[str, list[str]] = {}
        self.not_files: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""

    def make(self, folders: Iterable[str] = ()) -> None:
        """Create folders (names) on this server; on a remote server, do nothing."""

    def list(self, folder: str = "", pattern: str = "*") -> Files:
        """Return the regular files of a folder whose names match (`*`, `?`), sorted by name, without hidden files and
        links."""
        with self._telling_apart():
            entries = [(file, kind) for file, kind in self._entries(folder) if not file.name.startswith(".")]
        self.listed[folder] = sorted(file.name for file, kind in entries if kind == "file")
        self.not_files[folder] = sorted(file.name for file, kind in entries if kind != "file")
        files = (file for file, kind in entries if kind == "file" and fnmatchcase(file.name, pattern))
        return sorted(files, key=lambda file: file.name)

    def has_grown(self, folder: str, file: RemoteFile, size: int) -> bool:
        """Return whether a listed file changed while it was read: it may still be growing under its final name.

        Some servers list wrong sizes: it must be listed otherwise now.

        :param size: number of bytes that were read
        """
        if file.size in (None, size):
            return False
        now = next((found for found in self.list(folder) if found.name == file.name), file)
        return (now.size, now.modified) != (file.size, file.modified)

    def read(self, name: str, max_size: int = MAX_SIZE) -> Content | Absent:
        """Return the Content of a file of `max_size` bytes at most, or ABSENT."""
        with contextlib.ExitStack() as undo:
            target = undo.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
            with self._telling_apart():
                stat = self._digest(name, max_size, target.write)
            if not stat:
                return ABSENT
            # From here on, the Content closes the file.
            undo.pop_all()
        return Content(name, stat.size, stat.sha256, target)

    def stat(self, name: str) -> Stat | Absent:
        """Read a file to its end and return its Stat, or ABSENT."""
        return self._digest(name, MAX_SIZE, lambda block: None)

    def kind(self, name: str) -> str:
        """Return what bears a name: file, directory, or other (a link, a pipe)."""
        with self._operation(name):
            try:
                return self._kind(self._path(name))
            except NameRefused:
                return "other"

    def peek(self, name: str) -> None:
        """Read the first byte of a file, to check that it can be read."""
        with self._operation(name), self._open(self._path(name), "rb") as source:
            source.read(1)

    def deliver(self, name: str, chunks: Iterable[bytes], expected: Stat | None = None) -> Stat:
        """Write an iterable of bytes under a temporary name, then rename it, unless it is there; return its Stat.

        :raises DeliveryConflict: another content is there, or the bytes are not those of `expected`: then nothing
            gets the final name
        """
        path, temporary = self._path(name), self._path(self._new_temporary(name))
        try:
            sent = self._send(name, temporary, chunks)
            if expected and sent != expected:
                raise DeliveryConflict("lot_damaged", name=name)
            there = self.stat(name)
            if there and there != sent:
                raise DeliveryConflict("delivery_conflict", name=name)
            if not there:
                self._give_name(temporary, path, lambda: self.stat(name) == sent)
        except Exception as error:
            # any error: the database that holds the content may be gone. A server that does not answer would only make
            # us wait again; the temporary file is removed later.
            if getattr(error, "code", "") != "timeout":
                self._remove(temporary, name)
            raise
        if there:
            self._remove(temporary, name)
        return sent

    def keep(self, name: str, chunks: Iterable[bytes]) -> Stat:
        """Deliver into one of our own folders, which is created if missing."""
        self._make_own(posixpath.dirname(name))
        return self.deliver(name, chunks)

    def list_own(self, folder: str, pattern: str = "*") -> Files:
        """List one of our own folders; empty if it does not exist yet."""
        path = self._path(folder)
        with self._operation(folder):
            try:
                self._kind(path)
            except FileNotFoundError:
                # Raises if the directory itself is gone: then nothing is known of the folder.
                self._kind(posixpath.dirname(path))
                return []
        return self.list(folder, pattern)

    def _make_own(self, folder: str) -> None:
        with self._operation(folder):
            self._make_folder(self._path(folder))

    def forget_attempts(self, name: str) -> None:
        """Remove the temporary files that interrupted deliveries of this file have left, if possible."""
        folder, base = posixpath.split(name)
        with contextlib.suppress(TransportError):
            is_attempt = attempts_of(base)
            for file, _kind in self._entries(folder):
                if is_attempt(file.name):
                    self._remove(self._path(posixpath.join(folder, file.name)), name)

    def _entries(self, folder: str) -> Entries:
        """Return [(RemoteFile, kind)] of a folder, whose number of names is limited."""
        found: Entries = []
        with self._operation(folder or "."):
            for number, (file, kind) in enumerate(self._scan(self._path(folder))):
                if number >= self._limits.names:
                    raise TransportError("too_many_names", name=folder or ".", limit=self._limits.names)
                self._check_time(folder or ".")
                if is_plain(file.name):
                    found.append((file, kind))
                else:
                    self.odd_names.add((folder, escaped(file.name)))
        return found

    def _send(self, name: str, path: str, chunks: Iterable[bytes]) -> Stat:
        digest, size = hashlib.sha256(), 0
        with self._operation(name, self._limits.all_seconds), self._open(path, "wb") as target:
            for block in chunks:
                self._check_time(name)
                digest.update(block)
                size += len(block)
                target.write(block)
            self._sync_to_disk(target)
        return Stat(size, digest.hexdigest())

    def remove(self, name: str) -> None:
        """Remove a file."""
        with self._operation(name):
            self._remove_file(self._path(name))

    def move(self, name: str, folder: str) -> str | Absent:
        """Move a file into a folder (created if missing), under a free name; return its new name, or ABSENT."""
        with self._telling_apart():
            return self._move(name, folder)

    def _move(self, name: str, folder: str) -> str | Absent:
        if not self._exists(name):
            return ABSENT
        self._make_own(folder)
        names = (posixpath.join(folder, copy) for copy in copy_names(posixpath.basename(name)))
        target = next(copy for copy in names if not self._exists(copy))
        try:
            self._give_name(self._path(name), self._path(target), lambda: self._has_moved(name, target))
        except TransportError as error:
            return self._absent_after(error, name)
        return target

    def _has_moved(self, name: str, target: str) -> bool:
        return not self._exists(name) and self._exists(target)

    def _give_name(self, source: str, target: str, is_done: Callable[[], bool]) -> None:
        """Rename a file. Some servers report a failure although they renamed it.

        :param is_done: checks the result after a failure
        """
        try:
            with self._operation(posixpath.relpath(target, self._root)):
                self._rename(source, target)
        except TransportError as error:
            if error.code == "timeout" or not _holds(is_done):
                error.renaming = True
                raise

    def _digest(self, name: str, max_size: int, use: Callable[[bytes], object]) -> Stat | Absent:
        if not self._exists(name):
            return ABSENT
        try:
            return self._read_through(name, max_size, use)
        except TransportError as error:
            return self._absent_after(error, name)

    def _absent_after(self, error: TransportError, name: str) -> Absent:
        """Return ABSENT if a file vanished while it was used (another program took it); else the error goes on."""
        if error.code == "directory_missing" and not self._exists(name):
            return ABSENT
        raise error

    def _read_through(self, name: str, max_size: int, use: Callable[[bytes], object]) -> Stat:
        digest, size = hashlib.sha256(), 0
        with self._operation(name), self._open(self._path(name), "rb") as source:
            while block := source.read(BLOCK):
                size += len(block)
                self._bytes += len(block)
                if size > max_size:
                    raise TransportError("file_too_large", limit=max_size)
                if self._bytes > self._limits.all_bytes:
                    raise TransportError("too_many_bytes", run_over=True, limit=self._limits.all_bytes)
                self._check_time(name)
                digest.update(block)
                use(block)
        return Stat(size, digest.hexdigest())

    def _exists(self, name: str) -> bool:
        """Return whether a regular file exists; if that is unknown, it is an error."""
        path = self._path(name)
        with self._operation(name):
            try:
                kind = self._kind(path)
            except FileNotFoundError:
                # Raises if the directory itself is gone: then nothing is known of the file.
                self._kind(posixpath.dirname(path))
                return False
        if kind != "file":
            raise NameRefused("not_a_file", name=name)
        return True

    def _path(self, name: str) -> str:
        return posixpath.join(self._root, *name_parts(name))

    def _new_temporary(self, name: str) -> str:
        """Return a temporary name unique to this attempt: another attempt, disconnected from its database or delayed by
        the remote server, may still be writing the same file, and would rename our half-written one."""
        folder, base = posixpath.split(name)
        form = TEMPORARY_FORMS[self.temporary]
        return posixpath.join(folder, form.format(name=base, token=secrets.token_hex(4)))

    def _remove(self, path: str, name: str) -> None:
        with contextlib.suppress(TransportError), self._operation(name):
            self._remove_file(path)


def _holds(check: Callable[[], bool]) -> bool:
    """Return the result of a check, False if it cannot be made."""
    try:
        return check()
    except TransportError:
        return False
