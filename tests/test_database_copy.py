"""A copy of the database: what each scheduled job may still do there, neutralised copies, upgrades."""

from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import TransactionCase, tagged

from ..models.common.database_copy import PARAMETER, confirm_database, is_unconfirmed_copy
from .support.administration import become_copy

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
        """It reaches nobody as it is: campaigns can be tried there to the end."""
        confirm_database(self.env)
        become_copy(self.env)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertFalse(is_unconfirmed_copy(self.env))

    def test_an_upgrade_notes_the_database_that_the_connectors_serve(self):
        """A copy that is upgraded before the original stays a copy."""
        connector = self.env["ledger.connector"].create(
            {"name": "Sage", "company_ids": self.env.company.ids, "directory": "upgraded"}
        )
        self.env["ledger.connector"].search([]).sudo().database_uuid = "that of the original"
        for worked_in in ("that of the original", self.env["ir.config_parameter"].get_param("database.uuid")):
            self.env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
            self.env.flush_all()
            load_script(str(MIGRATION), "script").migrate(self.env.cr, "19.0.1.3.0")
            self.env.invalidate_all()
            self.env.registry.clear_cache("stable")
            self.assertEqual(self.env["ir.config_parameter"].get_param(PARAMETER), worked_in)
            connector.search([]).sudo().database_uuid = False
