"""*Test the connection*: performs the steps of an exchange one by one, and cleans up."""

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .findings import TransportError
from .remote_files import TEMPORARY_FORMS
from .transports import Transport

CONTENT = b"Test of the connection: this file may be deleted.\r\n"


@dataclass(frozen=True, slots=True)
class ServerAbilities:
    """What a server supports: the form of temporary names, the folder for traces, dates of changes."""

    temporary: str
    trace_folder: str
    has_times: bool


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of an exchange: `entries` are written, `answers` and `payments` (if any) are read and moved, `others` are
    listed; traces are stored in the first of `traces` that can be created."""

    entries: str
    answers: str
    others: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    payments: str = ""

    @property
    def emptied(self) -> tuple[str, ...]:
        """The folders whose files are put away once they were read."""
        return (self.answers, self.payments) if self.payments else (self.answers,)


def try_exchange(transport: Transport, folders: Folders) -> ServerAbilities:
    """Try each step of an exchange; return what the server supports, and leave nothing behind.

    :raises TransportError: `trial_…`: the step that failed, on what, and what to ask the other administrator for
    """
    for folder in (folders.entries, *folders.emptied, *folders.others):
        with _step("trial_list", folder):
            transport.list(folder)
    name = f"connection_test_{secrets.token_hex(4)}.txt"
    temporary, has_times = _try_delivery(transport, f"{folders.entries}/{name}")
    transport.temporary = temporary
    for folder in folders.emptied:
        _try_putting_away(transport, folder, name)
    return ServerAbilities(temporary, _try_traces(transport, folders.traces, name), has_times)


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
        with _step("trial_read", name):
            folder, _slash, base = name.rpartition("/")
            found = [file for file in transport.list(folder) if file.name == base]
        with _step("trial_remove", name):
            transport.remove(name)
        return form, bool(found and found[0].modified is not None)
    raise refused[0]


def _is_refusal(error: TransportError) -> bool:
    """Return whether another name may work: the server answered with a refusal."""
    return getattr(error.__cause__, "code", "") in ("permission_denied", "remote_failure", "directory_missing")


def _try_putting_away(transport: Transport, folder: str, name: str) -> None:
    with _step("trial_put_away", f"{folder}/done"):
        transport.deliver(f"{folder}/{name}", [CONTENT])
        moved = transport.move(f"{folder}/{name}", f"{folder}/done")
        transport.remove(str(moved))


def _try_traces(transport: Transport, folders: Iterable[str], name: str) -> str:
    failed: list[TransportError] = []
    for folder in folders:
        try:
            with _step("trial_traces", folder):
                transport.keep(f"{folder}/{name}", [CONTENT])
                transport.remove(f"{folder}/{name}")
            return folder
        except TransportError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return ""


@contextlib.contextmanager
def _step(code: str, name: str) -> Iterator[None]:
    """Add the failed step to an error; an unreachable server has an error of its own."""
    try:
        yield
    except TransportError as error:
        if error.code in ("timeout", "too_slow", "host_key_refused"):
            raise
        raise TransportError(code, error.retryable, name=name, reason=error) from error
