"""Small rules that every package uses: time zones, languages, rows, names of work, searches by computed names."""

from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import TransactionCase

from ..models.common import progress as progress_module
from ..models.common.accounts import check_account
from ..models.common.bulk import copy_rows, id_array
from ..models.common.database_copy import is_neutralised, is_unconfirmed_copy
from ..models.common.jobs import job_of, wake
from ..models.common.json_rows import json_rows
from ..models.common.languages import spoken
from ..models.common.named_work import NamedWork
from ..models.common.progress import Progress
from ..models.common.time_zones import zone_name_of
from .support.administration import become_copy
from .support.language import add_french
from .support.people import new_test_user
from .support.sharing import MODULE
from .test_background_batches import JOB, WorkCase


class TestRules(TransactionCase):
    def test_the_time_zone_of_a_company(self):
        """Its own, the only one of its country, the user's."""
        company = self.env["res.company"].create({"name": "Régie"})
        self.env.user.tz = "Indian/Reunion"
        for tz, country, expected in (
            ("America/Cayenne", "fr", "America/Cayenne"),
            (False, "fr", "Europe/Paris"),
            (False, "us", "Indian/Reunion"),
            (False, None, "Indian/Reunion"),
        ):
            company.partner_id.tz = tz
            company.country_id = country and self.env.ref(f"base.{country}")
            with self.subTest(tz=tz, country=country):
                self.assertEqual(zone_name_of(company), expected)
        self.env.user.tz = False
        self.assertEqual(zone_name_of(company), "UTC")

    def test_the_language_of_a_document_that_is_kept(self):
        add_french(self.env)
        english, french = self.env(context={"lang": "en_US"}), self.env(context={"lang": "fr_FR"})
        for env, code, expected in (
            (english, "fr_FR", "fr_FR"),
            (english, "fr_BE", "fr_FR"),
            (french, "en_GB", "en_US"),
            (french, "xx_YY", "fr_FR"),
            (self.env(context={}), "xx_YY", "en_US"),
        ):
            with self.subTest(code=code, lang=env.lang):
                self.assertEqual(spoken(env, code), expected)

    def test_rows_are_copied_as_they_are(self):
        self.env.cr.execute("CREATE TEMPORARY TABLE copied (a text, b int, c date, d numeric) ON COMMIT DROP")
        rows = [("tab\there", 1, date(2026, 3, 1), Decimal("1.50")), ("line\nback\\slash\r", None, None, None)]
        rows += [("\\N", 0, None, None), (None, 2, None, None)]
        copy_rows(self.env.cr, "copied", ("a", "b", "c", "d"), rows)
        self.env.cr.execute("SELECT * FROM copied")
        self.assertEqual(self.env.cr.fetchall(), rows)
        self.assertEqual(id_array([7, 8]), "{7,8}")
        shown = json_rows(("a", "b"), [("Été", date(2026, 3, 1)), (None, Decimal("1.5"))])
        self.env.cr.execute("SELECT * FROM json_to_recordset(%s) AS row(a text, b text)", [shown])
        self.assertEqual(self.env.cr.fetchall(), [("Été", "2026-03-01"), (None, "1.5")])

    def test_accounts(self):
        person = new_test_user(self.env, "common_person", "base.group_user")
        check_account(self.env, person)
        check_account(self.env, self.env["res.users"].browse(SUPERUSER_ID))
        person.active = False
        for user, name in ((person, person.name), (person.browse(), "Who launched this")):
            with self.assertRaises(UserError) as refused:
                check_account(self.env, user)
            self.assertIn(f"{name} no longer has an active account", str(refused.exception))

    def test_jobs_that_an_administrator_has_deleted(self):
        job = job_of(self.env(user=new_test_user(self.env, "common_agent", "base.group_user")), JOB)
        self.assertEqual((job.id, job.env.su), (self.env.ref(JOB).id, True))
        gone = f"{MODULE}.no_such_job"
        self.assertFalse(job_of(self.env, gone))
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        wake(self.env, gone)
        self.assertFalse(triggers.search([]))
        moment = datetime(2027, 3, 1, 4)
        wake(self.env, JOB, moment)
        self.assertEqual((triggers.search([]).cron_id, triggers.search([]).call_at), (job, moment))

    def test_what_a_copy_of_the_database_is(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("database.is_neutralized", False)
        become_copy(self.env)
        self.assertEqual((is_unconfirmed_copy(self.env), is_neutralised(self.env)), (True, False))
        parameters.set_param("database.is_neutralized", "True")
        self.assertEqual((is_unconfirmed_copy(self.env), is_neutralised(self.env)), (False, True))
        parameters.set_param("database.is_neutralized", False)
        parameters.set_param("utility_billing_sync.database_uuid", False)
        self.assertFalse(is_unconfirmed_copy(self.env), "nothing says of which database it would be a copy")

    def test_percents(self):
        """One message per pace at most; 100 only at the end, if anything was shown."""
        sent, moment = [], [0]

        def send(user, kind, message):
            sent.append((user, kind, message["title"], message["percent"]))

        users = type(self.env["res.users"])
        with (
            patch.object(progress_module.time, "monotonic", lambda: moment[0]),
            patch.object(progress_module, "PACE", 2),
            patch.object(users, "_bus_send", send),
            self.enter_registry_test_mode(),
        ):
            with Progress(self.env, "Import", 200) as progress:
                for elapsed, steps in ((1, 50), (1, 50), (0, 10), (1, 0), (1, 90)):
                    moment[0] += elapsed
                    progress.advance(steps)
            with Progress(self.env, "Nothing", 0) as progress:
                moment[0] += 2
                progress.advance(0)
            with Progress(self.env, "One of one", 1) as progress:
                moment[0] += 2
                progress.advance(0)
                progress.advance(1)
        percents = [(title, percent) for _user, _kind, title, percent in sent]
        self.assertEqual(percents[:3], [("Import", 50), ("Import", 99), ("Import", 100)])
        self.assertEqual(percents[3:], [("Nothing", 0), ("Nothing", 100), ("One of one", 0), ("One of one", 100)])
        self.assertEqual({part[0].id for part in sent}, {self.env.uid})


class TestHeldAndNamed(WorkCase):
    def test_only_who_may_write_it_confirms_that_a_copy_replaces_the_original(self):
        become_copy(self.env)
        work, triggers = self.make(), self.env["ir.cron.trigger"]
        self.assertTrue(work.is_held)
        with self.assertRaises(AccessError):
            work.with_user(self.agent).action_confirm_database()
        self.assertTrue(is_unconfirmed_copy(self.env))
        with self.assertRaisesRegex(UserError, "This database is a copy"):
            work._check_not_held()
        triggers.search([]).unlink()
        work.with_user(self.manager).action_confirm_database()
        self.env.invalidate_all()
        self.assertEqual((is_unconfirmed_copy(self.env), work.is_held), (False, False))
        self.assertEqual(triggers.search([]).cron_id, self.job)
        work._check_not_held()

    def test_how_work_is_called(self):
        """By who may read it, with the name of a colleague's."""
        work = self.make(route="Bourg")
        named = NamedWork(work.sudo(), self.manager, datetime(2026, 3, 1, 9, 32, 5))
        self.agent.tz = "Europe/Paris"
        kind = self.env["ir.model"]._get(work._name).name
        stranger = new_test_user(self.env, "common_stranger", "base.group_user", tz="Europe/Paris")
        for user, expected in (
            (self.agent, f"{kind} (EAU · Bourg), {self.manager.name}, 10:32:05"),
            (stranger, f"{kind}, 10:32:05"),
        ):
            self.assertEqual(named.described(self.env(user=user)), expected)
        work.unlink()
        self.assertEqual(named.described(self.env(user=self.agent)), f"{kind}, {self.manager.name}, 10:32:05")

    def test_records_are_found_by_their_computed_names(self):
        bourg, rives, whole = self.make(route="Bourg"), self.make(route="Rives d'Été"), self.make()
        model, every = self.env["utility.reading.invitation"], bourg | rives | whole
        for operator, value, expected in (
            ("ilike", "bourg", bourg),
            ("ilike", "EAU", every),
            ("ilike", "rives d ete", rives),
            ("not ilike", "bourg", rives | whole),
            ("=", "EAU", whole),
            ("=", "eau – BOURG", bourg),
            ("!=", "EAU", bourg | rives),
            ("in", ["EAU · Bourg", "EAU", 7], bourg | whole),
            ("not in", ["EAU · Bourg", "EAU"], rives),
            ("in", [], model),
            ("ilike", "·", model),
            ("=", "EAU · Nowhere", model),
        ):
            with self.subTest(operator=operator, value=value):
                found = model.search(Domain("id", "in", every.ids) & Domain("display_name", operator, value))
                self.assertEqual(set(found), set(expected))
