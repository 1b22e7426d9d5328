"""The first notice on real readings: all into EAU, shared with ASSAINISSEMENT, confirmed at once, one meter forced.

Data: tests/data/readings_2023_extract.csv (see the README beside it).
"""

from .support.real_readings import EXTRACT
from .support.whole import Whole
from .test_reading_import import REFUSED_LINES, ReadingImportCase


class TestRealScenario(Whole, ReadingImportCase):
    def test_both_sections_agree_on_every_good_reading(self):
        imported = self.imported(EXTRACT.read_bytes(), create_meters=True, user=self.agent_both)
        self.assertEqual(imported.refused_ids.mapped("line"), REFUSED_LINES, "the bad ones are named")
        cards = self.water.meter_ids
        self.env["utility.meter"].with_user(self.agent_both).create(
            [{"section_id": self.sewerage.id, "connection_point_id": c.connection_point_id.id} for c in cards]
        )
        self.assertEqual(set(cards.reading_ids.mapped("sync_state")), {"pending"})

        everything = self.env["utility.reading"].with_user(self.agent_both).with_company(self.budget_water)
        everything = everything.with_context(allowed_company_ids=self.budgets.ids)
        self.dialog(everything.action_synchronize_all(), self.agent_both).action_confirm()
        self.assert_agreement(525)

        forced = cards[7]
        forced.reading_ids[0].index += 4
        self.dialog(forced.with_user(self.manager).action_force_synchronization(), self.manager).action_confirm()
        self.assert_agreement(525)

    def assert_agreement(self, count):
        values = ["date", "index", "kind", "computed_consumption", "consumption"]
        water, sewerage = (
            sorted((r.connection_point_id.id, *(r[name] for name in values)) for r in section.meter_ids.reading_ids)
            for section in (self.water, self.sewerage)
        )
        self.assertEqual(len(water), count)
        self.assertEqual(water, sewerage)
        readings = (self.water | self.sewerage).meter_ids.reading_ids
        self.assertEqual(set(readings.mapped("sync_state")), {"synced"})
