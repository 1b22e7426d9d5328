"""Whose directory is it? Two connectors never work in one place, nor one inside the other's.

A connector moves what it read out of the way and takes each file for its own: in a place of another one, it would read
its entries and take its answers away.
"""

import posixpath
import unicodedata
from dataclasses import dataclass

from .findings import NameRefused
from .remote_files import name_parts


@dataclass(frozen=True, slots=True)
class Place:
    """A directory, however it is written.

    :param server: host and port; empty for this server
    :param key: public key of the server, where one was approved: a server of several names is known by it
    :param parts: of its path, the first one its root: "/", or "~" and the user for a path from their home
    """

    server: str
    key: str
    parts: tuple[str, ...]


def local_place(directory: str) -> Place:
    """The place of a directory (relative name) below the exchange root."""
    return Place("", "", ("", *map(_folded, name_parts(directory))))


def sftp_place(host: str, port: int, key: str, user: str, directory: str) -> Place:
    """The place of a directory on an SFTP server. Raises NameRefused where `..` leads out of what can be compared."""
    parts = posixpath.normpath(directory or ".").split("/")
    if ".." in parts:
        raise NameRefused("name_refused", name=repr(directory[:200]))
    root = "/" if directory.startswith("/") else f"~{user}"
    return Place(
        f"{_folded(host).rstrip('.')}:{port}",
        " ".join(key.split()[:2]),
        (root, *(_folded(part) for part in parts if part not in ("", "."))),
    )


def overlap(one: Place, other: Place) -> bool:
    """Whether two places are one, or one lies in the other."""
    same_server = one.server == other.server or bool(one.key and one.key == other.key)
    shorter = min(len(one.parts), len(other.parts))
    return same_server and one.parts[:shorter] == other.parts[:shorter]


def _folded(text: str) -> str:
    """File systems differ on case and on how accents are composed: what one may take for the same is the same."""
    return unicodedata.normalize("NFC", text).casefold()
