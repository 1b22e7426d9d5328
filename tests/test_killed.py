"""A server killed in the middle of an import or of a synchronisation: it is resumed, nothing twice, nothing lost."""

from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from ..core.metering.file_detection import FileFormat
from ..models.metering import reading_import_pages
from ..models.metering.reading_import import ReadingImport
from ..models.sharing import utility_synchronisation_run
from ..wizards import utility_synchronize_mixin
from .support.committed import CommittedCase
from .support.sharing import DECEMBER, JUNE, MARCH

NUMBERS = [f"KILL-{number}" for number in range(5)]
DAYS = (MARCH, JUNE, DECEMBER)


@tagged("post_install", "-at_install")
class TestKilled(CommittedCase):
    """Five meters of three readings, a meter in each transaction."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(reading_import_pages, "PAGE", 3))
        self.enterContext(patch.object(utility_synchronisation_run, "PAGE", 1))
        with self.transaction() as env:
            here, there = env["utility.section"].create(
                [{"name": name, "code": name, "company_id": 1} for name in ("KILL1", "KILL2")]
            )
            cards = env["utility.meter"].create([{"section_id": here.id, "serial_number": n} for n in NUMBERS])
            env["utility.meter"].create(
                [{"section_id": there.id, "connection_point_id": card.connection_point_id.id} for card in cards]
            )
            self.sections = here.id, there.id

    def launched_import(self):
        rows = [f"{number};{day};{100 + place}" for number in NUMBERS for place, day in enumerate(DAYS)]
        content = "\n".join(["compteur;date;index", *rows]).encode()
        with self.transaction() as env:
            section = env["utility.section"].browse(self.sections[0])
            importer = ReadingImport(env, section, content, FileFormat())
            return env["utility.reading.import.run"]._launch(importer, "releve.csv").id

    def stored(self, section):
        with self.transaction() as env:
            readings = env["utility.reading"].search([("section_id", "=", section)])
            return Counter((r.meter_id.serial_number, str(r.date), r.index) for r in readings)

    def killed_and_resumed(self, model, run, before):
        """Kill a process at each commit in turn, until one ends; return the number of processes killed.

        :param before: checks what is stored after each accident
        """
        killed = 0
        # the second process continues where the first was killed, and so on
        while self.killed_at(2 + killed % 4, lambda env: env[model].browse(run)._work()):
            killed += 1
            before()
            self.assertLess(killed, 40, "the work does not get on")
        return killed

    def test_import(self):
        expected = Counter((n, day, 100.0 + place) for n in NUMBERS for place, day in enumerate(DAYS))
        run = self.launched_import()

        def check():
            stored = self.stored(self.sections[0])
            self.assertLessEqual(stored, expected, "nothing twice")
            self.assertFalse(stored.total() % len(DAYS), "a page is written whole or not at all")
            with self.transaction() as env:
                self.assertEqual(env["utility.reading.import.run"].browse(run).new_count, stored.total())

        self.assertGreater(self.killed_and_resumed("utility.reading.import.run", run, check), 3)
        self.assertEqual(self.stored(self.sections[0]), expected, "nothing lost")
        with self.transaction() as env:
            work = env["utility.reading.import.run"].browse(run)
            self.assertEqual((work.state, work.new_count, work.refused_count), ("done", len(NUMBERS) * len(DAYS), 0))

    def test_synchronisation(self):
        with self.transaction() as env:
            meters = env["utility.meter"].search([("section_id", "=", self.sections[0])])
            env["utility.reading"].create(
                [
                    {"meter_id": meter.id, "date": day, "index": 100 + place}
                    for meter in meters
                    for place, day in enumerate(DAYS)
                ]
            )
            readings = meters.reading_ids
            env.flush_all()
            with patch.object(utility_synchronize_mixin, "IN_BACKGROUND", 3):
                dialog = env["utility.reading.synchronize"].browse(readings.action_synchronize()["res_id"])
            run = dialog.action_confirm()["res_id"]
        expected = self.stored(self.sections[0])

        def check():
            stored = self.stored(self.sections[1])
            self.assertLessEqual(stored, expected, "nothing twice")
            self.assertFalse(stored.total() % len(DAYS), "a page is written whole or not at all")

        self.assertGreater(self.killed_and_resumed("utility.synchronisation.run", run, check), 3)
        self.assertEqual(self.stored(self.sections[1]), expected, "nothing lost")
        with self.transaction() as env:
            work = env["utility.synchronisation.run"].browse(run)
            self.assertEqual((work.state, work.created_count, work.left_count), ("done", expected.total(), 0))
            answers = env["utility.reading.answer"].search([("section_id", "=", self.sections[0])])
            self.assertEqual(len(answers), expected.total())
