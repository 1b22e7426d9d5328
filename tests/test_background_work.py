"""Every scheduled job wakes itself while work is left, and can be advanced by hand where it is switched off."""

import re
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.addons.base.models import ir_cron
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.billing import utility_billing_run_work, utility_subscription_retention
from ..models.ledger_exchange.runner import Runner
from .support.billing import Q1, BillingCase
from .support.ledger import LedgerCase
from .support.people import new_test_user
from .support.sharing import MODULE, SharingCase
from .support.telemetry import TelemetryCase

JOB = "utility_billing_sync.ir_cron_billing"
#: Jobs of models that do not inherit `utility.background.work`, each with a test below, or in test_prepared_dialogs.py.
OWN_JOBS = {"ir_cron_telemetry", "ir_cron_retention", "ir_cron_digest", "ir_cron_dialogs"}
#: The only files that commit a batch and give way to other jobs.
GIVING_WAY = {"common/batches.py", "ledger_exchange/runner.py"}
MODELS = Path(__file__).resolve().parents[1] / "models"


@contextmanager
def called_once(case, job):
    """Call a job whose time is up after its first batch; yields the jobs that it woke.

    Odoo calls it ten times in a row: the further calls may not begin another batch.
    """
    woken = []
    trigger = type(job)._trigger

    def spy(self, at=None):
        if at is None or at <= fields.Datetime.now():
            woken.extend(self.ids)
        return trigger(self, at)

    with (
        patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
        patch.object(type(job), "_trigger", spy),
    ):
        job.method_direct_trigger()
    case.env.invalidate_all()
    yield woken


@tagged("post_install", "-at_install")
class TestJobs(SharingCase):
    def jobs(self):
        names = self.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.cron")])
        return {name.name: self.env["ir.cron"].browse(name.res_id) for name in names}

    def test_every_job_works_in_batches_that_wake_it(self):
        """A new job inherits `utility.background.work`, or has a test of its own here."""
        jobs, background = self.jobs(), self.env.registry["utility.background.work"]
        self.assertLess(OWN_JOBS, set(jobs))
        for name in set(jobs) - OWN_JOBS:
            with self.subTest(name):
                model = self.env[jobs[name].model_id.model]
                self.assertIsInstance(model, background)
                self.assertEqual((model._job, jobs[name].code), (f"{MODULE}.{name}", "model._cron_work()"))

    def test_only_batches_give_way(self):
        """Code that asks Odoo for the remaining time must also wake the job: only one file does both."""
        asking = re.compile(r"(=|return|if|while|<|>).*_commit_progress\(|_commit_progress\(.*[<>]")
        found = {str(path.relative_to(MODELS)) for path in MODELS.rglob("*.py") if asking.search(path.read_text())}
        self.assertEqual(found, GIVING_WAY)

    def test_digests(self):
        self.env["res.users"].search([("utility_digest", "!=", False)]).utility_digest = False
        agents = self.agent_water | self.agent_sewerage
        agents.utility_digest = "daily"
        job = self.env.ref(f"{MODULE}.ir_cron_digest")
        with self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual(len(agents.filtered("utility_digest_sent_on")), 1)
            self.assertIn(job.id, woken)
        with self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual((len(agents.filtered("utility_digest_sent_on")), woken), (2, []))


@tagged("post_install", "-at_install")
class TestTelemetryWakesItself(TelemetryCase):
    def test_files(self):
        """A source stays due until its last file is read."""
        for number in (1, 2):
            self.drop(f"{number}.csv", f"Compteur;Date;Index\n17-001;2026-03-0{number};{number}\n")
        self.source.action_fetch()
        job = self.env.ref(f"{MODULE}.ir_cron_telemetry")
        with self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual((len(self.files()), self.source.error), (1, False))
            self.assertIn(job.id, woken)
            self.assertLessEqual(self.source.next_run, fields.Datetime.now())
        with self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual((len(self.files()), woken), (2, []))


@tagged("post_install", "-at_install")
class TestExchangeWakesItself(LedgerCase):
    def test_steps(self):
        self.entry()
        run = Runner(self.connector).make_run("synchronize", "schedule", self.connector.company_ids)
        self.env.flush_all()
        job = self.connector.cron_id
        with called_once(self, job) as woken:
            self.assertFalse(run.date_end)
            self.assertIn(job.id, woken)
        self.call_job()
        self.env.invalidate_all()
        self.assertTrue(run.date_end)


@tagged("post_install", "-at_install")
class TestBackgroundWork(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(3):
            cls.subscribe(number, {fields.Date.to_date("2023-01-01"): 0, fields.Date.to_date("2023-03-31"): 12})
        cls.job = cls.env.ref(JOB)

    def test_a_call_whose_time_is_up_wakes_the_next_one(self):
        """Odoo would look at the job again after a minute or so: a trigger wakes a worker at once."""
        run = self.campaign()
        run.action_launch()
        first = patch.object(utility_billing_run_work, "FIRST_BATCH", 1)
        with first, self.enter_registry_test_mode(), called_once(self, self.job) as woken:
            self.assertEqual((run.state, run.progress), ("running", 1))
            self.assertIn(self.job.id, woken)
        with self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, len(run.bill_ids)), ("billed", 3))

    def test_retention(self):
        self.section.company_id.utility_retention_months = 24
        left = [self.subscribe(n, {Q1[0]: 0, Q1[1]: 12}, date_end=date(2023, 12, 31)) for n in (7, 8)]
        people = left[0].partner_id | left[1].partner_id
        job = self.env.ref(f"{MODULE}.ir_cron_retention")
        one = patch.object(utility_subscription_retention, "BATCH", 1)
        with one, self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual(len(people.filtered("utility_anonymized_on")), 1)
            self.assertIn(job.id, woken)
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        with self.enter_registry_test_mode(), called_once(self, job) as woken:
            self.assertEqual(woken, [], "nobody is left")
        self.env.invalidate_all()
        self.assertEqual(len(people.filtered("utility_anonymized_on")), 2)

    def test_a_training_copy_can_bill(self):
        """If the scheduled jobs are inactive, the form says so, and a button does the work."""
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
