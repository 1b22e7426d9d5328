"""Rights on the matching of meters, and what nobody may do."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tools import mute_logger

from ..models.sharing.matching_store import MatchStore
from .support.sharing import JUNE, MANAGER
from .test_matching import MatchingCase


class TestMatchingRights(MatchingCase):
    def test_only_a_person_in_charge_of_both(self):
        run = self.proposed()
        one_budget = self.user("one_budget", MANAGER, self.budget_water)
        for user in (self.agent_both, one_budget, self.plain_user):
            with self.subTest(user.login):
                mine = run.with_user(user)
                for method in (mine.action_propose, mine.action_attach_certain, mine.action_undo_all, mine.action_stop):
                    with self.assertRaises(AccessError):
                        method()
                with self.assertRaises(AccessError):
                    run.match_ids.with_user(user).action_attach()
        with self.assertRaises(AccessError):
            self.matching(one_budget)

    def test_nobody_writes_what_the_matching_keeps(self):
        run = self.proposed()
        for records, values in ((run, {"state": "running"}), (run.match_ids, {"confidence": "certain"})):
            with self.assertRaises(AccessError):
                records.write(values)
        for values in ({"user_id": self.env.ref("base.user_admin").id}, {"state": "running"}):
            with self.assertRaises(AccessError):
                self.matching(**values)

    def test_the_names_of_both_sections_are_for_who_may_read_the_matching(self):
        run = self.matching()
        self.assertEqual(run.display_name, "EAU – ASSAINISSEMENT")
        for user in (self.agent_both, self.user("one_budget", MANAGER, self.budget_water)):
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).display_name  # noqa: B018

    def test_rights_taken_away_before_the_work(self):
        run = self.proposed()
        run.match_ids.action_attach()
        self.manager.sudo().write({"company_id": self.budget_water.id, "company_ids": [(6, 0, self.budget_water.ids)]})
        with self.assertLogs("odoo.addons.utility_billing_sync", "ERROR"):
            self.work()
        self.env.invalidate_all()
        self.assertEqual(run.sudo().state, "stopped")
        self.assertFalse(self.sure[0].is_shared)

    def test_option_off(self):
        self.budget_sewerage.share_connection_points = False
        with self.assertRaisesRegex(ValidationError, "Budget assainissement"):
            self.matching().action_propose()

    def test_not_twice_at_once(self):
        run = self.matching()
        run.action_propose()
        with self.assertRaisesRegex(UserError, "already in progress"):
            run.action_propose()
        with self.assertRaisesRegex(UserError, "is running"):
            run.unlink()

    def test_pairs_of_one_matching_at_a_time(self):
        pairs = self.proposed().match_ids | self.proposed().match_ids
        self.assertEqual(len(pairs.run_id), 2)
        with self.assertRaisesRegex(UserError, "one matching at a time"):
            pairs.action_attach()
        with self.assertRaisesRegex(UserError, "None of these pairs can be attached or undone"):
            pairs.run_id[0].action_undo_all()

    def test_a_task_begins_from_nothing(self):
        run = self.matching()
        run.sudo().write({"cursor": 5, "progress": 6, "total": 7, "attempts": 8, "error": "The server stopped."})
        run.action_propose()
        begun = {"state": "running", "task": "propose", "user_id": self.manager, "error": False}
        begun |= {"cursor": 0, "progress": 0, "total": 1, "attempts": 0}
        self.assertEqual({name: run[name] for name in begun}, begun)

    def test_a_stopped_task_goes_on_where_it_was(self):
        run = self.matching()
        values = {"state": "stopped", "task": "attach", "cursor": 5, "progress": 6, "total": 7, "attempts": 8}
        run.sudo().write(values)
        self.budget_sewerage.share_connection_points = False
        with self.assertRaisesRegex(ValidationError, "Budget assainissement"):
            run.action_resume()
        self.budget_sewerage.share_connection_points = True
        run.action_resume()
        self.assertEqual({name: run[name] for name in values}, {**values, "state": "running"})
        run.sudo().state = "ready"
        run.action_resume()
        self.assertEqual(run.state, "ready", "what was not stopped does not go on")

    def test_the_lists_of_a_matching(self):
        run = self.proposed()
        action = run.with_context(search_default_certain=1, active_id=5).action_view_matches()
        companies = self.manager.company_ids.ids
        self.assertEqual(action["domain"], [("run_id", "=", run.id)])
        self.assertEqual(action["context"], {"search_default_certain": True, "allowed_company_ids": companies})
        for records, section in ((run, self.water), (run.with_context(of_section_to_attach=True), self.sewerage)):
            action = records.action_view_alone()
            self.assertEqual(action["name"], f"Without pair: {section.name}")
            self.assertEqual(action["domain"], [("section_id", "=", section.id), ("unpaired_matching_id", "=", run.id)])
            self.assertEqual(action["context"], {"allowed_company_ids": companies, "utility_matching_id": run.id})
        for name in ("action_view_matches", "action_view_alone"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.agent_both), name)()

    def test_pairs_by_the_numbers_that_are_shown(self):
        run = self.proposed()
        pair, missing = self.match_of(run, self.sure), self.match_of(run, self.second)
        missing.sudo().other_serial_number = False
        for found, names in (
            (pair, (pair.display_name, "17-001234", "itron 17 OO1234", "17-001 · itron")),
            (missing, (missing.display_name, "17-005678")),
            (pair.browse(), ("itron 17 · 17-001234", "17-001234 · 17-005678")),
        ):
            for name in names:
                same = run.match_ids.search([("display_name", "ilike", name), ("run_id", "=", run.id)])
                self.assertEqual(same, found, name)

    def test_who_set_a_pair_apart(self):
        pair = self.match_of(self.proposed(), self.sure)
        action = pair.action_set_apart()
        self.assertEqual((pair.state, pair.decided_by_id, bool(pair.decided_on)), ("distinct", self.manager, True))
        self.assertIn("Pairs: 1", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")
        self.assertNotIn("next", pair.with_context(utility_one_by_one=True).action_reconsider()["params"])
        self.assertEqual((pair.state, pair.note), ("proposed", False))

    def test_a_pair_that_waits_is_taken_once(self):
        run = self.proposed()
        pair = self.match_of(run, self.sure)
        pair.action_attach()
        with self.assertRaisesRegex(UserError, "None of these pairs can be attached or undone"):
            pair.action_attach()
        with self.assertRaisesRegex(UserError, "already in progress"):
            run.action_undo_all()
        with self.assertRaisesRegex(UserError, "is running or has attached meters"):
            run.unlink()
        self.assertEqual((run.state, run.total), ("running", 1))

    def test_two_sections(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.matching(other_section_id=self.water.id)

    def test_what_can_be_undone_is_kept(self):
        run = self.proposed()
        self.attach_all(run)
        with self.assertRaisesRegex(UserError, "undo them first"):
            run.unlink()
        run.action_undo_all()
        self.work()
        for pair in run.match_ids:
            left = pair.state, pair.point_id.id, pair.left_point_id.id, pair.device_count
            self.assertEqual(left, ("undone", False, False, 0))
        self.assertIn("Detached from the shared connection point", self.sure[1].message_ids[0].body)
        run.unlink()


class TestMatchingTasks(MatchingCase):
    """What a task begins with, what it leaves behind, and what the pairs are made of."""

    def task(self, run):
        return run.state, run.task, run.total, run.progress, run.cursor, run.attempts, run.error

    def test_a_task_begins_anew_and_goes_on_where_it_stopped(self):
        run = self.matching()
        run.action_propose()
        self.assertEqual(self.task(run), ("running", "propose", 1, 0, 0, 0, False))
        self.work()
        self.assertEqual((run.state, run.total, run.progress), ("ready", 3, 3))
        run.action_resume()
        self.assertEqual(run.state, "ready", "it was not stopped")
        run.sudo().write({"cursor": 7, "attempts": 3, "error": "What failed before"})
        job = self.env.ref("utility_billing_sync.ir_cron_matching")
        self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]).unlink()
        run.action_attach_certain()
        self.assertEqual(self.task(run), ("running", "attach", 2, 0, 0, 0, False))
        self.assertEqual(run.user_id, self.manager)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))
        run.action_stop()
        run.sudo().write({"cursor": 7, "progress": 1})
        run.action_resume()
        self.assertEqual(self.task(run), ("running", "attach", 2, 1, 7, 0, False))

    def test_another_comparison_lets_go_of_what_waits(self):
        run = self.proposed()
        self.match_of(run, self.second).action_attach()
        self.work()
        run.action_undo_all()
        run.action_stop()
        leaving, queued = self.match_of(run, self.second), self.match_of(run, self.sure)
        queued.sudo().state = "queued"
        self.assertEqual((leaving.state, queued.state), ("leaving", "queued"))
        run.action_propose()
        self.assertEqual((leaving.state, queued.state), ("attached", "proposed"))

    def test_a_pair_that_is_refused_does_not_wait(self):
        """The option is switched off meanwhile: each pair says why, and the work ends."""
        run = self.proposed()
        run.match_ids.action_attach()
        self.budget_sewerage.share_connection_points = False
        self.work()
        self.assertEqual((run.state, run.progress, run.refused_count), ("ready", 3, 3))
        self.assertTrue(all(run.match_ids.mapped("note")))
        self.budget_sewerage.share_connection_points = True
        self.attach_all(run)
        self.assertEqual((run.attached_count, any(run.match_ids.mapped("note"))), (3, False))

    def test_a_pair_is_compared_as_it_is_now(self):
        run = self.proposed()
        self.assertEqual((run.certain_count, len(run.match_ids)), (2, 3))
        self.sure[1].serial_number, self.sure[1].street = "99-1", "8 chemin Vert"
        self.sure[1].subscription_ids.partner_id = self.martin
        before = run.match_ids
        self.assertEqual(set(before.mapped("confidence")), {"certain", "probable"})
        found = MatchStore(run).propose()
        with self.assertRaises(MissingError):
            before.mapped("confidence")
        self.assertEqual((found, run.certain_count, len(run.match_ids)), (2, 1, 2))
        self.env.cr.execute("SELECT attname FROM pg_stats WHERE tablename = 'utility_meter_match'")
        columns = {name for (name,) in self.env.cr.fetchall()}
        self.assertLessEqual({"run_id", "state", "confidence"}, columns, "the next queries are planned with them")

    def test_cards_are_read_with_the_rights_of_both_sections(self):
        run, other = self.proposed(), self.meter(self.sewerage, "5")
        one_budget = self.user("one_budget", MANAGER, self.budget_water)
        with self.assertRaises(AccessError):
            MatchStore(run.with_user(one_budget)).propose()
        with self.assertRaises(AccessError):
            MatchStore(run.with_user(self.agent_both)).pair_by_hand(self.alone, other)

    def test_what_is_shown_is_what_was_just_typed(self):
        here, there = self.sure
        reading = self.read_index(here, JUNE, 1250)
        values = {"connection_point_id": here.connection_point_id.id, "serial_number": "99-1"}
        device = self.env["utility.device"].create({**values, "removed_on": "2017-05-02"})
        run = self.proposed()
        pair = self.match_of(run, self.sure).with_context(lang="en_US")
        self.assertEqual((pair.past, pair.other_past), ("device 99-1 until 05/02/2017", ""))
        self.assertEqual((pair.last_reading, pair.other_last_reading), ("1,250 (06/30/2025)", ""))
        self.assertEqual((run.alone_count, run.new({}).alone_count, run.new({}).other_alone_count), (1, 0, 0))
        reading.index = 1260
        device.serial_number = "99-2"
        there.subscription_ids.date_end = "2024-12-31"
        self.alone.active = False
        pair.invalidate_recordset(["last_reading", "other_last_reading", "past", "other_past"], flush=False)
        run.invalidate_recordset(["alone_count", "other_alone_count"], flush=False)
        self.assertEqual((pair.past, pair.other_past), ("device 99-2 until 05/02/2017", "Durand until 12/31/2024"))
        self.assertEqual((pair.last_reading, run.alone_count), ("1,260 (06/30/2025)", 0))

    def test_the_pairs_of_a_matching_in_every_company_of_the_user(self):
        run = self.matching().with_context(allowed_company_ids=self.budget_water.ids, search_default_certain=1)
        action = run.action_view_matches()
        companies = {"allowed_company_ids": self.manager.company_ids.ids}
        self.assertEqual(action["context"], {"search_default_certain": True, **companies})
        self.assertEqual(
            (action["domain"], action["name"]), ([("run_id", "=", run.id)], f"Pairs of Cards: {run.display_name}")
        )
