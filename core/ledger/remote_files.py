"""Remote files: their content, their names, and absence."""

import posixpath
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Literal, Self

from .findings import Finding, NameRefused

BLOCK = 256 * 1024
#: Characters shown of a name that cannot be used.
SHOWN = 255
#: Temporary names of a file while it is written. Some servers refuse names that begin with a dot; some readers collect
#: every other file.
TEMPORARY_FORMS = {"hidden": ".{name}.{token}.part", "suffix": "{name}.{token}.part", "prefix": "tmp_{token}_{name}"}
#: Endings of names under which copying programs write an incomplete file.
PARTIAL = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
_PLAIN_PART = re.compile(r"(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]{1,255}")
#: Numbered names of copies; later copies get a random one.
MAX_COPIES = 20
#: Bytes of a name that are kept in the name of its copies: file systems hold 255.
MAX_STEM = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on what a faulty or malicious server may make this one wait for and store.

    `names` in one folder; `seconds` of one operation; `all_seconds` and `all_bytes` over one run, however many
    connections it takes. Writing a file has what is left of `all_seconds`: its size is ours.
    """

    names: int = 100_000
    seconds: float = 300.0
    all_seconds: float = 3600.0
    all_bytes: int = 8 << 30


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Used:
    """What a run has taken so far of its limits."""

    seconds: float = 0.0
    bytes: float = 0.0


class Absent:
    """The remote file does not exist, while its directory does: a certain answer, not a failure."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a listing: its name in the folder, its size in bytes and the time of its last change (seconds since
    1970, by the remote clock), None if unknown."""

    name: str
    size: int | None = None
    modified: float | None = field(default=None, compare=False)

    def is_younger(self, seconds: float, now: float) -> bool:
        """Return whether the file changed less than some seconds ago, so that it may still be growing.

        :return: False if its age is unknown: no time, or one so far ahead that the remote clock must be wrong
        """
        return self.modified is not None and -seconds <= now - self.modified < seconds


@dataclass(frozen=True, slots=True)
class Stat:
    """Size in bytes and SHA-256 (hex) of a remote file's content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """Complete content of a remote file, in a temporary file; close it, or use it in a `with`."""

    name: str
    size: int
    sha256: str
    file: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Yield the content from its beginning, in blocks of 256 KB."""
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            yield block

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.file.close()


def name_parts(name: str) -> list[str]:
    """Split a relative name into its parts.

    :raises NameRefused: it is absolute, or has `..`, a backslash, a control character or an empty part
    """
    parts = name.split("/") if name else []
    if not all(_PLAIN_PART.fullmatch(part) for part in parts):
        raise NameRefused("name_refused", name=repr(name[:200]))
    return parts


def odd_name(folder: str, name: str) -> Finding:
    """Return the remark on a file whose name cannot be used (see `Transport.odd_names`)."""
    return Finding("name_odd", "", {"folder": folder or ".", "name": name})


def not_a_file(folder: str, name: str) -> Finding:
    """Return the finding of a folder, or a link, that has the name of a file to read."""
    return Finding("not_a_file", "", {"name": f"{folder}/{name}", "file": name})


def name_unmatched(folder: str, name: str, patterns: Iterable[str]) -> Finding:
    """Return the remark on a file that no layout reads, by its name.

    :param patterns: names of files that are read there
    """
    params = {"folder": folder, "name": name, "file": name, "patterns": ", ".join(sorted(set(patterns)))}
    return Finding("name_unmatched", "", params, blocking=False)


def escaped(name: str) -> str:
    """Return a name that cannot be used in a form that can be shown: undecodable bytes and control characters as
    numbers, the beginning of a long one."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def attempts_of(base: str) -> Callable[[str], re.Match[str] | None]:
    """Return a predicate that matches the temporary names of a file, in any form."""
    # names of an earlier version had no token
    forms = (re.escape(form).replace(r"\{name\}", re.escape(base)) for form in TEMPORARY_FORMS.values())
    known = [form.replace(r"\{token\}", "[0-9a-f]{1,8}") for form in forms]
    return re.compile("|".join([*known, re.escape(f".{base}.part")])).fullmatch


def is_plain(name: str) -> bool:
    """Return whether a name can be stored, shown and used in a path: on file systems and servers, it may be any bytes,
    of any length."""
    if not _PLAIN_PART.fullmatch(name):
        return False
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_partial(name: str) -> bool:
    """Return whether the file is still being copied, by its name; it is then ignored."""
    return name.lower().endswith(PARTIAL)


def copy_names(base: str) -> Iterator[str]:
    """Yield the names under which a file may be put beside others of its name."""
    yield base
    stem, suffix = posixpath.splitext(base)
    stem, suffix = stem.encode()[:MAX_STEM].decode(errors="ignore"), suffix[:10]
    yield from (f"{stem}.{copy}{suffix}" for copy in range(1, MAX_COPIES))
    while True:
        yield f"{stem}.{secrets.token_hex(4)}{suffix}"
