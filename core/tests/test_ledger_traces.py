import base64
import json
import unittest
import zlib
from dataclasses import replace

from ..ledger.findings import FileRefused
from ..ledger.traces import FORMAT, FORMAT_2, Trace, TracedDocument, manifest_documents, manifest_of, trace_chunks

DOCUMENT = TracedDocument("EAU", "F1", "create", "x")
TRACE = Trace("20260310-101500-ab12cd", "ENTRIES_1.txt", b"EAU;\x00\xff\n", (replace(DOCUMENT, move=42),))
EARLIER = {
    "format": 1,
    "number": TRACE.number,
    "name": TRACE.name,
    "sha256": TRACE.sha256,
    "documents": [["EAU", "F1", "create", "x"]],
    "content": base64.b64encode(TRACE.content).decode(),
}


def written(trace):
    """The bytes of a trace."""
    parts = (zlib.compress(manifest_of(trace.documents), 1), zlib.compress(trace.content, 1))
    return b"".join(trace_chunks(trace.number, trace.name, trace.sha256, *parts))


class TestTraces(unittest.TestCase):
    def test_what_is_written_is_read(self):
        self.assertEqual(Trace.from_bytes(written(TRACE), "t"), TRACE)
        empty = replace(TRACE, documents=(), content=b"")
        self.assertEqual(Trace.from_bytes(written(empty), "t"), empty)

    def test_a_manifest(self):
        """Lines end only at a line feed, whatever characters a number contains."""
        documents = (TRACE.documents[0], replace(DOCUMENT, number="é\x85\u2028\x0b", operation="update", content=""))
        self.assertEqual(manifest_of(documents[:1]), b"EAU\tF1\tcreate\t42\tx\n")
        self.assertEqual(manifest_documents(manifest_of(documents)), documents)

    def test_blanks_in_a_manifest(self):
        """A number of an earlier trace may hold what ends a cell, or a line."""
        odd = replace(DOCUMENT, number="F\t1\n2")
        self.assertEqual(manifest_documents(manifest_of([odd])), (replace(DOCUMENT, number="F 1 2"),))

    def test_the_trace_of_the_version_before_is_read(self):
        head = EARLIER | {"documents": [["EAU", "F1", "create", "x", 42]]}
        data = FORMAT_2 + zlib.compress(json.dumps(head).encode() + b"\n" + TRACE.content)
        self.assertEqual(Trace.from_bytes(data, "t"), TRACE)

    def test_the_trace_of_an_earlier_version_is_read(self):
        self.assertEqual(Trace.from_bytes(json.dumps(EARLIER).encode(), "t"), replace(TRACE, documents=(DOCUMENT,)))

    def test_what_cannot_be_one(self):
        whole, data = EARLIER, written(TRACE)
        broken = [
            {"format": 2},
            {"number": 1},
            {"name": None},
            {"content": "RUFVOw=="},
            {"content": "*"},
            {"documents": [["EAU", "F1", "create"]]},
            {"documents": [["EAU", 1, "create", "x"]]},
            {"documents": None},
        ]
        texts = [json.dumps(whole | change).encode() for change in broken]
        texts += [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, data[:-10], data[:20], data + b"x", FORMAT, FORMAT + b"x"]
        for text in texts:
            with self.subTest(text=text[:60]), self.assertRaises(FileRefused) as refused:
                Trace.from_bytes(text, "t")
            self.assertEqual(refused.exception.code, "trace_wrong")
