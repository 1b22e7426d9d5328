"""Digests by e-mail, and bills to approve by levels of amount."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools.misc import format_amount

from ..models.common.database_copy import confirm_database
from .support.administration import become_copy
from .support.browser import BrowserCase
from .support.guide import ExampleCase, french
from .support.language import add_french
from .support.ledger import LedgerHttpCase
from .support.sharing import AGENT, MODULE, SharingCase

APPROVER = f"{MODULE}.group_payment_approver,account.group_account_invoice"


@tagged("post_install", "-at_install", MODULE)
class TestApprovalLevels(ExampleCase, LedgerHttpCase):
    """Two bills of 100 and 900 €: the clerk approves up to 500, the director anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small, cls.large = cls.entry(amount=100), cls.entry(amount=900)
        cls.clerk, cls.director, cls.third = (cls.user(name, APPROVER) for name in ("clerk", "director", "third"))
        cls.company = cls.small.company_id
        cls.levels = cls.env["ledger.approval.level"]

    def level(self, amount, *users):
        people = [Command.set([user.id for user in users])]
        return self.levels.create({"company_id": self.company.id, "amount": amount, "user_ids": people})

    def as_user(self, user, moves=None):
        moves = self.small | self.large if moves is None else moves
        return moves.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def test_without_levels_any_approver_approves(self):
        self.as_user(self.clerk).action_approve_payment()
        self.assertEqual(self.large.payment_approval, "approved")

    def test_up_to_the_level(self):
        self.level(500, self.clerk)
        self.level(0, self.director)
        total = self.large.amount_total
        with self.assertRaisesRegex(AccessError, "above your approval level. Ask director"):
            self.as_user(self.clerk).action_approve_payment()
        self.assertEqual(self.small.payment_approval, "pending", "all or none")
        self.as_user(self.clerk, self.small).action_approve_payment()
        self.as_user(self.clerk, self.large).action_dispute_payment()
        self.as_user(self.director, self.large).action_approve_payment()
        self.assertEqual((self.large.payment_approval_user_id, self.large.amount_total), (self.director, total))
        with self.assertRaises(AccessError):
            self.as_user(self.third, self.entry(amount=1)).action_approve_payment()

    def test_exactly_the_level(self):
        self.level(self.small.amount_total, self.clerk)
        self.as_user(self.clerk, self.small).action_approve_payment()
        self.level(self.large.amount_total - 0.01, self.clerk)
        with self.assertRaises(AccessError):
            self.as_user(self.clerk, self.large).action_approve_payment()

    def test_a_cent_above_the_level(self):
        self.level(500, self.clerk)
        self.level(0, self.director)
        bills = self.entry(amount=500.00) | self.entry(amount=500.01)
        self.as_user(self.clerk, bills[0]).action_approve_payment()
        with self.assertRaisesRegex(AccessError, "Ask director"):
            self.as_user(self.clerk, bills[1]).action_approve_payment()
        self.assertEqual(bills.mapped("payment_approval"), ["approved", "pending"])
        amounts = [french(bill.payment_approval_amount, 2) for bill in bills]
        self.assert_example(
            "resume",
            f"l'agent jusqu'à 500 €, la direction sans limite ; une facture de {amounts[0]} € est validée par l'agent,"
            f" une de {amounts[1]} € lui est refusée, avec le nom de qui le peut.",
        )

    def test_the_list_of_what_one_may_approve(self):
        self.level(500, self.clerk)
        self.level(0, self.director)
        mine = [("payment_approval", "=", "pending"), ("payment_within_level", "=", True)]
        for user, seen in ((self.clerk, self.small), (self.director, self.small | self.large), (self.third, None)):
            found = self.as_user(user).search([*mine, ("id", "in", (self.small | self.large).ids)])
            self.assertEqual(found, seen or found.browse())
        old = self.entry(invoice_date=fields.Date.today() - timedelta(12))
        self.assertEqual(old.payment_approval_age, 12)

    def test_amounts_are_what_is_to_pay(self):
        """A bill of 100 € is shown as 100, its credit note as -100: Odoo counts what is owed as negative."""
        refund = self.small._reverse_moves()
        self.assertEqual((self.small.payment_approval_amount, refund.payment_approval_amount), (100, -100))

    def test_on_the_dashboard_of_approvers_alone(self):
        """The clerk approves one of the two bills; the card counts what the list behind it shows."""
        self.level(500, self.clerk)
        cards = self.env["utility.dashboard"].with_user(self.clerk)
        cards = cards.with_context(allowed_company_ids=self.company.ids).search([])
        self.assertEqual(cards.mapped("kind"), ["approval"])
        mine = [("payment_approval", "=", "pending"), ("state", "=", "posted"), ("payment_within_level", "=", True)]
        listed = self.as_user(self.clerk).search(mine)
        self.assertIn(self.small, listed)
        self.assertNotIn(self.large, listed)
        self.assertEqual(cards.approval_count, len(listed))
        total = format_amount(cards.env, -sum(listed.mapped("amount_total_signed")), self.company.currency_id)
        self.assertEqual(cards.approval_amount, total)
        self.assertEqual(cards.approval_age, max(listed.mapped("payment_approval_age")))
        others = self.env["utility.dashboard"].with_user(self.user("watcher", f"{MODULE}.group_ledger_monitor"))
        self.assertNotIn("approval", others.search([]).mapped("kind"))

    def test_bills_of_companies_that_are_not_ticked_are_not_forgotten(self):
        other = self.companies[1]
        before = self.approval_card(self.company).approval_elsewhere
        self.entry(amount=70, company=other)
        card = self.approval_card(self.company)
        self.assertEqual(card.approval_elsewhere, before + 1)
        self.assertEqual(self.approval_card(self.companies).approval_elsewhere, 0)

    def approval_card(self, companies):
        self.env.invalidate_all()
        cards = self.env["utility.dashboard"].with_user(self.director)
        return cards.with_context(allowed_company_ids=companies.ids).search([("kind", "=", "approval")])

    def test_levels_are_for_approvers_and_kept_by_managers(self):
        with self.assertRaisesRegex(ValidationError, "do not have the right"):
            self.level(500, self.user("nobody", "base.group_user"))
        level = self.level(500, self.clerk)
        offered = self.env["res.users"].search(self.levels._fields["user_ids"]._description_domain(self.env))
        self.assertIn(self.clerk, offered)
        self.assertTrue(all(user.has_group(f"{MODULE}.group_payment_approver") for user in offered))
        for values in ({"amount": 0}, {"user_ids": [Command.link(self.third.id)]}):
            with self.assertRaises(AccessError):
                level.with_user(self.clerk).write(values)

    def approve_in_the_browser(self, tour):
        self.level(500, self.clerk)
        self.clerk.lang = "fr_FR"
        self.small._by_server().ref, self.large._by_server().ref = "Petit", "Grand"
        self.walk(tour, self.clerk, "account_move_action_to_approve", self.company)
        self.assertEqual((self.small.payment_approval, self.large.payment_approval), ("approved", "pending"))

    def test_in_the_browser(self):
        self.approve_in_the_browser("utility_bills_to_approve")

    def test_on_a_telephone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.approve_in_the_browser("utility_bills_to_approve_phone")


