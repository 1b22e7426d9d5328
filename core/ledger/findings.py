"""Anomalies, as data (Finding) or as exceptions (LedgerError and its subclasses)."""

import dataclasses
from collections.abc import Mapping

from .messages import sentence


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One anomaly of a document or of a row.

    `code` names the rule (see messages), `field` the attribute to correct, `document` the number of the
    document, `line` and `column` the place in a file (from 1; 0 for none). A finding that is not `blocking` is a
    remark: the document is sent.
    """

    code: str
    field: str = ""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)
    document: str = ""
    line: int = 0
    column: int = 0
    blocking: bool = True

    @property
    def message(self) -> str:
        return sentence(self.code, self.params)

    def __str__(self) -> str:
        return self.message


def unforeseen(name: str, number: str) -> Finding:
    """Return the finding of an unexpected error, whose details are in the server's log under `number`."""
    return Finding("unforeseen", "", {"name": name, "number": number})


def not_taken(name: str, reason: str) -> Finding:
    """Return the finding of a record that the application refused, with its reason."""
    return Finding("not_taken", "", {"name": name, "reason": reason})


class LedgerError(Exception):
    """Base of every error of the exchange; `code` and `params` give its sentence, as for a finding."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(sentence(code, params))


class LayoutError(LedgerError):
    """A layout cannot be used; the sentence says what to correct."""


class FileRefused(LedgerError):
    """An incoming file cannot be read at all (header, encoding, size); none of its rows was applied."""


class TransitionForbidden(LedgerError):
    """This event is not allowed in the state of a document or a run."""


class ScheduleError(LedgerError):
    """A schedule has an unknown frequency, weekday, time or time zone."""


#: Failures of one file or folder, while the server is reachable.
OF_ONE_PLACE = (
    "directory_missing", "permission_denied", "not_a_file", "name_refused", "file_too_large", "too_many_names",
)  # fmt: skip


class TransportError(LedgerError):
    """A remote operation failed; `retryable` if it may succeed later, `run_over` if a limit of the run was reached,
    `renaming` if the file was written but could not get its name, `answered` if the server answers other requests."""

    renaming = answered = False

    def __init__(self, code: str, retryable: bool = False, *, run_over: bool = False, **params: object) -> None:
        self.retryable, self.run_over = retryable, run_over
        super().__init__(code, **params)

    @property
    def stops_run(self) -> bool:
        """Whether no other file of the run can succeed now: the failure is not the file's."""
        return self.run_over or (self.retryable and not self.answered)

    @property
    def is_of_one_place(self) -> bool:
        """Whether the failure is that of one file or folder, while the server is reachable."""
        return self.answered or self.code in OF_ONE_PLACE


class NameRefused(TransportError):
    """A name leaves the exchange directory, is a symbolic link or is not a plain file name."""


class HostKeyRefused(TransportError):
    """The server's key is not the one that was approved."""


class DeliveryConflict(TransportError):
    """Another content already exists under the lot's final name."""
