"""Cards created, copied and archived on the screen."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..core.serials.words import plain_number, plain_number_sql
from .support.sharing import SharingCase


@tagged("post_install", "-at_install")
class TestMeterCards(SharingCase):
    def form(self, record=None):
        return Form((record or self.env["utility.meter"]).with_user(self.agent_both))

    def test_the_serial_number_is_the_reference_where_none_is_typed(self):
        with self.form() as form:
            form.section_id = self.water
            form.serial_number = "19-777"
        self.assertEqual(form.record.name, "19-777")

    def test_a_typed_reference_stays(self):
        with self.form() as form:
            form.section_id = self.water
            form.name = "P-12"
            form.serial_number = "19-778"
        self.assertEqual(form.record.name, "P-12")

    def test_a_point_named_for_want_of_better_takes_the_number_that_comes_later(self):
        meter = self.env["utility.meter"].create({"section_id": self.water.id})
        meter.serial_number = "19-779"
        self.assertEqual(meter.name, "19-779")

    def test_a_position_is_on_earth(self):
        point = self.meter().connection_point_id
        for latitude, longitude in ((90, 180), (-90, -180), (45.78, 3.08)):
            point.write({"latitude": latitude, "longitude": longitude})
        for latitude, longitude in ((90.5, 0), (-90.5, 0), (0, 180.5), (0, -180.5)):
            with (
                self.subTest((latitude, longitude)),
                self.assertRaisesRegex(ValidationError, "17-001 is not on Earth"),
                self.env.cr.savepoint(),
            ):
                point.write({"latitude": latitude, "longitude": longitude})

    def test_a_meter_has_one_subscriber_at_a_time(self):
        card = self.meter()
        self.assertEqual((card.subscription_count, card.partner_id.id), (0, False))
        self.assertEqual((card.reading_count, card.last_reading_date, card.last_index), (0, False, 0))
        first = self.subscribe(card)
        self.assertEqual((card.subscription_count, card.partner_id), (1, self.durand))
        martin = self.env["res.partner"].create({"name": "Martin"})
        values = {"partner_id": martin.id, "meter_id": card.id}

        def refused(sentence):
            return self.assertRaisesRegex(ValidationError, sentence)

        with refused("17-001.* period: Durand, from 01/01/2024 to …"), self.env.cr.savepoint():
            first.create({**values, "date_start": "2025-07-01"})
        first.date_end = "2025-06-30"
        with refused("Durand, from 01/01/2024 to 06/30/2025. End that"), self.env.cr.savepoint():
            first.create({**values, "date_start": "2025-06-30"})
        second = first.create({**values, "date_start": "2025-07-01"})
        with refused("already has a subscriber"), self.env.cr.savepoint():
            first.date_end = False
        with refused("already has a subscriber"), self.env.cr.savepoint():
            first.date_end = "2025-07-01"
        with refused("already has a subscriber"), self.env.cr.savepoint():
            second.date_start = "2025-06-30"

    def test_a_subscription_runs_from_its_first_day_to_its_last(self):
        contract = self.subscribe(self.meter())
        self.assertTrue(self.durand.is_subscriber)
        today = fields.Date.context_today(contract)
        for start, end, state in (
            (1, None, "future"),
            (0, None, "running"),
            (-9, None, "running"),
            (-9, 0, "running"),
            (-9, -1, "ended"),
            (1, 9, "future"),
        ):
            end = end if end is None else today + timedelta(end)
            contract.write({"date_start": today + timedelta(start), "date_end": end})
            with self.subTest(start=start, end=end):
                self.assertEqual(contract.state, state)
                for other in ("future", "running", "ended"):
                    found = contract.search([("state", "=", other), ("meter_id", "=", contract.meter_id.id)])
                    self.assertEqual(len(found), other == state)

    def test_the_history_shows_values_as_people_read_them(self):
        card = self.meter(diameter=15)
        card.write({"brand": "Itron", "diameter": 0, "reading_mode": "radio", "installation_date": "2025-01-01"})
        body = card.message_ids[0].body
        for words in ("Brand : ∅ → Itron", ": 15 → ∅", "Manual reading → Radio reading", "∅ → 2025-01-01", "EAU"):
            self.assertIn(words, body)
        self.assertEqual(body.count("<li>"), 4)
        card.connection_point_id.seal = "S1"
        self.assertIn("General information changed on the connection point", card.message_ids[0].body)

    def test_a_copy_is_of_another_device(self):
        meter = self.meter(number="19-780", seal="S1", diameter=15, street="4 rue du Lavoir")
        copy = meter.copy()
        self.assertEqual((copy.serial_number, copy.seal, copy.diameter), (False, False, 15))
        self.assertEqual(copy.name, "4 rue du Lavoir")
        self.assertNotEqual(copy.connection_point_id, meter.connection_point_id)

    def test_a_detached_card_keeps_the_number(self):
        card = self.shared("19-781", seal="S2")[0]
        card.action_detach()
        self.assertEqual((card.serial_number, card.seal, card.name), ("19-781", "S2", "19-781"))
        self.assertIn("Detached from the shared connection point 19-781", "".join(card.message_ids.mapped("body")))

    def test_a_number_that_another_meter_bears_is_asked_about(self):
        for street in ("4 rue du Lavoir", "9 rue Haute"):
            self.meter(number="19-782", street=street)
        new = self.env["utility.meter"].new({"section_id": self.water.id, "serial_number": "19-782"})
        warning = new._onchange_serial_number()["warning"]
        self.assertIn("#19-782", warning["message"])
        self.assertIn("4 rue du Lavoir", warning["message"])
        new.serial_number = "19 782"
        self.assertIn("#19-782", new._onchange_serial_number()["warning"]["message"])
        new.serial_number = "19-783"
        self.assertIsNone(new._onchange_serial_number())
        other = self.env["utility.meter"].new({"section_id": self.sewerage.id, "serial_number": "19-782"})
        self.assertIsNone(
            other._onchange_serial_number(), "the same device in the other section is what sharing is for"
        )

    def load(self, *rows):
        meters = self.env["utility.meter"].with_user(self.agent_both).with_context(import_file=True)
        return meters.load(["serial_number", "section_id", "street", "brand"], [list(row) for row in rows])

    def test_a_file_of_meters_that_comes_twice_makes_no_second_ones(self):
        rows = ("19-783", "EAU", "4 rue du Lavoir", ""), ("19-783", "ASSA", "4 rue du Lavoir", "")
        first = self.load(*rows)
        self.assertEqual(len(first["ids"] or ()), 2, first["messages"])
        for again in (rows, rows[:1]):
            result = self.load(*again)
            self.assertFalse(result["ids"])
            self.assertEqual(len(result["messages"]), len(again))
            self.assertIn("#19-783 · EAU at 4 rue du Lavoir", result["messages"][0]["message"])
        twice = self.load(("19-784", "EAU", "1 rue Haute", ""), ("19-784", "EAU", "3 rue Haute", ""))
        self.assertFalse(twice["ids"])

    def test_a_number_is_compared_by_its_index(self):
        """Python and PostgreSQL read a number alike, and a town's hundred thousand are not all read."""
        for number in ("19-786 b", "19\u2011786\u00a0B", "É-4/ß", "—", "İ1", " 00 "):
            query = SQL("SELECT %s", SQL(plain_number_sql("%s"), number))
            self.assertEqual(self.env.execute_query(query)[0][0], plain_number(number), number)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        condition = SQL("%s = ANY(%s)", SQL(plain_number_sql("serial_number")), ["19786B"])
        plan = self.env.execute_query(SQL("EXPLAIN SELECT id FROM utility_connection_point WHERE %s", condition))
        self.assertIn("utility_connection_point_plain_number", str(plan))

    def test_another_form_of_a_number_is_the_same_meter(self):
        """Capitals, blanks and dashes (also non-breaking ones) make no difference, as in the matching of sections."""
        self.meter(number="19-786 B")
        for form in ("19-786 b", "19786B", "19\u2011786\u00a0B", "19/786.B"):
            with self.subTest(form):
                result = self.load((form, "EAU", "", ""))
                self.assertFalse(result["ids"])
                self.assertIn("#19-786 B · EAU", result["messages"][0]["message"])
        self.assertFalse(self.load(("19-787", "EAU", "", ""), ("19 787", "EAU", "", ""))["ids"])
        self.assertTrue(self.load(("19-786 C", "EAU", "", ""), ("—", "EAU", "", ""), ("?", "EAU", "", ""))["ids"])

    def test_a_file_may_bring_two_devices_of_one_number(self):
        """Each maker numbers its own devices; archived meters do not count."""
        rows = ("19-785", "EAU", "", "Itron"), ("19-785", "EAU", "", "Sensus"), ("", "EAU", "", ""), ("", "EAU", "", "")
        result = self.load(*rows)
        self.assertEqual(len(result["ids"]), 4, result["messages"])
        self.env["utility.meter"].browse(result["ids"]).active = False
        self.assertTrue(self.load(("19-785", "EAU", "", ""))["ids"])

    def test_a_section_with_meters_is_not_archived(self):
        meter = self.meter()
        with self.assertRaisesRegex(UserError, r"EAU has meters in service \(1\)"):
            self.water.active = False
        meter.active = False
        self.water.active = False
