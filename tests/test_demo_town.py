"""The demo town: its files are what its generator writes, its figures follow from its indexes, its screens are read."""

import runpy
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.api import Environment
from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from .support.screens import DESK, LAPTOP, PHONE, ScreenWalks
from .support.sharing import MODULE

ROOT = Path(__file__).resolve().parents[1]


class TestDemoFiles(TransactionCase):
    def test_files_are_what_the_generator_writes(self):
        with patch.object(sys, "path", [str(ROOT / "tools"), *sys.path]):
            town = runpy.run_path(str(ROOT / "tools/demo_town.py"))
        self.assertEqual(town["different"](), [], "python3 tools/demo_town.py writes them again")


@tagged("post_install", "-at_install", MODULE)
class TestDemoTown(ScreenWalks):
    """What the town says and shows: it is loaded once for both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with patch.object(Environment, "lang", "fr_FR"):
            for file in Manifest.for_addon(MODULE)["demo"]:
                convert_file(cls.env(su=True), MODULE, file, {}, "init", noupdate=True)
        cls.env = cls.env(context={**cls.env.context, "lang": "fr_FR"})

    def ref(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    def bills(self, run, subscriber=None):
        bills = self.ref(f"demo_run_{run}").bill_ids
        return bills.filtered(lambda bill: bill.partner_id == self.ref(f"demo_subscriber_{subscriber}"))

    def test_every_screen_has_something_to_show(self):
        readings = Counter(self.env["utility.reading"].search([]).mapped("sync_state"))
        self.assertEqual(readings.keys(), {"not_shared", "pending", "synced", "declined", "diverging"})
        kinds = Counter(self.env["utility.reading"].search([]).mapped("kind"))
        self.assertEqual(kinds.keys(), {"real", "estimated", "removal", "installation"})
        runs = self.env["utility.billing.run"].search([])
        self.assertEqual(Counter(runs.mapped("state")), {"posted": 4, "billed": 1, "draft": 1})
        self.assertEqual(set(runs.finding_ids.mapped("reason")), {"vacant", "no_reading", "to_check"})
        bills = runs.bill_ids.filtered(lambda bill: bill.state == "posted")
        self.assertEqual(set(bills.mapped("payment_state")), {"not_paid", "partial", "paid"})
        alerts = self.env["utility.leak.alert"].search([])
        self.assertEqual(
            Counter((alert.section_id.name, alert.state) for alert in alerts),
            dict.fromkeys(
                [
                    ("EAU", "certified"),
                    ("ASSAINISSEMENT", "certified"),
                    ("EAU", "detected"),
                    ("ASSAINISSEMENT", "detected"),
                ],
                1,
            ),
        )
        vendors = self.env["account.move"].search([("move_type", "=", "in_invoice")])
        self.assertEqual(set(vendors.mapped("payment_approval")), {"none", "pending", "approved", "disputed"})
        self.assertTrue(self.env["utility.meter.match"].search_count([]))
        self.assertTrue(self.env["utility.device"].search([("removed_on", "!=", False)]))

    def test_only_the_last_quarter_waits_to_be_looked_at(self):
        waiting = self.env["utility.reading"].search([("state", "=", "draft")])
        self.assertEqual(waiting.meter_id, self.ref("demo_meter_water_10"))

    def test_bills_are_of_what_the_meters_measured(self):
        """Two quarters, by the indexes alone: where nothing happened, a bill's volume is their difference."""
        told = {"leak", "estimate", "replaced", "leaver", "comer", "31"}
        for run in (self.ref("demo_run_water_1"), self.ref("demo_run_water_2")):
            ordinary = run.bill_ids - self.of(run, told)
            self.assertGreater(len(ordinary), len(told), "most bills are ordinary")
            for bill in ordinary:
                readings = bill.utility_meter_id.reading_ids.sorted("date")
                # a reading closes the day before it
                first = readings.filtered(lambda r, run=run: r.date <= run.date_start)[-1:]
                last = readings.filtered(lambda r, run=run: r.date <= run.date_end + timedelta(1))[-1:]
                self.assertEqual(bill.utility_volume, last.index - first.index, bill.partner_id.name)

    def of(self, run, keys):
        partners = self.env["res.partner"].browse([self.ref(f"demo_subscriber_{key}").id for key in keys])
        return run.bill_ids.filtered(lambda bill: bill.partner_id in partners)

    def test_meter_that_passed_its_last_digit(self):
        """From 99953 to 21 with five digits: 68 m³."""
        self.assertEqual(self.bills("water_1", "31").utility_volume, 68)

    def test_replaced_meter(self):
        """350 to 362 on the old device, 0 to 37 on the new one: 49 m³."""
        self.assertEqual(self.bills("water_2", "replaced").utility_volume, 49)

    def test_estimate_is_settled(self):
        """58 to 127, estimated; then 131 is read. Both bills together charge 131 − 58 = 73 m³."""
        first, second = self.bills("water_1", "estimate"), self.bills("water_2", "estimate")
        self.assertEqual(first.utility_volume, 69)
        charged = sum(line.quantity for line in (first + second).invoice_line_ids if "Consommation" in line.name)
        self.assertAlmostEqual(charged, 73, 2)

    def test_leak_is_certified_in_both_services(self):
        """A quarter of 30 m³ and one of 280: twice the mean is billed of it for water, the mean for sewerage."""
        alert = self.env["utility.leak.alert"].search(
            [("subscription_id", "=", self.ref("demo_subscription_water_leak").id)]
        )
        self.assertEqual(alert.volume, 280)
        self.assertAlmostEqual(alert.mean, 30, delta=1)
        self.assertAlmostEqual(self.bills("water_2", "leak").utility_volume, 30 + 2 * alert.mean, 2)
        self.assertAlmostEqual(self.bills("sewerage_2", "leak").utility_volume, 30 + alert.mean, 2)

    def test_departure_and_arrival(self):
        """The leaver pays 121 to 137, the comer 140 to 161; the 3 m³ between them are an obstacle."""
        self.assertEqual(self.bills("water_2", "leaver").utility_volume, 16)
        self.assertEqual(self.bills("water_2", "comer").utility_volume, 21)
        self.assertIn("3 m³", self.ref("demo_run_water_2").finding_ids.message)

    def test_a_departure_is_done_in_both_services(self):
        move = self.env["utility.move"].search([])
        self.assertEqual(move.mapped("state"), ["done"] * len(move))
        running = self.ref("demo_subscriber_39").subscription_ids
        self.assertEqual(running.section_id, self.ref("demo_section_water") + self.ref("demo_section_sewerage"))

    def test_the_round_is_under_way(self):
        cards = self.env["utility.dashboard"].search([("section_id", "=", self.ref("demo_section_water").id)])
        self.assertGreater(cards.meter_count, cards.to_read_count)
        self.assertGreater(cards.to_read_count, 0)
        self.assertGreater(cards.to_synchronise_count, 0)
        self.assertGreater(cards.gap_count, 0)

    def test_documents_wait_for_the_accounting_system(self):
        connector = self.ref("demo_ledger_connector")
        documents = self.env["ledger.document"].search([("connector_id", "=", connector.id)])
        self.assertEqual(set(documents.mapped("state")), {"to_export"})
        posted = self.env["account.move"].search(
            [
                ("move_type", "!=", "entry"),
                ("state", "=", "posted"),
                ("date", ">=", connector.date_start),
                ("company_id", "in", connector.company_ids.ids),
            ]
        )
        self.assertEqual(documents.move_id, posted)

    def test_screens(self):
        """Of one person with every right of the application, in both companies."""
        groups = ("group_utility_manager", "group_ledger_manager", "group_payment_approver")
        person = self.ref("demo_user_manager")
        person.group_ids = [Command.link(self.ref(name).id) for name in groups]
        person.group_ids |= self.env.ref("account.group_account_invoice")
        self.walk_screens("/odoo", person, least=400, sizes=(DESK, LAPTOP))

    def test_portal(self):
        subscriber = self.ref("demo_user_portal")
        meter = f"/my/meters/{self.ref('demo_subscription_water_leak').id}"
        for page in ("/my", "/my/invoices", "/my/documents", "/my/meters", meter, f"{meter}/read"):
            with self.subTest(page):
                self.walk_screens(page, subscriber, least=10, sizes=(DESK, LAPTOP, PHONE))
