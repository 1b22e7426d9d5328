"""An upgrade keeps what the former version held."""

import json
from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tools import SQL

from ..core.ledger.fingerprint import NAMES
from .ledger_common import LedgerCase

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


class TestUpgrade(LedgerCase):
    def test_fingerprints(self):
        """They were kept with the names of their parts; a document that left is still what was sent."""
        bill = self.entry()
        self.loop(bill)
        document = self.document(bill)
        text = document.content_integrated
        size = len(text) // len(NAMES)
        parts = {name: text[place * size : (place + 1) * size] for place, name in enumerate(NAMES)}
        former = json.dumps(dict(sorted(parts.items())))
        self.env.cr.execute(
            SQL("UPDATE ledger_document SET content = %s, content_sent = %s WHERE id = %s", former, former, document.id)
        )
        load_script(str(MIGRATIONS / "19.0.1.1.0/post-migrate.py"), "post_migrate").migrate(self.env.cr, "19.0.1.0.0")
        document.invalidate_recordset()
        self.assertEqual({document.content, document.content_sent, document.content_integrated}, {text})
