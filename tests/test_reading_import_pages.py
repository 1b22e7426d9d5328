"""A file of readings is held a page at a time."""

import base64
import csv
from unittest.mock import patch

from ..models.metering import reading_import_staging
from ..models.metering.meter_finder import MeterFault, MeterPlace
from ..models.metering.reading_import_results import Check, Refusal
from ..wizards import utility_reading_import_check
from .support.real_readings import EXTRACT
from .test_reading_import import HEADER, REFUSED_LINES, ReadingImportCase


class TestPages(ReadingImportCase):
    """Only a page of the file is in memory, whatever its size; the result is the same."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(reading_import_staging, "PAGE", 3))

    def test_real_file_in_small_pages(self):
        content = EXTRACT.read_bytes()
        dialog = self.imported(content, create_meters=True)
        self.assertEqual(self.counts(dialog), (525, 0, 0, 11))
        self.assertEqual((dialog.meter_count, dialog.refused_ids.mapped("line")), (134, REFUSED_LINES))
        shown = self.env["utility.reading"].search(dialog.action_view_readings()["domain"])
        self.assertEqual(len(shown), 525)
        again = self.imported(content)
        self.assertEqual(self.counts(again), (0, 0, 525, 11))

    def test_meters_are_made_in_the_order_of_the_file(self):
        content = EXTRACT.read_text().splitlines()
        self.imported("\n".join([content[0], *reversed(content[1:])]), create_meters=True)
        named = list(dict.fromkeys(row[0] for row in csv.reader(reversed(content[1:]))))
        self.assertEqual(self.water.meter_ids.sorted("id").mapped("serial_number"), named)

    def test_readings_of_before_are_not_shown_as_those_of_the_import(self):
        self.imported("compteur;date;index\nA;2025-03-31;1\nB;2025-03-31;1\n", create_meters=True)
        dialog = self.imported("compteur;date;index\nA;2025-06-30;2\nB;2025-06-30;2\n")
        shown = self.env["utility.reading"].search(dialog.action_view_readings()["domain"])
        self.assertEqual(shown, (self.readings("A") | self.readings("B")).filtered(lambda reading: reading.index == 2))

    def test_all_that_a_row_says_is_kept(self):
        self.imported(
            "compteur;date;index;type;consommation;rue;chiffres\n"
            'A\\1;2025-03-31;100,250;estimée;;1 rue "Haute\\";5\nB;2025-03-31;7;;;;\nB;2025-06-30;20;;3,5;;\n'
            "A\\1;2025-06-30;120;;20;2 rue Basse;\n",
            create_meters=True,
            modify_consumptions=True,
        )
        first, second = self.readings("A\\1")
        self.assertEqual((first.index, first.kind, first.consumption), (100.25, "estimated", 0))
        self.assertEqual((second.kind, second.consumption, second.is_modified), ("real", 20, True))
        self.assertEqual((first.meter_id.street, first.meter_id.digits), ('1 rue "Haute\\"', 5))
        self.assertEqual(self.readings("B").mapped("consumption"), [0, 3.5])

    def test_the_first_refused_rows_are_listed_and_all_are_in_the_file(self):
        self.enterContext(patch.object(utility_reading_import_check, "LISTED", 2))
        dialog = self.imported(EXTRACT.read_bytes(), create_meters=True)
        self.assertEqual((dialog.refused_count, dialog.refused_ids.mapped("line")), (11, REFUSED_LINES[:2]))
        dialog.action_download_refused()
        rows = csv.reader(base64.b64decode(dialog.refused_file).decode("utf-8-sig").splitlines())
        self.assertEqual([int(row[-2]) for row in rows if row[-2].isdigit()], REFUSED_LINES)

    def test_so_many_questions_are_asked(self):
        check, silent = Check(None, 2), Check(None)
        places = [
            MeterPlace(number, fault=MeterFault(fault), proposals=proposals)
            for number, fault, proposals in (
                ("1", "unknown", ()),
                ("2", "alike", ("A",)),
                ("3", "unknown", ()),
                ("4", "unknown", ()),
                ("5", "archived", ("B",)),
                ("6", "elsewhere", ("C",)),
                ("7", "alike", ("D",)),
            )
        ]
        twin = MeterPlace("8", fault=MeterFault.TWIN, proposals=("E",))
        several = MeterPlace("9", fault=MeterFault.ALIKE, proposals=("F", "G"))
        proposed = [place.meter for place in [*places, twin, several] if place.is_one_proposed]
        self.assertEqual(proposed, ["2", "6", "7"], "a person may accept one meter")
        for each in (check, silent):
            for word in ("Passage HS", "passage-hs", "Autre", "Troisième", "autre", "?"):
                each.count_word(word)
            for place in places:
                each.ask(place)
            for line in (9, 8, 7, 6, 5, 4):
                each.refuse([Refusal(line, "17-001", None)])
            self.assertEqual((each.unknown, each.faults[MeterFault.ALIKE], each.faults[MeterFault.ARCHIVED]), (3, 2, 1))
            self.assertEqual(each.counts["refused"], 6)
        self.assertEqual(check.words, [("Passage HS", 2), ("Autre", 2)])
        self.assertEqual([place.meter for place in check.numbers], ["2", "6"], "those with a proposal first")
        self.assertEqual([refusal.line for refusal in check.refusals], [4, 5])
        self.assertEqual((silent.words, silent.numbers), ([], []))
        self.assertEqual([refusal.line for refusal in silent.refusals], [4, 5, 6, 7, 8, 9])

    def test_unknown_meters_of_all_pages_are_counted(self):
        self.meter()
        rows = "".join(f"X{number};2025-03-31;{number}\n" for number in range(10))
        dialog = self.checked(HEADER + rows + "17-001;2025-03-31;5\n" + rows)
        self.assertEqual((dialog.unknown_meter_count, self.counts(dialog)), (10, (1, 0, 0, 20)))
