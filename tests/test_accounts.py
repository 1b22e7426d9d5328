"""Work in the name of somebody who left: an archived account has no rights, a deleted one would be the superuser's."""

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .access_town import AccessCase
from .support.sharing import MODULE

WORK = "utility.background.work"


class TestAccounts(AccessCase):
    def works(self):
        """Return {model: a record} of the background work of the module."""
        names = self.env.registry.descendants([WORK], "_inherit") - {WORK}
        return {name: self.records[name].sudo() for name in sorted(names) if not self.env[name]._abstract}

    @mute_logger("odoo.addons.utility_billing_sync.models.common.background_work")
    def test_work_stops_and_says_why(self):
        gone = self.users["person in charge"]
        gone.active = False
        works = self.works()
        self.assertGreaterEqual(len(works), 6)
        for user, named in ((gone, gone.name), (gone.browse(), "Who launched this")):
            for name, work in works.items():
                with self.subTest(name, user=named):
                    work._by_server().write({"state": "running", "user_id": user.id, "error": False})
                    self.env.ref(work._job).method_direct_trigger()
                    self.env.invalidate_all()
                    self.assertEqual(work.state, "stopped")
                    self.assertIn(named, work.error)

    @mute_logger("odoo.addons.utility_billing_sync.models.common.background_work")
    def test_work_stops_once_the_person_may_no_longer_do_it(self):
        """Rights are checked for each batch, not only at the launch."""
        person = self.users["person in charge"]
        person.group_ids = self.env.ref("base.group_user")
        for name, work in self.works().items():
            with self.subTest(name):
                work._by_server().write({"state": "running", "user_id": person.id, "error": False})
                self.env.ref(work._job).method_direct_trigger()
                self.env.invalidate_all()
                self.assertEqual(work.state, "stopped")

    def test_remote_readings_of_somebody_who_left(self):
        gone = self.users["person in charge"]
        source = self.records["utility.telemetry.source"].sudo()
        source._by_server().write({"user_id": gone.id, "next_run": "2026-01-01 03:00:00"})
        gone.active = False
        self.env.ref(source._job).method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(gone.name, source.error)


class TestDeletedJobs(AccessCase):
    """Odoo lets administrators delete scheduled jobs: the records say so, and the work can be continued by hand."""

    def setUp(self):
        super().setUp()
        own = [("module", "=", MODULE), ("model", "=", "ir.cron")]
        names = self.env["ir.model.data"].search(own)
        self.env["ir.cron"].browse(names.mapped("res_id")).unlink()

    def test_work_is_off_and_can_be_advanced(self):
        run = self.records["utility.billing.run"]
        run.action_preview()
        self.assertEqual((run.state, run.job_is_off), ("running", True))
        self.env.flush_all()
        with self.registry.cursor() as cr:
            run.with_env(self.env(cr=cr)).action_advance()
        self.env.invalidate_all()
        self.assertEqual((run.state, bool(run.previewed_on)), ("draft", True))

    def test_dialogs_are_prepared_at_once(self):
        dialog = self.env["utility.reading.synchronize"].create({"reading_ids": self.reading.ids})
        dialog = dialog.with_context(prepare_later=True)
        self.assertTrue(dialog._prepare_now_or_later(lambda: 10**6))

    def test_sources_say_that_nothing_fetches(self):
        source = self.records["utility.telemetry.source"]
        source.write({"auto_fetch": True, "time": 3})
        with self.assertRaisesRegex(UserError, "off"):
            source.action_fetch()
