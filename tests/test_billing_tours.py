"""Tariff, campaign and correction in the browser, in French (static/tests/tours/billing_tours.js)."""

from datetime import date

from odoo.tests import tagged

from .support.billing import Q1, BillingCase
from .support.browser import BrowserCase
from .support.people import new_test_user
from .support.sharing import MANAGER, MODULE


@tagged("post_install", "-at_install", MODULE)
class TestBillingTours(BillingCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.section.company_id
        cls.clerk = new_test_user(
            cls.env,
            "manager_billing",
            f"{MANAGER},base.group_system",  # the tour runs the scheduled job itself
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            lang="fr_FR",
        )

    def tour(self, name, action):
        self.walk(name, self.clerk, action, self.section.company_id)

    def test_tariff(self):
        self.section.service = "sewerage"
        self.tour("utility_billing_tariff", "utility_tariff_action")
        lines = self.env["utility.tariff"].search([("name", "=", "Saisonnier")]).version_ids.line_ids
        self.assertEqual(lines.version_id.date_start, date(2023, 1, 1))
        self.assertEqual(
            [(line.kind, line.heading, line.lower, line.upper, line.price) for line in lines],
            [
                ("fixed", "collection", 0, 0, 40),
                ("block", "collection", 0, 100, 2),
                ("block", "collection", 100, 0, 3),
                ("levy", "public_bodies", 0, 0, 0.35),
            ],
        )

    def test_campaign(self):
        for number, index in enumerate((25, 20, 10), start=1):
            self.subscribe(number, {Q1[0]: 0, Q1[1]: index}, **({"tariff_id": False} if number == 3 else {}))
        self.tour("utility_billing_campaign", "utility_billing_run_action")
        run = self.env["utility.billing.run"].search([("section_id", "=", self.section.id)])
        self.assertEqual((run.state, run.user_id, run.date_end), ("posted", self.clerk, Q1[1]))
        # 9.86 + 2.35 per m³
        self.assertEqual(sorted(run.bill_ids.mapped("amount_untaxed")), [33.36, 56.86, 68.61])
        self.assertEqual(set(run.bill_ids.mapped("state")), {"posted"})
        readings = run.bill_ids.utility_reading_ids.reading_id
        self.assertEqual((len(readings), set(readings.mapped("state"))), (3, {"billed"}))

    def test_a_campaign_in_six_clicks(self):
        self.subscribe(1, {Q1[0]: 0, Q1[1]: 25})
        self.tour("procedure_campaign", "utility_dashboard_action")
        run = self.env["utility.billing.run"].search([("section_id", "=", self.section.id)])
        self.assertEqual((run.state, run.bill_ids.state), ("posted", "posted"))

    def test_correction(self):
        subscription = self.subscribe(1, {Q1[0]: 100, Q1[1]: 125})
        run = self.campaign()
        run.action_preview()
        self.work()
        first = self.draw_up(run)
        self.post(run)
        self.tour("utility_billing_correction", "utility_reading_action")
        second = run.bill_ids - first
        self.assertEqual((second.state, second.amount_untaxed), ("draft", 56.86))
        self.assertEqual(first.reversal_move_ids.state, "posted")
        reading = subscription.meter_id.reading_ids.filtered(lambda r: r.date == Q1[1])
        self.assertEqual((reading.index, reading.billed_reading_ids.move_id), (120, first | second))
