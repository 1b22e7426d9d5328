"""The exchange directory as a folder of this server, confined to the root that the configuration allows."""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import IO, Any

from .failures import typed_failures
from .findings import NameRefused
from .remote_files import LIMITS, Limits, RemoteFile, name_parts
from .transports import Transport

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
#: Non-blocking, since opening a pipe would wait; the type of the file is checked before it is read.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
#: Errors of opening a symbolic link, or something else in place of a folder.
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)


class LocalTransport(Transport):
    """A folder `directory` (relative name) under `root`, which may itself be a link, as the administrator chooses.

    Each folder is opened from its parent, each file from its folder, and no symbolic link is followed, so that swapping
    one for a link while a file is read has no effect.
    """

    def __init__(self, root: str | Path, directory: str = "", limits: Limits = LIMITS) -> None:
        self._base = Path(root).resolve()
        super().__init__(str(self._base.joinpath(*name_parts(directory))), limits)
        # refuse a link at once; a missing folder may still be created
        with typed_failures(directory or "."), contextlib.suppress(FileNotFoundError), self._folder(self._root):
            pass

    def make(self, folders: Iterable[str] = ()) -> None:
        """Create the directory and its folders if they are missing."""
        for folder in ("", *folders):
            with typed_failures(folder or "."):
                self._make_folder(self._path(folder))

    def _path(self, name: str) -> str:
        return str(Path(self._root, *name_parts(name)))

    @contextlib.contextmanager
    def _folder(self, path: str, make: bool = False) -> Iterator[int]:
        """Yield the descriptor of a folder.

        :raises NameRefused: its path contains a link
        """
        place = os.open(self._base, _FOLDER)
        try:
            for part in Path(path).relative_to(self._base).parts:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, dir_fd=place)
                below = self._step_into(part, place)
                os.close(place)
                place = below
            yield place
        finally:
            os.close(place)

    def _step_into(self, part: str, place: int) -> int:
        try:
            return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=place)
        except OSError as error:
            if error.errno in _IN_THE_WAY and S_ISLNK(_mode(part, place)):
                raise NameRefused("name_refused", name=part) from error
            raise

    @contextlib.contextmanager
    def _place(self, path: str) -> Iterator[tuple[int, str]]:
        """Yield (descriptor of the folder, name in it) of a path."""
        folder, name = os.path.split(path)
        with self._folder(folder) as place:
            yield place, name

    def _scan(self, path: str) -> Iterator[tuple[RemoteFile, str]]:
        with self._folder(path) as place, os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    found = entry.stat(follow_symlinks=False)
                    yield RemoteFile(entry.name, found.st_size, found.st_mtime), _kind_of(found.st_mode)

    def _kind(self, path: str) -> str:
        if path == str(self._base):
            return "directory"
        with self._place(path) as (place, name):
            mode = _mode(name, place)
        if S_ISLNK(mode):
            raise NameRefused("name_refused", name=name)
        return _kind_of(mode)

    def _open(self, path: str, mode: str) -> IO[bytes]:
        with self._place(path) as (place, name):
            try:
                opened = os.open(name, _READ if mode == "rb" else _WRITE, 0o666, dir_fd=place)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.EEXIST):
                    raise NameRefused("name_refused", name=name) from error
                raise
        if not S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise NameRefused("not_a_file", name=name)
        return os.fdopen(opened, mode)

    def _make_folder(self, path: str) -> None:
        with self._folder(path, make=True):
            pass

    def _remove_file(self, path: str) -> None:
        with self._place(path) as (place, name):
            os.unlink(name, dir_fd=place)

    def _sync_to_disk(self, target: Any) -> None:
        target.flush()
        os.fsync(target.fileno())

    def _rename(self, source: str, target: str) -> None:
        with self._place(source) as (here, name), self._place(target) as (there, new_name):
            os.replace(name, new_name, src_dir_fd=here, dst_dir_fd=there)
            os.fsync(there)


def _mode(name: str, place: int) -> int:
    return os.stat(name, dir_fd=place, follow_symlinks=False).st_mode


def _kind_of(mode: int) -> str:
    return "file" if S_ISREG(mode) else "directory" if S_ISDIR(mode) else "other"
