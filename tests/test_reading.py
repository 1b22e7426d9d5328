"""The arithmetic of readings through the ORM: the server computes the same for every caller."""

from odoo.exceptions import UserError
from odoo.tests import Form

from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase


class TestConsumption(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter(digits=5)
        cls.first = cls.read_index(cls.card, MARCH, 100)
        cls.second = cls.read_index(cls.card, JUNE, 152.5)

    def assertStep(self, reading, previous, computed, consumption=None):
        self.env.invalidate_all()
        expected = previous, computed, computed if consumption is None else consumption
        self.assertEqual((reading.previous_index, reading.computed_consumption, reading.consumption), expected)

    def test_difference_of_indexes(self):
        self.assertStep(self.first, 0, 0)
        self.assertStep(self.second, 100, 52.5)
        self.assertEqual(str(self.second.previous_date), MARCH)
        self.assertEqual(self.second.state, "confirmed")

    def test_readings_given_at_once_in_any_order(self):
        fourth, third = self.env["utility.reading"].create(
            [
                {"meter_id": self.card.id, "date": DECEMBER, "index": 230},
                {"meter_id": self.card.id, "date": SEPTEMBER, "index": 200},
            ]
        )
        self.assertStep(third, 152.5, 47.5)
        self.assertStep(fourth, 200, 30)

    def test_roll_over_adds_the_digits(self):
        self.read_index(self.card, SEPTEMBER, 99990)
        self.assertStep(self.read_index(self.card, DECEMBER, 12, rollover=True), 99990, 22)

    def test_correcting_an_index_recomputes_the_next(self):
        third = self.read_index(self.card, SEPTEMBER, 200)
        self.second.with_user(self.agent_water).index = 160
        self.assertStep(self.second, 100, 60)
        self.assertStep(third, 160, 40)

    def test_moving_a_date_recomputes_both_neighbourhoods(self):
        third = self.read_index(self.card, SEPTEMBER, 152.5)
        self.second.with_user(self.agent_water).write({"date": DECEMBER, "index": 190})
        self.assertStep(third, 100, 52.5)
        self.assertStep(self.second, 152.5, 37.5)

    def test_inserted_reading_recomputes_the_next(self):
        third = self.read_index(self.card, DECEMBER, 200)
        self.assertStep(third, 152.5, 47.5)
        inserted = self.read_index(self.card, SEPTEMBER, 180)
        self.assertStep(inserted, 152.5, 27.5)
        self.assertStep(third, 180, 20)

    def test_inserted_reading_leaves_a_billed_one_alone(self):
        third = self.read_index(self.card, DECEMBER, 200)
        third.state = "billed"
        inserted = self.read_index(self.card, SEPTEMBER, 180)
        self.assertStep(third, 152.5, 47.5)
        self.assertEqual((inserted.finding, inserted.state), ("already_billed", "draft"))

    def test_deletion_recomputes_the_next(self):
        third = self.read_index(self.card, SEPTEMBER, 200)
        self.second.with_user(self.agent_water).unlink()
        self.assertStep(third, 100, 100)
        self.assertEqual(str(third.previous_date), MARCH)

    def test_estimate_put_right_by_a_lower_index(self):
        self.read_index(self.card, SEPTEMBER, 210, kind="estimated")
        real = self.read_index(self.card, DECEMBER, 190)
        self.assertStep(real, 210, -20)
        self.assertEqual((real.finding, real.state), ("estimate_too_high", "draft"))

    def test_every_change_takes_the_lock_of_its_point(self):
        readings, point = self.env["utility.reading"].with_user(self.agent_water), self.card.connection_point_id
        values = {"meter_id": self.card.id, "date": SEPTEMBER, "index": 200}
        for change in (
            lambda: readings.create(values),
            lambda: self.second.with_user(self.agent_water).write({"index": 160}),
            lambda: self.second.with_user(self.agent_water).unlink(),
        ):
            before = point.sharing_revision
            change()
            self.assertGreater(point.sharing_revision, before)

    def test_possible_leak_waits_for_a_second_look(self):
        leak = self.read_index(self.card, SEPTEMBER, 400)
        self.assertEqual((leak.finding, leak.state), ("high", "draft"))
        self.first.state = "billed"
        (self.first + leak).with_user(self.agent_water).action_confirm()
        self.assertEqual((self.first.state, leak.state), ("billed", "confirmed"))
        self.read_index(self.card, DECEMBER, 450)
        self.assertEqual(leak.state, "confirmed", "what was looked at stays confirmed")

    def test_nothing_consumed_is_noted(self):
        same = self.read_index(self.card, SEPTEMBER, 152.5)
        self.assertEqual((same.finding, same.state), ("zero", "confirmed"))

    def test_form_shows_what_the_server_stores(self):
        third = self.read_index(self.card, DECEMBER, 300)
        with Form(self.env["utility.reading"].with_user(self.agent_water)) as form:
            form.meter_id, form.date, form.index = self.card.with_user(self.agent_water), SEPTEMBER, 180
            shown = form.previous_index, form.consumption, form.finding
        saved = form.record
        self.assertEqual(shown, (152.5, 27.5, False))
        self.assertStep(saved, 152.5, 27.5)
        self.assertFalse(saved.is_modified, "an untouched consumption is no modification")
        with Form(third.with_user(self.agent_water)) as form:
            form.index = 400
            shown = form.previous_index, form.consumption, form.finding
        self.assertEqual(shown, (180, 220, "high"))
        self.assertStep(third, 180, 220)
        self.assertEqual(third.finding, "high")
        form = Form(third.with_user(self.agent_water))
        form.index = 0
        self.assertEqual((form.consumption, form.finding), (-180, False), "what cannot be saved is no finding")


class TestModifiedConsumption(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter()
        cls.read_index(cls.card, MARCH, 100)
        cls.reading = cls.read_index(cls.card, JUNE, 152)
        cls.mine = cls.reading.with_user(cls.agent_water)

    def test_computed_one_who_and_why_are_kept(self):
        with Form(self.mine) as form:
            form.consumption = 40
            form.modification_reason = "Leak repaired in May"
        self.assertEqual((self.reading.computed_consumption, self.reading.consumption), (52, 40))
        self.assertTrue(self.reading.is_modified)
        self.assertEqual(self.reading.modified_by_id, self.agent_water)
        self.assertTrue(self.reading.modified_on)
        self.assertEqual(self.reading.modification_reason, "Leak repaired in May")
        form = Form(self.mine)
        form.index = 170
        self.assertEqual((form.computed_consumption, form.consumption), (70, 40), "what was entered stays")

    def test_none_is_shown_before_an_index_is_entered(self):
        """After 152, nothing typed would look like −152."""
        new = self.env["utility.reading"].new({"meter_id": self.card.id, "date": SEPTEMBER, "kind": "real"})
        new._onchange_index()
        self.assertEqual((new.previous_index, new.computed_consumption, new.display_name), (152, 0, False))
        for kind, index, computed in (
            ("real", 160, 8),
            ("installation", 5, 0),
            (False, 161, 9),
            ("installation", 0, 0),
        ):
            new.kind, new.index = kind, index
            new._onchange_index()
            self.assertEqual(new.computed_consumption, computed, kind)

    def test_it_is_in_the_graph_of_the_card_at_once(self):
        self.assertIn("Jun 25: 52 m³", self.card.consumption_graph)
        self.mine.consumption = 43
        self.assertIn("Jun 25: 43 m³", self.card.consumption_graph)

    def test_a_form_without_a_meter_or_a_day_computes_nothing(self):
        for values in ({}, {"meter_id": self.card.id, "date": False}, {"date": SEPTEMBER}):
            new = self.env["utility.reading"].new({"index": 160, "kind": "real", **values})
            new._onchange_index()
            self.assertEqual((new.previous_index, new.computed_consumption, new.finding), (0, 0, False))

    def test_next_reading_still_starts_from_the_index(self):
        self.mine.consumption = 40
        following = self.read_index(self.card, SEPTEMBER, 160)
        self.assertEqual((following.previous_index, following.consumption), (152, 8))

    def test_stays_when_the_computed_one_changes(self):
        self.mine.consumption = 40
        self.mine.index = 170
        self.assertEqual((self.reading.computed_consumption, self.reading.consumption), (70, 40))

    def test_put_back(self):
        self.mine.write({"consumption": 40, "modification_reason": "Leak"})
        self.mine.action_reset_consumption()
        self.assertEqual(self.reading.consumption, 52)
        self.assertFalse(self.reading.is_modified)
        self.assertFalse(self.reading.modified_by_id or self.reading.modified_on or self.reading.modification_reason)
        self.mine.index = 150
        self.assertEqual(self.reading.consumption, 50, "it follows the index again")

    def test_given_with_a_new_reading(self):
        values = {"meter_id": self.card.id, "date": SEPTEMBER, "index": 200, "consumption": 30}
        reading = self.env["utility.reading"].with_user(self.agent_water).create(values)
        self.assertEqual((reading.computed_consumption, reading.consumption, reading.is_modified), (48, 30, True))
        self.assertTrue(reading.modified_on)
        self.assertEqual(reading.modified_by_id, self.agent_water)


class TestReplacement(SharingCase):
    def test_both_devices_add_up_and_the_old_one_is_kept(self):
        card = self.meter(number="OLD-1", digits=4, diameter=15, installation_date="2020-01-01")
        self.read_index(card, MARCH, 100)
        values = {
            "date": "2025-05-10",
            "removal_index": 130,
            "installation_index": 5,
            "serial_number": "NEW-1",
            "digits": 5,
        }
        wizard = self.env["utility.meter.replace"].with_user(self.agent_water).create({"meter_id": card.id, **values})
        wizard.action_confirm()
        last = self.read_index(card, JUNE, 25)
        self.assertEqual(card.reading_ids.sorted("id").mapped("consumption"), [0, 30, 0, 20])
        self.assertEqual(last.previous_index, 5)
        self.assertEqual((card.serial_number, card.digits, str(card.installation_date)), ("NEW-1", 5, "2025-05-10"))
        device = card.device_ids
        self.assertEqual((device.serial_number, device.digits, device.diameter), ("OLD-1", 4, 15))
        self.assertEqual((str(device.installation_date), str(device.removed_on)), ("2020-01-01", "2025-05-10"))
        self.assertEqual((device.removed_by_id, device.section_id), (self.agent_water, self.water))

    def test_of_a_device_whose_digits_nobody_knows_any_index_is_taken(self):
        card = self.meter(number="OLD-2")
        self.read_index(card, MARCH, 100)
        values = {"date": "2025-05-10", "removal_index": 1300, "installation_index": 0, "serial_number": "NEW-2"}
        self.env["utility.meter.replace"].create({"meter_id": card.id, **values}).action_confirm()
        self.read_index(card, JUNE, 25)
        self.assertEqual(card.reading_ids.sorted("id").mapped("consumption"), [0, 1200, 0, 25])

    def test_refused_replacement_leaves_the_old_device(self):
        card = self.meter(number="OLD-1")
        self.read_index(card, JUNE, 100)
        wizard = self.env["utility.meter.replace"].create(
            {
                "meter_id": card.id,
                "date": SEPTEMBER,
                "removal_index": 90,
                "installation_index": 0,
                "serial_number": "NEW-1",
            }
        )
        with self.assertRaisesRegex(UserError, r"index 90 .* below index 100"):
            wizard.action_confirm()
