"""Payments in the browser, by who has the right “Visuel Synchronisations”."""

from odoo.tests import tagged

from ..models.followup.digest import Digest
from .support.ledger import MONITOR, LedgerHttpCase
from .support.payments import PaymentCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestPaymentTour(PaymentCase, LedgerHttpCase):
    def test_payments_come_in(self):
        clerk = self.user("reglements", f"{MONITOR},base.group_multi_company")
        clerk.lang = "fr_FR"
        paid, partly = self.invoice(118.72), self.invoice(45.0)
        self.put(self.row("R1", paid, "118,72"), self.row("R2", partly, "20,00"), self.row("R3", "AUTRE/1", "10,00"))
        self.walk("ledger_payments", clerk, "ledger_payment_action", self.companies)
        self.assertDue(paid, 0.0, "paid")
        self.assertDue(partly, 25.0, "partial")
        self.assertEqual(self.payment("R3").state, "ignored")

    def test_the_dashboard_leads_to_those_that_wait(self):
        self.bring_in(self.row("R3", "AUTRE/1", "10,00"))
        clerk = self.user("reglements", MONITOR)
        env = self.env(user=clerk, context={"allowed_company_ids": self.companies.ids})
        card = env["utility.dashboard"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual(card.payment_count, 1)
        self.assertIn(("Payments Waiting", "1"), [line for part in Digest(clerk).parts() for line in part.lines])
        action = card.action_view_payments()
        self.assertEqual(env["ledger.payment"].search(action["domain"]), self.payment("R3"))
