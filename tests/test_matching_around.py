"""*Rapprocher les compteurs* in the background: companies that are not ticked, pairs that somebody holds."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import LockError, UserError

from .test_matching_decisions import DecisionCase


class TestWhoeverIsAround(DecisionCase):
    def test_both_sections_whatever_the_switcher_says(self):
        env = self.env(user=self.manager.id, context={"allowed_company_ids": self.budget_water.ids})
        defaults = env["utility.meter.matching"].default_get(["section_id", "other_section_id"])
        self.assertEqual(defaults, {"section_id": self.water.id, "other_section_id": self.sewerage.id})
        Section = env["utility.section"]
        self.assertNotIn(self.sewerage.id, [found[0] for found in Section.name_search("")])
        offered = Section.with_context(utility_every_company=True).name_search("")
        self.assertIn(self.sewerage.id, [found[0] for found in offered])
        run = env["utility.meter.matching"].create({})
        self.assertEqual(run.display_name, "EAU – ASSAINISSEMENT")
        run.action_propose()
        self.work()
        self.assertEqual(
            run.web_read({"other_section_id": {"fields": {"display_name": {}}}, "certain_count": {}})[0],
            {
                "id": run.id,
                "other_section_id": {"id": self.sewerage.id, "display_name": "ASSAINISSEMENT"},
                "certain_count": 2,
            },
        )
        run.match_ids.filtered(lambda pair: pair.confidence == "certain").action_attach()
        self.work()
        self.assertEqual(run.attached_count, 2)

    def test_not_the_sections_of_companies_that_one_may_not_enter(self):
        env = self.env(user=self.user("only_water", "utility_billing_sync.group_utility_manager", self.budget_water).id)
        offered = env["utility.section"].with_context(utility_every_company=True).name_search("")
        self.assertNotIn(self.sewerage.id, [found[0] for found in offered])

    def test_the_list_stays_and_more_pairs_may_be_added(self):
        run = self.proposed()
        action = self.look_at(run, self.sure).action_attach()
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")
        second = self.look_at(run, self.second)
        self.assertEqual(second.state, "proposed")
        second.action_attach()
        self.assertEqual((second.state, run.state, run.total), ("queued", "running", 2))
        for other_task in (self.open(run).action_propose, self.open(run).action_undo_all):
            with self.assertRaisesRegex(UserError, "already in progress"):
                other_task()
        self.work()
        self.assertEqual((run.state, run.progress, run.attached_count), ("ready", 2, 2))

    def test_a_pair_added_behind_the_cursor_is_not_forgotten(self):
        run = self.proposed()
        first, second = run.match_ids.filtered(lambda pair: pair.confidence == "certain").sorted("id")
        second.with_user(self.manager).action_attach()
        run.sudo().cursor = second.id
        first.with_user(self.manager).action_attach()
        self.work()
        self.assertEqual((run.state, run.attached_count), ("ready", 2))

    def calls(self):
        """The moments at which the scheduled job is to be called."""
        job = self.env.ref("utility_billing_sync.ir_cron_matching")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])

    def held(self, point):
        """Somebody is saving readings of this point: its lock is refused meanwhile."""
        lock = type(point)._lock

        def refuse(points):
            if point in points:
                raise LockError("Somebody else is saving readings.")
            return lock(points)

        return patch.object(type(point), "_lock", refuse)

    def test_a_pair_that_somebody_holds_is_tried_again(self):
        run = self.proposed()
        run.match_ids.with_user(self.manager).action_attach()
        before = set(self.calls().mapped("call_at"))
        with self.held(self.sure[0].connection_point_id):
            self.work()
            held = self.match_of(run, self.sure)
            self.assertEqual((held.state, held.note, run.state), ("queued", False, "running"))
            self.assertEqual(run.attached_count, 2, "it stops nobody else")
            self.assertEqual((run.progress, run.attempts), (2, 3))
            later = max(set(self.calls().mapped("call_at")) - before) - fields.Datetime.now()
            self.assertTrue(40 < later.total_seconds() <= 60, later)
        self.work()
        self.assertEqual((held.state, run.state, run.progress, run.attempts), ("attached", "ready", 3, 0))

    def test_held_for_ever_it_is_refused_in_the_end(self):
        run = self.proposed()
        self.look_at(run, self.sure).action_attach()
        with self.held(self.sure[0].connection_point_id):
            for _attempt in range(9):
                self.work()
            pair = self.match_of(run, self.sure)
            self.assertEqual((pair.state, run.state, run.progress), ("queued", "running", 0))
            self.work()
        self.assertEqual((pair.state, run.state, run.progress), ("refused", "ready", 1))
        self.assertIn("in use for too long", pair.note)
