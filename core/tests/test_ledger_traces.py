import base64
import json
import unittest
from dataclasses import replace

from ..ledger.findings import FileRefused
from ..ledger.traces import FORMAT, Trace, TracedDocument

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


class TestTraces(unittest.TestCase):
    def test_what_is_written_is_read(self):
        data = b"".join(TRACE.chunks())
        self.assertEqual(Trace.from_bytes(data, "t"), TRACE)
        self.assertEqual(data, b"".join(TRACE.chunks()))

    def test_the_trace_of_an_earlier_version_is_read(self):
        self.assertEqual(Trace.from_bytes(json.dumps(EARLIER).encode(), "t"), replace(TRACE, documents=(DOCUMENT,)))

    def test_what_cannot_be_one(self):
        whole, data = EARLIER, b"".join(TRACE.chunks())
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
