from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .support.billing import BillingCase
from .support.people import new_test_user

MODULE = "utility_billing_sync"


@tagged("post_install", "-at_install")
class TestBillingSecurity(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscribe(1, {date(2023, 1, 1): 0, date(2023, 3, 31): 25})
        cls.other = cls.make_section("ASST", "sewerage")
        cls.agent = cls.make_user("agent_bill", "group_utility_user", cls.section)
        cls.manager = cls.make_user("manager_bill", "group_utility_manager", cls.section)
        cls.stranger = cls.make_user("stranger_bill", "group_utility_manager", cls.other)

    @classmethod
    def make_user(cls, login, group, section):
        company = section.company_id
        return new_test_user(
            cls.env, login, f"{MODULE}.{group}", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )

    def test_a_manager_without_administration_runs_a_campaign_from_end_to_end(self):
        run = self.campaign().with_user(self.manager)
        self.draw_up(run)
        self.assertEqual(run.bill_ids.create_uid, self.manager)
        self.post(run)
        self.assertEqual((run.state, run.bill_ids.state), ("posted", "posted"))

    def test_an_agent_runs_no_campaign(self):
        run = self.campaign()
        for action in (
            "action_preview",
            "action_launch",
            "action_post",
            "action_discard",
            "action_stop",
            "action_resume",
        ):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(run.with_user(self.agent), action)()
        with self.assertRaises(AccessError):
            self.tariff.with_user(self.agent).name = "Gratuit"
        self.assertEqual(self.tariff.with_user(self.agent).name, "Domestique", "an agent reads tariffs")

    def test_another_company_sees_nothing(self):
        run = self.campaign()
        bill = self.draw_up(run)
        run.finding_ids = [(0, 0, {"company_id": run.company_id.id, "reason": "refused", "message": "…"})]
        for record in (run, run.finding_ids, self.tariff, self.tariff.version_ids, bill.utility_reading_ids, bill):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.stranger).read(["display_name"])
        with self.assertRaises(AccessError):
            run.with_user(self.stranger).action_launch()

    def test_nobody_writes_what_campaigns_write(self):
        bill = self.draw_up(self.campaign())
        rows = bill.utility_reading_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            rows.released = True
        with self.assertRaises(AccessError):
            rows.unlink()
        with self.assertRaises(AccessError):
            self.env["utility.leak.alert"].with_user(self.manager).create({})

    def test_the_internal_verbs_are_not_called_from_outside(self):
        for model, name in (
            ("utility.reading", "_set_billed"),
            ("account.move", "_utility_release"),
            ("utility.billing.run", "_cron_work"),
        ):
            self.assertTrue(name.startswith("_") and hasattr(self.env[model], name))
