"""*SYNCHRONISATION* in the browser, in French, word for word (static/tests/tours/schedule_tours.js)."""

from odoo.tests import tagged

from .support.ledger import CONNECTOR_MANAGER, LedgerHttpCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestLedgerScheduleTour(LedgerHttpCase):
    def test_schedule(self):
        manager = self.user("manager", CONNECTOR_MANAGER)
        manager.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        self.walk("ledger_schedule", manager, "ledger_connector_action", self.companies)
        connector = self.connector
        self.assertEqual((connector.auto_sync, connector.frequency, connector.time), (True, "daily", 12.5))
        self.assertEqual(connector.weekday, "3")
        self.assertEqual(connector.cron_id.nextcall, connector.next_run)
        self.call_job()
        self.assertEqual(connector.run_ids.filtered(lambda run: run.kind == "synchronize").state, "done")
