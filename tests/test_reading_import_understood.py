"""The meaning of a file is detected, shown and correctable; doubts are left to a person; no meter is created twice."""

from odoo.tests import Form

from .test_reading_import import DECEMBER, HEADER, MARCH, ReadingImportCase


class TestUnits(ReadingImportCase):
    def test_unit_of_the_heading_is_shown_and_can_be_corrected(self):
        meter = self.meter()
        self.read_index(meter, MARCH, 12.3)
        dialog = self.checked("Compteur;Date;Index (L)\n17-001;2025-06-30;57300\n")
        column = dialog.column_ids[-1]
        self.assertEqual((column.role, column.unit), ("index", "l"))
        with Form(dialog) as form, form.column_ids.edit(2) as line:
            line.unit = "m3"
        self.assertEqual(dialog.column_ids[-1].unit, "m3", "what the person says stays")
        with Form(dialog) as form, form.column_ids.edit(2) as line:
            line.unit = "l"
        dialog.action_import()
        self.assertEqual(self.readings().mapped("index"), [12.3, 57.3])

    def test_unit_that_is_not_known_is_asked(self):
        self.meter()
        dialog = self.checked("Compteur;Date;Index (gal)\n17-001;2025-06-30;57300\n")
        self.assertTrue(dialog.unit_doubt)
        with Form(dialog) as form, form.column_ids.edit(2) as line:
            line.unit = "hl"
        self.assertFalse(dialog.unit_doubt)
        dialog.action_import()
        self.assertEqual(self.readings().index, 5730)


class TestConsumptions(ReadingImportCase):
    def test_consumption_is_compared_and_never_obeyed_in_silence(self):
        for heading, said, words in (
            ("Conso (L)", "45000", ""),
            ("Conso", "45", ""),
            ("Conso", "0,250", "0.25 m³"),
            ("Volume", "57,300", "as high as the index"),
            ("Conso", "-45", "negative"),
        ):
            with self.subTest(said):
                number = f"{heading}{said}"
                self.read_index(self.meter(number=number), MARCH, 12.3)
                dialog = self.imported(f"Compteur;Date;Index;{heading}\n{number};2025-06-30;57,3;{said}\n")
                reading = self.readings(number)[-1]
                self.assertEqual((reading.consumption, reading.is_modified), (45, False))
                self.assertEqual((dialog.remarked_count, dialog.modified_count), (int(bool(words)), 0))
                self.assertEqual(reading.state, "draft" if words else "confirmed")
                self.assertIn(words, reading.remark or "")
                self.assertEqual(dialog.remarked_ids.mapped("reason"), [reading.remark] if words else [])


class TestFormats(ReadingImportCase):
    def test_titles_above_the_heading(self):
        self.meter()
        dialog = self.checked("Relevés 2025\n\nCompteur;Date;Index\n17-001;30/06/2025;5\n")
        self.assertEqual((dialog.header_line, dialog.new_count), (3, 1))
        with Form(dialog) as form:
            form.header_line = 1
        self.assertTrue(dialog.problem)
        with Form(dialog) as form:
            form.header_line = 3
        self.assertFalse(dialog.problem)
        dialog.action_import()
        self.assertEqual(self.readings().index, 5)

    def test_dates_of_spreadsheets_and_hours_with_a_zone(self):
        self.budget_water.partner_id.tz = "Europe/Paris"
        for written in ("45658", "01-janv.-25", "2024-12-31T23:00:00Z"):
            self.meter(number=written)
            self.imported(f"Compteur;Date;Index\n{written};{written};5\n")
            self.assertEqual(str(self.readings(written).date), "2025-01-01", written)

    def test_one_reading_a_day_by_the_setting(self):
        rows = "".join(
            f"17-001;2025-06-30 {hour:02}:{quarter};{hour}\n" for hour in range(24) for quarter in ("00", "45")
        )
        self.meter()
        self.water.kept_reading = "first"
        dialog = self.checked(HEADER + rows)
        self.assertEqual((self.counts(dialog), dialog.thinned_count), ((1, 0, 0, 0), 47))
        self.assertEqual(dialog.kept_reading, "first")
        dialog.kept_reading = "last"
        dialog.action_import()
        self.assertEqual((self.readings().index, self.water.kept_reading), (23, "first"))

    def test_a_day_given_twice_names_the_row_of_the_file(self):
        self.meter()
        dialog = self.checked(HEADER + "17-001;2025-06-30;5\n17-001;2025-06-30;7\n")
        self.assertIn("line 2 of this file", dialog.refused_ids.reason)

    def test_the_odd_one_out_is_refused_and_doubts_are_shown(self):
        self.meter()
        days = ("01-31", "02-28", "03-31", "04-30", "05-31")
        content = HEADER + "".join(
            f"17-001;2025-{day};{index}\n" for day, index in zip(days, (500, 5100, 520, 530, 541), strict=True)
        )
        dialog = self.imported(content)
        self.assertEqual((self.counts(dialog), dialog.refused_ids.line), ((4, 0, 0, 1), 3))
        self.meter(number="B")
        dialog = self.imported(HEADER + "B;2025-01-31;100\nB;2025-02-28;90\n")
        self.assertEqual((dialog.refused_ids.line, dialog.remarked_ids.line), (3, 2))
        self.assertIn("Nothing tells whether this row or line 2", dialog.refused_ids.reason)
        self.assertEqual(self.readings("B").state, "draft")

    def test_an_unknown_kind_waits_to_be_confirmed(self):
        self.meter()
        dialog = self.imported(
            "Compteur;Date;Index;Nature de relève\n17-001;2025-03-31;1;Facturé\n17-001;2025-06-30;2;Facturette\n"
            "17-001;2025-09-30;3;Absent\n17-001;2025-12-31;4;Relevé agent\n"
        )
        self.assertEqual((self.counts(dialog), dialog.remarked_count), ((4, 0, 0, 0), 1))
        readings = self.readings()
        self.assertEqual(readings.mapped("kind"), ["real", "real", "estimated", "real"])
        self.assertEqual(readings.mapped("state"), ["confirmed", "draft", "confirmed", "confirmed"])
        self.assertIn("Facturette", readings[1].remark)
        readings[1].action_confirm()
        self.assertEqual(readings[1].state, "confirmed")


