"""The health of a connector, its card, what its program and its settings may be."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.sql_db import db_connect

from ..core.ledger.trial import ServerAbilities
from .support.exchange import make_run
from .support.ledger import CONNECTOR_MANAGER, LedgerCase


class TestConnectorHealth(LedgerCase):
    @freeze_time("2026-03-10 09:00:00")
    def test_an_answer_is_missed_after_four_days(self):
        lot = self.export(self.entry()).lot_ids
        for delay, health in ((timedelta(days=4), "off"), (timedelta(days=4, seconds=1), "warning")):
            lot.date_delivered = fields.Datetime.now() - delay
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(delay):
                self.assertEqual(self.connector.oldest_unanswered, lot.date_delivered)
                self.assertEqual(self.connector.health, health)
        self.connector._by_server().failed_since = fields.Datetime.now()
        self.assertEqual(self.connector.health, "bad")

    @freeze_time("2026-03-10 09:00:00")
    def test_a_run_is_late_after_an_hour(self):
        self.connector.auto_sync = True
        for delay, health in ((timedelta(hours=1), "good"), (timedelta(hours=1, seconds=1), "warning")):
            self.connector._by_server().next_run = fields.Datetime.now() - delay
            with self.subTest(delay):
                self.assertEqual(self.connector.health, health)

    def test_how_late_a_schedule_is(self):
        """Seconds since its moment, for a monitoring program; none before it, and none without a schedule."""
        connector = self.connector._by_server()
        for minutes, late in ((None, 0), (5, 0), (-10, 600)):
            now = fields.Datetime.now()
            connector.next_run = now + timedelta(minutes=minutes) if minutes else False
            with self.subTest(minutes):
                self.assertAlmostEqual(connector._vital_signs()["late"], late, delta=30 if late else 0)

    def test_its_card_opens_its_own_documents(self):
        good, bad = self.entry(), self.entry()
        bad.invoice_line_ids.name = "Pompe 泵"
        self.env.flush_all()
        self.env.invalidate_all()
        card = self.env["utility.dashboard"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual((card.waiting_count, card.anomaly_count), (2, 1))
        for action, moves in ((card.action_view_documents(), good | bad), (card.action_view_anomalies(), bad)):
            self.assertEqual(self.env["ledger.document"].search(action["domain"]).move_id, moves)
        self.assertEqual(card.action_open_connector()["res_id"], self.connector.id)
        self.assertEqual(self.do(card, "action_synchronize").connector_id, self.connector)

    def test_since_when_documents_wait(self):
        """A new entry since its document was made, an update since it was changed."""
        old = self.entry()
        self.loop(old)
        old.action_approve_payment()
        new = self.entry()
        created, written = fields.Datetime.to_datetime("2026-01-01"), fields.Datetime.to_datetime("2026-02-01")
        query = "UPDATE ledger_document SET create_date = %s, write_date = %s WHERE move_id = %s"
        self.env.flush_all()
        self.env.cr.execute(query, [created, written, old.id])
        for day, oldest in (("2026-02-02", written), ("2026-01-15", fields.Datetime.to_datetime("2026-01-15"))):
            self.env.cr.execute(query, [day, "2026-03-01", new.id])
            self.env.invalidate_all()
            with self.subTest(day):
                self.assertEqual((self.connector.waiting_count, self.connector.oldest_waiting), (2, oldest))

    def test_somebody_is_told_of_a_failure_even_if_the_responsible_person_left(self):
        run = make_run(self.connector, "synchronize", "manual", self.companies)
        admin = self.env.ref("base.user_admin")
        admin.email = "admin@example.com"
        self.assertFalse(self.env.user.active, "jobs run as the system")
        self.connector.user_id = self.user("responsible", CONNECTOR_MANAGER)
        self.connector.user_id.active = False
        about = [("model", "in", ("ledger.run", "ledger.connector"))]
        before = self.env["mail.mail"].search(about)
        self.connector._note_failure(run)
        self.assertEqual(self.connector._failure_activities().user_id, admin)
        mail = self.env["mail.mail"].search(about) - before
        self.assertEqual((mail.model, mail.recipient_ids), ("ledger.run", admin.partner_id), "not who left; once")
        first = self.connector.failed_since
        self.connector._note_failure(run)
        self.assertEqual(len(self.connector._failure_activities()), 1, "once until it works again")
        self.assertEqual(self.connector.failed_since, first)
        self.connector._note_success()
        self.assertFalse(self.connector.failed_since or self.connector._failure_activities())
        admin.active = False
        self.connector._note_failure(run)
        self.assertTrue(self.connector.failed_since, "nobody is left, and the health shows it")
        self.assertFalse(self.connector._failure_activities())

    def test_a_failure_is_told_as_far_as_it_can_be(self):
        """Without an address, by an activity; so it is if an administrator has deleted the template."""
        run = make_run(self.connector, "synchronize", "manual", self.companies)
        person = self.connector.user_id = self.user("responsible", CONNECTOR_MANAGER)
        template = self.env.ref("utility_billing_sync.mail_template_ledger_failure")
        mails = [("model", "=", "ledger.run")]
        for change in (lambda: person.write({"email": False}), template.unlink):
            change()
            self.connector._note_failure(run)
            self.assertEqual(self.connector._failure_activities().user_id, person)
            self.assertFalse(self.env["mail.mail"].search(mails))
            self.connector._note_success()
            person.email = "responsible@example.com"

    def test_a_success_completes_the_activity_of_the_failure_alone(self):
        run = make_run(self.connector, "synchronize", "manual", self.companies)
        typed = self.connector.activity_schedule("mail.mail_activity_data_todo", summary="Call them")
        typed.automated = False
        called = self.connector.activity_schedule("mail.mail_activity_data_call")
        self.connector._note_failure(run)
        self.assertEqual(self.connector._failure_activities(), self.connector.activity_ids - typed - called)
        self.connector._note_success()
        self.assertEqual(self.connector.activity_ids, typed | called)

    def test_a_job_that_is_running_gets_a_trigger(self):
        """Its next call cannot be written while a server runs it."""
        job = self.env.ref("utility_billing_sync.ir_cron_digest")
        self.connector.sudo().cron_id = job
        self.env.flush_all()
        triggers, before = self.env["ir.cron.trigger"], job.nextcall
        triggers.search([("cron_id", "=", job.id)]).unlink()
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT 1 FROM ir_cron WHERE id = %s FOR NO KEY UPDATE", [job.id])
            self.connector.write({"auto_sync": True, "time": 3.0})
            trigger = triggers.search([("cron_id", "=", job.id)])
            self.assertEqual((trigger.call_at, job.nextcall), (self.connector.next_run, before))
            self.connector.auto_sync = False
            self.assertEqual(triggers.search([("cron_id", "=", job.id)]), trigger)
            other.rollback()
            other.execute("SELECT 1 FROM ir_cron WHERE id = %s FOR KEY SHARE", [job.id])
            self.connector.write({"auto_sync": True, "time": 4.0})
            self.assertEqual(job.nextcall, self.connector.next_run, "a trigger that is being created locks nobody out")

    def test_what_is_said_of_a_server(self):
        works = "The connection works: a file was written, renamed, read, moved and removed."
        ages = "their age cannot be checked, so they are read at once."
        for has_times, age, missing, said in (
            (True, 0, (), []),
            (True, 5, (), []),
            (False, 0, (), ["The server does not provide the dates of files."]),
            (False, 5, (), [f"The server does not provide the dates of files: {ages}"]),
            (True, 0, ("D1", "D2"), ["Scan directories that do not exist: D1, D2"]),
        ):
            self.connector.file_age = age
            with self.subTest(has_times=has_times, age=age, missing=missing):
                found = ServerAbilities("hidden", "entries_sent", has_times, missing)
                self.assertEqual(list(self.connector._abilities(found)), [works, *said])

    def test_where_the_files_are(self):
        self.assertEqual(self.connector.location, str(self.directory))
        self.assertEqual(self.env["ledger.connector"].new({}).location, "Set when it is saved")
        self.connector.write({"host": "sftp.town.fr", "username": "odoo", "directory": "eau", "protocol": "sftp"})
        self.assertEqual(self.connector.location, "sftp://odoo@sftp.town.fr:22/eau")
        self.connector.write({"host": False, "username": False, "directory": False})
        self.assertEqual(self.connector.location, "sftp://@:22/")
        with self.assertRaisesRegex(UserError, "Enter the server's name first"):
            self.connector.action_test_connection()

    def test_a_directory_that_cannot_be_compared_is_refused(self):
        self.connector.write({"host": "sftp.town.fr", "username": "odoo", "directory": "eau", "protocol": "sftp"})
        with self.assertRaisesRegex(ValidationError, "../eau overlaps with that of another"):
            self.connector.directory = "../eau"

    def test_a_connector_that_was_used_is_archived_not_deleted(self):
        self.entry()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.connector.unlink()

    def test_a_company_has_one_connector(self):
        other = self.env["res.company"].create({"name": "Voirie"})
        values = {"company_ids": [(6, 0, (other | self.water).ids)], "directory": "voirie"}
        with (
            self.assertRaisesRegex(ValidationError, f"already have a connector: {self.water.name}."),
            self.env.cr.savepoint(),
        ):
            self.make_connector(**values)
        self.connector.active = False
        self.assertTrue(self.make_connector(**values))
        with self.assertRaisesRegex(ValidationError, "already have a connector"), self.env.cr.savepoint():
            self.connector.active = True
