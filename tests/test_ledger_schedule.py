"""When connectors run: their own jobs, the wall clock, clock changes, servers that were off."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError

from ..models.ledger_exchange.exchange import Exchange
from ..models.ledger_exchange.runner import Runner
from ..models.ledger_exchange.steps import ReconcileStep
from .support.exchange import make_run
from .support.ledger import CONNECTOR_MANAGER, LedgerCase

#: 2026-03-10 is a Tuesday; Paris is an hour ahead of UTC, two from 2026-03-29.
NOW = "2026-03-10 09:00:00"


class TestLedgerSchedule(LedgerCase):
    def setUp(self):
        super().setUp()
        self.connector.tz = "Europe/Paris"

    @contextmanager
    def clock(self, moment):
        """Move both clocks: the server's, and the database's, which shows when the transaction began."""
        with freeze_time(moment):
            self.env.cr._now = datetime.now()
            yield
        self.env.cr._now = None

    def schedule(self, **values):
        with self.clock(NOW):
            self.connector.write({"auto_sync": True, "time": 12.5, **values})
        return self.connector

    def at(self, moment):
        """Let the scheduler look at this moment: it calls the jobs that are ready, as it does each minute."""
        with self.clock(moment):
            self.env.flush_all()
            ready = self.connector.cron_id.nextcall <= datetime.now()
            if ready:
                self.call_job()
        self.env.invalidate_all()
        return ready

    def scheduled_runs(self):
        return self.connector.run_ids.filtered(lambda run: run.trigger == "schedule")

    def test_a_copy_of_the_database_holds_its_schedule_until_somebody_confirms(self):
        """Odoo gives a duplicated database another identifier: it must not send what the original sends."""
        connector = self.schedule()
        self.assertFalse(connector.is_held)
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.env.invalidate_all()
        self.assertEqual((connector.is_held, connector.health), (True, "warning"))
        self.at("2026-03-10 11:31:00")
        self.assertFalse(
            self.env["ledger.run"].search([("connector_id", "=", connector.id), ("trigger", "=", "schedule")])
        )
        with self.assertRaisesRegex(UserError, "copy"):
            self.connector.action_synchronize()
        manager = self.user("copy_manager", CONNECTOR_MANAGER)
        connector.with_user(manager).action_confirm_database()
        self.assertFalse(connector.is_held)

    def test_every_day_and_every_week(self):
        self.assertEqual(str(self.schedule().next_run), "2026-03-10 11:30:00")
        self.assertEqual(str(self.schedule(time=9.0).next_run), "2026-03-11 08:00:00", "that hour is past today")
        self.assertEqual(str(self.schedule(frequency="weekly", weekday="4").next_run), "2026-03-13 11:30:00")
        self.assertEqual(self.connector.cron_id.nextcall, self.connector.next_run)
        self.assertFalse(self.schedule(auto_sync=False).next_run)

    def test_the_time_zone_is_the_company_s(self):
        self.water.partner_id.tz = "Pacific/Noumea"
        other = self.env["res.company"].create({"name": "Ailleurs", "ledger_code": "AIL"})
        other.partner_id.tz = "Pacific/Noumea"
        connector = self.make_connector(company_ids=[(6, 0, other.ids)], directory="other")
        self.assertEqual(connector.tz, "Pacific/Noumea")
        france = self.env["res.company"].create({"name": "Ici", "country_id": self.env.ref("base.fr").id})
        self.assertEqual(self.make_connector(company_ids=[(6, 0, france.ids)], directory="third").tz, "Europe/Paris")

    def test_a_time_that_no_clock_shows_is_refused(self):
        for time in (24.0, -1.0, 23.9999):
            with self.subTest(time), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.schedule(time=time)
                self.env.flush_all()

    def test_a_job_of_its_own(self):
        other = self.env["res.company"].create({"name": "Autre", "ledger_code": "AUT"})
        connector = self.make_connector(company_ids=[(6, 0, other.ids)], directory="other")
        job, action = connector.cron_id, connector.cron_id.ir_actions_server_id
        self.assertTrue(job)
        self.assertNotEqual(job, self.connector.cron_id, "connectors run side by side")
        connector.active = False
        self.assertFalse(job.active)
        connector.active = True
        self.assertTrue(job.active)
        connector.unlink()
        self.assertFalse(job.exists() or action.exists())

    def test_two_connectors_at_the_same_minute(self):
        """Each has its job: none waits for the other one, none runs twice."""
        other = self.env["res.company"].create(
            {"name": "Autre", "ledger_code": "AUT", "country_id": self.water.country_id.id}
        )
        second = self.make_connector(company_ids=[(6, 0, other.ids)], directory="other")
        both = self.schedule() | second
        with self.clock(NOW):
            second.write({"auto_sync": True, "time": 12.5})
        self.assertEqual(len(set(both.mapped("next_run"))), 1)
        for minute in ("2026-03-10 11:30:00", "2026-03-10 11:31:00"):
            with self.clock(minute):
                self.env.flush_all()
                for connector in both:
                    if connector.cron_id.nextcall <= datetime.now():
                        self.call_job(connector)
            self.env.invalidate_all()
        runs = self.env["ledger.run"].search([("connector_id", "in", both.ids), ("trigger", "=", "schedule")])
        self.assertEqual(sorted(runs.connector_id.ids), sorted(both.ids))
        self.assertEqual(len(runs), 2)

    def test_a_connector_of_an_earlier_version_gets_its_job(self):
        self.connector.cron_id.unlink()
        self.env["ledger.connector"]._make_jobs()
        self.assertTrue(self.connector.cron_id)

    def test_the_scheduled_run(self):
        bill = self.entry()
        self.schedule()
        self.assertFalse(self.at("2026-03-10 11:29:00"))
        self.assertTrue(self.at("2026-03-10 11:30:20"))
        run = self.scheduled_runs()
        self.assertEqual((run.state, run.exported, run.company_ids), ("done", 1, self.companies))
        self.assertTrue(run.unchanged, "the référentiel was not brought in")
        self.assertEqual(self.document(bill).state, "exported")
        self.assertEqual(str(self.connector.next_run), "2026-03-11 11:30:00")
        self.assertEqual(self.connector.cron_id.nextcall, self.connector.next_run)

    def test_the_wall_clock_holds_over_both_clock_changes(self):
        for before, after in (
            ("2026-03-28 11:30:00", "2026-03-29 10:30:00"),
            ("2026-10-24 10:30:00", "2026-10-25 11:30:00"),
        ):
            self.schedule()
            self.connector.next_run = self.connector.cron_id.nextcall = before
            self.assertTrue(self.at(before))
            self.assertEqual(str(self.connector.cron_id.nextcall), after)

    def test_a_missed_run_happens_once(self):
        self.schedule()
        self.assertTrue(self.at("2026-03-15 07:00:00"), "five runs were missed while the server was off")
        self.assertEqual(len(self.scheduled_runs()), 1)
        self.assertEqual(str(self.connector.next_run), "2026-03-15 11:30:00")
        self.assertFalse(self.at("2026-03-15 07:01:00"))

    def test_an_interrupted_run_takes_along_what_came_since(self):
        """Its server was killed as it sent; a day later it is still the one run, of two days."""
        self.schedule()
        self.connector.next_run = "2026-03-10 11:30:00"
        first = self.entry()
        run = self.interrupted()
        self.assertEqual((self.document(first).state, run.step), ("to_export", "send"))
        second = self.entry()
        self.assertTrue(self.at("2026-03-11 11:30:20"))
        self.assertEqual(self.scheduled_runs(), run)
        self.assertEqual((run.state, run.exported, run.percent), ("done", 2, 100))
        self.assertEqual(self.document(first | second).mapped("state"), ["exported"] * 2)

    def interrupted(self):
        """Begin the scheduled run and note what it sends; then its server is killed."""
        with self.clock("2026-03-10 11:30:20"):
            Runner(self.connector).start_due()
            run = self.scheduled_runs()
            ReconcileStep(Exchange(run, None))._note_due()
            run.step = "send"
        return run

    def test_an_interrupted_run_that_is_being_stopped_is_not_started_again(self):
        """What is due then gets a run of its own."""
        self.schedule()
        run = make_run(self.connector, "synchronize", "schedule", self.companies)
        run.stop_requested = True
        self.at("2026-03-10 11:31:00")
        self.assertEqual((run.state, run.is_active), ("stopped", False))
        latest = self.scheduled_runs()[0]
        self.assertNotEqual(latest, run)
        self.assertEqual(latest.state, "done")

    def test_a_run_begins_at_its_moment_and_only_where_a_schedule_is_set(self):
        connector = self.schedule()._by_server()
        moment = connector.next_run
        for is_set, planned, runs in ((True, moment, 1), (False, moment, 0), (True, False, 0)):
            self.scheduled_runs().write({"date_end": moment})
            before = len(self.scheduled_runs())
            connector.auto_sync = is_set
            connector.next_run = planned
            with self.subTest(is_set=is_set, planned=planned), self.clock(moment):
                Runner(connector).start_due()
                self.env.invalidate_all()
                self.assertEqual(len(self.scheduled_runs()) - before, runs)

    def test_an_early_call_begins_nothing(self):
        self.schedule()
        with self.clock(NOW):
            self.call_job()
        self.assertFalse(self.scheduled_runs())
        self.assertEqual(self.connector.cron_id.nextcall, self.connector.next_run)

    def test_a_copy_of_production_keeps_its_job_off(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.connector.cron_id.active = False
        self.schedule()
        self.assertFalse(self.connector.cron_id.active)
        self.assertEqual(self.do(self.connector, "action_synchronize").state, "done", "by hand it still works")

    def test_who_sets_connectors_up_needs_no_right_on_jobs(self):
        manager = self.user("manager", CONNECTOR_MANAGER)
        self.connector.with_user(manager).write({"auto_sync": True, "time": 6.0})
        self.assertEqual(self.connector.cron_id.nextcall, self.connector.next_run)
        self.assertGreater(self.connector.next_run, datetime.now() - timedelta(minutes=1))
