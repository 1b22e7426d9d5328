import json
import unittest

from ..ledger.findings import FileRefused
from ..ledger.traces import Trace, TracedDocument

TRACE = Trace("20260310-101500-ab12cd", "ENTRIES_1.txt", b"EAU;\x00\xff", (TracedDocument("EAU", "F1", "create", "x"),))


class TestTraces(unittest.TestCase):
    def test_what_is_written_is_read(self):
        data = TRACE.to_bytes()
        self.assertEqual(Trace.from_bytes(data, "t"), TRACE)
        self.assertEqual(data, TRACE.to_bytes())

    def test_what_cannot_be_one(self):
        whole = json.loads(TRACE.to_bytes())
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
        texts += [b"", b"{}", b"[]", b"\xff", TRACE.to_bytes()[:-10], b"[" * 100_000]
        for text in texts:
            with self.subTest(text=text[:60]), self.assertRaises(FileRefused) as refused:
                Trace.from_bytes(text, "t")
            self.assertEqual(refused.exception.code, "trace_wrong")
