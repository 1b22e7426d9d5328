from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .support.billing import H1, H2, Y2024, LeakCase
from .support.people import new_test_user


@tagged("post_install", "-at_install")
class TestBillingPeople(LeakCase):
    """Actions of agents and managers, with their own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.section.company_id
        cls.people = {
            name: new_test_user(
                cls.env,
                f"{name}_money",
                groups,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            for name, groups in (
                ("agent", "utility_billing_sync.group_utility_user"),
                ("manager", "utility_billing_sync.group_utility_manager,account.group_account_invoice"),
            )
        }
        days = {date(year, 1, 1): 60 * (year - 2021) for year in range(2021, 2025)}
        cls.subscription = cls.subscribe(1, days | {date(2024, 7, 1): 380, date(2025, 1, 1): 400})

    def by(self, name, record):
        return record.with_user(self.people[name]).with_context(allowed_company_ids=self.section.company_id.ids)

    def run_by(self, name, period):
        run = self.by(name, self.env["utility.billing.run"]).create(
            {
                "section_id": self.section.id,
                "date_start": period[0],
                "date_end": period[1],
                "invoice_date": period[1],
            }
        )
        run.action_launch()
        self.work()
        run.action_post()
        self.work()
        return run

    def test_a_campaign_is_billed_posted_credited_and_billed_again(self):
        run = self.run_by("manager", H1)
        self.assertEqual((run.state, run.bill_ids.state), ("posted", "posted"))
        self.assertTrue(run.bill_ids.utility_document)
        wizard = (
            self.by("manager", self.env["account.move.reversal"])
            .with_context(active_model="account.move", active_ids=run.bill_ids.ids)
            .create({"journal_id": run.bill_ids.journal_id.id, "date": H1[1]})
        )
        note = self.by("manager", self.env["account.move"]).browse(wizard.refund_moves()["res_id"])
        note.action_post()
        again = self.run_by("manager", H2)
        self.assertEqual(again.bill_ids.utility_freed_days, [["2024-01-01", "2024-06-30"]])

    def test_the_owner_of_an_empty_place_is_subscribed(self):
        self.section.vacancy = "owner"
        self.subscription.date_end = date(2023, 12, 31)
        self.by("manager", self.subscription.meter_id).owner_id = self.env["res.partner"].create(
            {"name": "Propriétaire"}
        )
        run = self.run_by("manager", Y2024)
        self.assertTrue(run.bill_ids.utility_subscription_id.is_vacancy)
        with self.assertRaises(UserError):
            self.by("agent", self.subscription).write({"is_vacancy": True})

    def test_an_agent_changes_tariff_and_meter(self):
        other = self.make_tariff(self.section, name="Réduit")
        self.by("agent", self.subscription).tariff_id = other
        self.assertEqual(self.subscription.tariff_period_ids[-1].tariff_id, other)
        self.run_by("manager", Y2024)
        meter = self.env["utility.meter"].create({"serial_number": "N1", "section_id": self.section.id})
        dialog = self.by("agent", self.env["utility.subscription.change.meter"]).create(
            {"subscription_id": self.subscription.id, "meter_id": meter.id, "date": date(2025, 3, 1)}
        )
        begun = self.env["utility.subscription"].browse(dialog.action_confirm()["res_id"])
        self.assertEqual((begun.meter_id, begun.tariff_id), (meter, other))

    def test_an_agent_follows_a_leak_from_its_letter_to_its_certificate(self):
        self.preview(self.subscription, H1)
        alert = self.by("agent", self.alerts(self.subscription)[:1])
        alert.action_print()
        alert.action_ask_check()
        alert.action_meter_sound()
        dialog = self.by("agent", self.env["utility.leak.certificate"]).create(
            {"alert_id": alert.id, "repair_place": "Cave", "repair_date": date(2024, 7, 3)}
        )
        dialog.action_confirm()
        self.assertEqual((alert.state, alert.repair_place), ("certified", "Cave"))
        alert.action_reopen()
        alert.action_dismiss()
        self.assertEqual(alert.state, "dismissed")

    def test_an_agent_launches_no_campaign(self):
        with self.assertRaises(AccessError):
            self.run_by("agent", H1)
