"""Remote files, through fsspec: an operation ends in content, absent, or a typed failure."""

import contextlib
import hashlib
import logging
import posixpath
import re
import secrets
import tempfile
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import BinaryIO

from .failures import typed_failures
from .findings import DeliveryConflict, NameRefused, TransportError

_logger = logging.getLogger(__name__)

BLOCK = 256 * 1024
IN_MEMORY = 8 * 1024 * 1024
MAX_SIZE = 1 << 30
MAX_COPIES = 1000
TEMPORARY = ".part"
_PLAIN_PART = re.compile(r"(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server that is broken, or means harm, may make us wait for and keep.

    `names` of one folder; `seconds` of one operation; `all_seconds` and `all_bytes` read over one connection.
    """

    names: int = 100_000
    seconds: float = 300.0
    all_seconds: float = 3600.0
    all_bytes: int = 8 << 30


LIMITS = Limits()


class Absent:
    """The remote file does not exist, and the directory it would be in does: a certain answer, not a
    failure."""

    def __repr__(self):
        return "ABSENT"

    def __bool__(self):
        return False


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a listing: its name in the folder and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Stat:
    """Size in bytes and SHA-256 (hex) of a remote file's content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """A remote file that was read whole, kept in a temporary file; close it, or use it in a `with`."""

    name: str
    size: int
    sha256: str
    file: BinaryIO

    def chunks(self):
        """The content from its beginning, in blocks of 256 KB."""
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            yield block

    def read(self):
        return b"".join(self.chunks())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.file.close()


class Transport:
    """Operations on one exchange directory. Names are relative to it, parts separated by `/`.

    Every operation raises TransportError (`retryable` or not) or its kinds NameRefused and DeliveryConflict.
    A missing directory is a failure, never an absent file. Use it in a `with`, or `close` it.
    """

    def __init__(self, fs, root, limits=LIMITS):
        self._fs, self._root, self._limits = fs, root, limits
        self._end, self._spent, self._bytes = None, 0.0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        """Frees the connection."""

    def make(self, folders=()):
        """Makes folders (names) where the place is our own; on a server of somebody else's, nothing."""

    def check(self, folders=()):
        """Tests the connection and that the folders (names) can be listed."""
        for folder in ("", *folders):
            self.list(folder)

    def list(self, folder="", pattern="*"):
        """The regular files of a folder whose name matches (`*`, `?`), sorted by name; hidden ones and links
        are not."""
        files = [file for file, kind in self._entries(folder) if kind == "file"]
        return sorted(
            (file for file in files if not file.name.startswith(".") and fnmatchcase(file.name, pattern)),
            key=lambda file: file.name,
        )

    def read(self, name, max_size=MAX_SIZE):
        """The Content of a file, or ABSENT. Raises TransportError (file_too_large) beyond `max_size`
        bytes."""
        with contextlib.ExitStack() as undo:
            target = undo.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
            stat = self._digest(name, max_size, target.write)
            if not stat:
                return ABSENT
            # The Content closes the file from here on.
            undo.pop_all()
        return Content(name, stat.size, stat.sha256, target)

    def stat(self, name):
        """The Stat of a file, its content read to the end, or ABSENT."""
        return self._digest(name, MAX_SIZE, lambda block: None)

    def deliver(self, name, chunks, expected=None):
        """Puts a file (iterable of bytes) there under a temporary name, then its final one; returns its Stat.

        Idempotent: the same content already there is left as it is. Raises DeliveryConflict if there is
        another one, or if the bytes are not those of `expected` (Stat): nothing then has the final name.
        """
        path, temporary = self._path(name), self._path(_new_temporary(name))
        try:
            sent = self._send(name, temporary, chunks)
            if expected and sent != expected:
                raise DeliveryConflict("lot_damaged", name=name)
            there = self.stat(name)
            if there and there != sent:
                raise DeliveryConflict("delivery_conflict", name=name)
            if not there:
                with self._operation(name):
                    self._rename(temporary, path)
        except TransportError as error:
            # A server that does not answer would only make us wait again; what is left is forgotten later.
            if error.code != "timeout":
                self._remove(temporary, name)
            raise
        if there:
            self._remove(temporary, name)
        return sent

    def keep(self, name, chunks):
        """As `deliver`, into a folder of our own, made when missing."""
        self._make_own(posixpath.dirname(name))
        return self.deliver(name, chunks)

    def list_own(self, folder, pattern="*"):
        """As `list`, of a folder of our own: nothing where it was not made yet."""
        path = self._path(folder)
        with self._operation(folder):
            try:
                self._kind(path)
            except FileNotFoundError:
                # Raises if the directory itself is gone: then nothing is known of the folder.
                self._kind(posixpath.dirname(path))
                return []
        return self.list(folder, pattern)

    def _make_own(self, folder):
        with self._operation(folder):
            self._make_folder(self._path(folder))

    def forget_attempts(self, name):
        """Removes the temporary files that interrupted deliveries of this file left, where that can be done."""
        folder, base = posixpath.split(name)
        with contextlib.suppress(TransportError):
            for file, _kind in self._entries(folder):
                if file.name.startswith(f".{base}.") and file.name.endswith(TEMPORARY):
                    self._remove(self._path(posixpath.join(folder, file.name)), name)

    def _entries(self, folder):
        """Return [(RemoteFile, kind)] of a folder. Raises TransportError (too_many_names) beyond the limit."""
        found = []
        with self._operation(folder or "."):
            for name, size, kind in self._scan(self._path(folder)):
                if len(found) >= self._limits.names:
                    raise TransportError("too_many_names", name=folder or ".", limit=self._limits.names)
                self._check_time(folder or ".")
                if _is_text(name):
                    found.append((RemoteFile(name, size), kind))
                else:
                    _logger.warning("A name of folder %s is not text and was left out: %r", folder, name)
        return found

    def _send(self, name, path, chunks):
        digest, size = hashlib.sha256(), 0
        with typed_failures(name), self._open(path, "wb") as target:
            for block in chunks:
                digest.update(block)
                size += len(block)
                target.write(block)
            self._settle(target)
        return Stat(size, digest.hexdigest())

    def move(self, name, folder):
        """Moves a file into a folder (made when missing), under a free name; returns its new name, or
        ABSENT."""
        if not self._exists(name):
            return ABSENT
        base = posixpath.basename(name)
        stem, suffix = posixpath.splitext(base)
        self._make_own(folder)
        for copy in range(MAX_COPIES):
            target = posixpath.join(folder, f"{stem}.{copy}{suffix}" if copy else base)
            if not self._exists(target):
                with self._operation(name):
                    self._rename(self._path(name), self._path(target))
                return target
        raise TransportError("remote_failure", name=name, reason=f"{MAX_COPIES} files of this name are in {folder}")

    def _digest(self, name, max_size, use):
        if not self._exists(name):
            return ABSENT
        digest, size = hashlib.sha256(), 0
        with self._operation(name), self._open(self._path(name), "rb") as source:
            while block := source.read(BLOCK):
                size += len(block)
                self._bytes += len(block)
                if size > max_size:
                    raise TransportError("file_too_large", limit=max_size)
                if self._bytes > self._limits.all_bytes:
                    raise TransportError("too_many_bytes", limit=self._limits.all_bytes)
                self._check_time(name)
                digest.update(block)
                use(block)
        return Stat(size, digest.hexdigest())

    def _exists(self, name):
        """Whether a regular file is there; raises when the question cannot be answered."""
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

    # === LIMITS === #

    @contextlib.contextmanager
    def _operation(self, name):
        """Holds one operation on `name` to the seconds that it, and all of this connection, may take."""
        began = time.monotonic()
        self._end = began + min(self._limits.seconds, self._limits.all_seconds - self._spent)
        try:
            with typed_failures(name), self._watched(name):
                self._check_time(name)
                yield
        finally:
            self._spent += time.monotonic() - began

    def _watched(self, _name):
        """Ends an operation that is over its time while it waits, where that can be done."""
        return contextlib.nullcontext()

    def _check_time(self, name):
        if time.monotonic() > self._end:
            limits = self._limits
            raise TransportError("too_slow", name=name, limit=int(limits.seconds), all_limit=int(limits.all_seconds))

    # === THE FILE SYSTEM === #

    def _scan(self, path):
        """Yields (name, size, kind) of what a folder holds; kind: file, directory, other."""
        for item in self._fs.ls(path, detail=True):
            kind = "other" if item.get("islink") else item["type"]
            yield posixpath.basename(item["name"]), item["size"], kind

    def _kind(self, path):
        return self._fs.info(path)["type"]

    def _open(self, path, mode):
        return self._fs.open(path, mode)

    def _make_folder(self, path):
        self._fs.makedirs(path, exist_ok=True)

    def _remove_file(self, path):
        self._fs.rm_file(path)

    def _path(self, name):
        return posixpath.join(self._root, *name_parts(name))

    def _settle(self, target):
        """Makes the bytes durable before the file gets its final name, where that can be asked."""

    def _rename(self, source, target):
        self._fs.mv(source, target)

    def _remove(self, path, name):
        with contextlib.suppress(TransportError), self._operation(name):
            self._remove_file(path)


def name_parts(name):
    """The parts of a relative name. Raises NameRefused: absolute, `..`, backslash, control character, empty
    part."""
    parts = name.split("/") if name else []
    if not all(_PLAIN_PART.fullmatch(part) for part in parts):
        raise NameRefused("name_refused", name=repr(name[:200]))
    return parts


def _new_temporary(name):
    """A name of this attempt's own: another one, cut off from its database or kept waiting by the remote server, may
    still be writing the same file, and would give its final name to half of ours."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, f".{base}.{secrets.token_hex(4)}{TEMPORARY}")


def _is_text(name):
    """Whether a name can be kept and shown: file systems and servers hold any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
