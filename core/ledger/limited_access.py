"""Limits on the time and the bytes that a server may take, whatever it answers."""

import contextlib
import time
from collections.abc import Iterator

from .failures import typed_failures
from .file_access import FileAccess
from .findings import TransportError
from .remote_files import Limits, Used


class LimitedAccess(FileAccess):
    """Raw access within limits: each operation has its own time, and all those of a run a common one.

    `_root` is the path of the exchange directory.
    """

    _root: str

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end, self._end_of_run, self._spent, self._bytes = 0.0, 0.0, 0.0, 0

    @property
    def used(self) -> Used:
        """What was taken of the limits of the run, the share of its earlier connections included."""
        return Used(self._spent, self._bytes)

    def resume(self, used: Used) -> None:
        """Count what earlier connections of the same run have taken."""
        self._spent += used.seconds
        self._bytes += int(used.bytes)

    @contextlib.contextmanager
    def _operation(self, name: str, seconds: float | None = None) -> Iterator[None]:
        """Limit one operation on `name` to its own time (`seconds`) and to what is left of the run's."""
        began, own = time.monotonic(), self._limits.seconds if seconds is None else seconds
        self._end_of_run = began + self._limits.all_seconds - self._spent
        self._end = min(began + own, self._end_of_run)
        try:
            with typed_failures(name), self._watched(name):
                self._check_time(name)
                yield
        finally:
            self._spent += time.monotonic() - began

    def _watched(self, _name: str) -> contextlib.AbstractContextManager[None]:
        """Interrupt a waiting operation when its time is over, if possible."""
        return contextlib.nullcontext()

    def _check_time(self, name: str) -> None:
        now = time.monotonic()
        if now > self._end:
            limit, all_limit = int(self._limits.seconds), int(self._limits.all_seconds)
            is_over = now > self._end_of_run
            raise TransportError("too_slow", run_over=is_over, name=name, limit=limit, all_limit=all_limit)

    @contextlib.contextmanager
    def _telling_apart(self) -> Iterator[None]:
        """Find out whether a failure is that of one file or folder: the server then answers another request.

        Servers say “Failure” of a file that another program holds, of a full quota, of a broken disk.
        """
        try:
            yield
        except TransportError as error:
            error.answered = error.code == "remote_failure" and self._answers()
            raise

    def _answers(self) -> bool:
        try:
            with self._operation("."):
                self._kind(self._root)
        except TransportError:
            return False
        return True
