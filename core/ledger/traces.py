"""Trace of a lot: stored beside the exchanged files, it survives the restoration of an older database backup."""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from .findings import FileRefused, Finding

#: First line of a trace. Traces of earlier versions begin with that of format 2, or are JSON as a whole (format 1).
FORMAT = b"TRACE 3\n"
FORMAT_2 = b"TRACE 2\n"
FORMAT_1 = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Maximum size of an unpacked trace in bytes, larger than any lot.
MAX_SIZE = 1 << 30


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document as it was sent: `operation` (create, update), `content` (its fingerprint as text, brief or whole),
    `move` (id of its entry, 0 in early traces)."""

    company: str
    number: str
    operation: str
    content: str
    move: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """A lot that was sent: its number, the name and bytes of its file, its documents."""

    number: str
    name: str
    content: bytes
    documents: tuple[TracedDocument, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Self:
        """Parse a trace of any version.

        :param name: name of the file, for the error
        :raises FileRefused: `trace_wrong`
        """
        try:
            values, documents, content = _reader_of(data)(data)
            trace = cls(values["number"], values["name"], content, documents)
            is_valid = values["sha256"] == trace.sha256 and trace._has_valid_types()
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error, zlib.error) as error:
            raise FileRefused("trace_wrong", name=name) from error
        if not is_valid:
            raise FileRefused("trace_wrong", name=name)
        return trace

    def _has_valid_types(self) -> bool:
        """Return whether texts are texts that the database can store, and ids integers: JSON may contain anything."""
        cells = [self.number, self.name]
        for document in self.documents:
            cells += (document.company, document.number, document.operation, document.content)
        are_texts = all(isinstance(cell, str) and not _SURROGATE.search(cell) for cell in cells)
        return are_texts and all(isinstance(document.move, int) for document in self.documents)


def manifest_documents(manifest: bytes) -> tuple[TracedDocument, ...]:
    """Parse the manifest of a lot: a line per document (company, number, operation, move, content), with tabs."""
    documents = []
    for line in filter(None, manifest.decode().split("\n")):
        company, number, operation, move, content = line.split("\t")
        documents.append(TracedDocument(company, number, operation, content, int(move)))
    return tuple(documents)


def manifest_of(documents: Iterable[TracedDocument]) -> bytes:
    """Return the manifest of documents, as `manifest_documents` parses it."""
    rows = ((d.company, d.number, d.operation, str(d.move), d.content) for d in documents)
    return "".join("\t".join(cell.translate(_BLANKS) for cell in row) + "\n" for row in rows).encode()


def trace_chunks(number: str, name: str, sha256: str, manifest: bytes, content: bytes) -> Iterator[bytes]:
    """Yield the trace of a lot, from its compressed (zlib) manifest and content."""
    yield FORMAT
    head = {"number": number, "name": name, "sha256": sha256, "manifest": len(manifest)}
    yield json.dumps(head).encode() + b"\n"
    yield manifest
    yield content


_BLANKS = {ord("\t"): " ", ord("\n"): " "}

#: Values of the lot, its documents, content of its file.
Parts = tuple[dict[str, Any], tuple[TracedDocument, ...], bytes]


def _reader_of(data: bytes) -> Callable[[bytes], Parts]:
    if data.startswith(FORMAT):
        return _read_format_3
    return _read_format_2 if data.startswith(FORMAT_2) else _read_format_1


def _read_format_3(data: bytes) -> Parts:
    start = data.index(b"\n", len(FORMAT)) + 1
    values = json.loads(data[len(FORMAT) : start])
    middle = start + values["manifest"]
    return values, manifest_documents(_decompress(data[start:middle])), _decompress(data[middle:])


def _read_format_2(data: bytes) -> Parts:
    head, _end, content = _decompress(data[len(FORMAT_2) :]).partition(b"\n")
    values = json.loads(head)
    return values, tuple(TracedDocument(*document) for document in values["documents"]), content


def _read_format_1(data: bytes) -> Parts:
    values = json.loads(data)
    if values["format"] != FORMAT_1:
        raise ValueError("unknown format")
    documents = tuple(TracedDocument(*document) for document in values["documents"])
    return values, documents, base64.b64decode(values["content"], validate=True)


def _decompress(data: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    found = decompressor.decompress(data, MAX_SIZE)
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("truncated or too large")
    return found


def recognized(lot: str, count: int) -> Finding:
    """Return the finding of a lot sent before the database was restored, with `count` known documents."""
    return Finding("lot_recognized", "", {"lot": lot, "count": count}, blocking=False)


def lost(document: TracedDocument, lot: str) -> Finding:
    """Return the finding of a document of such a lot that the restored database does not contain."""
    params = {"number": document.number, "company": document.company, "lot": lot}
    return Finding("document_lost", "number", params, document.number)
