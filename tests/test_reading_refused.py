"""Refused readings: the message names the meter, the dates and both indexes."""

from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, mute_logger

from .support.sharing import DECEMBER, JUNE, MARCH, SEPTEMBER, SharingCase

FUTURE = "2199-01-01"


class TestBlockingFindings(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter(digits=5, installation_date="2020-01-01")
        cls.first = cls.read_index(cls.card, MARCH, 100)
        cls.second = cls.read_index(cls.card, JUNE, 152)

    def assertRefused(self, action, *said):
        """The sentence tells the meter and all of `said`; nothing is changed."""
        before = self.indexes(self.card)
        with self.assertRaises(ValidationError) as refusal, self.env.cr.savepoint():
            action()
        days = {
            day: format_date(self.env, day)
            for day in (MARCH, JUNE, SEPTEMBER, DECEMBER, FUTURE, "2020-01-01", "2019-12-31")
        }
        for word in ("17-001", *said):
            self.assertIn(days.get(word, word), str(refusal.exception))
        self.assertEqual(self.indexes(self.card), before)

    def entry(self, day, index, **values):
        mine = self.card.with_user(self.agent_water)
        return lambda: (
            self.env["utility.reading"]
            .with_user(self.agent_water)
            .create({"meter_id": mine.id, "date": day, "index": index, **values})
        )

    def test_below_the_previous_index(self):
        self.assertRefused(self.entry(SEPTEMBER, 140), SEPTEMBER, "index 140", JUNE, "index 152", "roll-over")

    def test_above_the_next_index(self):
        self.assertRefused(lambda: self.first.write({"index": 160}), JUNE, "index 152", MARCH, "index 160")

    def test_below_a_verified_index_behind_an_estimate(self):
        self.read_index(self.card, SEPTEMBER, 200, kind="estimated")
        self.assertRefused(self.entry(DECEMBER, 150), DECEMBER, "index 150", SEPTEMBER, "index 200")

    def test_negative(self):
        self.assertRefused(self.entry("2020-01-01", -1), "2020-01-01", "index -1")

    def test_future(self):
        self.assertRefused(self.entry(FUTURE, 200), FUTURE, "index 200")

    def test_before_the_installation(self):
        self.assertRefused(self.entry("2019-12-31", 5), "2019-12-31", "index 5", "2020-01-01")

    def test_second_reading_of_a_day(self):
        self.assertRefused(self.entry(JUNE, 160), JUNE, "index 152", "Index 160")

    def test_date_moved_onto_another_reading(self):
        self.assertRefused(lambda: self.second.write({"date": MARCH}), MARCH, "index 100", "Index 152")

    def test_two_readings_of_a_day_given_at_once(self):
        values = [{"meter_id": self.card.id, "date": SEPTEMBER, "index": index} for index in (160, 170)]
        self.assertRefused(lambda: self.env["utility.reading"].create(values), SEPTEMBER, "index 160", "Index 170")

    def test_two_readings_moved_to_one_day(self):
        self.assertRefused(
            lambda: (self.first + self.second).write({"date": SEPTEMBER}), SEPTEMBER, "index 100", "Index 152"
        )

    def test_more_digits_than_the_meter_shows(self):
        self.assertRefused(self.entry(SEPTEMBER, 100_000), SEPTEMBER, "index 100000")

    def test_roll_over_of_a_meter_without_digits(self):
        self.card.digits = 0
        self.assertRefused(self.entry(SEPTEMBER, 12, rollover=True), SEPTEMBER, "index 12", JUNE, "152")

    def test_roll_over_that_is_none(self):
        self.assertRefused(self.entry(SEPTEMBER, 160, rollover=True), SEPTEMBER, "index 160", JUNE, "152")

    def test_no_device(self):
        self.read_index(self.card, SEPTEMBER, 160, kind="removal")
        self.assertRefused(self.entry(DECEMBER, 170), DECEMBER, "index 170", SEPTEMBER, "index 160")

    def test_every_bad_reading_of_a_batch_is_named(self):
        values = [
            {"meter_id": self.card.id, "date": day, "index": index} for day, index in ((SEPTEMBER, 1), (FUTURE, 900))
        ]
        self.assertRefused(
            lambda: self.env["utility.reading"].create(values), SEPTEMBER, "index 1", FUTURE, "index 900"
        )

    def test_deletion_that_contradicts_what_follows(self):
        self.card.digits = 5
        removed = self.read_index(self.card, SEPTEMBER, 160, kind="removal")
        installed = self.read_index(self.card, SEPTEMBER, 5, kind="installation")
        self.read_index(self.card, DECEMBER, 25)
        self.assertRefused(installed.unlink, DECEMBER, "index 25", SEPTEMBER, "index 160")
        self.assertTrue(removed.exists())


class TestReadingOfAnotherMeter(SharingCase):
    def test_a_reading_changes_no_meter(self):
        reading, other = self.read_index(self.meter(), MARCH, 100), self.meter(number="17-002")
        with self.assertRaisesRegex(UserError, "Meter: cannot be changed once set"), self.env.cr.savepoint():
            reading.with_user(self.agent_water).write({"meter_id": other.id, "index": 5})
        self.assertEqual((self.indexes(reading.meter_id), self.indexes(other)), ({MARCH: 100}, {}))
        reading.with_user(self.agent_water).write({"meter_id": reading.meter_id.id, "index": 110})
        self.assertEqual(self.indexes(reading.meter_id), {MARCH: 110})


class TestBilledReading(SharingCase):
    """Invariant 3: a billed reading never changes and never disappears."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter()
        cls.first = cls.read_index(cls.card, MARCH, 100)
        cls.billed = cls.read_index(cls.card, JUNE, 152)
        cls.billed.state = "billed"

    def test_changed_by_nobody(self):
        changes = (
            {"index": 153},
            {"date": SEPTEMBER},
            {"consumption": 1},
            {"rollover": True},
            {"state": "confirmed"},
        )
        for user in (self.agent_water, self.manager):
            for values in (*changes, {"modification_reason": "x"}, {"kind": "estimated"}):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaisesRegex(UserError, "17-001.* billed"),
                ):
                    self.billed.with_user(user).write(values)

    def test_deleted_by_nobody(self):
        for user in (self.agent_water, self.manager):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "can't be deleted"):
                self.billed.with_user(user).unlink()
        self.assertEqual(self.indexes(self.card), {MARCH: 100, JUNE: 152})

    def test_another_company_does_not_learn_that_it_is_billed(self):
        with self.assertRaises(AccessError):
            self.billed.with_user(self.agent_sewerage).write({"index": 153})

    def test_one_billed_among_many_refuses_all(self):
        with self.assertRaises(UserError):
            (self.first + self.billed).write({"modification_reason": "x"})
        self.assertFalse(self.first.modification_reason)

    def test_not_recomputed_when_the_previous_one_changes(self):
        self.first.index = 120
        self.assertEqual((self.billed.previous_index, self.billed.consumption), (100, 52))

    def test_meter_with_readings_stays(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
            self.card.unlink()

    def test_only_billing_says_billed(self):
        with self.assertRaisesRegex(UserError, "billing campaign"):
            self.first.with_user(self.agent_water).state = "billed"


class TestComputedByTheServer(SharingCase):
    """Direct calls cannot write values that the server computes."""

    def test_refused_from_outside(self):
        card = self.meter()
        reading = self.read_index(card, MARCH, 100)
        values = {
            "previous_index": 1,
            "computed_consumption": 1,
            "is_modified": True,
            "modified_by_id": self.manager.id,
            "sync_state": "synced",
            "origin_reading_id": reading.id,
            "finding": False,
        }
        for name, value in values.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "computed"):
                reading.with_user(self.agent_water).write({name: value})
            with self.subTest(name), self.assertRaisesRegex(UserError, "computed"):
                reading.with_user(self.agent_water).write({name: value, "index": 110})
            with self.subTest(name), self.assertRaisesRegex(UserError, "computed"):
                self.env["utility.reading"].with_user(self.agent_water).create(
                    {"meter_id": card.id, "date": JUNE, "index": 150, name: value}
                )
