"""The guide says what to do for each anomaly that exists, and for no other."""

import runpy
from pathlib import Path

from odoo.tests import BaseCase

from ..core.ledger.messages import MESSAGES

ROOT = Path(__file__).resolve().parents[1]


class TestLedgerGuide(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guide = runpy.run_path(str(ROOT / "tools/anomaly_guide.py"))

    def test_every_anomaly_has_its_cause_screen_and_remedy(self):
        # reasons are parts of other sentences
        anomalies = {code for code in MESSAGES if not code.startswith("because_")}
        self.assertEqual(self.guide["codes"](), anomalies)

    def test_the_page_is_made_from_them(self):
        page = self.guide["render"](self.guide["french"](MESSAGES))
        found = (ROOT / "docs/guide/anomalies.rst").read_text("utf-8")
        self.assertEqual(found, page, "run tools/anomaly_guide.py")
