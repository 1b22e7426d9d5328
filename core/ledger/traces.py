"""Trace of a lot, stored beside its file: it survives the restoration of an older backup of the database."""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from .findings import FileRefused, Finding

#: First line of a trace. Traces of an earlier version are JSON as a whole.
FORMAT = b"TRACE 2\n"
EARLIER_FORMAT = 1
#: Maximum size of an unpacked trace in bytes, larger than any lot.
MAX_SIZE = 1 << 30
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document as it was sent: `operation` (create, update), `content` (its fingerprint as text), `move` (id of its
    entry, 0 in traces of an earlier version)."""

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

    def chunks(self) -> Iterator[bytes]:
        """Yield the trace as compressed bytes: a line of JSON, then the content of the file."""
        head = {
            "number": self.number,
            "name": self.name,
            "sha256": self.sha256,
            "documents": [[d.company, d.number, d.operation, d.content, d.move] for d in self.documents],
        }
        yield FORMAT
        packing = zlib.compressobj(1)
        yield packing.compress(json.dumps(head).encode() + b"\n")
        for start in range(0, len(self.content), BLOCK):
            yield packing.compress(self.content[start : start + BLOCK])
        yield packing.flush()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Self:
        """Parse a trace. Raises FileRefused (`trace_wrong`, about the file `name`)."""
        try:
            values, content = _unpacked(data) if data.startswith(FORMAT) else _earlier(data)
            documents = tuple(TracedDocument(*document) for document in values["documents"])
            trace = cls(values["number"], values["name"], content, documents)
            whole = values["sha256"] == trace.sha256 and trace._is_text()
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error, zlib.error) as error:
            raise FileRefused("trace_wrong", name=name) from error
        if not whole:
            raise FileRefused("trace_wrong", name=name)
        return trace

    def _is_text(self) -> bool:
        cells = [self.number, self.name]
        for document in self.documents:
            cells += (document.company, document.number, document.operation, document.content)
        return all(isinstance(cell, str) for cell in cells) and all(isinstance(d.move, int) for d in self.documents)


def _unpacked(data: bytes) -> tuple[dict[str, Any], bytes]:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(data[len(FORMAT) :], MAX_SIZE)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("a cut trace, or one that is too large")
    head, _end, content = text.partition(b"\n")
    return json.loads(head), content


def _earlier(data: bytes) -> tuple[dict[str, Any], bytes]:
    values = json.loads(data)
    if values["format"] != EARLIER_FORMAT:
        raise ValueError("an unknown format")
    return values, base64.b64decode(values["content"], validate=True)


def recognized(lot: str, count: int) -> Finding:
    """Return the finding of a lot sent before the database was restored, with `count` known documents."""
    return Finding("lot_recognized", "", {"lot": lot, "count": count}, blocking=False)


def lost(document: TracedDocument, lot: str) -> Finding:
    """Return the finding of a document (TracedDocument) of such a lot that the restored database does not have."""
    params = {"number": document.number, "company": document.company, "lot": lot}
    return Finding("document_lost", "number", params, document.number)