class TestNumbers(ReadingImportCase):
    def test_spaces_are_no_part_of_a_number(self):
        meter = self.meter(number="AB 99 ")
        self.assertEqual(meter.serial_number, "AB 99")
        dialog = self.imported(HEADER + "ab-99;2025-03-31;1\nAB 99;2025-06-30;2\n")
        self.assertEqual((self.counts(dialog), meter.reading_count), ((2, 0, 0, 0), 2))

    def test_a_number_that_resembles_one_is_proposed_and_makes_no_twin(self):
        meter = self.meter(number="00123456")
        content = HEADER + "123456;2025-03-31;1\n"
        dialog = self.checked(content, create_meters=True)
        self.assertEqual((self.counts(dialog), dialog.alike_count, dialog.unknown_meter_count), ((0, 0, 0, 1), 1, 0))
        self.assertIn("00123456", dialog.refused_ids.reason)
        dialog.use_alike = True
        dialog.action_import()
        self.assertEqual((self.counts(dialog), dialog.meter_count), ((1, 0, 0, 0), 0))
        self.assertEqual((self.water.meter_ids, meter.reading_count), (meter, 1))

    def test_writings_of_an_unknown_number_make_one_meter(self):
        dialog = self.imported(
            HEADER + "ZZ 1001;2025-03-31;1\nzz1001;2025-06-30;2\nZZ-1001;2025-09-30;3\n", create_meters=True
        )
        self.assertEqual((self.counts(dialog), dialog.meter_count), ((3, 0, 0, 0), 1))
        self.assertEqual(self.water.meter_ids.serial_number, "ZZ 1001")
        twins = self.checked(HEADER + "0077123;2025-03-31;1\n77123;2025-06-30;2\n", create_meters=True)
        self.assertEqual((self.counts(twins), twins.refused_ids.meter), ((1, 0, 0, 1), "77123"))
        self.assertIn("0077123", twins.refused_ids.reason)

    def test_several_that_resemble_it_are_for_a_person(self):
        self.meter(number="00123456")
        self.meter(number="0123456")
        dialog = self.checked(HEADER + "123456;2025-03-31;1\n", use_alike=True)
        self.assertEqual(self.counts(dialog), (0, 0, 0, 1))
        self.assertIn("00123456, 0123456", dialog.refused_ids.reason)

    def test_meter_of_another_section_is_proposed_to_be_attached(self):
        (self.budget_water | self.budget_sewerage).sudo().share_connection_points = True
        other = self.meter(self.sewerage, number="00123456", digits=5)
        content = HEADER + "123456;2025-03-31;1\n123456;2025-06-30;200000\n"
        dialog = self.checked(content, user=self.agent_both, create_meters=True)
        self.assertEqual((self.counts(dialog), dialog.elsewhere_count), ((0, 0, 0, 2), 1))
        self.assertIn(f"00123456 · {self.sewerage.name}", dialog.refused_ids[0].reason)
        dialog.attach_meters = True
        self.assertEqual(self.counts(dialog), (1, 0, 0, 1), "its number of digits is known")
        dialog.action_import()
        mine = self.water.meter_ids
        self.assertEqual((mine.connection_point_id, dialog.meter_count), (other.connection_point_id, 1))
        self.assertEqual((mine.reading_count, other.reading_count), (1, 0))

    def test_nothing_is_said_of_a_section_that_the_user_may_not_enter(self):
        (self.budget_water | self.budget_sewerage).sudo().share_connection_points = True
        self.meter(self.sewerage, number="00123456")
        dialog = self.checked(HEADER + "00123456;2025-03-31;1\n", attach_meters=True)
        self.assertEqual((dialog.elsewhere_count, dialog.unknown_meter_count), (0, 1))
        self.assertNotIn(self.sewerage.name, dialog.refused_ids.reason)

    def test_two_writings_of_a_known_meter_are_one(self):
        meter = self.meter(number="17-001")
        dialog = self.imported(HEADER + f"17001;2025-03-31;1\n17-001;2025-03-31;2\n17-001;{DECEMBER};3\n")
        self.assertEqual((self.counts(dialog), meter.reading_count), ((2, 0, 0, 1), 2))
