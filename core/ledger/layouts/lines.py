"""Splits a stream of bytes into physical lines, in constant memory whatever the stream contains."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..findings import FileRefused

#: Bytes at the beginning of a file in which its line ends are looked for.
BEGINNING = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end; `data` is None if it is longer than the limit; `ended` if it had a line end."""

    number: int
    data: bytes | None
    ended: bool


def physical_lines(chunks: Iterable[bytes], max_line: int, max_bytes: int) -> Iterator[Line]:
    """Yield the lines of an iterable of bytes, split at LF, without a CR before it; at CR if lines end with CR alone.

    A line of more than `max_line` bytes is skipped and marked as too long; reading continues with the next one.

    :raises FileRefused: file_too_large, beyond `max_bytes`
    """
    parts: list[bytes] = []
    number, total, held = 1, 0, 0
    for chunk in _with_line_feeds(chunks):
        total += len(chunk)
        if total > max_bytes:
            raise FileRefused("file_too_large", limit=max_bytes)
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            held += end - start
            if held <= max_line:
                parts.append(chunk[start:end])
            yield _line(number, parts, held > max_line, True)
            number, parts, held, start = number + 1, [], 0, end + 1
        held += len(chunk) - start
        if held > max_line:
            parts = []
        elif start < len(chunk):
            parts.append(chunk[start:])
    if held:
        yield _line(number, parts, held > max_line, False)


def _with_line_feeds(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, with LF instead of CR if there is no LF at all in the beginning (as on old systems)."""
    chunks, head = iter(chunks), bytearray()
    for chunk in chunks:
        head += chunk
        if b"\n" in chunk or len(head) >= BEGINNING:
            break
    # a CR at the very end may be half a line end of a file that is still being written
    if b"\n" in head[:BEGINNING] or b"\r" not in head[:-1]:
        yield bytes(head)
        yield from chunks
    else:
        yield bytes(head).replace(b"\r", b"\n")
        yield from (chunk.replace(b"\r", b"\n") for chunk in chunks)


def _line(number: int, parts: list[bytes], too_long: bool, ended: bool) -> Line:
    if too_long:
        return Line(number, None, ended)
    data = b"".join(parts)
    return Line(number, data[:-1] if ended and data.endswith(b"\r") else data, ended)
