"""What a file names is settled one by one: numbers that resemble a meter's, other sections' meters, unknown words."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form

from ..models.metering.reading_import import ReadingImport
from .test_reading_import import HEADER, ReadingImportCase

KINDS = "Compteur;Date;Index;Nature relevé\n"


class TestNumbers(ReadingImportCase):
    def test_one_look_alike_is_accepted_and_another_is_not(self):
        self.meter(number="00123456")
        self.meter(number="00777001")
        dialog = self.checked(HEADER + "123456;2025-06-30;5\n777001;2025-06-30;8\n")
        self.assertEqual(self.counts(dialog), (0, 0, 0, 2))
        self.assertEqual(
            [(line.number, line.proposals, line.is_proposed) for line in dialog.number_ids],
            [("123456", "00123456", True), ("777001", "00777001", True)],
        )
        with Form(dialog) as form, form.number_ids.edit(0) as line:
            line.accepted = True
        self.assertEqual(self.counts(dialog), (1, 0, 0, 1))
        dialog.action_import()
        self.assertEqual(self.readings("00123456").index, 5)
        self.assertFalse(self.readings("00777001"))

    def test_a_file_is_checked_once_for_each_change(self):
        """The check of a large file takes seconds: listing its questions does not check it a second time."""
        self.meter(number="00123456")
        checks = []
        check = ReadingImport.check

        def counted(importer):
            checks.append(importer.section)
            return check(importer)

        with patch.object(ReadingImport, "check", counted):
            dialog = self.checked(KINDS + "123456;2025-06-30;5;thingummy\n777001;2025-06-30;8;real\n")
            self.env.flush_all()
            self.assertEqual((len(dialog.number_ids), len(dialog.word_ids), len(checks)), (2, 1, 1))
            with Form(dialog) as form:
                checks.clear()
                form.decimal_sign = "point"
                self.assertEqual(len(checks), 1)
                with form.number_ids.edit(0) as line:
                    line.accepted = True
            self.env.flush_all()
        self.assertEqual(self.counts(dialog), (1, 0, 0, 1))

    def test_a_number_is_given_another_meter(self):
        self.meter(number="00123456")
        other = self.meter(number="BX-9")
        dialog = self.checked(HEADER + "123456;2025-06-30;5\nunheard-of;2025-06-30;8\n")
        with Form(dialog) as form, form.number_ids.edit(1) as line:
            line.meter_id = other
        dialog.action_import()
        self.assertEqual(self.readings("BX-9").index, 8)
        self.assertFalse(self.readings("00123456"))

    def test_the_other_sections_meter_is_attached_for_one_number(self):
        for number in ("55-100", "55-200"):
            self.meter(section=self.sewerage, number=number)
        user = self.agent_both
        dialog = self.checked(HEADER + "55-100;2025-06-30;5\n55-200;2025-06-30;6\n", user=user)
        self.assertEqual(dialog.elsewhere_count, 2)
        with Form(dialog) as form, form.number_ids.edit(0) as line:
            line.accepted = True
        dialog.action_import()
        self.assertEqual(self.readings("55-100").index, 5)
        self.assertFalse(self.readings("55-200"))

    def test_a_meter_that_the_user_may_not_see_is_no_choice(self):
        hidden = self.meter(section=self.sewerage, number="88-1")
        dialog = self.checked(HEADER + "unheard-of;2025-06-30;8\n")
        with self.assertRaises(AccessError):
            dialog.number_ids.write({"meter_id": hidden.id})

    def test_answers_stay_when_the_format_is_changed(self):
        self.meter(number="00123456")
        dialog = self.checked("Compteur;Date;Index\n123456;01/02/2025;5\n777001;01/02/2025;8\n")
        with Form(dialog) as form, form.number_ids.edit(0) as line:
            line.accepted = True
        with Form(dialog) as form:
            form.date_order = "mdy"
        self.assertEqual(dialog.number_ids.filtered("accepted").number, "123456")
        self.assertEqual(dialog.number_ids.mapped("number"), ["123456", "777001"])
        self.assertEqual(self.counts(dialog), (1, 0, 0, 1))

    def test_answers_hold_in_the_background(self):
        self.meter(number="00123456")
        other = self.meter(number="BX-9")
        dialog = self.checked(HEADER + "123456;2025-06-30;5\nunheard-of;2025-06-30;8\n")
        dialog.number_ids[0].accepted = True
        dialog.number_ids[1].meter_id = other
        action = dialog._launch()
        run = self.env[action["res_model"]].browse(action["res_id"])
        for _batch in ("rows", "page"):
            run.sudo()._work_batch()
        self.assertEqual((self.readings("00123456").index, self.readings("BX-9").index), (5, 8))


class TestWords(ReadingImportCase):
    def test_an_unknown_word_is_told_once_and_kept_for_the_section(self):
        self.meter()
        self.meter(number="17-002")
        dialog = self.checked(KINDS + "17-001;2025-06-30;5;Passage HS\n17-002;2025-06-30;5;passage hs.\n")
        self.assertEqual((dialog.new_count, dialog.remarked_count), (2, 2))
        self.assertEqual([(line.word, line.row_count) for line in dialog.word_ids], [("Passage HS", 2)])
        with Form(dialog) as form, form.word_ids.edit(0) as line:
            line.kind = "estimated"
        self.assertEqual(dialog.remarked_count, 0, "both are the same word")
        dialog.action_import()
        self.assertEqual(self.readings().kind, "estimated")
        self.assertEqual(self.readings("17-002").kind, "estimated")

        again = self.checked("Compteur;Date;Index;Type\n17-001;2025-07-31;9;PASSAGE-HS\n")
        self.assertEqual(again.column_ids[3].role, "kind", "the words tell what a vague heading means")
        self.assertEqual((again.remarked_count, len(again.word_ids)), (0, 0))
        again.action_import()
        self.assertEqual(self.readings()[-1].kind, "estimated")

    def test_the_towns_own_word_prevails_over_the_usual_one_in_its_section_alone(self):
        self.water.reading_word_ids = [(0, 0, {"word": "Facturé", "kind": "estimated"})]
        self.meter()
        self.imported(KINDS + "17-001;2025-06-30;5;facture\n")
        self.assertEqual(self.readings().kind, "estimated")
        self.meter(section=self.sewerage, number="60-1")
        dialog = self.checked(KINDS + "60-1;2025-06-30;5;facture\n", user=self.agent_both, section_id=self.sewerage.id)
        dialog.action_import()
        self.assertEqual(self.readings("60-1", self.sewerage).kind, "real")

    def test_a_word_means_one_thing(self):
        self.water.reading_word_ids = [(0, 0, {"word": "Carte T.", "kind": "self_reported"})]
        with self.assertRaises(Exception) as raised, self.env.cr.savepoint():
            self.env["utility.reading.word"].create({"section_id": self.water.id, "word": "CARTE-T", "kind": "real"})
        self.assertIn("unique", str(raised.exception))

    def test_what_a_word_means_is_said_anew(self):
        words = self.env["utility.reading.word"].with_user(self.agent_water)
        words._keep(self.water, {"Facturé": "estimated", "FACTURE": "real", "Carte T.": "self_reported"})
        kept = words.search([("section_id", "=", self.water.id)])
        self.assertEqual({line.plain_word: line.kind for line in kept}, {"facture": "real", "carte t": "self_reported"})
        words._keep(self.water, {"FACTURÉ": "estimated"})
        self.assertEqual(words.search([("section_id", "=", self.water.id)]), kept)
        self.assertEqual(words._kinds(self.water)["facture"], "estimated")
        self.assertFalse(words._kinds(self.sewerage))
