"""Format of an imported file: detected, shown, corrected."""

import base64

from odoo.exceptions import UserError
from odoo.tests import Form

from .test_reading_import import HEADER, ReadingImportCase


class TestFormat(ReadingImportCase):
    def test_choices_are_checked_at_once(self):
        self.meter()
        dialog = self.checked(HEADER + "17-001;01/02/2025;1,234\n17-001;01/03/2025;2,5\n")
        self.assertTrue(dialog.date_doubt)
        self.assertFalse(dialog.decimal_doubt)
        with Form(dialog) as form:
            form.date_order = "mdy"
            self.assertFalse(form.date_doubt)
            form.decimal_sign = "point"
            self.assertEqual((form.new_count, form.refused_count), (1, 1))
        self.assertEqual((dialog.new_count, dialog.refused_count), (1, 1))
        self.assertEqual(dialog.date_order, "mdy", "another choice does not undo the first one")
        dialog.action_import()
        self.assertEqual(str(self.readings().date), "2025-01-02")

    def test_columns_can_be_corrected(self):
        self.meter()
        dialog = self.checked("Appareil;Jour;Index;Note\n17-001;31/03/2025;12;x\n")
        self.assertIn("Appareil", dialog.problem)
        self.assertEqual(dialog.column_ids.mapped("role"), [False, False, "index", False])
        self.assertEqual(dialog.column_ids.mapped("sample"), ["17-001", "31/03/2025", "12", "x"])
        with Form(dialog) as form:
            with form.column_ids.edit(0) as column:
                column.role = "meter"
            with form.column_ids.edit(1) as column:
                column.role = "date"
            self.assertFalse(form.problem)
            self.assertEqual(form.date_order, "dmy")
            self.assertEqual(form.new_count, 1)
        dialog.action_import()
        self.assertEqual(self.readings().index, 12)

    def test_dates_are_found_again_in_another_column(self):
        dialog = self.checked("compteur;saisi;lu;index\n17-001;2025-04-02;31/03/2025;12\n")
        with Form(dialog) as form, form.column_ids.edit(1) as column:
            column.role = "date"
        self.assertEqual(dialog.date_order, "ymd")
        with Form(dialog) as form:
            with form.column_ids.edit(1) as column:
                column.role = False
            with form.column_ids.edit(2) as column:
                column.role = "date"
        self.assertEqual(dialog.date_order, "dmy")

    def test_another_separator_reads_the_columns_again(self):
        self.meter()
        dialog = self.checked("compteur;date,x;index\n17-001;2025-03-31,a;5\n", delimiter="comma")
        self.assertIn("compteur;date", dialog.problem)
        with Form(dialog) as form:
            form.delimiter = "semicolon"
            self.assertEqual(len(form.column_ids), 3)
        self.assertEqual(dialog.column_ids.mapped("name"), ["compteur", "date,x", "index"])

    def test_another_file(self):
        dialog = self.checked("compteur,date,index\n1,2025-03-31,5\n")
        dialog.action_back()
        self.assertEqual(dialog.state, "file")
        dialog.file = base64.b64encode(b"compteur;date;index\n1;31/03/2025;5\n")
        dialog.action_check()
        self.assertEqual((dialog.delimiter, dialog.date_order), ("semicolon", "dmy"))

    def test_files_that_are_not_tables_are_refused_with_a_sentence(self):
        for content, words in (
            (b"PK\x03\x04", "spreadsheet"),
            (b"\x00\x01\x02", "not a text file"),
            (b" \n", "empty"),
            (b"hello\n", "names columns"),
            (b"compteur;date;index\n", "no reading"),
            (b"a;b;c\n" * 4_000_000, "larger than 20 MB"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.checked(content)

    def test_base64_that_is_none(self):
        dialog = self.env["utility.reading.import"].create(
            {"file": b"A", "section_id": self.water.id, "filename": "x.csv"}
        )
        with self.assertRaises(UserError):
            dialog.action_check()
