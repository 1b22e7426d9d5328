"""Two concurrent launches of one campaign: real cursors, committed data, deleted at the end."""

import threading
from contextlib import contextmanager
from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .support.billing import Q1
from .support.committed import run_together

#: What the tests commit, in the order in which it can be removed.
MODELS = (
    "account.move",
    "utility.billing.run",
    "utility.subscription",
    "utility.reading",
    "utility.meter",
    "utility.connection.point",
    "utility.tariff",
    "utility.section",
    "account.journal",
    "product.product",
    "res.partner",
    "account.account",
    "ir.cron.trigger",
)
SUBSCRIPTIONS = 12


@tagged("post_install", "-at_install")
class TestBillingConcurrency(BaseCase):
    run_id = False

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.transaction() as env:
            self.highest = {name: self.all_of(env, name)[:1].id or 0 for name in MODELS}
            self.addCleanup(self.put_away)
            section, product = self.make_section(env)
            self.run_id = self.make_campaign(env, section, product).id

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def all_of(self, env, name):
        return env[name].with_context(active_test=False).search([], order="id desc")

    def put_away(self):
        with self.transaction() as env:
            self.campaign(env).action_stop()
            for name in MODELS:
                self.all_of(env, name).filtered(lambda record: record.id > self.highest[record._name]).unlink()

    def make_section(self, env):
        """A section of the first company with the accounts that a bill needs; its products are outside VAT."""
        receivable, income = env["account.account"].create(
            [
                {"code": "411990", "name": "Abonnés", "account_type": "asset_receivable"},
                {"code": "701990", "name": "Ventes d'eau", "account_type": "income"},
            ]
        )
        self.receivable_id = receivable.id
        journal = env["account.journal"].create(
            {"name": "Factures", "code": "CONC", "type": "sale", "default_account_id": income.id}
        )
        product = env["product.product"].create({"name": "Eau", "type": "service", "taxes_id": [Command.clear()]})
        section = env["utility.section"].create(
            {"name": "CONC", "code": "CONC", "company_id": env.company.id, "journal_id": journal.id}
        )
        return section, product

    def make_campaign(self, env, section, product):
        prices = [Command.create({"product_id": product.id, "kind": "block", "price": 2})]
        tariff = env["utility.tariff"].create(
            {
                "name": "Domestique",
                "section_id": section.id,
                "version_ids": [Command.create({"date_start": date(2020, 1, 1), "line_ids": prices})],
            }
        )
        for number in range(SUBSCRIPTIONS):
            partner = env["res.partner"].create({"name": f"Abonné {number}"})
            partner.property_account_receivable_id = self.receivable_id
            meter = env["utility.meter"].create({"serial_number": f"CONC-{number}", "section_id": section.id})
            env["utility.reading"].create(
                [{"meter_id": meter.id, "date": day, "index": index} for day, index in zip(Q1, (0, 20), strict=True)]
            ).action_confirm()
            env["utility.subscription"].create(
                {
                    "partner_id": partner.id,
                    "meter_id": meter.id,
                    "date_start": date(2020, 1, 1),
                    "tariff_id": tariff.id,
                }
            )
        return env["utility.billing.run"].create(
            {"section_id": section.id, "date_start": Q1[0], "date_end": Q1[1], "invoice_date": Q1[1]}
        )

    def campaign(self, env):
        return env["utility.billing.run"].browse(self.run_id)

    def test_two_workers_bill_nobody_twice(self):
        """Two servers process one campaign at once: the second one repeats its batch on fresh data."""
        with self.transaction() as env:
            self.campaign(env).action_launch()
        barrier, failures = threading.Barrier(2), []

        def worker():
            try:
                with self.transaction() as env:
                    run = self.campaign(env)
                    self.assertEqual(run.state, "running")
                    barrier.wait(20)
                    run._work()
            except Exception as error:
                failures.append(error)

        with mute_logger("odoo.sql_db"):
            run_together(worker, worker)
        self.assertEqual(failures, [])
        with self.transaction() as env:
            run = self.campaign(env)
            self.assertEqual((run.state, run.error, run.progress), ("billed", False, SUBSCRIPTIONS))
            self.assertEqual(len(run.bill_ids), SUBSCRIPTIONS)
            self.assertEqual(len(run.bill_ids.utility_subscription_id), SUBSCRIPTIONS)
            self.assertFalse(run.finding_ids)

    def test_the_second_to_launch_is_told(self):
        with self.transaction() as first, self.transaction() as second:
            self.assertEqual(self.campaign(second).state, "draft")
            self.campaign(first).action_launch()
            first.cr.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self.campaign(second).action_launch()
                second.flush_all()
            second.cr.rollback()
            second.transaction.reset()
            with self.assertRaisesRegex(UserError, "already in progress"):
                self.campaign(second).action_launch()
