"""What the other side holds: files, absent files, their content, their names."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Literal, Self

from .findings import Finding, NameRefused

BLOCK = 256 * 1024
#: Under which name a file is written before it gets its own. Some servers refuse names that begin with a dot, some
#: readers take whatever does not.
TEMPORARY_FORMS = {"hidden": ".{name}.{token}.part", "suffix": "{name}.{token}.part", "prefix": "tmp_{token}_{name}"}
_PLAIN_PART = re.compile(r"(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server that is broken, or means harm, may make us wait for and keep.

    `names` of one folder; `seconds` of one operation; `all_seconds` and `all_bytes` read over one connection.
    """

    names: int = 100_000
    seconds: float = 300.0
    all_seconds: float = 3600.0
    all_bytes: int = 8 << 30


LIMITS = Limits()


class Absent:
    """The remote file does not exist, and the directory it would be in does: a certain answer, not a
    failure."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a listing: its name in the folder; its size in bytes and when it was written last (seconds since 1970,
    by the other side's clock), None where the other side does not say."""

    name: str
    size: int | None = None
    modified: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Stat:
    """Size in bytes and SHA-256 (hex) of a remote file's content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """A remote file that was read whole, kept in a temporary file; close it, or use it in a `with`."""

    name: str
    size: int
    sha256: str
    file: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """The content from its beginning, in blocks of 256 KB."""
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
    """The parts of a relative name. Raises NameRefused: absolute, `..`, backslash, control character, empty
    part."""
    parts = name.split("/") if name else []
    if not all(_PLAIN_PART.fullmatch(part) for part in parts):
        raise NameRefused("name_refused", name=repr(name[:200]))
    return parts


def odd_name(folder: str, name: str) -> Finding:
    """The remark on a file whose name is no text (see `Transport.odd_names`)."""
    return Finding("name_odd", "", {"folder": folder or ".", "name": name})


def escaped(name: str) -> str:
    """A name that is no text, as it can be shown: its odd bytes by their numbers."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def attempts_of(base: str) -> Callable[[str], re.Match[str] | None]:
    """The function that knows the temporary names of a file, whatever form they were made in."""
    # those that an earlier version made had no token
    forms = (re.escape(form).replace(r"\{name\}", re.escape(base)) for form in TEMPORARY_FORMS.values())
    known = [form.replace(r"\{token\}", "[0-9a-f]{1,8}") for form in forms]
    return re.compile("|".join([*known, re.escape(f".{base}.part")])).fullmatch


def is_text(name: str) -> bool:
    """Whether a name can be kept and shown: file systems and servers hold any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
