"""*Télérelève*: files fetched, thinned, entered once, put away; alarms and unknown numbers listed."""

import os
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..core.ledger.remote_files import LIMITS
from .support.administration import become_copy
from .support.browser import BrowserCase
from .support.guide import ExampleCase, french
from .support.sharing import MANAGER, MODULE
from .support.sshd import Sshd
from .support.telemetry import NIGHT, TelemetryCase


@tagged("post_install", "-at_install", MODULE)
class TestTelemetry(ExampleCase, TelemetryCase):
    def test_a_copy_of_the_database_leaves_the_files_to_the_original(self):
        self.drop("nuit.csv")
        self.source.action_fetch()
        become_copy(self.env)
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_telemetry").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.names(), self.source.is_held), (["nuit.csv"], True))
        with self.assertRaisesRegex(UserError, "copy"):
            self.source.action_fetch()
        self.source.action_confirm_database()
        self.fetch()
        self.assertEqual(self.names(), ["done/nuit.csv", "done/nuit.csv.txt"])

    def test_a_night(self):
        """Worked: 5 values, 3 kept (1 a day of each number): 100.5 and 7 m³ are entered, XX-9 bears no meter."""
        self.drop("nuit.csv")
        self.fetch()
        file = self.files()
        counts = file.value_count, file.kept_count, file.new_count, file.refused_count, file.unknown_count
        self.assertEqual(counts, (4, 3, 2, 2, 1), file.report)
        self.assertEqual(
            (self.indexes(self.card), self.indexes(self.second)), ({"2026-03-01": 100.5}, {"2026-03-01": 7})
        )
        reading = self.card.reading_ids
        self.assertEqual((reading.kind, reading.create_uid, reading.sync_state), ("remote", self.head, "pending"))
        self.assert_example(
            "telereleve",
            f"100 000 L à 00:00 et 100 500 L à 23:45 donnent la relève {french(reading.index, 1)} m³.",
        )
        self.assertEqual(self.names(), ["done/nuit.csv", "done/nuit.csv.txt"])
        report = (self.folder / "done/nuit.csv.txt").read_text("utf-8-sig")
        self.assertIn("4 values, 3 kept: 2 new readings, 0 corrected, 0 already there, 2 refused.", report)
        self.assertIn("2 new alarms.\nNumbers without a meter: XX-9\nLine 6", report)
        self.assertFalse(self.source.error)
        self.assertTrue(self.source.last_success)
        self.assertFalse(self.source.next_run, "fetched once")

    def test_the_day_of_a_reading_is_that_of_the_town(self):
        """On Réunion, 01:30 on 11 March is 21:30 on the day before by the server's clock: no reading of the future."""
        self.budget_water.partner_id.tz = "Indian/Reunion"
        self.head.tz = "America/Martinique"
        self.drop("nuit.csv", NIGHT.replace("2026-03-01", "2026-03-11"))
        with freeze_time("2026-03-10 21:30:00"):
            self.fetch()
        self.assertEqual(self.indexes(self.second), {"2026-03-11": 7}, self.files().report)

    def test_nothing_twice(self):
        self.drop("nuit.csv")
        self.fetch()
        self.drop("encore.csv")
        self.fetch()
        self.assertEqual(len(self.files()), 1)
        self.assertIn("done/encore.csv", self.names())
        # the same values in another file: nothing new
        self.drop("autre.csv", NIGHT + "17-002;2026-03-01 12:00;7000;0;0\n")
        self.fetch()
        self.assertEqual((self.files()[0].new_count, self.files()[0].unchanged_count), (0, 2))
        self.assertEqual(len(self.card.reading_ids), 1)

    def test_a_file_that_cannot_be_read_stops_no_other(self):
        self.drop("a.csv", b"PK\x03\x04 a workbook")
        self.drop("b.csv", "x;y\n1;2\n")
        self.drop("c.csv")
        self.drop("d.csv.part")
        self.fetch()
        self.assertEqual(sorted(self.files().mapped("state")), ["done", "error", "error"])
        self.assertIn("error/b.csv", self.names())
        self.assertIn("d.csv.part", self.names())
        self.assertIn("No column is known", (self.folder / "error/b.csv.txt").read_text("utf-8-sig"))

    def test_alarms(self):
        self.drop("nuit.csv")
        self.fetch()
        alarms = self.env["utility.telemetry.alarm"].search([("section_id", "=", self.water.id)])
        found = {(a.number, a.kind): (a.meter_id, a.last_day) for a in alarms}
        day = date(2026, 3, 1)
        self.assertEqual(found, {("17-001", "leak"): (self.card, day), ("XX-9", "fraud"): (self.second.browse(), day)})
        dashboard = self.env["utility.dashboard"].search([("section_id", "=", self.water.id)])
        self.assertEqual(dashboard.alarm_count, 2)
        self.drop("suite.csv", NIGHT.replace("03-01", "03-02"))
        self.fetch()
        leak = alarms.filtered(lambda alarm: alarm.kind == "leak")
        self.assertEqual((leak.first_day, leak.last_day), (day, date(2026, 3, 2)))
        leak.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids).action_close()
        tomorrow = fields.Date.today() + timedelta(1)
        self.drop("apres.csv", NIGHT.replace("2026-03-01", str(tomorrow)))
        self.fetch()
        again = self.env["utility.telemetry.alarm"].search([("number", "=", "17-001"), ("state", "=", "open")])
        self.assertEqual((len(again), again.first_day), (1, tomorrow))

    def test_a_number_without_meter(self):
        self.drop("nuit.csv")
        self.fetch()
        row = self.env["utility.telemetry.unknown"].search([("number", "=", "XX-9")])
        self.assertEqual((row.last_index, row.last_day, row.proposals), (9, date(2026, 3, 1), False))
        mine = row.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids)
        with self.assertRaisesRegex(UserError, "choose its meter first"):
            mine.action_enter()
        self.assert_on_the_dashboard("unknown", row)
        with self.assertRaises(UserError):
            mine.meter_id = self.there
        third = self.meter(number="17-003")
        mine.meter_id = third
        mine.action_enter()
        self.assertEqual(self.indexes(third), {"2026-03-01": 9})
        self.assert_on_the_dashboard("unknown", row.browse())
        self.drop("suite.csv", NIGHT.replace("03-01", "03-02"))
        self.fetch()
        self.assertEqual(self.indexes(third), {"2026-03-01": 9, "2026-03-02": 9})

    def test_a_meter_is_created(self):
        self.drop("nuit.csv")
        self.fetch()
        row = self.env["utility.telemetry.unknown"].search([("number", "=", "XX-9")])
        row.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids).action_create_meter()
        self.assertEqual((row.meter_id.serial_number, row.meter_id.section_id), ("XX-9", self.water))
        self.assertEqual(self.indexes(row.meter_id), {"2026-03-01": 9})

    def test_the_format_is_kept(self):
        text = "Compteur;Date;Index\n17-001;25/03/2026;1,5\n"
        self.drop("a.csv", text)
        self.fetch()
        self.assertEqual(self.source.format["date_order"], "dmy")
        self.assertEqual(self.files().alarm_count, 0)
        # alone, this day could be the 4th of January; the format that was found out says otherwise
        self.drop("b.csv", "Compteur;Date;Index\n17-001;01/04/2026;2,5\n")
        self.fetch()
        self.assertEqual(self.indexes(self.card), {"2026-03-25": 1.5, "2026-04-01": 2.5})

    def test_every_night_at_its_hour(self):
        self.budget_water.partner_id.tz = "Indian/Reunion"
        self.source.write({"auto_fetch": True, "time": 4.5})
        moment = self.source.next_run
        self.assertGreater(moment, fields.Datetime.now())
        self.assertEqual((moment.hour, moment.minute), (0, 30), "UTC")
        calls = self.env["ir.cron.trigger"].search([("call_at", "=", moment)])
        self.assertEqual(calls.cron_id, self.env.ref(f"{MODULE}.ir_cron_telemetry"))
        self.source.active = False
        self.assertFalse(self.source.next_run)
        self.source.active = True
        self.assertEqual(self.source.next_run, moment)
        self.source.auto_fetch = False
        self.assertFalse(self.source.next_run)
        new = self.source.copy({"name": "Matin", "auto_fetch": True, "directory": f"{self.folder.name}_2"})
        self.assertEqual(new.next_run, moment)

    def test_a_source_that_fails_says_why(self):
        self.source.write({"protocol": "sftp", "host": "127.0.0.1", "port": 1, "username": "x"})
        self.fetch()
        self.assertTrue(self.source.error)
        with self.assertRaises(UserError):
            self.source.action_test_connection()
        self.assert_on_the_dashboard("failing", self.source)

    def assert_on_the_dashboard(self, name, records):
        """Check that the head's card counts records, and that the list behind the figure shows them."""
        self.env.invalidate_all()
        cards = (
            self.env["utility.dashboard"].with_user(self.head).with_context(allowed_company_ids=self.budget_water.ids)
        )
        card = cards.search([("section_id", "=", self.water.id)])
        self.assertEqual(card[f"{name}_count"], len(records))
        action = card.with_context(dashboard_list=name).action_open_list()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), records)

    def test_over_a_real_server_whose_key_is_approved(self):
        place = self.enterContext(TemporaryDirectory())
        server = Sshd(place)
        server.start()
        self.addCleanup(server.stop)
        night = Path(place) / "nights"
        night.mkdir()
        (night / "nuit.csv").write_text(NIGHT)
        self.source.write(
            {
                "protocol": "sftp",
                "host": "127.0.0.1",
                "port": server.port,
                "username": server.user,
                "private_key_input": server.private_key,
                "directory": str(night),
            }
        )
        self.fetch()
        self.assertTrue(self.source.error, "nothing passes before the key is approved")
        self.source.action_test_connection()
        self.source.action_approve_host_key()
        self.assertIn("1 files wait", self.source.action_test_connection()["params"]["message"])
        self.fetch()
        self.assertFalse(self.source.error)
        self.assertEqual(self.indexes(self.card), {"2026-03-01": 100.5})
        found = sorted(str(path.relative_to(night)) for path in night.rglob("*") if path.is_file())
        self.assertEqual(found, ["done/nuit.csv", "done/nuit.csv.txt"])

    def test_limits_of_a_run_hold_over_its_connections(self):
        self.drop("nuit.csv")
        self.source._by_server().write({"server_bytes": LIMITS.all_bytes})
        self.fetch()
        self.assertIn("bytes", self.source.error)
        taken = self.source.sudo()
        self.assertEqual((taken.server_seconds, taken.server_bytes), (0, 0))
        self.assertEqual(self.names(), ["nuit.csv"], "the limit is the run's: nothing is wrong with the file")
        self.fetch()
        self.assertEqual(self.files().state, "done")

    def test_a_file_whose_name_is_no_text(self):
        self.drop("nuit.csv")
        (self.folder / os.fsdecode(b"relev\xe9.csv")).write_text(NIGHT)
        self.fetch()
        self.assertIn("relev\\xe9.csv", self.source.error)
        self.assertTrue(self.source.last_success)
        self.assertEqual(self.files().state, "done")

    def test_files_that_cannot_be_put_away_stop_no_other(self):
        self.drop("a.csv", "x;y\n1;2\n")
        (self.folder / "error").write_text("a file where the folder was")
        self.drop("b.csv")
        self.fetch()
        states = {file.name: file.state for file in self.files()}
        self.assertEqual((states["a.csv"], states["b.csv"]), ("error", "done"))
        self.assertIn("a.csv", self.source.error)
        self.assertIn("done/b.csv", self.names())
        self.assertNotIn("None.txt", self.names(), "a file that stays has no report beside it")

    def test_readings_are_entered_in_one_s_own_name(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.budget_water
        for attempt in (
            lambda: self.source.write({"user_id": admin.id}),
            lambda: self.source.copy({"user_id": admin.id, "directory": "other"}),
            lambda: (
                self.env["utility.telemetry.source"].with_user(self.head).create({"name": "x", "user_id": admin.id})
            ),
        ):
            with self.assertRaisesRegex(AccessError, "Choose yourself"):
                attempt()
        forged = self.env["utility.telemetry.source"].with_user(self.head).with_context(default_user_id=admin.id)
        made = forged.create({"name": "x", "section_id": self.water.id})
        self.assertEqual(made.user_id, self.head)
        colleague = self.user("colleague", MANAGER, self.budget_water)
        self.source.with_user(colleague).user_id = colleague
        self.assertEqual(self.source.user_id, colleague)

    def test_no_connector_works_in_the_directory_of_a_source(self):
        connectors = self.env["ledger.connector"]
        for directory in (self.folder.name, f"{self.folder.name}/done", "telemetry_999999"):
            with self.assertRaisesRegex(ValidationError, "choose a separate one"), self.env.cr.savepoint():
                connectors.create({"company_ids": self.budget_water.ids, "directory": directory})

    def test_secrets_stay(self):
        self.source.password_input = "secret"
        self.assertFalse(self.source.password_input)
        self.assertEqual(self.source.sudo().password, "secret")
        with self.assertRaises(AccessError):
            self.source.read(["password"])
        agent = self.source.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids)
        for call in (agent.action_fetch, agent.action_test_connection, lambda: agent.read(["host"])):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install", MODULE)
class TestTelemetryTour(TelemetryCase, BrowserCase):
    def test_alarm_and_number(self):
        self.drop("nuit.csv")
        self.fetch()
        self.agent_water.lang = "fr_FR"
        self.walk("utility_telemetry_alarms", self.agent_water, "utility_telemetry_alarm_action", self.budget_water)
        alarms = self.env["utility.telemetry.alarm"].search([("section_id", "=", self.water.id)])
        states = {alarm.number: alarm.state for alarm in alarms}
        self.assertEqual(states, {"17-001": "closed", "XX-9": "open"})
