"""*Télérelève*: files that may still grow wait; the test of the connection does what a run does."""

import errno
import os
import shutil
import time
from unittest.mock import patch

from odoo import fields
from odoo.addons.base.models import ir_cron
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..core.ledger.local import LocalTransport
from ..models.telemetry import fetching
from .support.sharing import MODULE
from .support.telemetry import NIGHT, TelemetryCase


@tagged("post_install", "-at_install", MODULE)
class TestTelemetryPlaces(TelemetryCase):
    def test_a_file_that_may_still_grow_waits(self):
        """Its program writes it under its final name: half of it would be taken for the whole."""
        self.source.sudo().file_age = 3600
        self.drop("1.csv", NIGHT[:100])
        self.fetch()
        self.assertEqual((self.names(), len(self.files())), (["1.csv"], 0))
        self.assertIn("1.csv", self.source.error)
        wait = (self.source.next_run - fields.Datetime.now()).total_seconds()
        self.assertTrue(3500 < wait <= 3600, wait)
        job = self.env.ref(f"{MODULE}.ir_cron_telemetry")
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]).mapped("call_at")
        self.assertIn(self.source.next_run, calls)
        old = time.time() - 4000
        self.drop("1.csv")
        os.utime(self.folder / "1.csv", (old, old))
        self.fetch()
        self.assertEqual((self.files().state, self.source.error), ("done", False))

    def test_a_file_that_grows_while_it_is_read_waits(self):
        usual = LocalTransport._open

        def growing(transport, path, mode):
            if path.endswith("1.csv"):
                self.drop("1.csv")
            return usual(transport, path, mode)

        self.drop("1.csv", NIGHT[:100])
        with patch.object(LocalTransport, "_open", growing):
            self.fetch()
        self.assertEqual((self.names(), len(self.files())), (["1.csv"], 0))
        self.fetch()
        self.assertEqual(self.files().state, "done")

    def test_the_connection_is_tried_as_files_are_used(self):
        self.drop("1.csv")
        self.assertEqual(self.source.action_test_connection()["params"]["type"], "success")
        self.assertEqual(self.names(), ["1.csv"], "nothing is left")
        shutil.rmtree(self.folder / "done")
        (self.folder / "done").write_bytes(b"a file where the folder would be")
        with self.assertRaisesRegex(UserError, "done"):
            self.source.action_test_connection()
        self.assertEqual(self.names(), ["1.csv", "done"])

    def test_a_directory_of_its_own(self):
        for wrong in ("../x", "/etc", "a/../b"):
            with self.assertRaises(ValidationError):
                self.source.directory = wrong
        for taken in (self.folder.name, "telemetry_999999", "connector_999999"):
            with self.assertRaisesRegex(ValidationError, "choose a separate one"):
                self.source.copy({"directory": taken})

    def test_sources_of_a_server_may_share_a_directory(self):
        place = {"protocol": "sftp", "host": "sftp.example.com", "port": 22, "username": "x", "directory": "/nights"}
        self.source.write(place)
        other = self.source.copy({"name": "Autre", "pattern": "b_*.csv", **place})
        self.assertEqual(other.directory, self.source.directory)
        connectors = self.env["ledger.connector"]
        with self.assertRaisesRegex(ValidationError, "choose a separate one"), self.env.cr.savepoint():
            connectors.create({"company_ids": self.budget_water.ids, **place})

    # Faults of the outside

    def opened(self, end, fault):
        """Patch the opening of a file whose path ends so: `fault` raises or does something first."""
        usual = LocalTransport._open

        def opened(transport, path, mode):
            if path.endswith(end):
                fault(path)
            return usual(transport, path, mode)

        return patch.object(LocalTransport, "_open", opened)

    def stops(self, *_arguments):
        raise TimeoutError

    def states(self):
        return {file.name: file.state for file in self.files()}

    def test_a_file_that_another_program_holds_stays_and_is_said(self):
        def held(_path):
            raise OSError("Failure")

        self.drop("1.csv")
        self.drop("2.csv", NIGHT.replace("03-01", "03-02"))
        with self.opened("1.csv", held):
            self.fetch()
        self.assertEqual(self.states(), {"2.csv": "done"})
        self.assertIn("1.csv", self.names())
        self.assertIn("stay where they are: 1.csv", self.source.error)
        self.assertTrue(self.source.last_success)
        self.fetch()
        self.assertEqual((self.states(), self.source.error), ({"1.csv": "done", "2.csv": "done"}, False))

    def test_a_file_that_may_not_be_read_is_refused(self):
        def closed(_path):
            raise PermissionError(errno.EACCES, "Permission denied")

        self.drop("1.csv")
        self.drop("2.csv", NIGHT.replace("03-01", "03-02"))
        with self.opened("1.csv", closed):
            self.fetch()
        self.assertEqual(self.states(), {"1.csv": "error", "2.csv": "done"})
        self.assertIn("error/1.csv", self.names())
        self.assertIn("1.csv", (self.folder / "error/1.csv.txt").read_text("utf-8-sig"))

    def test_a_file_that_vanishes_is_nothing(self):
        self.drop("1.csv")
        self.drop("2.csv", NIGHT.replace("03-01", "03-02"))
        with self.opened("1.csv", os.unlink):
            self.fetch()
        self.assertEqual((self.states(), self.source.error), ({"2.csv": "done"}, False))

    def test_a_server_that_stops_before_a_file_is_read(self):
        self.drop("1.csv")
        self.drop("2.csv", NIGHT.replace("03-01", "03-02"))
        with self.opened("2.csv", self.stops):
            self.fetch()
        self.assertEqual((self.states(), "2.csv" in self.names()), ({"1.csv": "done"}, True))
        self.assertTrue(self.source.error)
        self.fetch()
        self.assertEqual((self.states(), self.source.error), ({"1.csv": "done", "2.csv": "done"}, False))

    def test_a_server_that_stops_before_a_file_is_put_away(self):
        """What was entered stays; the file is recognised and put away the next time."""
        self.drop("1.csv")
        with patch.object(LocalTransport, "_rename", self.stops):
            self.fetch()
        self.assertEqual((self.states(), self.names()), ({"1.csv": "done"}, ["1.csv"]))
        self.assertTrue(self.source.error)
        self.assertNotIn("stay where they are", self.source.error)
        self.assertFalse(self.source.last_success)
        self.fetch()
        self.assertEqual((len(self.files()), self.source.error), (1, False))
        self.assertIn("done/1.csv", self.names())

    def test_an_unforeseen_error_is_that_of_its_source(self):
        """It is written on the source and logged; nothing of its file is kept, and the next source is fetched."""
        other = self.source.copy({"name": "Autre", "directory": f"{self.folder.name}_2"})
        there = self.folder.parent / f"{self.folder.name}_2"
        there.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, there, ignore_errors=True)
        (there / "2.csv").write_text(NIGHT.replace("03-01", "03-02"))
        self.drop("1.csv")
        usual = fetching.keep_alarms

        def failing(source, alarms):
            if source.id == self.source.id:
                raise RuntimeError("nobody foresaw this")
            return usual(source, alarms)

        other.action_fetch()
        with (
            patch.object(fetching, "keep_alarms", failing),
            self.assertLogs("odoo.addons.utility_billing_sync.models.telemetry", "ERROR") as log,
        ):
            self.fetch()
        self.assertIn(f"Telemetry source {self.source.id}", log.output[0])
        self.assertEqual((self.source.error, self.states(), self.names()), ("nobody foresaw this", {}, ["1.csv"]))
        self.assertFalse(self.source.last_success)
        self.assertEqual({str(reading.date) for reading in self.card.reading_ids}, {"2026-03-02"})
        self.assertEqual((other.error, bool(other.last_success)), (False, True))

    def test_no_one_s_account_no_files(self):
        """Files are entered in the name of somebody: once they have left, the source says so and leaves the files."""
        self.drop("1.csv")
        self.source.action_fetch()
        self.head.active = False
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.base.models.ir_cron"):
            self.env.ref("utility_billing_sync.ir_cron_telemetry").method_direct_trigger()
        self.env.invalidate_all()
        source = self.source.sudo()
        self.assertEqual((self.states(), self.names(), bool(source.error)), ({}, ["1.csv"], True))

    # Steps

    def test_files_are_fetched_at_once(self):
        self.source._by_server().error = "The server does not answer."
        with freeze_time("2026-03-02 10:00:00"):
            self.source.action_fetch()
            now = fields.Datetime.now()
        job = self.env.ref(f"{MODULE}.ir_cron_telemetry")
        self.assertEqual((self.source.next_run, self.source.error), (now, False))
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id), ("call_at", "=", now)]), 1)
        job.active = False
        with self.assertRaisesRegex(UserError, "The scheduled job that fetches remote readings is off"):
            self.source.action_fetch()

    def test_values_are_entered_in_chunks_and_a_report_lists_the_first_refusals(self):
        for meter in (self.card, self.second):
            self.read_index(meter, "2026-02-28", 5000)
        self.drop("nuit.csv")
        with patch.object(fetching, "CHUNK", 2), patch.object(fetching, "LISTED", 1):
            self.fetch()
        file = self.files()
        self.assertEqual((file.new_count, file.refused_count, file.unknown_count), (0, 4, 1), file.report)
        refused = [line for line in file.report.splitlines() if line.startswith("Line ")]
        self.assertEqual(len(refused), 2, "one that cannot be read, and the first that cannot be entered")

    def test_files_are_left_when_the_time_is_up(self):
        """The source stays due, with what it has taken of the limits of its run."""
        job, taken = self.env.ref(f"{MODULE}.ir_cron_telemetry"), self.source.sudo()
        self.drop("1.csv")
        self.drop("2.csv", NIGHT.replace("03-01", "03-02"))
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", 0):
            self.fetch()
            self.assertEqual((self.states(), self.names()[-1]), ({"1.csv": "done"}, "done/1.csv.txt"))
            self.assertLessEqual(taken.next_run, fields.Datetime.now())
            self.assertEqual((taken.server_bytes, taken.error), (len(NIGHT), False))
            with self.enter_registry_test_mode():
                job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.states(), {"1.csv": "done", "2.csv": "done"})
        self.assertEqual((taken.next_run, taken.server_bytes, taken.server_seconds), (False, 0, 0))

    # Numbers and alarms

    def unknown(self):
        row = self.env["utility.telemetry.unknown"].search([("number", "=", "XX-9")])
        return row.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids)

    def test_the_meter_of_a_number_is_one_of_its_section(self):
        """Another section of the same company has meters, too."""
        self.drop("1.csv")
        self.fetch()
        values = {"name": "Irrigation", "code": "IRR", "company_id": self.budget_water.id}
        irrigation = self.env["utility.section"].create(values)
        elsewhere = self.env["utility.meter"].create({"section_id": irrigation.id, "serial_number": "IRR-1"})
        with self.assertRaisesRegex(UserError, f"Choose a meter of section {self.water.name}"):
            self.unknown().meter_id = elsewhere
        self.unknown().meter_id = self.second
        self.assertEqual(self.unknown().meter_id, self.second)

    def test_a_number_is_listed_once_with_its_last_value(self):
        self.drop("1.csv")
        self.fetch()
        self.drop("2.csv", NIGHT.replace("03-01", "03-03").replace("9000", "12000"))
        self.fetch()
        row = self.unknown()
        days = (str(row.first_day), str(row.last_day))
        self.assertEqual((len(row), days, row.last_index), (1, ("2026-03-01", "2026-03-03"), 12.0))
        self.assertFalse(row.is_ignored)
        row.action_ignore()
        self.drop("3.csv", NIGHT.replace("03-01", "03-04"))
        self.fetch()
        self.assertEqual((self.unknown().is_ignored, str(self.unknown().last_day)), (True, "2026-03-04"))

    def test_an_alarm_is_closed_and_reopened_by_somebody(self):
        self.drop("1.csv")
        self.fetch()
        alarm = self.env["utility.telemetry.alarm"].search([("number", "=", "17-001")])
        mine = alarm.with_user(self.agent_water).with_context(allowed_company_ids=self.budget_water.ids)
        mine.action_close()
        today = fields.Date.context_today(mine)
        self.assertEqual((alarm.closed_by_id, alarm.closed_on), (self.agent_water, today))
        self.drop("2.csv", NIGHT.replace("2026-03-01", str(today)))
        self.fetch()
        self.assertEqual(self.env["utility.telemetry.alarm"].search([("number", "=", "17-001")]), alarm)
        self.assertEqual((alarm.state, alarm.last_day), ("closed", today), "the day of its check brings it not back")
        alarm.with_user(self.head).with_context(allowed_company_ids=self.budget_water.ids).action_close()
        self.assertEqual(alarm.closed_by_id, self.agent_water, "it was dealt with before")
        mine.action_reopen()
        self.assertEqual((alarm.state, alarm.closed_by_id.id, alarm.closed_on), ("open", False, False))
