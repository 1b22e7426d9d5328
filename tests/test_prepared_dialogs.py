"""Dialogs about many records open at once; a scheduled job works out what they show, in the name of their user."""

import base64
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import SQL

from ..models.common import prepared_dialog
from ..models.metering.reading_import import ReadingImport
from ..models.metering.reading_import_pages import ImportPages
from ..wizards import utility_reading_import
from ..wizards.utility_synchronize_mixin import UtilitySynchronizeMixin
from .support.sharing import JUNE, MARCH
from .test_background_work import called_once
from .test_reading_import import HEADER, ReadingImportCase

ROWS = "".join(f"17-001;2025-0{month}-01;{month}\n" for month in range(1, 5))


class PreparedCase(ReadingImportCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(prepared_dialog, "LARGE", 3))
        self.enterContext(patch.object(utility_reading_import, "IN_BACKGROUND", 3))
        self.job = self.env.ref(prepared_dialog.JOB)

    def work(self):
        with self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def opened(self, content, user=None, **values):
        """Check a file as the button of the dialog does."""
        model = self.env["utility.reading.import"].with_user(user or self.agent_water)
        file = base64.b64encode(content.encode())
        dialog = model.create({"file": file, "filename": "releves.csv", "section_id": self.water.id, **values})
        dialog.with_context(prepare_later=True).action_check()
        return dialog


