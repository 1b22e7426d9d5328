"""Background work, rule by rule, on an invitation whose batches are given: commits, conflicts, stops, rights."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import TransactionCase
from odoo.tools import mute_logger

from ..models.common import background_work
from ..models.common.background_work import ATTEMPTS, PATIENCE, RETRY_AFTER
from ..models.common.batches import commit_batch, gave_way
from .support.administration import become_copy
from .support.people import new_test_user
from .support.sharing import MODULE, NO_LOGO

WORK = "odoo.addons.utility_billing_sync.models.common.background_work"
JOB = f"{MODULE}.ir_cron_reading_invitation"


class WorkCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({**NO_LOGO, "name": "Régie des eaux"})
        section = {"name": "EAU", "code": "EAU", "service": "water", "company_id": cls.company.id}
        cls.section = cls.env["utility.section"].create(section)
        cls.manager, cls.agent = (
            new_test_user(
                cls.env,
                f"work_{group}",
                f"{MODULE}.group_utility_{group}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for group in ("manager", "user")
        )
        cls.job = cls.env.ref(JOB)

    def make(self, **values):
        values = {"section_id": self.section.id, "state": "running", "user_id": self.manager.id, "total": 5, **values}
        return self.env["utility.reading.invitation"].create(values)

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.job.id)]).mapped("call_at")


class TestWork(WorkCase):
    @contextmanager
    def batches(self, *steps):
        """Let each batch be the next one of `steps`: a number of records, None, an error, or "done"."""
        self.done, steps = [], list(steps)

        def work_batch(work):
            step = steps.pop(0)
            self.done.append(step)
            if isinstance(step, Exception):
                work.route = "of a failed batch"
                work.flush_recordset()
                raise step
            if step == "done":
                work.state = "done"
            work.write({"progress": work.progress + (step if isinstance(step, int) else 0)})
            return 1 if step == "done" else step

        model = type(self.env["utility.reading.invitation"])
        with patch.object(model, "_work_batch", work_batch), self.enter_registry_test_mode():
            yield
        self.assertFalse(steps, "each batch was processed")

    def work(self, work, **options):
        """Process batches as the job does, with its own cursor."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            found = work.with_env(self.env(cr=cr))._work(**options)
            cr.execute("SHOW application_name")
            self.named = cr.fetchone()[0]
        self.env.invalidate_all()
        return found

    def committed(self):
        return patch.object(background_work, "commit_batch", side_effect=commit_batch)

    def test_batch_after_batch(self):
        work = self.make()
        with self.batches(2, 3, 4, "done"), self.committed() as committed:
            self.assertIs(self.work(work), True)
        jobs, done, remaining = zip(*(call.args for call in committed.call_args_list), strict=True)
        self.assertEqual((done, remaining, {job.id for job in jobs}), ((2, 3, 4, 1), (3, 1, 1, 0), {self.job.id}))
        self.assertEqual((work.state, work.progress, work.progress_rate), ("done", 9, 180))
        self.assertEqual(self.make(total=0).progress_rate, 0)

    def test_a_transaction_bears_the_name_of_its_work(self):
        work = self.make()
        crons = type(self.job)
        with self.batches(None), patch.object(crons, "_commit_progress", return_value=9) as committed:
            self.assertIs(self.work(work), True)
        self.assertEqual(committed.call_args.args, (0,), "what it noted so far")
        self.assertEqual(self.named, f"utility_work:{work._name}:{work.id}:{self.manager.id}")
        self.assertEqual((work.state, self.done), ("running", [None]), "a later call goes on")

    def test_nothing_begins_once_the_time_is_up(self):
        for end, time, steps, expected in (
            (5.0, 5.0, [1], False),
            (5.0, 4.9, [1, 1, "done"], True),
            (5.0, 6.0, ["done"], True),
        ):
            with (
                self.subTest(end=end, time=time),
                self.batches(*steps),
                patch.object(background_work.time, "monotonic", return_value=time),
            ):
                self.assertIs(self.work(self.make(), end=end), expected)

    def test_a_conflict_is_tried_again_five_times_in_a_row(self):
        conflict = [SerializationFailure("conflict")]
        work = self.make()
        with self.batches(*conflict * (ATTEMPTS - 1), 1, *conflict * (ATTEMPTS - 1), "done"):
            self.work(work)
        self.assertEqual((work.state, work.progress, work.route), ("done", 1, False))
        work = self.make()
        with self.batches(*conflict * ATTEMPTS):
            self.assertIs(self.work(work), True)
        self.assertEqual(
            (work.state, work.error), ("stopped", "Other users keep changing these records: resume later.")
        )
        self.assertFalse(work.route)

    def test_an_error_stops_the_work_and_is_shown(self):
        work = self.make()
        failure = RuntimeError("nobody foresaw this")
        with self.batches(2, failure), self.assertLogs(WORK, "ERROR") as log, self.committed() as committed:
            self.assertIs(self.work(work), True)
        self.assertEqual(committed.call_args.args[1:], (0, 0), "nothing was done, nothing is left for the job")
        self.assertEqual((work.state, work.error, work.progress), ("stopped", "nobody foresaw this", 2))
        self.assertFalse(work.route, "nothing of the failed batch stays")
        self.assertIn(f"{work._description} {work.id} stopped", log.output[0])

    def test_a_copy_leaves_it_as_it_is(self):
        work = self.make()
        become_copy(self.env)
        with self.batches():
            self.assertIs(self.work(work), True)
        self.assertEqual((work.state, work.error), ("running", False))

    @mute_logger(WORK)
    def test_it_goes_on_with_the_rights_of_who_launched_it(self):
        """Somebody who left, or may no longer do it, does nothing any more."""
        for user, error in ((self.agent, "group"), (self.manager, "no longer has an active account")):
            self.manager.active = user != self.manager
            work = self.make(user_id=user.id)
            with self.batches():
                self.work(work)
            with self.subTest(user.login):
                self.assertEqual(work.state, "stopped")
                self.assertIn(error, work.error.lower() if error == "group" else work.error)
        self.manager.active = True

    def test_what_a_model_says_of_its_own_work(self):
        work, model = self.make(), background_work.UtilityBackgroundWork
        self.assertIs(model._is_on_hold(work), False)
        for name in ("_check_may_work", "_work_batch"):
            with self.assertRaises(NotImplementedError):
                getattr(model, name)(work)

    # The job

    def test_the_job_takes_one_work_after_the_other(self):
        first, second, idle = self.make(), self.make(), self.make(state="stopped")
        with self.batches("done", "done"):
            self.job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual([work.state for work in (first, second, idle)], ["done", "done", "stopped"])
        first.state = second.state = "running"
        with self.batches(1), patch.object(background_work, "commit_batch", return_value=False) as committed:
            self.job.method_direct_trigger()
        self.assertEqual(committed.call_args.args[1:], (1, 4), "the time is up: the second one waits")

    def test_who_may_stop_resume_and_advance(self):
        work = self.make()
        for name in ("action_stop", "action_resume", "action_advance"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(work.with_user(self.agent), name)()
        with self.assertRaisesRegex(UserError, "This continues automatically"):
            work.with_user(self.manager).action_advance()
        idle = self.make(state="draft")
        (work | idle).with_user(self.manager).action_stop()
        self.assertEqual((work.state, idle.state), ("stopped", "draft"))

    def test_a_work_that_was_stopped_goes_on(self):
        """In the name of who resumes it; others are left."""
        self.env["ir.cron.trigger"].search([]).unlink()
        resume = background_work.UtilityBackgroundWork.action_resume
        stopped, done = (
            self.make(state=state, error="x", attempts=3, user_id=self.env.uid) for state in ("stopped", "done")
        )
        with self.assertRaises(AccessError):
            resume(stopped.with_user(self.agent))
        resume(done.with_user(self.manager))
        self.assertFalse(self.triggers())
        resume((stopped | done).with_user(self.manager))
        self.assertEqual((stopped.state, stopped.error, stopped.attempts), ("running", False, 0))
        self.assertEqual((stopped.user_id, done.state, done.error), (self.manager, "done", "x"))
        self.assertEqual(len(self.triggers()), 1)

    def test_by_hand_where_the_job_is_off(self):
        work, stopped = self.make(), self.make(state="stopped")
        self.assertFalse(work.job_is_off)
        self.job.active = False
        self.env.invalidate_all()
        self.assertTrue(work.job_is_off)
        with self.batches(1, "done"), self.registry.cursor() as cr:
            (work | stopped).with_env(self.env(cr=cr, user=self.manager)).action_advance()
        self.env.invalidate_all()
        self.assertEqual((work.state, stopped.state), ("done", "stopped"))

    # Items of a batch

    def test_one_item_does_not_stop_the_others(self):
        work, applied, refused, reason = self.make(), [], [], "Not this one"

        def apply(items):
            applied.append(items)
            work.route = "".join(items)
            work.flush_recordset()
            if {"b", "d"} & set(items):
                raise UserError(reason) if "b" in items else IntegrityError(reason)

        def refuse(item, error):
            refused.append((item, str(error)))
            return item == "b"

        for items, stays, calls in (
            ("", 0, []),
            ("ac", 0, ["ac"]),
            ("b", 1, ["b"]),
            ("d", 0, ["d"]),
            ("abcd", 1, ["abcd", "a", "b", "c", "d"]),
        ):
            applied.clear()
            refused.clear()
            with self.subTest(items):
                self.assertEqual(work._all_or_each(items, apply, refuse), stays)
                self.assertEqual((applied, refused), (calls, [(item, reason) for item in items if item in "bd"]))
        self.assertEqual(work.route, "c", "what was refused is undone")
        with self.assertRaises(ZeroDivisionError):
            work._all_or_each("ab", lambda _items: 1 // 0, refuse)

    def test_a_record_that_somebody_is_saving(self):
        self.env["ir.cron.trigger"].search([]).unlink()
        work = self.make()

        def locked():
            work.route = "half"
            work.flush_recordset()
            raise LockError("held")

        self.assertEqual(work._unless_locked(lambda: "whole"), "whole")
        self.assertEqual((work.attempts, self.triggers()), (0, []))
        work.attempts = PATIENCE - 2
        for attempts in (PATIENCE - 1, PATIENCE):
            earliest = fields.Datetime.now() + RETRY_AFTER
            self.assertIsNone(work._unless_locked(locked))
            self.assertEqual((work.attempts, work.route), (attempts, False))
            latest = max(self.triggers())
            self.assertTrue(earliest <= latest <= earliest + timedelta(seconds=2), latest)
        with self.assertRaises(LockError):
            work._unless_locked(locked)

    # The time of a job

    def test_a_batch_wakes_its_job_if_the_time_is_up_and_something_is_left(self):
        self.env["ir.cron.trigger"].search([]).unlink()
        with self.enter_registry_test_mode():
            for seconds, remaining, goes_on in ((9.0, 3, True), (9.0, 0, True), (0.5, 1, True), (0, 0, False)):
                with self.registry.cursor() as cr, self.time_left(cr, seconds, remaining) as job:
                    self.assertIs(commit_batch(job, 2, remaining), goes_on)
                    self.assertFalse(gave_way(job))
            self.assertFalse(self.triggers())
            with self.registry.cursor() as cr, self.time_left(cr, 0, 1) as job:
                self.assertIs(commit_batch(job, 2, 1), False)
                self.assertTrue(gave_way(job))
                cr.rollback()
            self.assertEqual(len(self.triggers()), 1, "committed")

    @contextmanager
    def time_left(self, cr, seconds, remaining):
        """Let Odoo say how many seconds a job has left."""

        def commit_progress(cron, processed=0, **values):
            self.assertEqual((processed, values), (2, {"remaining": remaining}))
            return seconds

        with patch.object(type(self.job), "_commit_progress", commit_progress):
            yield self.job.with_env(self.env(cr=cr))
