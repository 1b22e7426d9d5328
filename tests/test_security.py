"""Who may do what: other companies, other people's dialogs, methods that RPC reaches (the table: test_access)."""

from odoo.exceptions import AccessError, RedirectWarning, UserError

from .support.sharing import JUNE, MODULE, SharingCase


class TestOtherCompany(SharingCase):
    """What belongs to one budget is closed to the agents of the other, shared or not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.meter()
        cls.reading = cls.read_index(cls.card, JUNE, 152)
        cls.subscription = cls.subscribe(cls.card)
        cls.device = cls.env["utility.device"].create(
            {"connection_point_id": cls.card.connection_point_id.id, "removed_on": JUNE}
        )
        cls.records = [
            cls.water,
            cls.card,
            cls.card.connection_point_id,
            cls.reading,
            cls.subscription,
            cls.device,
        ]

    def assertClosed(self, records, user):
        for record in records:
            mine = record.with_user(user)
            for operation in ("read", "write"):
                with self.subTest(record=record, operation=operation):
                    self.assertFalse(mine.has_access(operation))
            with self.subTest(record=record), self.assertRaises(AccessError):
                mine.read([])
            self.assertFalse(mine.search([("id", "=", record.id)]))

    def test_not_shared(self):
        self.assertClosed(self.records, self.agent_sewerage)

    def test_shared_gives_the_point_and_nothing_else(self):
        there = self.env["utility.meter"].create(
            {"section_id": self.sewerage.id, "connection_point_id": self.card.connection_point_id.id}
        )
        self.assertClosed([self.water, self.card, self.reading, self.subscription], self.agent_sewerage)
        for record in (there, self.card.connection_point_id, self.device):
            self.assertTrue(record.with_user(self.agent_sewerage).has_access("read"))

    def test_company_not_ticked(self):
        ticked = {"allowed_company_ids": self.budget_sewerage.ids}
        for record in self.records:
            mine = record.with_user(self.agent_both)
            self.assertTrue(mine.has_access("read"))
            self.assertFalse(mine.with_context(**ticked).has_access("read"), record)

    def test_answers(self):
        other = self.env["utility.meter"].create(
            {"section_id": self.sewerage.id, "connection_point_id": self.card.connection_point_id.id}
        )
        self.ask(self.reading, self.agent_water).action_confirm()
        answer = self.reading.answer_ids
        self.assertTrue(answer.with_user(self.agent_sewerage).has_access("read"), "it was received there")
        stranger = self.user("stranger", "utility_billing_sync.group_utility_user", self.env.company)
        self.assertClosed([answer, other], stranger)
        for user in (self.agent_both, self.manager):
            with self.assertRaises(AccessError):
                answer.with_user(user).write({"answer": "declined"})
            with self.assertRaises(AccessError):
                answer.with_user(user).unlink()
            with self.assertRaises(AccessError):
                answer.with_user(user).read(["stored_previous"])


class TestMethods(SharingCase):
    """Methods that RPC can call refuse users without the right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.shared()
        cls.reading = cls.read_index(cls.here, JUNE, 152)

    def assertRefused(self, function):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            function()
            self.env.flush_all()

    def test_readings_of_another_company(self):
        mine = self.reading.with_user(self.agent_sewerage)
        for method in (
            mine.action_synchronize,
            mine.action_confirm,
            mine.action_reset_consumption,
            mine.unlink,
        ):
            with self.subTest(method.__name__):
                self.assertRefused(method)
        self.assertRefused(lambda: mine.write({"index": 160}))

    def test_meters_of_another_company(self):
        card = self.here.with_user(
            self.user("sewerage_manager", f"{MODULE}.group_utility_manager", self.budget_sewerage)
        )
        for method in (card.action_detach, card.action_force_synchronization, card.unlink):
            with self.subTest(method.__name__):
                self.assertRefused(method)
        self.assertRefused(lambda: card.write({"diameter": 40}))
        self.assertRefused(lambda: card.write({"route": "North"}))

    def test_reading_entered_on_the_card_of_another_company(self):
        model = self.env["utility.reading"].with_user(self.agent_sewerage)
        self.assertRefused(lambda: model.create({"meter_id": self.here.id, "date": "2025-07-31", "index": 160}))

    def test_made_up_dialogs(self):
        """A dialog made by hand gives no more than the one that the list opens."""
        dialogs = self.env["utility.reading.synchronize"].with_user(self.agent_sewerage)
        self.assertRefused(lambda: dialogs.create({"reading_ids": self.reading.ids}).action_confirm())
        self.assertRefused(lambda: dialogs.create({"reading_ids": self.reading.ids}).action_decline())
        replace = self.env["utility.meter.replace"].with_user(self.agent_sewerage)
        values = {
            "meter_id": self.here.id,
            "date": "2025-07-31",
            "removal_index": 160,
            "installation_index": 0,
        }
        self.assertRefused(lambda: replace.create(values).action_confirm())
        self.assertEqual(self.reading.sync_state, "pending")
        self.assertFalse(self.there.reading_ids)

    def test_dialog_of_somebody_else(self):
        wizard = self.ask(self.reading, self.agent_water)
        for user in (self.agent_both, self.manager):
            self.assertRefused(wizard.with_user(user).action_confirm)
            self.assertRefused(wizard.with_user(user).action_decline)
            self.assertRefused(lambda user=user: wizard.with_user(user).read(["summary"]))

    def test_made_up_attachment(self):
        """Somebody of one company names a point of the other by its number."""
        point = self.meter(number="17-700").connection_point_id
        dialogs = self.env["utility.meter.attach"].with_user(self.agent_sewerage)
        values = {"partner_id": self.durand.id, "section_id": self.sewerage.id}
        self.assertRefused(lambda: dialogs.create({**values, "connection_point_id": point.id}))
        wizard = dialogs.create(values)
        self.assertRefused(lambda: wizard.write({"connection_point_id": point.id}))
        # however it came there
        wizard.sudo().connection_point_id = point
        self.assertRefused(wizard.action_confirm)
        self.assertFalse(point.is_shared)

    def test_made_up_choice(self):
        point = self.meter(number="17-700", brand="Itron").connection_point_id
        own = self.meter(self.sewerage, "AS-7")
        wizard = (
            self.env["utility.meter.attach"]
            .with_user(self.agent_sewerage)
            .create({"partner_id": self.durand.id, "section_id": self.sewerage.id, "meter_id": own.id})
        )
        values = {"wizard_id": wizard.id, "connection_point_id": point.id}
        lines = self.env["utility.meter.attach.line"].with_user(self.agent_sewerage)
        self.assertRefused(lambda: lines.create(values))
        line = lines.sudo().create(values).with_env(lines.env)
        self.env.cr.execute("UPDATE utility_meter_attach_line SET create_uid = %s", [self.agent_sewerage.id])
        self.assertRefused(line.action_choose)

    def test_outsiders_open_nothing(self):
        for user in (self.plain_user, self.portal_user):
            with self.subTest(user.login):
                self.assertRefused(self.durand.with_user(user).action_attach_connection_point)
                self.assertRefused(self.reading.with_user(user).action_synchronize)
                self.assertRefused(self.env["utility.reading"].with_user(user).action_synchronize_all)
                self.assertRefused(self.here.with_user(user).action_force_synchronization)

    def test_options_of_another_company(self):
        settings = self.env["utility.billing.settings"]
        manager = self.user("sewerage_manager", f"{MODULE}.group_utility_manager", self.budget_sewerage)
        self.assertRefused(lambda: settings.with_user(self.agent_both).create({}))
        values = {"company_id": self.budget_water.id, "utility_use_units": True}
        self.assertRefused(lambda: settings.with_user(manager).create(values).action_save())
        settings.with_user(manager).create({"utility_use_units": True}).action_save()
        self.assertEqual(self.budgets.mapped("utility_use_units"), [False, True])
        with self.assertRaises(RedirectWarning):
            settings.with_user(manager).create({"share_connection_points": False}).action_save()

    def test_the_dialog_asks_for_the_access_again(self):
        """Rights removed while the dialog is open are missing on confirmation."""
        wizard = self.ask(self.reading, self.agent_both)
        self.agent_both.write(
            {"company_id": self.budget_sewerage.id, "company_ids": [(6, 0, self.budget_sewerage.ids)]}
        )
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertFalse(self.there.reading_ids)
