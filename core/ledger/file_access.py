"""What a kind of server does with single paths; `transports` makes safe operations of it."""

from collections.abc import Iterator
from typing import Any

from .remote_files import RemoteFile


class FileAccess:
    """Raw access to files by path.

    :raises OSError: of any kind, from any method; the caller gives it a type
    """

    def _scan(self, path: str) -> Iterator[tuple[RemoteFile, str]]:
        """Yield (RemoteFile, kind) of the entries of a folder; kind: file, directory, other."""
        raise NotImplementedError

    def _kind(self, path: str) -> str:
        """Return the kind of an entry, without following a link.

        :raises FileNotFoundError: there is no such entry
        """
        raise NotImplementedError

    def _open(self, path: str, mode: str) -> Any:
        """Open a file, "rb" or "wb"."""
        raise NotImplementedError

    def _make_folder(self, path: str) -> None:
        """Create a folder, and those above it, unless it exists."""
        raise NotImplementedError

    def _remove_file(self, path: str) -> None:
        raise NotImplementedError

    def _rename(self, source: str, target: str) -> None:
        raise NotImplementedError

    def _sync_to_disk(self, target: Any) -> None:
        """Make the bytes durable before the file gets its final name, if possible."""
