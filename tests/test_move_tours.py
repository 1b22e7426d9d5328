"""*Départ / Arrivée* in the browser, in French (static/tests/tours/move_tours.js)."""

from datetime import date

from odoo.tests import tagged

from .support.browser import BrowserCase
from .support.moves import MoveCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestMoveTour(MoveCase, BrowserCase):
    def test_departure_and_undo(self):
        self.enter_readings(self.card, {date(2025, 7, 1): 1320})
        clerk = self.person("agent_deux", self.companies)
        clerk.lang = "fr_FR"
        self.walk("utility_move", clerk, "utility_meter_action", self.section.company_id)
        move = self.env["utility.move"].search([("origin_id", "=", False)])
        self.assertEqual((move.state, move.part_ids.state, move.index), ("undone", "undone", 1249))
        self.assertEqual(move.last_bill_partner_id.city, "Lyon")
        self.assertEqual(self.contracts(self.card), [("Abonné 1", date(2020, 1, 1), None)])
