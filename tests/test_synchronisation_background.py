"""An answer about many readings is carried out in the background, a page of connection points at a time."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError

from ..models.sharing import utility_synchronisation_run
from ..wizards import utility_synchronize_mixin
from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase

DAYS = (MARCH, JUNE, SEPTEMBER, DECEMBER)


class TestSynchronisationBackground(SharingCase):
    """Four meters of four readings, in pages of one meter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = [cls.shared(f"N{number}00") for number in range(4)]
        for here, _there in cls.cards:
            for place, day in enumerate(DAYS):
                cls.read_index(here, day, 100 + 10 * place)

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(utility_synchronize_mixin, "IN_BACKGROUND", 3))
        self.enterContext(patch.object(utility_synchronisation_run, "PAGE", 1))

    def all_waiting(self, user=None):
        user = user or self.agent_water
        return self.dialog(self.env["utility.reading"].with_user(user).action_synchronize_all(), user)

    def launched(self, dialog, answer="action_confirm"):
        action = getattr(dialog, answer)()
        self.assertEqual((action["res_model"], action["views"]), ("utility.synchronisation.run", [(False, "form")]))
        return self.env["utility.synchronisation.run"].browse(action["res_id"])

    def work(self, run):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_synchronisation").method_direct_trigger()
        self.env.invalidate_all()
        return run

    def sent_to(self, number):
        return len(self.indexes(self.cards[number][1]))

    def test_all_in_the_background(self):
        job = self.env.ref("utility_billing_sync.ir_cron_synchronisation")
        run = self.launched(self.all_waiting())
        self.assertEqual([self.sent_to(n) for n in range(4)], [0] * 4, "nothing is written in the request")
        self.assertEqual((run.company_ids, run.user_id), (self.budget_water, self.agent_water))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))
        self.work(run)
        self.assertEqual((run.state, run.error, run.progress, run.total), ("done", False, 4, 4))
        self.assertEqual((run.created_count, run.left_count), (16, 0))
        self.assertEqual([self.indexes(there) for _here, there in self.cards], [self.indexes(self.cards[0][0])] * 4)
        answers = self.env["utility.reading.answer"].search([("meter_id", "in", [c[0].id for c in self.cards])])
        self.assertEqual((len(answers), answers.user_id), (16, self.agent_water))
        self.assertEqual({(a.outcome, a.forced, bool(a.answered_on)) for a in answers}, {("create", False, True)})
        with self.assertRaisesRegex(UserError, "There are no readings to synchronise"):
            self.all_waiting()
        self.assertFalse(self.env["utility.reading"].search([("sync_state", "=", "pending")]))

    def test_few_readings_are_answered_at_once(self):
        action = self.ask(self.cards[0][0].reading_ids[:3]).action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self.sent_to(0), 3)

    def test_it_is_kept_while_it_runs(self):
        self.assertKeptWhileRunning(self.launched(self.all_waiting()))

    def test_it_is_answered_once(self):
        dialog, same = self.all_waiting(), self.all_waiting()
        run = self.launched(dialog)
        with self.assertRaisesRegex(UserError, "This question is already answered"):
            dialog.action_decline()
        self.assertEqual((run.answer, run.state), ("synchronized", "running"))
        self.work(run)
        self.assertEqual(run.created_count, 16)
        self.assertEqual(self.work(self.launched(same)).created_count, 0, "what was sent meanwhile is not sent again")

    def test_stopped_and_resumed(self):
        run = self.launched(self.all_waiting())
        self.assertEqual(run.sudo()._work_batch(), 1)
        run.with_user(self.agent_water).action_stop()
        self.work(run)
        self.assertEqual((run.state, run.progress, run.created_count), ("stopped", 1, 4))
        self.assertEqual(sum(self.sent_to(n) for n in range(4)), 4)
        run.with_user(self.agent_water).action_resume()
        self.work(run)
        self.assertEqual((run.state, run.created_count), ("done", 16))
        self.assertEqual([self.sent_to(n) for n in range(4)], [4] * 4)

    def test_readings_that_change_after_the_answer_stay_open(self):
        run = self.launched(self.all_waiting())
        changed = self.cards[2][0].reading_ids.filtered(lambda reading: str(reading.date) == DECEMBER)
        changed.with_user(self.agent_water).index = 200
        self.work(run)
        self.assertEqual((run.state, run.created_count, run.left_count), ("done", 12, 1))
        self.assertEqual([self.sent_to(n) for n in range(4)], [4, 4, 0, 4])
        self.assertEqual(set(self.cards[2][0].reading_ids.mapped("sync_state")), {"pending"})

    def test_a_point_deleted_after_the_answer(self):
        run = self.launched(self.all_waiting())
        for card in self.cards[1]:
            card.reading_ids.unlink()
        self.cards[1].unlink()
        self.work(run)
        self.assertEqual((run.state, run.created_count), ("done", 12))

    def test_a_meter_that_somebody_holds_is_tried_again(self):
        run = self.launched(self.all_waiting())
        point = type(self.env["utility.connection.point"])
        with patch.object(point, "_lock", side_effect=LockError("somebody saves")):
            self.work(run)
        self.assertEqual((run.state, run.attempts, run.progress), ("running", 1, 0))
        self.work(run)
        self.assertEqual((run.state, run.attempts, run.created_count), ("done", 0, 16))

    def test_a_page_is_written_whole_or_not_at_all(self):
        run, later = self.launched(self.all_waiting()), type(self.env["utility.reading"])._after_answer

        def fail(model, asked, synchronized):
            if model.search(asked)[:1].meter_id == self.cards[1][0]:
                raise RuntimeError("power cut")
            return later(model, asked, synchronized)

        logger = "odoo.addons.utility_billing_sync.models.common.background_work"
        with patch.object(type(self.env["utility.reading"]), "_after_answer", fail), self.assertLogs(logger, "ERROR"):
            self.work(run)
        self.assertEqual((run.state, run.error, run.progress), ("stopped", "power cut", 1))
        self.assertEqual([self.sent_to(n) for n in range(4)], [4, 0, 0, 0])
        run.with_user(self.agent_water).action_resume()
        self.work(run)
        self.assertEqual((run.state, run.created_count), ("done", 16))

    def test_the_rights_are_those_of_the_user_who_answered(self):
        run = self.launched(self.all_waiting())
        self.agent_water.group_ids = [(5,)]
        with self.assertLogs("odoo.addons.utility_billing_sync.models.common.background_work", "ERROR"):
            self.work(run)
        self.assertEqual((run.state, sum(self.sent_to(n) for n in range(4))), ("stopped", 0))
        for user in (self.agent_sewerage, self.plain_user, self.portal_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.with_user(user).action_resume()

    def test_a_no_to_many(self):
        run = self.work(self.launched(self.all_waiting(), "action_decline"))
        self.assertEqual((run.state, run.created_count), ("done", 0))
        readings = self.env["utility.reading"].search([("section_id", "=", self.water.id)])
        self.assertEqual((len(readings), set(readings.mapped("sync_state"))), (16, {"declined"}))
        self.assertEqual(set(readings.answer_ids.mapped("answer")), {"declined"})

    def test_not_confirmed_twice(self):
        dialog = self.all_waiting()
        self.launched(dialog)
        with self.assertRaisesRegex(UserError, "already answered"):
            dialog.action_confirm()

    def test_a_reading_changed_before_the_answer_keeps_its_question(self):
        """Agents go on saving while the dialog is open: only their meters are left."""
        dialog = self.all_waiting()
        self.cards[3][0].reading_ids.filtered(lambda r: str(r.date) == DECEMBER).with_user(self.agent_water).index = 190
        run = self.work(self.launched(dialog))
        self.assertEqual((run.state, run.created_count, run.left_count), ("done", 12, 1))
        self.assertEqual(set(self.cards[3][0].reading_ids.mapped("sync_state")), {"pending"})

    def test_questions_without_answer_are_deleted(self):
        run = self.all_waiting().run_id
        self.assertEqual(run.state, "asked")
        self.env["utility.synchronisation.run"]._gc_asked()
        self.assertTrue(run.exists())
        with patch.object(utility_synchronisation_run, "KEPT_UNANSWERED", timedelta(-1)):
            self.env["utility.synchronisation.run"]._gc_asked()
        self.assertFalse(run.exists())

    def test_forced(self):
        for _here, there in self.cards:
            self.read_index(there, JUNE, 105)
            self.read_index(there, "2025-05-15", 104)
        meters = self.env["utility.meter"].browse([here.id for here, _there in self.cards])
        dialog = self.dialog(meters.with_user(self.manager).action_force_synchronization(), self.manager)
        dialog.remove_extra = True
        run = self.work(self.launched(dialog))
        self.assertEqual((run.state, run.created_count, run.corrected_count), ("done", 12, 4))
        self.assertEqual(run.removed_count, 4)
        answers = self.env["utility.reading.answer"].search([("meter_id", "in", meters.ids)])
        self.assertEqual((len(answers), set(answers.mapped("forced"))), (20, {True}))
        self.assertEqual([self.indexes(there) for _here, there in self.cards], [self.indexes(self.cards[0][0])] * 4)
        self.assertIn("Forced synchronisation from section EAU", self.cards[2][1].message_ids[0].body)
        with self.assertRaises(AccessError):
            run.with_user(self.agent_both).action_resume()

    def test_pages_of_the_survey_are_counted_together(self):
        self.read_index(self.cards[3][1], JUNE, 105).sync_state = "declined"
        whole = self.all_waiting(self.agent_both)
        with patch.object(utility_synchronize_mixin, "PAGE", 1):
            paged = self.all_waiting(self.agent_both)
        self.assertEqual((paged.summary, paged.change_count, paged.revision), (whole.summary, 16, whole.revision))
        shown = [(line.meter, line.date, line.before, line.after, line.outcome) for line in whole.line_ids]
        self.assertEqual([(li.meter, li.date, li.before, li.after, li.outcome) for li in paged.line_ids], shown)
        self.assertIn("in the background", paged.summary)
        with (
            patch.object(utility_synchronize_mixin, "PAGE", 1),
            patch.object(utility_synchronize_mixin, "PREVIEW_LINES", 4),
        ):
            few = self.all_waiting(self.agent_both)
        self.assertEqual((len(few.line_ids), few.change_count), (4, 16))
        self.assertIn("correct", few.line_ids.mapped("outcome"), "the unusual ones are listed first")
