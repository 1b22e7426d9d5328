"""Payments of the accounting system on bills: the balance that the next one prints, levies collected, the portal.

Worked by hand: 100 m³ in 2023 are (40 + 100 × 2 + 100 × 0.35) × 1.055 = 290.13 €, of which 35.00 € of levy.
"""

from datetime import date

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..core.ledger.layouts import Reader
from ..core.ledger.presets import PAYMENTS
from ..models.ledger_payments.incoming_payments import IncomingPayments
from ..models.ledger_payments.registration import Registration
from .support.billing import MoneyCase
from .support.browser import BrowserCase
from .support.payments import HEADER, make_payment_journals
from .support.people import new_test_user
from .support.sharing import MODULE

YEAR_2023, YEAR_2024, YEAR_2025 = ((date(year, 1, 1), date(year, 12, 31)) for year in (2023, 2024, 2025))


@tagged("post_install", "-at_install")
class TestPaymentsOnBills(MoneyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.section.company_id
        company.ledger_code = "EAU1"
        cls.connector = cls.env["ledger.connector"].create(
            {
                "company_ids": [Command.set(company.ids)],
                "directory": "bills",
                "payments_layout_id": cls.env.ref(f"{MODULE}.ledger_layout_payments").id,
                "payment_journal_ids": [Command.set(make_payment_journals(cls.env, company).ids)],
            }
        )
        readings = {date(year, 1, 1): 100 * (year - 2022) for year in range(2022, 2027)}
        cls.subscription = cls.subscribe(1, readings)

    def setUp(self):
        super().setUp()
        self.first = self.bill(self.subscription, YEAR_2023)
        self.assertEqual(self.first.amount_total, 290.13)

    def report(self, *rows):
        """Let payments come in: (reference, amount, date, sense, cancelled reference) of the first bill."""
        run = self.env["ledger.run"].create(
            {"connector_id": self.connector.id, "company_ids": self.connector.company_ids.ids, "kind": "payments"}
        )
        text = HEADER
        for reference, amount, day, sense, cancels in rows:
            number = self.first.name
            text += f"EAU1;{reference};{number};;{day};{amount};PRLV;;{sense};{cancels};Provision insuffisante\r\n"
        IncomingPayments(run).take(Reader(PAYMENTS).rows([text.encode()]), "", "REG_1.csv")
        waiting = self.env["ledger.payment"].search([("state", "=", "waiting")])
        self.assertEqual(
            [finding.code for _payment, finding in Registration(self.connector).register(waiting)], self.said
        )
        self.env.invalidate_all()

    said = ()

    def assertPaid(self, *rows, said=()):
        self.said = list(said)
        self.report(*rows)

    def mentions(self, bill):
        return " ".join(bill._prepare_utility_bill()["mentions"]).replace("\xa0", " ")

    def test_the_balance_of_the_next_bill_is_live_then_kept(self):
        self.assertPaid(("R1", "190,13", "03/02/2025", "", ""))
        draft = self.bill(self.subscription, YEAR_2024, post=False)
        self.assertIn("Balance due on earlier bills, on this bill's date: 100.00 €", self.mentions(draft))
        self.assertPaid(("R2", "60,00", "10/02/2025", "", ""))
        self.assertIn("date: 40.00 €", self.mentions(draft))
        draft.action_post()
        self.assertPaid(("R3", "40,00", "10/03/2026", "", ""))
        self.assertEqual(self.first.payment_state, "paid")
        self.assertIn("date: 40.00 €", self.mentions(draft), "kept as it was printed")
        self.assertPaid(("X2", "60,00", "12/03/2026", "Rejet", "R2"))
        self.assertIn("date: 40.00 €", self.mentions(draft))
        following = self.bill(self.subscription, YEAR_2025, post=False)
        # 60.00 of the first bill, and the second one: 290.13
        self.assertIn("date: 350.13 €", self.mentions(following))

    def test_what_was_paid_in_excess_is_told_on_the_next_bill(self):
        self.assertPaid(("R1", "300,00", "03/02/2025", "", ""), said=["payment_over"])
        draft = self.bill(self.subscription, YEAR_2024, post=False)
        self.assertIn("Paid in excess on earlier bills, on this bill's date: 9.87 €", self.mentions(draft))
        draft.action_post()
        following = self.bill(self.subscription, YEAR_2025, post=False)
        self.assertIn("Balance due on earlier bills, on this bill's date: 280.26 €", self.mentions(following))

    def test_levies_collected_and_unpaid_rate(self):
        """190.13 paid: 35 × 190.13 / 290.13 = 22.94 of levy, 100 / 290.13 = 34.47 % unpaid."""
        self.assertEqual(self.collected(2025), (0, 100))
        self.assertPaid(("R1", "190,13", "03/02/2025", "", ""))
        self.assertEqual(self.collected(2025), (22.94, 34.47))
        self.assertPaid(("R2", "100,00", "10/02/2025", "", ""))
        self.assertEqual(self.collected(2025), (35.0, 0))
        self.assertPaid(("X1", "190,13", "12/02/2025", "Rejet", "R1"))
        self.assertEqual(self.collected(2025), (12.06, 65.53))

    def collected(self, year):
        self.env.flush_all()
        self.env.invalidate_all()
        mine = ("section_id", "=", self.section.id)
        levy = self.env["utility.year.levy"].search([mine, ("year", "=", str(year))])
        figure = self.env["utility.year.figure"].search([mine, ("year", "=", "2023")])
        return levy.collected, round(figure.unpaid_rate, 2)

    def test_the_portal(self):
        self.assertPaid(("R1", "190,13", "03/02/2025", "", ""), ("R2", "60,00", "10/02/2025", "", ""))
        self.assertPaid(("X2", "60,00", "20/02/2025", "Rejet", "R2"))
        new_test_user(self.env, "payer", "base.group_portal", partner_id=self.subscription.partner_id.id)
        self.authenticate("payer", "payer")
        text = self.url_open(f"/my/invoices/{self.first.id}").text
        table = text[text.index('id="utility_payments"') :]
        table = table[: table.index("</table>")]
        for shown in (
            "Direct Debit",
            "02/03/2025",
            "190.13",
            "Refused by the bank on",
            "02/20/2025",
            "Provision",
            "100.00",
        ):
            self.assertIn(shown, table)

    def test_credit_notes_and_other_payments_are_named_on_the_portal(self):
        """290.13 = 200.00 that the accounting system reports, 50.00 entered here, 40.13 of a credit note."""
        self.assertPaid(("R1", "200,00", "03/02/2025", "", ""))
        bank = self.connector.payment_journal_ids
        bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.first.ids
        )
        register.create({"amount": 50, "payment_date": date(2025, 2, 10)})._create_payments()
        self.assertEqual(self.first.amount_residual, 40.13)
        note = self.credit(self.first)
        credited = note.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.first.js_assign_outstanding_line(credited.ids)
        rows = sorted((row["amount"], row["label"], row["cancelled"]) for row in self.first._utility_portal_payments())
        self.assertEqual(
            rows,
            [(40.13, f"Credit Note {note.name}", False), (50, "Payment", False), (200, "Direct Debit", False)],
        )

    def test_nothing_is_shown_of_a_bill_without_payments(self):
        new_test_user(self.env, "payer", "base.group_portal", partner_id=self.subscription.partner_id.id)
        self.authenticate("payer", "payer")
        self.assertNotIn("utility_payments", self.url_open(f"/my/invoices/{self.first.id}").text)


@tagged("post_install", "-at_install", MODULE)
class TestBillOnATelephone(MoneyCase, BrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_nothing_of_it_is_cut(self):
        readings = {date(year, 1, 1): 1000 * (year - 2022) for year in range(2022, 2027)}
        subscription = self.subscribe(1, readings)
        self.bill(subscription, YEAR_2024)
        new_test_user(self.env, "payer", "base.group_portal", partner_id=subscription.partner_id.id)
        self.start_tour("/my/invoices", "utility_bill_on_a_telephone", login="payer")
