"""A copy of the database: what each scheduled job may still do there, neutralised copies, upgrades."""

from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import TransactionCase, tagged
from odoo.tools.sql import column_exists

from ..models.common.database_copy import PARAMETER, confirm_database, is_unconfirmed_copy
from .support.administration import become_copy

FORMER_MARKS = Path(__file__).resolve().parents[1] / "migrations/19.0.1.5.0/post-database_copy.py"
MIGRATION = Path(__file__).resolve().parents[1] / "migrations/19.0.1.4.0/post-database_copy.py"
#: Jobs that change nothing outside the database: a copy, as one for training, may run them.
INSIDE = {
    *("ir_cron_billing", "ir_cron_dialogs", "ir_cron_matching", "ir_cron_reading_import", "ir_cron_retention"),
    "ir_cron_synchronisation",
}
#: Jobs that send or fetch; the tests of their models show that a copy holds them.
REACHING_OUT = {"ir_cron_bill_sending", "ir_cron_digest", "ir_cron_reading_invitation", "ir_cron_telemetry"}


@tagged("post_install", "-at_install")
class TestDatabaseCopy(TransactionCase):
    def test_every_job_says_whether_it_reaches_out(self):
        """A job that is added is declared above, with a test that a copy holds it if it sends or fetches."""
        jobs = self.env["ir.model.data"].search([("module", "=", "utility_billing_sync"), ("model", "=", "ir.cron")])
        self.assertEqual(set(jobs.mapped("name")), INSIDE | REACHING_OUT)

    def test_a_copy_until_it_is_confirmed(self):
        confirm_database(self.env)
        self.assertFalse(is_unconfirmed_copy(self.env))
        become_copy(self.env)
        self.assertTrue(is_unconfirmed_copy(self.env))
        confirm_database(self.env)
        self.assertFalse(is_unconfirmed_copy(self.env))

    def test_a_neutralised_copy_is_not_held(self):
        """A neutralised copy sends nothing to anybody: campaigns can be tried there to the end."""
        confirm_database(self.env)
        become_copy(self.env)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertFalse(is_unconfirmed_copy(self.env))

    def test_an_upgrade_notes_the_database_that_the_connectors_serve(self):
        """A copy that is upgraded before the original stays a copy."""
        self.make_connector()
        self.add_former_column("that of the original")
        for worked_in in ("that of the original", self.env["ir.config_parameter"].get_param("database.uuid")):
            self.env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
            self.env.flush_all()
            load_script(str(MIGRATION), "script").migrate(self.env.cr, "19.0.1.3.0")
            self.env.invalidate_all()
            self.env.registry.clear_cache("stable")
            self.assertEqual(self.env["ir.config_parameter"].get_param(PARAMETER), worked_in)
            self.env.cr.execute("UPDATE ledger_connector SET database_uuid = NULL")

    def test_a_database_of_an_early_version(self):
        """If no connector was marked, it is the production database."""
        self.make_connector()
        self.env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
        self.env.flush_all()
        load_script(str(MIGRATION), "script").migrate(self.env.cr, "19.0.1.2.0")
        self.upgrade()
        self.assertFalse(is_unconfirmed_copy(self.env))
        self.assertFalse(column_exists(self.env.cr, "ledger_connector", "database_uuid"))

    def make_connector(self, **values):
        return self.env["ledger.connector"].create(
            {"name": "Sage", "company_ids": self.env.company.ids, "directory": "upgraded", **values}
        )

    def add_former_column(self, uuid):
        """Connectors bore the mark of the database in which their schedule had been saved."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE ledger_connector ADD COLUMN database_uuid varchar")
        self.env.cr.execute("UPDATE ledger_connector SET database_uuid = %s", [uuid])

    def upgrade(self):
        load_script(str(FORMER_MARKS), "script").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")

    def test_connectors_that_exchanged_from_here_go_on(self):
        """In a copy, saving the schedule used to be enough to exchange."""
        become_copy(self.env)
        connector = self.make_connector(auto_sync=True)
        self.env["ledger.connector"].search([("id", "!=", connector.id)]).auto_sync = False
        self.add_former_column(self.env["ir.config_parameter"].get_param("database.uuid"))
        self.assertTrue(connector.is_held)
        self.upgrade()
        self.assertEqual((connector.is_held, connector.auto_sync), (False, True))

    def test_connectors_that_were_held_do_not_begin_by_themselves(self):
        """The copy was confirmed for its e-mails only."""
        confirm_database(self.env)
        connector = self.make_connector(auto_sync=True)
        self.add_former_column("that of the original")
        self.upgrade()
        self.assertEqual((connector.is_held, connector.auto_sync, connector.next_run), (False, False, False))

    def test_a_copy_stays_held(self):
        become_copy(self.env)
        connector = self.make_connector(auto_sync=True)
        self.add_former_column("that of the original")
        self.upgrade()
        self.assertTrue(connector.is_held)
