"""Every sentence is used, and every code that is used has one."""

import re
import unittest
from pathlib import Path

from ..ledger.findings import Finding, LedgerError
from ..ledger.messages import MESSAGES

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "core/ledger", *sorted((ROOT / "models").glob("ledger*")))


class TestMessages(unittest.TestCase):
    def sources(self):
        paths = (path for folder in FOLDERS for path in folder.rglob("*.py") if not path.name.endswith("messages.py"))
        return "".join(path.read_text("utf-8") for path in paths)

    def test_no_sentence_is_left_over(self):
        source = self.sources()
        self.assertEqual([code for code in MESSAGES if f'"{code}"' not in source], [])

    def test_no_sentence_is_missing(self):
        calls = re.findall(
            r'(?:Finding|Error|Refused|Conflict|Forbidden|CellWrong|_report)\(\s*"(\w+)"', self.sources()
        )
        self.assertGreater(len(calls), 30)
        self.assertEqual(set(calls) - set(MESSAGES), set())

    def test_values_may_hold_any_text(self):
        params = {"name": "5 % %(x)s {y}"}
        self.assertIn("5 % %(x)s {y}", Finding("account_unbound", params=params).message)
        self.assertIn("5 % %(x)s {y}", str(LedgerError("account_unbound", **params)))
