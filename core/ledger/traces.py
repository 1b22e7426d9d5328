"""What is left of a lot beside the file that goes out: it outlives a database that is restored from an older copy."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Self

from .findings import FileRefused, Finding

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document as it left: `operation` (create, update) and `content`, its fingerprint as text."""

    company: str
    number: str
    operation: str
    content: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A lot that left: its number, its file's name and bytes, its documents."""

    number: str
    name: str
    content: bytes
    documents: tuple[TracedDocument, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def to_bytes(self) -> bytes:
        """The trace as JSON, the same bytes for the same lot."""
        return json.dumps(
            {
                "format": FORMAT,
                "number": self.number,
                "name": self.name,
                "sha256": self.sha256,
                "documents": [[d.company, d.number, d.operation, d.content] for d in self.documents],
                "content": base64.b64encode(self.content).decode(),
            }
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Self:
        """The trace in a file. Raises FileRefused (`trace_wrong`, about the file `name`)."""
        try:
            values = json.loads(data)
            content = base64.b64decode(values["content"], validate=True)
            documents = tuple(TracedDocument(*document) for document in values["documents"])
            trace = cls(values["number"], values["name"], content, documents)
            whole = values["format"] == FORMAT and values["sha256"] == trace.sha256 and trace._is_text()
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
            raise FileRefused("trace_wrong", name=name) from error
        if not whole:
            raise FileRefused("trace_wrong", name=name)
        return trace

    def _is_text(self) -> bool:
        cells = [self.number, self.name]
        for document in self.documents:
            cells += (document.company, document.number, document.operation, document.content)
        return all(isinstance(cell, str) for cell in cells)


def recognized(lot: str, count: int) -> Finding:
    """What is said of a lot that left before the database was restored, `count` of its documents being known."""
    return Finding("lot_recognized", "", {"lot": lot, "count": count}, blocking=False)


def lost(document: TracedDocument, lot: str) -> Finding:
    """What is said of a document (TracedDocument) of such a lot that the restored database does not have."""
    params = {"number": document.number, "company": document.company, "lot": lot}
    return Finding("document_lost", "number", params, document.number)