class TestPreparedImport(PreparedCase):
    def test_a_large_file_is_checked_by_the_job(self):
        self.meter()
        with patch.object(ReadingImport, "check") as check:
            dialog = self.opened(HEADER + ROWS + "unheard-of;2025-06-30;8\n")
            self.env.flush_all()
            check.assert_not_called()
        self.assertEqual((dialog.is_preparing, dialog.state, self.counts(dialog)), (True, "file", (0, 0, 0, 0)))
        with self.assertRaisesRegex(UserError, "being counted"):
            dialog.action_import()
        self.work()
        self.assertEqual((dialog.is_preparing, dialog.preparation_error, dialog.state), (False, False, "check"))
        self.assertEqual((self.counts(dialog), dialog.number_ids.number), ((4, 0, 0, 1), "unheard-of"))
        self.assertFalse(self.readings(), "nothing is written before the import")
        action = dialog.action_import()
        self.assertEqual(action["res_model"], "utility.reading.import.run")

    def test_few_rows_other_callers_and_copies_without_jobs_do_not_wait(self):
        self.meter()
        few = self.opened(HEADER + "17-001;2025-01-01;1\n")
        by_program = self.checked(HEADER + ROWS)
        self.job.active = False
        in_a_copy = self.opened(HEADER + ROWS)
        self.assertEqual([self.counts(each)[0] for each in (few, by_program, in_a_copy)], [1, 4, 4])
        self.assertFalse(any(each.is_preparing for each in (few, by_program, in_a_copy)))

    def test_as_many_as_a_request_may_prepare(self):
        self.meter()
        dialog = self.opened(HEADER + "".join(ROWS.splitlines(keepends=True)[:2]))
        self.assertEqual((dialog.is_preparing, self.counts(dialog)[0]), (False, 2), "three lines")

    def test_somebody_who_left_gets_nothing(self):
        self.meter()
        dialog = self.opened(HEADER + ROWS)
        self.agent_water.active = False
        self.work()
        self.assertIn("no longer has an active account", dialog.preparation_error)
        self.assertEqual((dialog.is_preparing, dialog.state), (False, "file"))

    def test_in_whose_name_it_is_prepared(self):
        """In their language and the companies that were ticked, those that they have left since excepted."""
        self.meter()
        dialog, seen = self.opened(HEADER + ROWS, self.agent_both), []
        dialog.sudo().asked_companies = self.budgets.ids
        self.agent_both.write({"company_id": self.budget_water.id, "company_ids": [(6, 0, self.budget_water.ids)]})

        def prepare(dialog):
            [[name]] = dialog.env.execute_query(SQL("SHOW application_name"))
            seen.append((dialog.env.user, dialog.env.companies, dialog.env.context["lang"], name))

        with patch.object(type(dialog), "_prepare", prepare):
            self.work()
        name = f"utility_work:{dialog._name}:{dialog.id}:{self.agent_both.id}"
        self.assertEqual(seen, [(self.agent_both, self.budget_water, self.agent_both.lang, name)])
        self.assertEqual((dialog.is_preparing, dialog.is_begun, dialog.preparation_error), (False, False, False))

    def test_a_file_that_cannot_be_read_says_why_and_another_is_chosen(self):
        self.meter()
        dialog = self.opened("Compteur;Date;Index\n\n\n\n\n")
        self.work()
        self.assertFalse(dialog.is_preparing)
        self.assertIn("no reading", dialog.preparation_error)
        with self.assertRaisesRegex(UserError, "no reading"):
            dialog.action_import()
        dialog.file = base64.b64encode((HEADER + ROWS).encode())
        dialog.with_context(prepare_later=True).action_check()
        self.work()
        self.assertEqual((dialog.preparation_error, self.counts(dialog)[0]), (False, 4))

    def test_an_unexpected_error_ends_one_preparation_only(self):
        self.meter()
        broken, good = self.opened(HEADER + ROWS), self.opened(HEADER + ROWS)
        check = ReadingImport.check

        def fail_first(importer):
            if not self.counted:
                self.counted = True
                raise ZeroDivisionError("a bug")
            return check(importer)

        self.counted = False
        with patch.object(ReadingImport, "check", fail_first), self.assertLogs(prepared_dialog.__name__, "ERROR"):
            self.work()
        self.assertIn("log", broken.preparation_error)
        self.assertNotIn("bug", broken.preparation_error)
        self.assertEqual((good.preparation_error, self.counts(good)[0]), (False, 4))

    def test_a_preparation_whose_server_was_killed_is_not_begun_for_ever(self):
        """It is marked before it begins; a job that finds the mark tells the user."""
        self.meter()
        killed, good = self.opened(HEADER + ROWS), self.opened(HEADER + ROWS)
        begun = []
        prepare = type(killed)._prepare_for_user

        def die(dialog):
            begun.append((dialog.id, dialog.is_begun))
            raise SystemExit

        with patch.object(type(killed), "_prepare_for_user", die), self.assertRaises(SystemExit):
            self.work()
        self.assertEqual(begun, [(killed.id, True)])
        killed.sudo().is_begun = True
        with patch.object(type(killed), "_prepare_for_user", prepare):
            self.work()
        self.assertIn("interrupted", killed.preparation_error)
        self.assertEqual((killed.is_preparing, killed.is_begun, self.counts(good)[0]), (False, False, 4))

    def test_the_file_is_prepared_with_the_rights_of_its_user(self):
        """The other section's meter is proposed to who may enter both only."""
        self.meter(section=self.sewerage, number="55-100")
        content = HEADER + "".join(f"55-100;2025-0{month}-01;{month}\n" for month in range(1, 5))
        both, water = self.opened(content, self.agent_both), self.opened(content)
        with self.assertRaises(AccessError):
            both.with_user(self.agent_water).action_check()
        self.work()
        self.assertEqual((both.elsewhere_count, water.elsewhere_count, water.refused_count), (1, 0, 4))

    def test_a_call_whose_time_is_up_wakes_the_next_one(self):
        self.meter()
        dialogs = self.opened(HEADER + ROWS) | self.opened(HEADER + ROWS)
        with self.enter_registry_test_mode(), called_once(self, self.job) as woken:
            self.assertEqual(dialogs.mapped("is_preparing"), [False, True])
            self.assertIn(self.job.id, woken)
        with self.enter_registry_test_mode(), called_once(self, self.job) as woken:
            self.assertEqual((dialogs.mapped("is_preparing"), woken), ([False, False], []))

    def test_answers_about_a_large_file_are_checked_together_by_the_job(self):
        """Neither the form, nor saving it, reads the whole file for each of them."""
        self.meter(number="00123456")
        self.meter(number="00777001")
        rows = "".join(f"{number};2025-0{month}-01;{month}\n" for number in (123456, 777001) for month in (1, 2))
        dialog = self.opened(HEADER + rows)
        self.work()
        self.assertEqual((self.counts(dialog), dialog.is_outdated), ((0, 0, 0, 4), False))
        with patch.object(ReadingImport, "check") as check:
            with Form(dialog) as form:
                for place in (0, 1):
                    with form.number_ids.edit(place) as line:
                        line.accepted = True
                    self.assertEqual((form.is_outdated, form.refused_count), (True, 4))
            self.env.flush_all()
            self.assertEqual((self.counts(dialog), dialog.is_outdated), ((0, 0, 0, 4), True))
            with self.assertRaisesRegex(UserError, "check it again"):
                dialog.action_import()
            dialog.with_context(prepare_later=True).action_check()
            self.env.flush_all()
            check.assert_not_called()
        self.work()
        self.assertEqual((self.counts(dialog), dialog.is_outdated, dialog.is_preparing), ((4, 0, 0, 0), False, False))
        self.assertEqual(dialog.number_ids.mapped("accepted"), [True, True])
        dialog.action_back()
        dialog.file = base64.b64encode((HEADER + "00123456;2025-06-30;5\n").encode())
        dialog.with_context(prepare_later=True).action_check()
        self.assertEqual((self.counts(dialog), dialog.is_outdated), ((1, 0, 0, 0), False), "a small file")

    def test_launching_an_import_does_not_read_the_file(self):
        """The job stores its rows before it imports the first page."""
        self.meter()
        dialog = self.checked(HEADER + ROWS + "17-001;nothing;8\n")
        with patch.object(ReadingImport, "stage") as stage:
            action = dialog.action_import()
            stage.assert_not_called()
        run = self.env["utility.reading.import.run"].browse(action["res_id"])
        self.assertEqual((run.row_ids.ids, bool(run.sudo().file)), ([], True))
        for _batch in ("rows", "page"):
            run.sudo()._work_batch()
        self.assertEqual((run.total, run.refused_count, run.new_count, len(run.row_ids)), (4, 1, 4, 5))
        self.assertFalse(run.sudo().file or run.file_format)
        self.assertEqual(len(self.readings()), 4)

    def test_rows_are_stored_in_a_transaction_of_their_own(self):
        """Storing them takes seconds, in which others save readings of the first page's meters."""
        self.meter()
        dialog = self.checked(HEADER + ROWS)
        run = self.env["utility.reading.import.run"].browse(dialog.action_import()["res_id"])
        held = patch.object(ImportPages, "carry_out_page", side_effect=SerializationFailure)
        with held, self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_reading_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.sudo().file_format, len(run.row_ids)), ("stopped", False, 4))
        run.with_user(self.agent_water).action_resume()
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_reading_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, len(self.readings())), ("done", 4))