@tagged("post_install", "-at_install", MODULE)
class TestDigest(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card, cls.there = cls.shared("17-001")
        cls.read_index(cls.card, "2025-06-30", 100)
        cls.agents = cls.agent_water | cls.agent_sewerage
        cls.agents.lang = "en_US"

    def send(self):
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_digest").method_direct_trigger()
        return self.env["mail.mail"].search([("subject", "=", "Water and sewerage: what waits for you")])

    def test_to_who_asks_about_what_is_theirs(self):
        self.agent_water.utility_digest = "daily"
        mail = self.send()
        self.assertEqual(mail.email_to, self.agent_water.email_formatted)
        self.assertIn("EAU", mail.body_html)
        self.assertIn("To Synchronise", mail.body_html)
        self.assertNotIn("ASSAINISSEMENT", mail.body_html)

    def test_a_copy_of_the_database_sends_none(self):
        self.agent_water.utility_digest = "daily"
        become_copy(self.env)
        self.assertFalse(self.send())
        confirm_database(self.env)
        self.assertTrue(self.send())

    def test_nobody_gets_two_a_day_and_nothing_is_not_told(self):
        self.agent_water.utility_digest = "daily"
        self.user("idle", AGENT, self.env["res.company"].create({"name": "Budget voirie"})).utility_digest = "daily"
        self.send()
        self.assertEqual(len(self.send()), 1)
        today = fields.Date.today()
        self.agent_water._by_server().utility_digest_sent_on = today - timedelta(1)
        self.assertEqual(len(self.send()), 2)
        self.agent_water.utility_digest = "weekly"
        self.agent_water._by_server().utility_digest_sent_on = today - timedelta(6)
        self.assertEqual(len(self.send()), 2)
        self.agent_water._by_server().utility_digest_sent_on = today - timedelta(7)
        self.assertEqual(len(self.send()), 3)

    def test_one_that_fails_stops_no_other(self):
        self.agents.utility_digest = "daily"
        first = min(self.agents, key=lambda user: user.id)
        # a language that is gone: what is rendered for this person fails
        self.env.cr.execute("UPDATE res_partner SET lang = 'xx_XX' WHERE id = %s", [first.partner_id.id])
        self.env.invalidate_all()
        self.send()
        self.assertTrue(all(user.utility_digest_sent_on for user in self.agents))

    def test_in_ones_own_language(self):
        add_french(self.env)
        self.agent_water.write({"utility_digest": "daily", "lang": "fr_FR"})
        self.send()
        mail = self.env["mail.mail"].search([("email_to", "=", self.agent_water.email_formatted)], limit=1)
        self.assertIn("À synchroniser", mail.body_html)

    def test_a_person_asks_for_their_own_alone(self):
        self.agent_water.with_user(self.agent_water).write({"utility_digest": "weekly"})
        with self.assertRaises(AccessError):
            self.agent_sewerage.with_user(self.agent_water).write({"utility_digest": "weekly"})
        with self.assertRaises(AccessError):
            self.agent_water.with_user(self.agent_water).write({"utility_digest_sent_on": "2025-01-01"})


@tagged("post_install", "-at_install", MODULE)
class TestDigestTour(SharingCase, BrowserCase):
    def test_asked_for_in_the_preferences(self):
        card, _there = self.shared("17-001")
        self.read_index(card, "2025-06-30", 100)
        self.agent_water.lang = "fr_FR"
        # hr's form wants a time zone
        self.agent_water.tz = "Europe/Paris"
        self.walk("utility_digest", self.agent_water, "utility_dashboard_action", self.budget_water)
        self.assertEqual(self.agent_water.utility_digest, "weekly")
        with self.enter_registry_test_mode():
            self.env.ref(f"{MODULE}.ir_cron_digest").method_direct_trigger()
        mail = self.env["mail.mail"].search([("email_to", "=", self.agent_water.email_formatted)])
        self.assertIn("À synchroniser", mail.body_html)
