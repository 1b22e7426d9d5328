"""A large file is imported in the background, page by page: stopped, resumed, reported row by row."""

import base64
import csv
from unittest.mock import patch

from odoo.exceptions import AccessError, LockError

from ..core.metering.file_detection import FileFormat
from ..models.metering import reading_import_pages
from ..models.metering.reading_import import ReadingImport
from ..models.metering.utility_reading_import_run import ImportPages
from ..wizards import utility_reading_import
from .support.real_readings import EXTRACT
from .test_reading_import import DECEMBER, HEADER, JUNE, MARCH, REFUSED_LINES, ReadingImportCase


class TestBackground(ReadingImportCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(utility_reading_import, "IN_BACKGROUND", 3))
        self.enterContext(patch.object(reading_import_pages, "PAGE", 3))

    def launched(self, content, **values):
        action = self.checked(content, **values).action_import()
        self.assertEqual(action["res_model"], "utility.reading.import.run")
        return self.env["utility.reading.import.run"].browse(action["res_id"])

    def batch(self, run):
        """Import the next page; the first batch only stores the rows of the file."""
        if run.file_format:
            self.assertEqual((run.sudo()._work_batch(), run.state, run.progress), (0, "running", 0))
        return run.sudo()._work_batch()

    def work(self, run):
        """Let the job work as long as it gets on: on a busy machine it gives way and is called again."""
        job, before = self.env.ref("utility_billing_sync.ir_cron_reading_import"), -1
        while run.state == "running" and run.progress != before:
            before = run.progress
            with self.enter_registry_test_mode():
                job.method_direct_trigger()
            self.env.invalidate_all()
        return run

    def counts_of(self, run):
        return run.new_count, run.corrected_count, run.unchanged_count, run.refused_count

    def report(self, run, action="action_download_report"):
        getattr(run.with_user(self.agent_water), action)()
        return list(csv.reader(base64.b64decode(run.report).decode("utf-8-sig").splitlines(), delimiter=";"))

    def test_real_file_in_the_background_and_again(self):
        self.enterContext(patch.object(reading_import_pages, "PAGE", 40))
        content = EXTRACT.read_bytes()
        run = self.work(self.launched(content, create_meters=True))
        self.assertEqual((run.state, run.error), ("done", False))
        self.assertEqual((self.counts_of(run), run.meter_count), ((525, 0, 0, 11), 134))
        self.assertEqual((run.progress, run.total), (536, 536))
        self.assertEqual(self.env["utility.reading"].search_count(run.action_view_readings()["domain"]), 525)
        header, *rows = self.report(run)
        self.assertEqual((header[0], len(rows)), ("Line", 536))
        self.assertEqual([int(row[0]) for row in rows if row[6] == "Refused"], REFUSED_LINES)
        refused = self.report(run, "action_download_refused")[1:]
        self.assertEqual([int(row[0]) for row in refused], REFUSED_LINES)
        self.assertTrue(all(row[7] for row in refused))
        again = self.work(self.launched(content))
        self.assertEqual(self.counts_of(again), (0, 0, 525, 11))

    def test_rows_that_cannot_be_read_are_told(self):
        self.meter()
        rows = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))
        run = self.work(self.launched(HEADER + rows + "17-001;hier;5\n;2025-05-01;6\n"))
        self.assertEqual((run.state, self.counts_of(run)), ("done", (4, 0, 0, 2)))
        refused = self.report(run, "action_download_refused")[1:]
        self.assertEqual([row[:6] for row in refused], [["6", "17-001", *[""] * 4], ["7", *[""] * 5]])
        stem = run.filename.removesuffix(".csv")
        self.assertEqual(run.report_filename, f"{stem} - refused.csv")
        first = self.report(run)[1]
        self.assertEqual((first[:4], first[5], first[7]), (["2", "17-001", "2025-01-01", "1"], "", ""))
        self.assertEqual(run.report_filename, f"{stem} - report.csv")
        self.assertFalse(run.file or run.file_format, "the rows are stored")

    def test_what_it_did_is_shown_to_its_company(self):
        self.meter()
        run = self.launched(self.four_rows())
        run.sudo().attempts = 3
        self.assertEqual((self.batch(run), run.attempts, run.state), (4, 0, "running"))
        self.assertEqual(self.env["utility.reading"].search(run.action_view_readings()["domain"]), self.readings())
        self.assertEqual(run.action_view_rows()["domain"], [("run_id", "=", run.id)])
        stranger = self.agent_sewerage
        for name in ("action_view_readings", "action_view_rows", "action_download_report", "action_download_refused"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(run.with_user(stranger), name)()
        importer = ReadingImport(self.env(user=stranger), self.water.with_user(stranger), b"", FileFormat())
        with self.assertRaises(AccessError):
            run.browse().with_user(stranger)._launch(importer, "r.csv")

    def test_stopped_and_resumed_nothing_is_lost_or_doubled(self):
        numbers = [f"N{n}00" for n in range(4)]
        for number in numbers:
            self.meter(number=number)
        content = HEADER + "".join(f"{n};{day};{i}\n" for n in numbers for i, day in enumerate((MARCH, JUNE, DECEMBER)))
        run = self.launched(content)
        self.assertEqual(self.batch(run), 3)
        run.with_user(self.agent_water).action_stop()
        self.work(run)
        self.assertEqual((run.state, run.progress, len(self.readings(numbers[0]))), ("stopped", 3, 3))
        self.assertFalse(self.readings(numbers[1]))
        run.with_user(self.agent_water).action_resume()
        self.work(run)
        self.assertEqual((run.state, self.counts_of(run)), ("done", (12, 0, 0, 0)))

    def test_a_page_is_written_whole_or_not_at_all_and_a_failure_goes_on_later(self):
        numbers = [f"N{n}00" for n in range(3)]
        for number in numbers:
            self.meter(number=number)
        content = HEADER + "".join(f"{n};{day};{i}\n" for n in numbers for i, day in enumerate((MARCH, JUNE, DECEMBER)))
        run, store = self.launched(content), ImportPages._store_results

        def fail(pages, check, results):
            if results[0].meter == numbers[1]:
                raise RuntimeError("power cut")
            store(pages, check, results)

        logger = "odoo.addons.utility_billing_sync.models.common.background_work"
        with patch.object(ImportPages, "_store_results", fail), self.assertLogs(logger, "ERROR"):
            self.work(run)
        self.assertEqual((run.state, run.error, run.progress), ("stopped", "power cut", 3))
        self.assertFalse(self.readings(numbers[1]), "nothing of the page is written")
        run.with_user(self.agent_water).action_resume()
        self.work(run)
        self.assertEqual((run.state, self.counts_of(run)), ("done", (9, 0, 0, 0)))

    def test_it_is_kept_while_it_runs(self):
        self.meter()
        self.assertKeptWhileRunning(self.launched(self.four_rows()))

    def test_its_rows_go_after_ninety_days(self):
        self.meter()
        old, recent, running = (self.launched(self.four_rows()) for _time in range(3))
        self.work(old)
        self.work(recent)
        self.assertEqual((len(old.row_ids), len(recent.row_ids)), (4, 4))
        running.sudo().state = "running"
        self.env.flush_all()
        for days, run in ((91, old + running), (89, recent)):
            query = "UPDATE utility_reading_import_run SET write_date = now() - %s * interval '1 day' WHERE id IN %s"
            self.env.cr.execute(query, [days, tuple(run.ids)])
        self.env.invalidate_all()
        self.env["utility.reading.import.run"].sudo()._gc_rows()
        self.env.invalidate_all()
        self.assertEqual((len(old.row_ids), len(recent.row_ids), len(running.row_ids)), (0, 4, 4))
        self.assertEqual(self.counts_of(old), (4, 0, 0, 0), "what it did stays")

    def four_rows(self):
        return HEADER + "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))

    def test_in_the_name_of_nobody_who_has_left(self):
        self.meter()
        run = self.launched(self.four_rows())
        self.agent_water.active = False
        with self.assertLogs("odoo.addons.utility_billing_sync.models.common.background_work", "ERROR"):
            self.work(run)
        self.assertEqual((run.state, run.row_ids.ids, self.readings().ids), ("stopped", [], []))
        self.assertTrue(run.error)
        run.with_user(self.agent_both).action_resume()
        self.work(run)
        self.assertEqual((run.state, run.error, self.counts_of(run)), ("done", False, (4, 0, 0, 0)))

    def test_only_the_meters_of_the_page_are_held(self):
        first, second = self.meter(number="N100"), self.meter(number="N200")
        content = HEADER + "".join(f"{n};{day};1\n" for n in ("N100", "N200") for day in (MARCH, JUNE, DECEMBER))
        run, locked = self.launched(content), []
        point = type(self.env["utility.connection.point"])
        lock = point._lock

        def note(points):
            locked.extend(points.ids)
            return lock(points)

        with patch.object(point, "_lock", note):
            self.batch(run)
        self.assertEqual(locked, first.connection_point_id.ids)
        self.assertNotIn(second.connection_point_id.id, locked)

    def test_a_page_that_somebody_holds_is_tried_again(self):
        self.meter()
        rows = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))
        run = self.launched(HEADER + rows)
        point = type(self.env["utility.connection.point"])
        with patch.object(point, "_lock", side_effect=LockError("somebody saves")):
            self.work(run)
        self.assertEqual((run.state, run.attempts, run.progress), ("running", 1, 0))
        self.work(run)
        self.assertEqual((run.state, self.counts_of(run)), ("done", (4, 0, 0, 0)))

    def test_a_page_that_somebody_holds_for_ever_stops_the_import(self):
        """It is tried sixty times, then the reason is shown; once resumed, it goes on where it was."""
        self.meter()
        rows = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))
        run = self.launched(HEADER + rows)
        run.sudo().attempts = 59
        point = type(self.env["utility.connection.point"])
        work_log = "odoo.addons.utility_billing_sync.models.common.background_work"
        with patch.object(point, "_lock", side_effect=LockError("somebody saves")):
            self.work(run)
            self.assertEqual((run.state, run.attempts, run.error), ("running", 60, False))
            with self.assertLogs(work_log, "ERROR"):
                self.work(run)
        self.assertEqual((run.state, run.error, run.progress), ("stopped", "somebody saves", 0))
        run.with_user(self.agent_water).action_resume()
        self.work(run)
        self.assertEqual((run.state, self.counts_of(run)), ("done", (4, 0, 0, 0)))

    def test_writings_of_one_meter_in_two_pages(self):
        self.meter(number="17-001")
        rows = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))
        run = self.work(self.launched(HEADER + rows + "17001;2025-04-01;9\n"))
        self.assertEqual((self.counts_of(run), self.readings()[-1].index), ((4, 0, 0, 1), 4))

    def test_somebody_else_may_not_stop_it(self):
        self.meter()
        rows = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))
        run = self.launched(HEADER + rows)
        for user in (self.agent_sewerage, self.plain_user, self.portal_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.with_user(user).action_stop()
