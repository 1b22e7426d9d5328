"""*Rapprocher les compteurs* in the browser, in French (static/tests/tours/matching_tours.js)."""

from odoo.tests import tagged

from .support.sharing import MODULE
from .test_matching import MatchingCase
from .test_tours import TourCase


@tagged("post_install", "-at_install", MODULE)
class TestMatchingTours(TourCase, MatchingCase):
    """The background work that each screen launches is done between two tours, as the scheduled job does it."""

    def take(self, name, action="utility_meter_matching_action"):
        self.tour(name, self.manager, action)

    def test_propose_attach_undo(self):
        self.take("utility_matching_propose", "utility_meter_action")
        run = self.env["utility.meter.matching"].search([("section_id", "=", self.water.id)])
        self.assertEqual((run.state, run.task, run.user_id), ("running", "propose", self.manager))
        self.work()
        self.assertEqual((run.certain_count, run.probable_count), (2, 1))

        self.take("utility_matching_attach")
        self.work()
        self.assertEqual([self.probable[0].is_shared, self.sure[0].is_shared], [True, False])

        self.take("procedure_matching", "utility_dashboard_action")
        self.work()
        self.assertEqual(run.attached_count, 3)
        self.assertEqual(self.sure[1].connection_point_id, self.sure[0].connection_point_id)

        self.take("utility_matching_undo")
        self.work()
        self.assertFalse(any(card.is_shared for card in (*self.sure, *self.second, *self.probable)))
        self.assertEqual(self.sure[1].serial_number, "itron 17 OO1234")

    def test_proposed_in_the_settings(self):
        self.take("utility_matching_from_settings", "utility_meter_action")
