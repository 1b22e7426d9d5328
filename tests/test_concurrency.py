"""Concurrent users: real cursors, committed data, deleted at the end."""

import threading
from functools import partial
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import LockError, RedirectWarning, UserError, ValidationError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.common.named_work import name_transaction
from ..models.ledger_entries.reconcile import Reconciler
from ..models.ledger_exchange.transactions import connector_lock
from ..models.metering import point_lock
from .support.committed import CommittedCase, run_together
from .support.sharing import JUNE, MARCH, SEPTEMBER


@tagged("post_install", "-at_install")
class TestConcurrency(CommittedCase):
    """Two sections of one company, so that nothing but the module's own records is committed."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            company = env["res.company"].browse(1)
            sections = env["utility.section"].create(
                [{"name": name, "code": name, "company_id": company.id} for name in ("CONC1", "CONC2")]
            )
            here = env["utility.meter"].create({"section_id": sections[0].id, "serial_number": "CONC-1"})
            there = env["utility.meter"].create(
                {"section_id": sections[1].id, "connection_point_id": here.connection_point_id.id}
            )
            env["utility.reading"].create({"meter_id": here.id, "date": MARCH, "index": 100})
            self.here, self.there = here.id, there.id

    def save(self, env, meter_id, day, index):
        env["utility.reading"].create({"meter_id": meter_id, "date": day, "index": index})
        env.flush_all()

    def stored(self):
        with self.transaction() as env:
            readings = env["utility.reading"].search([("meter_id", "in", (self.here, self.there))], order="date, id")
            return [(r.meter_id.id, str(r.date), r.index, r.previous_index, r.sync_state) for r in readings]

    def test_second_one_is_told_to_save_again(self):
        with self.transaction() as first, self.transaction() as second:
            self.save(first, self.here, JUNE, 152)
            with self.assertRaisesRegex(LockError, "CONC-1 right now.*save again"):
                self.save(second, self.there, JUNE, 150)
            second.cr.rollback()
            first.cr.commit()
            self.save(second, self.there, JUNE, 150)
        self.assertEqual([row[1:3] for row in self.stored()], [(MARCH, 100), (JUNE, 152), (JUNE, 150)])

    def test_a_save_waits_for_the_end_of_long_work_and_is_done_by_itself(self):
        """An import locks the meter for half a second: a user who saves meanwhile gets no error."""
        with self.transaction() as first, self.transaction() as second:
            name_transaction(first.user, first.user)
            self.save(first, self.here, JUNE, 152)
            ends = threading.Timer(0.5, first.cr.commit)
            ends.start()
            with self.muted():
                retrying(lambda: self.save(second, self.here, SEPTEMBER, 180), second)
            ends.join()
        rows = [row[1:4] for row in self.stored() if row[0] == self.here]
        self.assertEqual(rows, [(MARCH, 100, 0), (JUNE, 152, 100), (SEPTEMBER, 180, 152)])

    def test_long_work_that_does_not_end_is_named(self):
        with self.transaction() as first, self.transaction() as second:
            partner = first.user.partner_id
            usual = second.execute_query(SQL("SHOW lock_timeout"))
            name_transaction(partner, first.user)
            self.save(first, self.here, JUNE, 152)
            self.enterContext(patch.object(point_lock, "LOCK_WAIT", "100ms"))
            told = rf"CONC-1.*Contact \({partner.display_name}\), {first.user.name}, \d\d:\d\d:\d\d.*save again"
            with self.assertRaisesRegex(LockError, told):
                self.save(second, self.there, JUNE, 150)
            left = second.execute_query(SQL("SHOW lock_timeout"))
            self.assertEqual(left, usual, "later statements wait as before")
            first.cr.rollback()
            first.cr.execute("SHOW application_name")
            self.assertNotIn("partner", first.cr.fetchone()[0], "the name ends with the transaction")
            self.save(second, self.there, JUNE, 150)

    def test_another_meter_is_not_locked(self):
        with self.transaction() as first, self.transaction() as second:
            self.save(first, self.here, JUNE, 152)
            section = second["utility.meter"].browse(self.there).section_id
            other = second["utility.meter"].create({"section_id": section.id, "serial_number": "CONC-2"})
            self.save(second, other.id, JUNE, 10)

    def test_who_began_before_the_other_committed_starts_again(self):
        """The second save reads outdated data: PostgreSQL refuses it, Odoo repeats it, nothing is lost."""
        with self.transaction() as first, self.transaction() as second:
            second["utility.reading"].search([], limit=1)
            self.save(first, self.here, JUNE, 152)
            first.cr.commit()
            with self.assertRaises(SerializationFailure), self.muted():
                self.save(second, self.here, SEPTEMBER, 180)
            second.cr.rollback()
            second.transaction.reset()
            second["utility.reading"].search([], limit=1)
            self.save(first, self.there, MARCH, 90)
            first.cr.commit()
            with self.muted():
                retrying(lambda: self.save(second, self.here, SEPTEMBER, 180), second)
        rows = [row[:4] for row in self.stored() if row[0] == self.here]
        self.assertEqual(
            rows, [(self.here, MARCH, 100, 0), (self.here, JUNE, 152, 100), (self.here, SEPTEMBER, 180, 152)]
        )

    def test_crowd(self):
        """Eight users save a reading of one meter at once: each is saved or gets a message; consumptions stay right."""
        days = [f"2025-05-{day:02}" for day in range(1, 9)]
        barrier, outcomes = threading.Barrier(len(days)), {}

        def person(rank, day):
            with self.transaction() as env:
                barrier.wait(20)
                try:
                    retrying(lambda: self.save(env, self.here, day, 101 + rank), env)
                    outcomes[day] = "saved"
                except LockError:
                    outcomes[day] = "told"
                    env.cr.rollback()

        with self.muted():
            run_together(*(partial(person, *item) for item in enumerate(days)))
        self.assertEqual(set(outcomes), set(days))
        saved = sorted(day for day, outcome in outcomes.items() if outcome == "saved")
        self.assertTrue(saved)
        rows = self.stored()
        self.assertEqual([row[1] for row in rows], [MARCH, *saved])
        self.assertEqual([row[3] for row in rows], [0, *(row[2] for row in rows[:-1])])

    def test_dialog_confirmed_while_the_other_section_saves(self):
        with self.transaction() as first, self.transaction() as second:
            waiting = first["utility.reading"].search([("meter_id", "=", self.here)])
            action = waiting.action_synchronize()
            first.cr.commit()
            self.save(second, self.there, JUNE, 150)
            wizard = first["utility.reading.synchronize"].browse(action["res_id"])
            with self.assertRaises(LockError):
                wizard.action_confirm()
            first.cr.rollback()
            second.cr.commit()
            with self.assertRaisesRegex(UserError, "changed since"):
                wizard.action_confirm()
            first.cr.rollback()
        self.assertEqual([row[1:3] for row in self.stored()], [(MARCH, 100), (JUNE, 150)])

    def test_card_attached_while_a_reading_is_saved(self):
        with self.transaction() as first, self.transaction() as second:
            section = first["utility.section"].create({"name": "CONC3", "code": "CONC3", "company_id": 1})
            first.cr.commit()
            self.save(second, self.here, JUNE, 152)
            point = first["utility.meter"].browse(self.here).connection_point_id
            with self.assertRaises(LockError):
                first["utility.meter"].create({"section_id": section.id, "connection_point_id": point.id})
            first.cr.rollback()

    def test_reading_deleted_while_the_other_section_saves(self):
        with self.transaction() as first, self.transaction() as second:
            self.save(second, self.there, JUNE, 150)
            with self.assertRaises(LockError):
                first["utility.reading"].search([("meter_id", "=", self.here)]).unlink()
            first.cr.rollback()
        self.assertEqual([row[1] for row in self.stored()], [MARCH, JUNE])

    def test_card_moved_to_a_point_while_a_reading_is_saved_there(self):
        with self.transaction() as first, self.transaction() as second:
            section = first["utility.section"].create({"name": "CONC3", "code": "CONC3", "company_id": 1})
            card = first["utility.meter"].create({"section_id": section.id, "serial_number": "CONC-3"})
            first.cr.commit()
            self.save(second, self.here, JUNE, 152)
            with self.assertRaises(LockError):
                card._attach_to(first["utility.meter"].browse(self.here).connection_point_id)
            first.cr.rollback()

    def test_option_switched_off_while_a_meter_comes_to_be_shared(self):
        """Both read before either committed: the second save is repeated on fresh data, and gets a message."""
        with self.transaction() as env:
            env["utility.meter"].browse(self.there).action_detach()
        point = {"connection_point_id": self.stored_point(self.here)}

        def share(env):
            env["utility.meter"].browse(self.there).write(point)

        def switch_off(env):
            env["res.company"].browse(1).write({"share_connection_points": False})

        for first, second, told in ((switch_off, share, ValidationError), (share, switch_off, RedirectWarning)):
            with self.subTest(first=first.__name__), self.transaction() as one, self.transaction() as other:
                one["res.company"].browse(1).write({"share_connection_points": True})
                one.cr.commit()
                other["utility.meter"].search([], limit=1)
                first(one)
                one.cr.commit()
                with self.muted(), self.assertRaises(told):
                    retrying(lambda second=second, other=other: second(other), other)
                other.cr.rollback()

    def stored_point(self, meter_id):
        with self.transaction() as env:
            return env["utility.meter"].browse(meter_id).connection_point_id.id

    def muted(self):
        """Odoo logs each conflict as an error: this test causes them on purpose."""
        return mute_logger("odoo.sql_db", "odoo.service.model")


@tagged("post_install", "-at_install")
class TestTwoAccountants(CommittedCase):
    """Both open *Visuel Synchronisations* at the same instant, or while the exchange writes the connector."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            values = {"name": "Two", "company_ids": [Command.set([1])], "directory": "two_accountants"}
            # a database in use has other entries, which are not tested here
            values["date_start"] = "2100-01-01"
            self.connector_id = env["ledger.connector"].create(values).id
        self.addCleanup(self.remove_connector)

    def remove_connector(self):
        with self.transaction() as env:
            connector = env["ledger.connector"].browse(self.connector_id)
            env["ledger.document"].search([("connector_id", "=", connector.id)]).unlink()
            connector.unlink()

    def test_the_lock_of_a_connector_ends_with_its_run(self):
        """The lock belongs to the database session, which Odoo reuses for other requests."""
        with self.transaction() as first, self.transaction() as second:
            mine, theirs = (env["ledger.connector"].browse(self.connector_id) for env in (first, second))
            with connector_lock(mine) as held:
                self.assertTrue(held)
                with connector_lock(theirs) as other:
                    self.assertFalse(other)
            with connector_lock(theirs) as held:
                self.assertTrue(held)

    def test_none_starts_again(self):
        """A serialisation failure would have Odoo repeat the request after up to a second, then two, then four."""
        with self.transaction() as first, self.transaction() as second:
            second.cr.execute("SELECT 1")  # both began before the other committed
            for env in (first, second):
                Reconciler(env["ledger.connector"].browse(self.connector_id)).reconcile()
                env.flush_all()
                env.cr.commit()
        with self.transaction() as env:
            self.assertTrue(env["ledger.connector"].browse(self.connector_id).transactions_seen)
