"""What a digest says of a connector and of bills to approve, and the e-mail that carries it."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.misc import format_amount

from ..models.followup.digest import Digest
from .support.ledger import ACCOUNTANT, APPROVER, MONITOR, LedgerCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestDigestOfExchange(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver = cls.user("approver", f"{MONITOR},{APPROVER},{ACCOUNTANT}")
        cls.approver.lang = "en_US"
        cls.levels = cls.env["ledger.approval.level"]

    def parts(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return {part.name: list(part.lines) for part in Digest(user or self.approver).parts()}

    def level(self, amount, *users):
        return self.levels.create(
            {
                "company_id": self.water.id,
                "amount": amount,
                "user_ids": [Command.set([user.id for user in users])],
            }
        )

    def delivered(self, **ago):
        """Send a bill that was delivered so long ago."""
        bill = self.entry()
        self.export(bill).lot_ids.date_delivered = fields.Datetime.now() - timedelta(**ago)
        return bill

    def test_a_connector_in_which_nothing_waits_is_left_out(self):
        self.delivered(days=3, hours=23)
        self.assertEqual(self.parts(self.user("watcher", MONITOR)), {})

    def test_documents_and_answers_that_wait(self):
        """Two documents wait, one of them with an anomaly; an answer is expected within four days."""
        watcher = self.user("watcher", MONITOR)
        self.delivered(days=5, hours=2)
        self.delivered(days=4, hours=2)
        good, bad = self.entry(), self.entry()
        bad.invoice_line_ids.name = "Pompe 泵"
        self.assertEqual(
            self.parts(watcher),
            {
                self.connector.name: [
                    ("Documents in anomaly", "1"),
                    ("Documents that wait", "2"),
                    ("Without an answer of the accounting system", "for 5 days"),
                ]
            },
        )
        self.assertEqual(self.document(good | bad).mapped("state"), ["to_export", "to_export"])

    @freeze_time("2026-03-20 09:00:00")
    def test_an_answer_is_awaited_for_four_days(self):
        watcher = self.user("watcher", MONITOR)
        lot = self.export(self.entry()).lot_ids
        for ago, said in ((timedelta(days=4), []), (timedelta(days=4, seconds=1), ["for 4 days"])):
            lot.date_delivered = fields.Datetime.now() - ago
            with self.subTest(ago):
                lines = self.parts(watcher).get(self.connector.name, [])
                self.assertEqual([text for _label, text in lines], said)

    def test_amounts_of_two_currencies_are_not_added_up(self):
        """On the card of approvers: the bills of the companies that are ticked, and how many wait elsewhere."""
        today = fields.Date.today()
        for company, amount, age in ((self.water, 100, 5), (self.water, 50, 3), (self.sewerage, 70, 9)):
            self.entry(amount=amount, company=company, invoice_date=today - timedelta(age), date=today)
        for dollars, amounts in ((False, [220.0]), (True, [150.0, 70.0])):
            if dollars:
                self.env.flush_all()
                query = "UPDATE res_company SET currency_id = %s WHERE id = %s"
                self.env.cr.execute(query, [self.env.ref("base.USD").id, self.sewerage.id])
            card = self.card(self.companies)
            currencies = self.water.currency_id, self.sewerage.currency_id
            shown = [format_amount(card.env, *pair) for pair in zip(amounts, currencies, strict=False)]
            self.assertEqual((card.approval_count, card.approval_age, card.approval_elsewhere), (3, 9, 0))
            self.assertEqual(card.approval_amount, " + ".join(shown))
        card = self.card(self.sewerage)
        self.assertEqual((card.approval_count, card.approval_age, card.approval_elsewhere), (1, 9, 2))
        others = self.cards(self.companies) - self.card(self.companies)
        self.assertTrue(others)
        for other in others:
            found = other.approval_count, other.approval_age, other.approval_elsewhere, other.approval_amount
            self.assertEqual(found, (0, 0, 0, ""))
        self.assertEqual((card.name, set(others.mapped("name"))), ("Bills To Approve", {self.connector.name}))

    def cards(self, companies):
        self.env.flush_all()
        self.env.invalidate_all()
        cards = self.env["utility.dashboard"].with_user(self.approver)
        return cards.with_context(allowed_company_ids=companies.ids).search([])

    def card(self, companies):
        return self.cards(companies).filtered(lambda card: card.kind == "approval")

    def test_who_may_not_approve_learns_no_names(self):
        bill = self.entry(amount=900, post=False)
        self.level(100, self.approver)
        clerk = self.user("clerk", ACCOUNTANT)
        with self.assertRaisesRegex(AccessError, "requires the right") as refused:
            bill.with_user(clerk).action_approve_payment()
        self.assertNotIn(self.approver.name, str(refused.exception))
        bill.invoice_date = False
        self.assertEqual(bill.payment_approval_age, 0)

    def test_bills_to_approve_of_each_company(self):
        """300 € of two bills in EAU, whose credit note of 50 € deducts; 70 € in ASST. The oldest is 12 days old."""
        today = fields.Date.today()
        for amount, age in ((100, 12), (200, 3)):
            self.entry(amount=amount, invoice_date=today - timedelta(age), date=today)
        self.entry("in_refund", amount=50, invoice_date=today, date=today)
        self.entry(amount=70, company=self.sewerage, invoice_date=today - timedelta(1), date=today)
        self.entry(amount=5000, post=False)
        told = dict(self.parts()["Vendor bills"])
        self.assertEqual(
            {name: text.replace("\xa0", " ") for name, text in told.items()},
            {
                f"To approve for payment, {self.water.name}": "3, 250.00 €, the oldest for 12 days",
                f"To approve for payment, {self.sewerage.name}": "1, 70.00 €, the oldest for 1 days",
            },
        )
        for user in (self.user("watcher", MONITOR), self.user("clerk", f"{MONITOR},{ACCOUNTANT}")):
            self.assertNotIn("Vendor bills", self.parts(user), "who may not approve")

    def test_bills_above_ones_level_are_not_counted(self):
        self.entry(amount=100)
        self.entry(amount=900)
        self.entry("in_refund", amount=900)
        self.level(100, self.approver)
        self.assertRegex(self.parts()["Vendor bills"][0][1], r"^1, 100\.00")

    def test_the_highest_of_several_levels_counts(self):
        """Whatever their order; 0 is any amount. Who has no level in a company with levels approves nothing."""
        other = self.user("other", f"{APPROVER},{ACCOUNTANT}")
        for amounts, limit in (((500, 100), 500), ((100, 500), 500), ((0, 100), None), ((100, 0), None)):
            with self.subTest(amounts):
                self.levels.search([]).unlink()
                for amount in amounts:
                    self.level(amount, self.approver)
                self.assertEqual(self.levels._limits_of(self.approver), {self.water.id: limit})
                self.assertEqual(self.levels._limits_of(other), {self.water.id: 0})

    def test_within_my_level_is_searched_as_it_is_shown(self):
        bills = self.entry(amount=100) | self.entry(amount=900) | self.entry("in_refund", amount=900)
        bills |= self.entry(amount=900, company=self.sewerage)
        self.level(100, self.approver)
        mine = bills.with_user(self.approver).with_context(allowed_company_ids=self.companies.ids)
        self.assertEqual(mine.mapped("payment_within_level"), [True, False, False, True])
        for wanted, found in ((True, mine[0] | mine[3]), (False, mine[1] | mine[2])):
            for operator, value in (("=", wanted), ("!=", not wanted)):
                with self.subTest(operator=operator, value=value):
                    domain = [("id", "in", bills.ids), ("payment_within_level", operator, value)]
                    self.assertEqual(mine.search(domain), mine.search([("id", "in", found.ids)]))

    def test_names_of_who_may_approve(self):
        """The levels that reach the amount, of the bill's company alone."""
        director, deputy, elsewhere = (self.user(name, f"{APPROVER},{ACCOUNTANT}") for name in ("dir", "dep", "els"))
        bill = self.entry(amount=900)
        self.level(900, deputy)
        self.level(899.99, self.approver)
        self.level(0, director)
        self.levels.create({"company_id": self.sewerage.id, "user_ids": [Command.set(elsewhere.ids)]})
        self.assertEqual(bill._names_of_approvers(), f"{director.name}, {deputy.name}")

    def test_the_e_mail(self):
        self.entry(amount=100)
        subject = [("subject", "=", "Water and sewerage: what waits for you")]
        nobody = self.user("nobody", "base.group_user")
        self.assertFalse(Digest(nobody).send(), "nothing waits")
        self.assertTrue(Digest(self.approver).send())
        mail = self.env["mail.mail"].search(subject)
        self.assertEqual((mail.email_to, mail.auto_delete), (self.approver.email_formatted, True))
        self.assertEqual(mail.email_from, self.approver.company_id.email_formatted or self.approver.email_formatted)
        self.assertIn("/odoo/action-utility_billing_sync.utility_dashboard_action", mail.body_html)
        self.approver.email = False
        self.assertFalse(Digest(self.approver).send(), "no address")
        self.assertEqual(self.env["mail.mail"].search(subject), mail)
