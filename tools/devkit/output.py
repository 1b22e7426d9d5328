"""Progress lines, and the error that ends a command with a message."""

import sys
import threading
import time

_started = time.monotonic()
_lock = threading.Lock()


class SetupError(Exception):
    """Something is missing or failed; the message says what, and what to do about it."""


def step(message: str) -> None:
    """Print a line of progress to the error stream, with the seconds since the start."""
    with _lock:
        print(f"[{time.monotonic() - _started:4.0f} s] {message}", file=sys.stderr, flush=True)


def plain(message: str = "") -> None:
    """Print a line of the result to the standard output."""
    with _lock:
        print(message, flush=True)
