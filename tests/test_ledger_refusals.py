"""States of documents, lots, and what a connector says of its health and its server."""

import base64
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tools import mute_logger

from ..core.ledger.findings import TransitionForbidden
from ..core.ledger.trial import ServerAbilities
from ..models.ledger_entries.checker import Checker
from ..models.ledger_entries.reconcile import Reconciler
from .support.exchange import make_run, reconcile, write_lots
from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase


class TestDocumentStates(LedgerCase):
    def in_each_state(self):
        """Return a document in each state."""
        bills = {"integrated": self.entry()}
        # a synchronisation sends everything
        self.loop(bills["integrated"])
        bills |= {state: self.entry() for state in ("exported", "exporting", "to_export")}
        self.export(bills["exported"])
        run = make_run(self.connector, "export", "manual", self.companies, self.document(bills["exporting"]))
        self.do(run, write_lots, self.document(bills["exporting"]).ids)
        found = {state: self.document(bill) for state, bill in bills.items()}
        self.assertEqual({state: document.state for state, document in found.items()}, {s: s for s in found})
        return found

    def test_each_state_is_found_as_it_is_shown(self):
        found = self.in_each_state()
        ids = [document.id for document in found.values()]
        documents = self.env["ledger.document"].with_user(self.user("watcher", MONITOR))
        for states in (
            ["exported"],
            ["exporting"],
            ["exporting", "exported"],
            ["integrated", "exporting"],
            ["rejected"],
        ):
            wanted = {document.id for state, document in found.items() if state in states}
            for operator, expected in (("in", wanted), ("not in", set(ids) - wanted)):
                with self.subTest(operator=operator, states=states):
                    searched = documents.search([("id", "in", ids), ("state", operator, states)])
                    self.assertEqual(set(searched.ids), expected)
        with self.assertRaisesRegex(UserError, "Unsupported operator"):
            documents.search([("state", ">", "exported")])

    def test_an_event_that_a_state_does_not_allow(self):
        """None of them moves; a document that is gone meanwhile is no obstacle."""
        sent, fresh, gone = self.entry(), self.entry(), self.entry()
        self.export(sent)
        documents = self.document(sent) + self.document(fresh)
        with self.assertRaises(TransitionForbidden), self.env.cr.savepoint():
            documents._move_on("accept")
        self.assertEqual(documents.mapped("state"), ["exported", "to_export"])
        deleted = self.document(gone)
        deleted.unlink()
        moved = self.document(sent)
        (moved + deleted)._move_on("accept", date_integrated=fields.Datetime.now())
        self.assertEqual((moved.state, bool(moved.date_integrated)), ("integrated", True))
        self.assertEqual(moved.operation, "update", "from now on, it is only updated")

    def test_a_lot_keeps_its_bytes_and_cannot_be_deleted(self):
        lot = self.export(self.entry()).lot_ids
        delivered = (self.directory / "entries" / lot.name).read_bytes()
        self.assertTrue(delivered)
        self.assertEqual(base64.b64decode(lot.file), delivered)
        self.assertIn(f"/web/content/ledger.lot/{lot.id}/file/", lot.action_download()["url"])
        with self.assertRaisesRegex(UserError, "in which documents were sent cannot be deleted"):
            lot.unlink()

    def test_anomalies_of_one_document_at_a_time(self):
        with self.assertRaises(ValueError):
            self.env["ledger.document"].action_view_anomalies()

    def test_an_entry_that_is_a_draft_again_beside_odoo(self):
        """What was never sent is forgotten; what was sent must be reversed, and waits for its answer if it has none."""
        integrated = self.entry()
        self.loop(integrated)
        new, sent = self.entry(), self.entry()
        self.export(sent)
        documents = [self.document(bill) for bill in (new, sent, integrated)]
        self.env.cr.execute(
            "UPDATE account_move SET state = 'draft' WHERE id = ANY(%s)", [(new + sent + integrated).ids]
        )
        self.env.invalidate_all()
        self.env["ledger.document"].action_compare()
        self.assertFalse(documents[0].exists())
        for document, state, operation in ((documents[1], "exported", "create"), (documents[2], "to_export", "update")):
            with self.subTest(state):
                self.assertEqual((document.state, document.operation, document.has_anomaly), (state, operation, True))
                anomaly = document.anomaly_ids
                self.assertEqual((anomaly.code, anomaly.params), ("reversal_needed", {"fields": "state"}))
                document._refresh()
                self.assertEqual(document.anomaly_ids, anomaly, "what is said already is not written again")

    def test_an_entry_in_memory_finds_its_new_document(self):
        bill = self.entry(post=False)
        self.assertFalse(bill.ledger_document_ids or bill.ledger_state)
        bill.action_post()
        self.assertEqual((bill.ledger_document_ids, bill.ledger_state), (self.document(bill), "to_export"))

    def test_documents_of_a_journal_that_was_archived_are_exchanged(self):
        journal = self.record("journal", "ACH").copy({"code": "ACH2"})
        bill = self.entry(journal_id=journal.id)
        self.document(bill).unlink()
        journal.active = False
        self.env["ledger.document"].action_compare()
        self.assertTrue(self.document(bill))

    def test_a_receipt_of_a_vendor_is_approved_as_its_bills_are(self):
        receipt = self.entry("in_receipt")
        self.assertEqual(receipt.payment_approval, "pending")
        receipt.action_approve_payment()
        self.assertEqual(receipt.payment_approval, "approved")

    def test_customer_invoices_are_not_approved(self):
        bill, invoice = self.entry(), self.entry("out_invoice")
        with self.assertRaisesRegex(UserError, "Only vendor bills are approved"):
            (bill | invoice).action_approve_payment()
        self.assertEqual((bill.payment_approval, invoice.payment_approval), ("pending", "none"))

    def test_an_unexpected_error_is_the_anomaly_of_its_document(self):
        """The others are refreshed. An error of PostgreSQL, which ends the transaction, is raised."""
        bills = self.entry() | self.entry()
        documents, examine, error = self.document(bills), Checker.examine, RuntimeError("bug")

        def fail(checker, document, change=None):
            if document.number == bills[0].name:
                raise error
            return examine(checker, document, change)

        bills[1].invoice_line_ids.name = "Pompe 泵"
        documents.anomaly_ids.unlink()
        with (
            patch.object(Checker, "examine", fail),
            mute_logger("odoo.addons.utility_billing_sync.models.ledger.attempts"),
        ):
            documents._refresh()
            bad, good = self.document(bills[0]), self.document(bills[1])
            self.assertEqual((bad.anomaly_ids.code, bad.has_anomaly, bad.state), ("unforeseen", True, "to_export"))
            self.assertIn(bills[0].name, bad.anomaly_ids.message)
            self.assertEqual(good.anomaly_ids.code, "text_unwritable")
            error = psycopg2.OperationalError("gone")
            with self.assertRaises(psycopg2.OperationalError):
                documents._refresh()

    def test_an_archived_connector_makes_no_documents(self):
        self.connector.active = False
        bill = self.entry()
        self.assertIs(Reconciler(self.connector).reconcile(), False)
        self.assertFalse(self.document(bill))
        self.connector.active = True
        reconcile(self.connector)
        self.assertEqual(self.document(bill).state, "to_export")


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
