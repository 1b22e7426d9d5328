"""Compares directories: two connectors never share one, nor use one inside the other's.

A connector treats every file in its directory as its own, and moves those that it has read: in another connector's
directory, it would read that one's entries and remove its answers.
"""

import posixpath
import re
import unicodedata
from dataclasses import dataclass

from .findings import NameRefused
from .remote_files import name_parts

#: Names of directories given by the server to what has none: what they belong to, and its id.
_OWN = re.compile(r"(connector|telemetry)_(\d+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """A directory, however its path is written.

    :param server: host and port; empty for this server
    :param key: approved public key of the server, if any: it identifies a server with several names
    :param parts: parts of the path, of which the first is the root: "/", or "~" and the user for a home directory
    """

    server: str
    key: str
    parts: tuple[str, ...]


def local_place(directory: str) -> Place:
    """Return the place of a directory (relative name) below the exchange root."""
    return Place("", "", ("", *map(_folded, name_parts(directory))))


def sftp_place(host: str, port: int, key: str, user: str, directory: str) -> Place:
    """Return the place of a directory on an SFTP server.

    :raises NameRefused: `..` makes it incomparable
    """
    parts = posixpath.normpath(directory or ".").split("/")
    if ".." in parts:
        raise NameRefused("name_refused", name=repr(directory[:200]))
    root = "/" if directory.startswith("/") else f"~{user}"
    return Place(
        f"{_folded(host).rstrip('.')}:{port}",
        " ".join(key.split()[:2]),
        (root, *(_folded(part) for part in parts if part not in ("", "."))),
    )


def reserved_for(directory: str) -> tuple[str, int] | None:
    """Return (kind, id) of the only one that may use a directory of this server, by its name; None for other names."""
    found = _OWN.match(_folded(directory))
    return (found[1], int(found[2])) if found else None


def overlap(one: Place, other: Place) -> bool:
    """Return whether two places are equal, or one is inside the other."""
    same_server = one.server == other.server or bool(one.key and one.key == other.key)
    shorter = min(len(one.parts), len(other.parts))
    return same_server and one.parts[:shorter] == other.parts[:shorter]


def _folded(text: str) -> str:
    """Fold case and accents, which file systems treat differently: names that one of them may confuse are equal."""
    return unicodedata.normalize("NFC", text).casefold()
