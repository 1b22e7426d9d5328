"""*SYNCHRONISATION* in the browser, in French, word for word (static/tests/tours/schedule_tours.js)."""

from odoo.tests import tagged

from .common import MODULE
from .ledger_common import CONNECTOR_MANAGER, LedgerHttpCase


@tagged("post_install", "-at_install", MODULE)
class TestLedgerScheduleTour(LedgerHttpCase):
    def test_schedule(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        manager = self.user("manager", CONNECTOR_MANAGER)
        manager.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        companies = "-".join(map(str, self.companies.ids))
        self.start_tour(
            f"/odoo/action-{MODULE}.ledger_connector_action",
            "ledger_schedule",
            login=manager.login,
            cookies={"cids": companies},
            timeout=90,
        )
        connector = self.connector
        self.env.invalidate_all()
        self.assertEqual((connector.auto_sync, connector.frequency, connector.time), (True, "daily", 12.5))
        self.assertEqual(connector.weekday, "3")
        self.assertEqual(connector.cron_id.nextcall, connector.next_run)
        self.call_job()
        self.assertEqual(connector.run_ids.filtered(lambda run: run.kind == "synchronize").state, "done")
