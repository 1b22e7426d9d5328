"""Work in the background wakes itself, and can be advanced by hand where its scheduled job is switched off."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .support.billing import BillingCase
from .support.people import new_test_user

JOB = "utility_billing_sync.ir_cron_billing"


@tagged("post_install", "-at_install")
class TestBackgroundWork(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(3):
            cls.subscribe(number, {fields.Date.to_date("2023-01-01"): 0, fields.Date.to_date("2023-03-31"): 12})
        cls.job = cls.env.ref(JOB)

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.job.id)])

    def test_a_call_whose_time_is_up_wakes_the_next_one(self):
        """Odoo would look at the job again after a minute or so: a trigger wakes a worker at once."""
        run = self.campaign()
        run.action_launch()
        self.triggers().unlink()
        with self.enter_registry_test_mode(), patch.object(type(run), "_work", lambda self, end=0: False):
            self.env["utility.billing.run"]._cron_work()
        self.assertTrue(self.triggers())

    def test_a_training_copy_can_bill(self):
        """Its scheduled jobs are switched off: the form says so, and a button does the work."""
        run = self.campaign()
        self.job.active = False
        run.action_launch()
        self.assertEqual((run.state, run.job_is_off), ("running", True))
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            run.with_env(self.env(cr=cr)).action_advance()
        self.env.invalidate_all()
        self.assertEqual((run.state, len(run.bill_ids)), ("billed", 3))

    def test_nothing_is_advanced_by_hand_where_the_job_is_on(self):
        run = self.campaign()
        run.action_launch()
        with self.assertRaises(UserError):
            run.action_advance()

    def test_who_may_not_launch_it_does_not_advance_it(self):
        run = self.campaign()
        self.job.active = False
        run.action_launch()
        agent = new_test_user(
            self.env,
            "agent_of_the_copy",
            "utility_billing_sync.group_utility_user",
            company_id=run.company_id.id,
            company_ids=[(6, 0, run.company_id.ids)],
        )
        with self.assertRaises(AccessError):
            run.with_user(agent).action_advance()