class TestPreparedSynchronisation(PreparedCase):
    def setUp(self):
        super().setUp()
        self.card, self.other = self.shared()
        for place, day in enumerate((MARCH, JUNE, "2025-07-01", "2025-08-01")):
            self.read_index(self.card, day, 100 + 10 * place)

    def test_many_readings_are_counted_by_the_job(self):
        readings = self.env["utility.reading"].with_user(self.agent_both).with_context(prepare_later=True)
        with patch.object(UtilitySynchronizeMixin, "_summary") as summary:
            dialog = self.dialog(readings.action_synchronize_all(), self.agent_both)
            summary.assert_not_called()
        self.assertTrue(dialog.is_preparing)
        self.assertIn("4 readings", dialog.summary)
        self.assertFalse(dialog.line_ids or dialog.question)
        for answer in (dialog.action_confirm, dialog.action_decline):
            with self.assertRaisesRegex(UserError, "being counted"):
                answer()
        self.work()
        self.assertEqual((dialog.is_preparing, len(dialog.line_ids), dialog.change_count), (False, 4, 4))
        self.assertIn("ASSAINISSEMENT", dialog.question)
        dialog.action_confirm()
        self.assertEqual(self.indexes(self.other), self.indexes(self.card))

    def test_only_the_ticked_companies_are_counted(self):
        """As in the request of a small dialog: a list shows no other readings."""
        self.read_index(self.other, "2025-10-01", 300)
        readings = self.env["utility.reading"].with_user(self.agent_both)
        ticked = readings.with_context(prepare_later=True, allowed_company_ids=self.budget_water.ids)
        dialog = self.dialog(ticked.action_synchronize_all(), self.agent_both)
        self.work()
        self.assertEqual((dialog.change_count, len(dialog.reading_ids)), (4, 4))
        self.assertEqual(self.dialog(readings.action_synchronize_all(), self.agent_both).change_count, 5)

    def test_opening_selects_no_reading(self):
        """Hundreds of thousands are selected, and counted, by the job."""
        readings = self.env["utility.reading"].with_user(self.agent_both).with_context(prepare_later=True)
        dialog = self.dialog(readings.action_synchronize_all(), self.agent_both)
        self.assertFalse(dialog.reading_ids)
        self.work()
        self.assertEqual(dialog.reading_ids, self.card.reading_ids)

    def test_the_button_of_the_list_counts_what_is_not_ticked(self):
        readings = self.env["utility.reading"].with_user(self.agent_both).browse()
        dialog = self.dialog(readings.action_synchronize_waiting(), self.agent_both)
        self.assertEqual(dialog.change_count, 4)

    def test_forcing_many_readings(self):
        card = self.card.with_user(self.manager).with_context(prepare_later=True)
        dialog = self.dialog(card.action_force_synchronization(), self.manager)
        self.assertTrue(dialog.is_preparing)
        self.read_index(self.other, "2025-09-01", 200)
        self.work()
        self.assertEqual((dialog.is_preparing, dialog.change_count, dialog.extra_count), (False, 5, 1))
        with patch.object(UtilitySynchronizeMixin, "_summary") as summary:
            with Form(dialog) as form:
                form.remove_extra = True
            summary.assert_not_called()
        dialog.action_confirm()
        self.assertEqual(self.indexes(self.other), self.indexes(self.card), "removed, as the dialog announced")

    def test_what_changes_after_the_count_is_not_sent_unseen(self):
        readings = self.env["utility.reading"].with_user(self.agent_both).with_context(prepare_later=True)
        dialog = self.dialog(readings.action_synchronize_all(), self.agent_both)
        self.card.reading_ids[:1].with_user(self.agent_water).index += 1
        self.work()
        self.card.reading_ids[:1].with_user(self.agent_water).index += 1
        with self.assertRaisesRegex(UserError, "changed since"):
            dialog.action_confirm()
