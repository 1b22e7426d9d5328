"""Importing in the browser, in French."""

from odoo.tests import tagged

from .support.sharing import MODULE
from .test_tours import TourCase


@tagged("post_install", "-at_install", MODULE)
class TestImportTour(TourCase):
    def test_import(self):
        water, sewerage = self.shared()
        self.agent_both.utility_section_id = self.water
        self.tour("utility_reading_import", action="utility_reading_action")
        self.assertEqual(self.indexes(water), {"2025-02-01": 100, "2025-04-01": 120.5})
        self.assertFalse(sewerage.reading_ids)
        created = self.water.meter_ids - water
        self.assertEqual((created.serial_number, created.reading_ids.index), ("99-999", 8))
