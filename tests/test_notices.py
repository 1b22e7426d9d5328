"""The 40 statements of the two notices, in their order, each by a user who holds only the right that it names.

A picture of each is kept (UTILITY_PICTURES, or else beside Odoo's own screenshots).
"""

from odoo.tests import tagged

from .support.browser import pictures_folder
from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerHttpCase
from .support.sharing import MODULE
from .test_tours import TourCase


class Pictured:
    """Tours that keep pictures: those of a former run are removed first."""

    browser_size = "1440x900"

    def walk_statements(self, tour, user, action, companies, numbers):
        pictures = [pictures_folder(self) / f"notice-{number:02}.png" for number in numbers]
        for picture in pictures:
            picture.unlink(missing_ok=True)
        self.walk(tour, user, action, companies)
        self.assertFalse([picture.name for picture in pictures if not picture.exists()])


@tagged("post_install", "-at_install", MODULE)
class TestMeterNotice(Pictured, TourCase):
    """[COMPTEUR] - La synchronisation entre sections."""

    def test_statements(self):
        card = self.meter(number="123dd", diameter=15)
        self.meter(number="17-002", street="9 rue des Lavandières")
        self.subscribe(card)
        water = self.budget_water
        self.walk_statements("notice_meters", self.agent_both, "res_partner_action_subscriber", water, range(1, 21))
        there = card.shared_meter_ids
        self.assertEqual((there.section_id, there.diameter), (self.sewerage, 25))
        self.assertEqual(there.reading_ids.mapped("consumption"), [40])

        self.read_index(there, "2026-01-31", 100)
        self.manager.group_ids -= self.env.ref("base.group_system")
        sewerage = self.budget_sewerage
        self.walk_statements("notice_force", self.manager, "utility_meter_action", sewerage, range(21, 29))
        self.assertEqual(self.indexes(card), self.indexes(there))
        self.assertIn("Synchronisation forcée depuis la section ASSAINISSEMENT", str(card.message_ids.mapped("body")))


@tagged("post_install", "-at_install", MODULE)
class TestExchangeNotice(Pictured, LedgerHttpCase):
    """SYNCHRONISATIONS - connecteurs."""

    def test_statements(self):
        monitor, settings = self.user("visuel", MONITOR), self.user("connecteurs", CONNECTOR_MANAGER)
        rights = self.user("droits", "base.group_erp_manager")
        (monitor | settings | rights).lang = "fr_FR"
        water = self.water
        self.walk_statements("notice_companies", settings, "utility_dashboard_action", water, range(29, 33))
        self.walk_statements("notice_rights", rights, "base.action_res_users", water, [33])

        known = self.entry()
        self.loop(known)
        known.action_approve_payment()
        self.entry(amount=250)
        self.entry(amount=99).invoice_line_ids.name = "Pompe 泵"
        self.walk_statements("notice_entries", monitor, "utility_dashboard_action", water, range(34, 39))
        self.assertEqual(self.document(known).state, "exported")

        self.walk_statements("notice_schedule", settings, "utility_dashboard_action", water, [39, 40])
        self.assertEqual((self.connector.auto_sync, self.connector.frequency), (True, "daily"))
        self.assertEqual(self.connector.time, 12)
        self.assertEqual(self.connector.company_ids, self.companies, "the company that is not ticked stays")
