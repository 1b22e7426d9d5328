"""Import of a file of readings: checked as a whole, then written at once, never twice."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .support.real_readings import EXTRACT
from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase

REFUSED_LINES = [41, 91, 92, 129, 207, 208, 451, 452, 453, 515, 516]
HEADER = "Compteur;Date de relève;Nouvel index\n"


@tagged("post_install", "-at_install")
class ReadingImportCase(SharingCase):
    def checked(self, content, user=None, **values):
        content = content.encode() if isinstance(content, str) else content
        model = self.env["utility.reading.import"].with_user(user or self.agent_water)
        values = {"section_id": self.water.id, "filename": "releves.csv", **values}
        dialog = model.create({"file": base64.b64encode(content), **values})
        dialog.action_check()
        return dialog

    def imported(self, content, **values):
        dialog = self.checked(content, **values)
        dialog.action_import()
        return dialog

    def counts(self, dialog):
        return dialog.new_count, dialog.corrected_count, dialog.unchanged_count, dialog.refused_count

    def readings(self, number="17-001", section=None):
        domain = [("meter_id.serial_number", "=", number), ("section_id", "=", (section or self.water).id)]
        return self.env["utility.reading"].sudo().search(domain, order="date, id")


class TestRealReadings(ReadingImportCase):
    def test_real_file(self):
        content = EXTRACT.read_bytes()
        dialog = self.checked(content, create_meters=True)
        self.assertEqual((dialog.encoding, dialog.delimiter), ("utf-8", "comma"))
        self.assertEqual((dialog.date_order, dialog.decimal_sign), ("ymd", "point"))
        self.assertEqual(self.counts(dialog), (525, 0, 0, 11))
        self.assertEqual(dialog.refused_ids.mapped("line"), REFUSED_LINES)
        self.assertFalse(self.water.meter_ids, "nothing is written before the import")

        dialog.action_import()
        self.assertEqual(self.counts(dialog), (525, 0, 0, 11))
        self.assertEqual(dialog.meter_count, 134)
        action = dialog.action_view_readings()
        self.assertEqual(self.env["utility.reading"].search_count(action["domain"]), 525)
        kept = self.readings("801902045D")
        self.assertEqual(kept.mapped("index"), [0, 30])
        self.assertEqual(kept.mapped("consumption"), [0, 30])

        again = self.checked(content)
        self.assertEqual(self.counts(again), (0, 0, 525, 11))
        again.action_import()
        self.assertEqual(self.counts(again), (0, 0, 525, 11))
        self.assertEqual(self.env["utility.reading"].search_count([]), 525)

    def test_refused_rows_can_be_downloaded_corrected_and_imported(self):
        dialog = self.imported(EXTRACT.read_bytes(), create_meters=True)
        dialog.action_download_refused()
        content = base64.b64decode(dialog.refused_file).decode("utf-8-sig")
        header, *rows = content.splitlines()
        self.assertEqual(header, "meter,use,district,dwellings,date,index_m3,Line,Reason")
        self.assertEqual(len(rows), 11)
        self.assertTrue(rows[0].startswith("801901041D,D,1,722,2023-09-30,2564,41,"))
        corrected = self.imported(content.replace("2023-09-30,2564,", "2023-09-30,3564,"))
        self.assertEqual(self.counts(corrected), (1, 0, 0, 10))
        self.assertEqual(self.readings("801901041D").mapped("index"), [0, 1693, 3520, 3564])


class TestCheck(ReadingImportCase):
    def test_each_refused_row_has_its_line_meter_and_sentence(self):
        self.meter()
        dialog = self.checked(
            HEADER + "17-001;31/03/2025;100\n17-001;30/06/2025;90\n17-001;31/02/2025;120\n99-999;31/03/2025;1\n"
        )
        self.assertEqual(self.counts(dialog), (1, 0, 0, 3))
        below, date, unknown = dialog.refused_ids
        self.assertEqual([(r.line, r.meter) for r in (below, date)], [(3, "17-001"), (4, "17-001")])
        self.assertIn("index 90", below.reason)
        self.assertIn("31/02/2025", date.reason)
        self.assertEqual((unknown.line, unknown.meter), (5, "99-999"))
        self.assertIn("not known in this section", unknown.reason)
        self.assertEqual(dialog.unknown_meter_count, 1)

    def test_new_corrected_unchanged(self):
        meter = self.meter()
        self.read_index(meter, MARCH, 100)
        self.read_index(meter, JUNE, 150)
        self.read_index(meter, DECEMBER, 300)
        content = HEADER + "17-001;2025-03-31;100\n17-001;2025-06-30;152\n17-001;2025-09-30;200\n"
        dialog = self.imported(content)
        self.assertEqual(self.counts(dialog), (1, 1, 1, 0))
        readings = self.readings()
        self.assertEqual(readings.mapped("index"), [100, 152, 200, 300])
        self.assertEqual(readings.mapped("consumption"), [0, 52, 48, 100], "the neighbours are recomputed")
        self.assertEqual(readings[-1].previous_index, 200)
        shown = self.env["utility.reading"].search(dialog.action_view_readings()["domain"])
        self.assertEqual(shown.sorted("date"), readings[1:3])

    def test_meter_is_found_by_reference_where_it_has_no_serial_number(self):
        self.meter(number=False, name="Fontaine")
        self.assertEqual(self.counts(self.imported(HEADER + "Fontaine;2025-03-31;7\n")), (1, 0, 0, 0))

    def test_ambiguous_and_archived_meters_are_named(self):
        self.meter()
        self.meter()
        self.meter(number="17-002").active = False
        dialog = self.checked(HEADER + "17-001;2025-03-31;1\n17-002;2025-03-31;1\n", create_meters=True)
        self.assertEqual(self.counts(dialog), (0, 0, 0, 2))
        several, archived = dialog.refused_ids
        self.assertIn("Several meters", several.reason)
        self.assertIn("archived", archived.reason)

    def test_a_number_that_two_cards_write_in_their_own_way_is_ambiguous(self):
        self.meter(number="17-001234")
        self.meter(number="17 001234")
        dialog = self.checked(HEADER + "17.001234;2025-03-31;1\n", create_meters=True, use_alike=True)
        self.assertEqual(self.counts(dialog), (0, 0, 0, 1))
        self.assertIn("Several meters", dialog.refused_ids.reason)

    def test_meters_of_others_are_proposed_only_where_the_town_shares_them(self):
        self.meter(self.sewerage, "17-001234")
        for is_shared in (True, False):
            self.budget_water.share_connection_points = is_shared
            dialog = self.checked(HEADER + "17-001234;2025-03-31;1\n", user=self.agent_both)
            self.assertEqual(self.sewerage.name in dialog.refused_ids.reason, is_shared)

    def test_billed_reading_stays(self):
        reading = self.read_index(self.meter(), MARCH, 100)
        reading.sudo().state = "billed"
        dialog = self.imported(HEADER + "17-001;2025-03-31;101\n17-001;2025-06-30;120\n")
        self.assertEqual(self.counts(dialog), (1, 0, 0, 1))
        self.assertIn("billed", dialog.refused_ids.reason)
        self.assertEqual(self.readings().mapped("index"), [100, 120])

    def test_modified_consumption_of_the_file_says_where_it_comes_from(self):
        self.meter()
        content = "compteur;date;index;consommation\n17-001;2025-03-31;100;0\n17-001;2025-06-30;180;30\n"
        dialog = self.imported(content, modify_consumptions=True)
        self.assertEqual(dialog.modified_count, 1)
        first, second = self.readings()
        self.assertFalse(first.is_modified)
        self.assertTrue(second.is_modified)
        self.assertEqual((second.computed_consumption, second.consumption), (80, 30))
        self.assertEqual(second.modification_reason, "Import of releves.csv")
        self.assertEqual(second.modified_by_id, self.agent_water)

    def test_what_a_person_modified_survives_a_corrected_index(self):
        meter = self.meter()
        self.read_index(meter, MARCH, 100)
        june = self.read_index(meter, JUNE, 250)
        june.with_user(self.manager).write({"consumption": 40, "modification_reason": "Leak"})
        self.imported(HEADER + "17-001;2025-06-30;255\n")
        self.assertEqual((june.index, june.computed_consumption, june.consumption), (255, 155, 40))
        self.assertEqual((june.modification_reason, june.modified_by_id), ("Leak", self.manager))

    def test_unknown_meters_are_made_with_what_the_file_says(self):
        dialog = self.imported(
            "compteur;date;index;rue;cp;ville;chiffres\n"
            "A1;2025-03-31;100;1 rue Haute;63000;Clermont;5\nA1;2025-06-30;120;;;;\nA2;2025-03-31;-5;;;;\n",
            create_meters=True,
        )
        self.assertEqual(dialog.meter_count, 1, "a meter without a good reading is not made")
        meter = self.water.meter_ids
        self.assertEqual((meter.serial_number, meter.digits, meter.street), ("A1", 5, "1 rue Haute"))
        self.assertEqual((meter.zip, meter.city), ("63000", "Clermont"))
        self.assertEqual(meter.company_id, self.budget_water)

    def test_what_was_decided_is_decided_again_at_the_import(self):
        meter = self.meter()
        dialog = self.checked(HEADER + "17-001;2025-03-31;100\n17-001;2025-06-30;120\n")
        self.assertEqual(self.counts(dialog), (2, 0, 0, 0))
        self.read_index(meter, MARCH, 110)
        dialog.action_import()
        self.assertEqual(self.counts(dialog), (1, 1, 0, 0))

    def test_import_once(self):
        self.meter()
        dialog = self.imported(HEADER + "17-001;2025-03-31;100\n")
        with self.assertRaises(UserError):
            dialog.action_import()


class TestSharing(ReadingImportCase):
    def test_readings_of_shared_meters_wait_for_the_question(self):
        self.shared()
        self.meter(number="17-002")
        dialog = self.imported(HEADER + "17-001;2025-03-31;100\n17-002;2025-03-31;50\n")
        self.assertEqual(dialog.pending_count, 1)
        self.assertEqual(self.readings().sync_state, "pending")
        self.assertEqual(self.readings("17-002").sync_state, "not_shared")
        self.assertFalse(self.readings(section=self.sewerage), "nothing reaches the other section by itself")

    def test_corrected_reading_asks_again(self):
        water, sewerage = self.shared()
        for meter in (water, sewerage):
            self.read_index(meter, MARCH, 100)
        dialog = self.imported(HEADER + "17-001;2025-03-31;105\n")
        self.assertEqual(self.counts(dialog), (0, 1, 0, 0))
        self.assertEqual(self.readings().sync_state, "pending")
        self.assertEqual(self.readings(section=self.sewerage).index, 100)

    def test_same_values_as_the_other_section_are_synchronised(self):
        _water, sewerage = self.shared()
        self.read_index(sewerage, MARCH, 100)
        self.imported(HEADER + "17-001;2025-03-31;100\n")
        self.assertEqual(self.readings().sync_state, "synced")


class TestRights(ReadingImportCase):
    def test_other_users_have_no_dialog(self):
        for user in (self.plain_user, self.portal_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.checked(HEADER + "17-001;2025-03-31;100\n", user=user)

    def test_section_of_another_company(self):
        self.meter(self.sewerage)
        with self.assertRaises(AccessError):
            self.checked(HEADER + "17-001;2025-03-31;100\n", section_id=self.sewerage.id).read(["new_count"])
        with self.assertRaises(AccessError):
            self.imported(HEADER + "17-001;2025-03-31;100\n", section_id=self.sewerage.id, create_meters=True)
        self.assertFalse(self.readings(section=self.sewerage))

    def test_meter_of_another_section_is_unknown(self):
        self.meter(self.sewerage)
        dialog = self.checked(HEADER + "17-001;2025-03-31;100\n")
        self.assertEqual(dialog.unknown_meter_count, 1)

    def test_dialog_of_somebody_else(self):
        dialog = self.checked(HEADER + "17-001;2025-03-31;100\n")
        with self.assertRaises(AccessError):
            dialog.with_user(self.agent_both).read(["file"])

    def test_my_section_is_proposed(self):
        model = self.env["utility.reading.import"]
        self.assertEqual(Form(model.with_user(self.agent_water)).section_id, self.water)


class TestQueries(ReadingImportCase):
    def file_of(self, meters):
        days = (MARCH, JUNE, SEPTEMBER, DECEMBER)
        rows = (f"Q-{n};{day};{10 * rank}\n" for n in range(meters) for rank, day in enumerate(days, 1))
        return HEADER + "".join(rows)

    def queries(self, content):
        dialog = self.checked(content)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        dialog.action_import()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_as_many_queries_for_three_meters_as_for_sixty(self):
        self.env["utility.meter"].create([{"section_id": self.water.id, "serial_number": f"Q-{n}"} for n in range(63)])
        self.queries(self.file_of(1))  # what is read once per process
        few = self.queries(self.file_of(4))
        many = self.queries(self.file_of(63))
        self.assertEqual(few, many)
        self.assertLess(many, 40)
        self.assertEqual(self.env["utility.reading"].search_count([("section_id", "=", self.water.id)]), 252)
