"""The checkout, the cache folder, and folders that are built in it once."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from .output import SetupError, step

MODULE = "utility_billing_sync"
CHECKOUT = Path(__file__).resolve().parents[2]
STAMP = ".complete"
_thread = threading.local()


def cache_root() -> Path:
    """Return the cache folder: $UTILITY_CACHE, or else the usual place of the user's caches."""
    if chosen := os.environ.get("UTILITY_CACHE"):
        root = Path(chosen).expanduser().absolute()
    elif os.getuid() == 0:
        root = Path("/var/cache") / MODULE
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / MODULE
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"The cache folder {root} cannot be made ({error.strerror}): set UTILITY_CACHE.") from error
    if not os.access(root, os.W_OK):
        raise SetupError(f"The cache folder {root} cannot be written: set UTILITY_CACHE to one of yours.")
    return root


def digest(*parts: str | bytes) -> str:
    """Return a short digest of the parts."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:12]


@contextlib.contextmanager
def lock(name: str, *, wait: bool = True) -> Iterator[int]:
    """Hold the lock of this name in the cache folder.

    Yields the descriptor of the locked file: the lock is released when the process ends, in any way, together with
    the children that inherited the descriptor.

    :raises BlockingIOError: it is taken, and `wait` is off
    """
    folder = cache_root() / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise
            step(f"Waiting for another ./dev ({name})")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream.fileno()


def build_once(folder: Path, build: Callable[[Path], str | None]) -> str:
    """Build `folder` unless it is complete, and return the text of its stamp.

    `build` fills the empty folder and returns the text of the stamp, which is written last: a folder without a stamp
    is incomplete, and is built again.
    """
    stamp = folder / STAMP
    if not stamp.exists():
        with lock(f"build-{folder.name}") as descriptor:
            if not stamp.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                write_whole(stamp, _build(folder, build, descriptor) or "")
    return stamp.read_text()


def _build(folder: Path, build: Callable[[Path], str | None], descriptor: int) -> str | None:
    _thread.build_locks = (descriptor,)
    try:
        return build(folder)
    finally:
        _thread.build_locks = ()


def build_locks() -> tuple[int, ...]:
    """Return the locks that the children of a build must inherit, since they may outlive a killed `./dev`."""
    return getattr(_thread, "build_locks", ())


def write_whole(target: Path, text: str) -> None:
    """Write a text file atomically: a reader sees the old or the new content, never a part."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    draft.write_text(text)
    draft.replace(target)
