"""*Test the connection*: performs the steps of an exchange one by one, and cleans up."""

import contextlib
import posixpath
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from .findings import TransportError
from .remote_files import PARTIAL, TEMPORARY_FORMS, RemoteFile
from .transports import Transport

CONTENT = b"Test of the connection: this file may be deleted.\r\n"


@dataclass(frozen=True, slots=True)
class ServerAbilities:
    """What a server supports: the form of temporary names, the folder for traces, dates of changes; the folders of
    scans that are `missing`."""

    temporary: str
    trace_folder: str
    has_times: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of an exchange: `entries` are written, `answers`, `payments` (if any) and `scans` are read and moved,
    `others` are read; traces are stored in the first of `traces` that can be created."""

    entries: str
    answers: str
    others: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    payments: str = ""
    scans: tuple[str, ...] = ()

    @property
    def emptied(self) -> tuple[str, ...]:
        """The folders whose files are put away once they were read."""
        return tuple(dict.fromkeys(filter(None, (self.answers, self.payments, *self.scans))))

    @property
    def read(self) -> tuple[str, ...]:
        """The folders whose files are read."""
        return tuple(dict.fromkeys((*self.emptied, *self.others)))


def try_exchange(transport: Transport, folders: Folders) -> ServerAbilities:
    """Try each step of an exchange; return what the server supports, and leave nothing behind.

    :raises TransportError: `trial_…`: the step that failed, on what, and what to ask the other administrator for
    """
    missing = tuple(folder for folder in folders.scans if _is_missing(transport, folder))
    folders = replace(folders, scans=tuple(folder for folder in folders.scans if folder not in missing))
    _try_listing(transport, folders.entries)
    for folder in folders.read:
        _try_reading(transport, folder, _try_listing(transport, folder))
    name = f"connection_test_{secrets.token_hex(4)}.txt"
    temporary, has_times = _try_delivery(transport, f"{folders.entries}/{name}")
    transport.temporary = temporary
    for folder in folders.emptied:
        # a run takes any file for a scan, unless it is still being copied
        _try_putting_away(transport, folder, f"{name}{PARTIAL[0]}" if folder in folders.scans else name)
    return ServerAbilities(temporary, _try_traces(transport, folders.traces, name), has_times, missing)


def try_intake(transport: Transport, pattern: str) -> int:
    """Try what is done with the files of a directory that are only read: list, open, put away.

    :return: number of the files that wait
    :raises TransportError: as in `try_exchange`
    """
    files = [file for file in _try_listing(transport, "") if fnmatchcase(file.name, pattern)]
    _try_reading(transport, "", files)
    _try_putting_away(transport, "", f"connection_test_{secrets.token_hex(4)}.txt{PARTIAL[0]}")
    return len(files)


def _is_missing(transport: Transport, folder: str) -> bool:
    """Return whether a folder of scans does not exist: the rest of the exchange does without it."""
    try:
        transport.list(folder)
    except TransportError as error:
        return error.code == "directory_missing" and not _kind_of(transport, folder)
    return False


def _try_listing(transport: Transport, folder: str) -> list[RemoteFile]:
    try:
        with _step("trial_list", folder or "."):
            return transport.list(folder)
    except TransportError as error:
        code = {"file": "trial_not_folder", "other": "trial_link"}.get(_kind_of(transport, folder))
        if code:
            raise TransportError(code, name=folder) from error
        raise


def _kind_of(transport: Transport, folder: str) -> str:
    """Return the kind of an entry; "" if it cannot be known."""
    try:
        return transport.kind(folder)
    except TransportError:
        return ""


def _try_reading(transport: Transport, folder: str, files: list[RemoteFile]) -> None:
    """Open a waiting file: a folder may be listed whose files cannot be read."""
    for file in files[:1]:
        name = posixpath.join(folder, file.name)
        with _step("trial_open", name):
            transport.peek(name)


def _try_delivery(transport: Transport, name: str) -> tuple[str, bool]:
    """Return (first form of temporary names that the server accepts, whether it gives dates of changes)."""
    refused: list[TransportError] = []
    for form in TEMPORARY_FORMS:
        transport.temporary = form
        try:
            with _step("trial_write", name):
                transport.deliver(name, [CONTENT])
        except TransportError as error:
            if not _is_refusal(error):
                raise
            refused.append(error)
            continue
        with _leaving_nothing(transport, name):
            with _step("trial_read", name):
                folder, _slash, base = name.rpartition("/")
                found = [file for file in transport.list(folder) if file.name == base]
            with _step("trial_remove", name):
                _remove(transport, name)
        return form, bool(found and found[0].modified is not None)
    raise refused[0]


def _is_refusal(error: TransportError) -> bool:
    """Return whether another name may work: the server answered with a refusal."""
    return getattr(error.__cause__, "code", "") in ("permission_denied", "remote_failure", "directory_missing")


def _try_putting_away(transport: Transport, folder: str, name: str) -> None:
    placed, done = posixpath.join(folder, name), posixpath.join(folder, "done")
    with _leaving_nothing(transport, placed):
        with _step("trial_put_away", done):
            transport.deliver(placed, [CONTENT])
            moved = str(transport.move(placed, done))
        with _step("trial_remove", moved):
            _remove(transport, moved)


def _try_traces(transport: Transport, folders: Iterable[str], name: str) -> str:
    failed: list[TransportError] = []
    for folder in folders:
        try:
            with _step("trial_traces", folder), _leaving_nothing(transport, f"{folder}/{name}"):
                transport.keep(f"{folder}/{name}", [CONTENT])
                _remove(transport, f"{folder}/{name}")
            return folder
        except TransportError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return ""


def _remove(transport: Transport, name: str) -> None:
    """Remove a file, unless the other system has collected it already: some watch their folders."""
    try:
        transport.remove(name)
    except TransportError:
        if transport.stat(name):
            raise


@contextlib.contextmanager
def _leaving_nothing(transport: Transport, name: str) -> Iterator[None]:
    """Remove a file, if that is possible, when a step about it fails."""
    try:
        yield
    except TransportError:
        with contextlib.suppress(TransportError):
            transport.remove(name)
        raise


@contextlib.contextmanager
def _step(code: str, name: str) -> Iterator[None]:
    """Add the failed step to an error; an unreachable server has an error of its own."""
    try:
        yield
    except TransportError as error:
        if error.code in ("timeout", "too_slow", "host_key_refused"):
            raise
        if error.renaming and code == "trial_write":
            code = "trial_rename"
        raise TransportError(code, error.retryable, name=name, reason=error) from error
