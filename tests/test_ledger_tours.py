"""The second notice in the browser, in French, word for word (static/tests/tours/ledger_tours.js)."""

from odoo.tests import tagged

from .support.ledger import ACCOUNTANT, APPROVER, CONNECTOR_MANAGER, MONITOR, LedgerHttpCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestLedgerTours(LedgerHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.user("comptable", f"{MONITOR},{ACCOUNTANT},{APPROVER}")
        cls.manager = cls.user("connecteurs", f"{CONNECTOR_MANAGER},{MONITOR},{ACCOUNTANT},base.group_multi_company")
        (cls.agent | cls.manager).lang = "fr_FR"

    def tour(self, name, user, action):
        self.walk(name, user, action, self.companies)

    def test_companies(self):
        path = self.directory / "referential/accounts.csv"
        path.write_text("company;code;name;type\r\nEAU;401000;Fournisseurs;G\r\nEAU;471000;Attente;G\r\n", newline="")
        self.connector.deactivation_share = 100
        self.tour("ledger_companies", self.manager, "res_company_action_ledger")
        self.assertTrue(self.code("account", "471000").active)
        self.assertFalse(self.code("account", "615500").active)
        self.assertTrue(self.code("account", "615500", self.sewerage).active, "a company that was not ticked")

    def test_monitor_and_export(self):
        bills = self.entry() | self.entry(amount=250) | self.entry("out_invoice", company=self.sewerage)
        # the list is shown, then compares: it is read again, with this document made anew
        self.env.cr.execute("DELETE FROM ledger_document WHERE id = %s", [self.document(bills[1]).id])
        self.env.invalidate_all()
        self.tour("ledger_export", self.agent, "ledger_document_action")
        self.assertEqual(set(self.document(bills).mapped("state")), {"exported"})
        self.simulate("serve", "--once")
        self.assertEqual({row["number"] for row in self.report()["documents"]}, set(bills.mapped("name")))

    def test_anomaly_corrected_then_integrated(self):
        bill = self.entry()
        bill.invoice_line_ids.name = "Pompe 泵"
        self.assertTrue(self.document(bill).has_anomaly)
        self.tour("ledger_anomaly", self.agent, "ledger_document_action_open")
        self.assertEqual(self.document(bill).state, "exported")
        self.simulate("serve", "--once")
        self.do(self.connector, "action_synchronize")
        self.assertEqual(self.document(bill).state, "integrated")

    def test_a_schedule_in_five_clicks(self):
        self.walk("procedure_schedule", self.manager, "utility_dashboard_action", self.water)
        self.assertEqual((self.connector.auto_sync, self.connector.time), (True, 12))

    def test_an_anomaly_is_corrected_in_five_clicks(self):
        self.code("third_party", "F0009").res_id = False
        bill = self.entry()
        self.assertTrue(self.document(bill).has_anomaly)
        self.walk("procedure_anomaly", self.manager, "utility_dashboard_action", self.water)
        self.assertFalse(self.document(bill).has_anomaly, "ready by itself")

    def test_payment_approval_is_an_update(self):
        bill = self.entry()
        self.loop(bill)
        self.assertEqual(self.document(bill).state, "integrated")
        self.tour("ledger_payment_approval", self.agent, "ledger_document_action_open")
        self.assertEqual((bill.payment_approval, self.document(bill).state), ("approved", "exported"))
        self.assertEqual(bill.payment_approval_user_id, self.agent)
        self.simulate("serve", "--once")
        self.assertEqual([row["payment_approval"] for row in self.report()["documents"]], ["OUI"])

    def test_layout_edited_with_its_preview(self):
        self.entry()
        layout = self.connector.entries_layout_id
        self.tour("ledger_layout", self.manager, "ledger_layout_action")
        self.assertEqual(layout.delimiter, "bar")
        run = self.export()
        self.assertTrue(run.lot_ids._content().startswith(b"EAU||ACH|FF|"))
