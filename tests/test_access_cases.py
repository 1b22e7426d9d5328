"""What callers tried through the web client's own calls, one test a case: what is not a matter of a single field."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError

from .support.ledger import APPROVER, CONNECTOR_MANAGER, DIRECTORY, LedgerCase
from .support.people import new_test_user
from .support.sharing import DECEMBER, JUNE, MANAGER, MARCH, SEPTEMBER, SharingCase


class TestPoints(SharingCase):
    def test_a_point_whose_card_is_archived_stays_its_company_s(self):
        card = self.meter()
        point = card.connection_point_id
        card.active = False
        self.assertEqual(point.company_ids, self.budget_water)
        theirs = point.with_user(self.agent_sewerage)
        self.assertFalse(theirs.has_access("read") or theirs.search([("id", "=", point.id)]))
        with self.assertRaises(AccessError):
            values = {"section_id": self.sewerage.id, "connection_point_id": point.id}
            self.env["utility.meter"].with_user(self.agent_sewerage).create(values)
        card.with_user(self.agent_water).active = True
        self.assertEqual(point.meter_ids, card)

    def test_a_point_without_any_card_stays_its_last_company_s(self):
        card = self.meter()
        point = card.connection_point_id
        card.unlink()
        self.env.invalidate_all()
        self.assertEqual(point.company_ids, self.budget_water)
        self.assertFalse(point.with_user(self.agent_sewerage).has_access("read"))

    def test_a_new_point_is_its_maker_s(self):
        point = self.env["utility.connection.point"].with_user(self.agent_water).create({"serial_number": "P-1"})
        self.assertEqual(point.company_ids, self.budget_water)
        self.assertFalse(point.with_user(self.agent_sewerage).has_access("read"))

    def test_the_option_stays_on_while_points_are_shared(self):
        here, _there = self.shared()
        with self.assertRaises(AccessError):
            here.connection_point_id.with_user(self.agent_water).write({"is_shared": False})
        with self.assertRaises(AccessError):
            here.with_user(self.agent_water).write({"is_shared": False})
        with self.assertRaises(RedirectWarning):
            self.budget_water.share_connection_points = False

    def test_a_shared_point_is_not_archived(self):
        here, there = self.shared()
        point = here.connection_point_id
        with self.assertRaisesRegex(UserError, "17-001"):
            point.with_user(self.agent_water).action_archive()
        self.assertEqual(point.with_user(self.agent_water).readers, "EAU, ASSAINISSEMENT")
        self.assertTrue(point.active and there.active)

    def test_the_summary_leaves_no_card_of_others_in_the_cache(self):
        here, there = self.shared()
        mine = here.with_user(self.agent_water)
        for names in (["sharing_summary", "meter_ids"], ["meter_ids", "sharing_summary"], ["readers", "meter_ids"]):
            self.env.invalidate_all()
            self.assertNotIn(there.id, mine.read(names)[0]["meter_ids"])

    def test_the_history_names_no_section_that_a_caller_names(self):
        card = self.meter()
        context = {"utility_changed_from_section": self.sewerage.id}
        card.connection_point_id.with_user(self.agent_water).with_context(**context).brand = "Itron"
        self.assertNotIn(self.sewerage.name, card.connection_point_id.message_ids[0].body)

    def test_a_refusal_names_nothing_of_the_other_company(self):
        card = self.meter(self.sewerage, "ZQ7-1", street="ZQ7 street")
        self.subscribe(card, self.env["res.partner"].create({"name": "ZQ7 Martin"}))
        subscriptions = self.env["utility.subscription"].with_user(self.agent_water)
        values = {"partner_id": self.durand.id, "meter_id": card.id, "date_start": "2024-06-01"}
        own = self.meter(number="17-009").with_user(self.agent_water)
        for attempt in (
            lambda: subscriptions.create(values),
            lambda: subscriptions.with_context(default_meter_id=card.id).create({"partner_id": self.durand.id}),
            lambda: own.write({"connection_point_id": card.connection_point_id.id}),
            lambda: self.subscribe(own.sudo()).with_user(self.agent_water).write({"meter_id": card.id}),
            lambda: card.with_user(self.agent_water).read(["serial_number"]),
        ):
            with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                attempt()
            self.assertNotIn("ZQ7", str(refused.exception))

    def test_a_missing_record_is_refused_in_the_same_words(self):
        card = self.meter(self.sewerage)
        said = []
        for id_ in (card.id, 10**9):
            with self.assertRaises(UserError) as refused:
                values = {"meter_id": id_, "date": JUNE, "index": 1}
                self.env["utility.reading"].with_user(self.agent_water).create(values)
            said.append(str(refused.exception))
        self.assertEqual(*said)


class TestReadings(SharingCase):
    def test_a_consumption_of_the_context_is_entered_like_any_other(self):
        card = self.meter()
        self.read_index(card, MARCH, 100)
        forged = {
            "default_consumption": 2,
            "default_is_modified": False,
            "default_modified_by_id": 2,
            "default_modified_on": "2020-01-01",
            "default_state": "billed",
            "default_modification_reason": "leak",
        }
        readings = self.env["utility.reading"].with_user(self.agent_water).with_context(**forged)
        reading = readings.create({"meter_id": card.id, "date": JUNE, "index": 500})
        self.assertEqual((reading.computed_consumption, reading.consumption), (400, 2))
        self.assertTrue(reading.is_modified)
        self.assertEqual((reading.modified_by_id, reading.modification_reason), (self.agent_water, "leak"))
        self.assertEqual(reading.modified_on.year, self.env.cr.now().year)
        self.assertNotEqual(reading.state, "billed")

    def test_a_person_s_own_default_is_no_way_in_either(self):
        self.env["ir.default"].with_user(self.agent_water).set("utility.reading", "is_modified", True, user_id=True)
        card = self.meter()
        values = {"meter_id": card.id, "date": JUNE, "index": 500}
        readings = self.env["utility.reading"].with_user(self.agent_water)
        self.assertFalse(readings.create(values).is_modified)

    def test_a_person_s_own_default_locks_no_meter_of_others(self):
        """Nor is its reading of that day looked up, whose index the refusal of a second one would tell."""
        theirs = self.meter(self.sewerage, "99-001")
        self.read_index(theirs, JUNE, 777)
        agent = self.agent_water
        self.env["ir.default"].with_user(agent).set("utility.reading", "meter_id", theirs.id, user_id=True)
        readings = self.env["utility.reading"].with_user(agent).with_context(allowed_company_ids=agent.company_ids.ids)
        self.env.invalidate_all()
        point = theirs.connection_point_id  # in memory, where no rule is looked at; assertRaises would forget it
        with patch.object(type(point), "_lock") as lock:
            try:
                readings.create({"date": JUNE, "index": 500})
            except AccessError:
                lock.assert_not_called()
            else:
                self.fail("it was entered")


class TestDialogs(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.shared()
        cls.read_index(cls.there, MARCH, 90)
        cls.read_index(cls.there, DECEMBER, 900)

    def test_what_would_happen_there_is_not_told_before_the_answer(self):
        """Twelve previews, by their outcomes, revealed an index to within 1 m³."""
        shown = set()
        for index in (100, 899, 901):
            with self.subTest(index), self.env.cr.savepoint() as point:
                wizard = self.ask(self.read_index(self.here, SEPTEMBER, index), self.agent_water)
                told = (wizard.line_ids.mapped("outcome"), wizard.line_ids.mapped("reason"), wizard.summary)
                shown.add(repr(told))
                point.rollback()
        self.assertEqual(len(shown), 1, shown)

    def test_who_may_enter_both_is_told(self):
        wizard = self.ask(self.read_index(self.here, SEPTEMBER, 901), self.agent_both)
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["blocked"])

    def test_the_state_says_it_afterwards(self):
        reading = self.read_index(self.here, SEPTEMBER, 901)
        answer = self.ask(reading, self.agent_water).action_confirm()
        self.assertIn("1 reading blocked", answer["params"]["message"])
        self.assertEqual(reading.sync_state, "pending" if not reading.answer_ids else reading.sync_state)

    def force(self, user):
        self.read_index(self.here, SEPTEMBER, 200)
        return self.dialog(self.here.with_user(user).action_force_synchronization(), user)

    def test_removal_stays_in_the_companies_that_one_may_enter(self):
        """A user deleted readings of the other company that they could not see."""
        manager = self.user("manager_water", MANAGER, self.budget_water)
        wizard = self.force(manager)
        self.assertEqual(wizard.line_ids.mapped(lambda line: str(line.date)), [SEPTEMBER])
        wizard.remove_extra = True
        wizard._onchange_remove_extra()
        self.assertFalse(wizard.extra_count)
        wizard.action_confirm()
        self.assertEqual(self.indexes(self.there), {MARCH: 90, SEPTEMBER: 200, DECEMBER: 900})
        left = self.there.reading_ids.filtered(lambda r: str(r.date) == DECEMBER)
        self.assertIn(left.sync_state, ("pending", "diverging"), "it waits in their list of differences")
        told = self.env["utility.reading.answer"].with_user(manager).search([])
        self.assertNotIn(DECEMBER, told.mapped(lambda answer: str(answer.date)))


class TestExchange(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls.env["res.company"].create({"name": "Voirie"})
        cls.stranger = new_test_user(
            cls.env,
            "stranger_manager",
            CONNECTOR_MANAGER,
            company_id=cls.third.id,
            company_ids=[Command.set(cls.third.ids)],
        )

    def theirs(self, model):
        return self.env[model].with_user(self.stranger).with_context(allowed_company_ids=self.third.ids)

    def test_a_directory_belongs_to_one_connector(self):
        own = f"connector_{self.connector.id}"
        for directory in (DIRECTORY, f"{DIRECTORY}/entries", DIRECTORY.upper(), own, f"{own}/x", "connector_999999"):
            with self.subTest(directory), self.assertRaises(ValidationError) as refused, self.env.cr.savepoint():
                values = {"company_ids": [Command.set(self.third.ids)], "directory": directory}
                self.theirs("ledger.connector").create(values)
            self.assertNotIn(self.connector.name, str(refused.exception))
        values = {"company_ids": [Command.set(self.third.ids)], "directory": "voirie"}
        mine = self.theirs("ledger.connector").create(values)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            mine.directory = DIRECTORY
        # put away, it still holds what was left there
        self.connector.active = False
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            mine.directory = DIRECTORY

    def test_who_may_enter_one_company_starts_a_run_for_that_one(self):
        user = self.user("one_company", CONNECTOR_MANAGER, self.companies[0])
        run = self.do(self.connector, "action_synchronize", user=user)
        self.assertEqual(run.company_ids, self.companies[0])

    def test_a_layout_that_others_use_is_copied(self):
        layout = self.theirs("ledger.layout").browse(self.connector.entries_layout_id.id)
        self.assertTrue(layout.is_read_only)
        for attempt in (
            lambda: layout.write({"delimiter": "tab"}),
            lambda: layout.column_ids[0].write({"constant": "X"}),
            lambda: layout.write({"column_ids": [Command.unlink(layout.column_ids[0].id)]}),
            lambda: self.theirs("ledger.column").create({"layout_id": layout.id, "name": "X"}),
            lambda: layout.unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
                self.env.flush_all()
        copied = layout.copy()
        copied.column_ids[0].write({"constant": "X", "attribute": False})
        self.assertFalse(copied.is_read_only)
        both = layout | copied
        for operator, value, found in (("=", True, layout), ("!=", False, layout), ("=", False, copied)):
            self.assertEqual(both.search([("id", "in", both.ids), ("is_read_only", operator, value)]), found)

    def test_a_preview_shows_no_entry_of_another_company(self):
        bill = self.entry()
        layout = self.theirs("ledger.layout").browse(self.connector.entries_layout_id.id).copy()
        for attempt in (
            lambda: layout.onchange({"preview_move_id": bill.id}, ["preview_move_id"], {"preview": {}}),
            lambda: layout.web_save({"preview_move_id": bill.id}, {"preview": {}}),
        ):
            with self.assertRaises(AccessError) as refused:
                attempt()
            self.assertNotIn(bill.name, str(refused.exception))

    def test_an_approval_is_about_one_amount_and_one_third_party(self):
        bill = self.entry()
        approver = new_test_user(
            self.env,
            "one_approver",
            f"{APPROVER},account.group_account_invoice",
            company_id=self.companies[0].id,
            company_ids=[Command.set(self.companies.ids)],
        )
        mine = bill.with_user(approver)
        for values in (
            {"payment_approval": "approved"},
            {"payment_approval_user_id": 2},
            {"payment_approval_date": "2026-03-09"},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write(values)
        mine.action_approve_payment()
        self.assertEqual((bill.payment_approval, bill.payment_approval_user_id), ("approved", approver))
        bill.button_draft()
        bill.ref = "said otherwise"
        bill.action_post()
        self.assertEqual(bill.payment_approval, "approved")
        bill.button_draft()
        bill.invoice_line_ids.price_unit = 120
        bill.action_post()
        self.assertEqual((bill.payment_approval, bill.payment_approval_user_id.id), ("pending", False))
        mine.action_approve_payment()
        bill.button_draft()
        other = self.supplier.filtered(lambda p: p.company_id == bill.company_id).copy()
        bill.partner_id = other
        self.assertEqual(bill.payment_approval, "pending")
