"""*Chiffres de l'année*: equal to what the bills add up to, one by one."""

from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .support.billing import H1, H2, MoneyCase
from .support.browser import BrowserCase
from .support.guide import ExampleCase, french
from .support.people import new_test_user
from .support.sharing import AGENT, MODULE

THIS_YEAR = fields.Date.today().year


@tagged("post_install", "-at_install", MODULE)
class TestYearFigures(ExampleCase, MoneyCase, BrowserCase):
    """2024: a bill of 100 m³; an instalment of half a year settled by a bill of 60 m³; 25 m³ credited in 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.utility_use_billing_types = cls.section.company_id.utility_use_billing_types = True
        readings = {date(2023, 1, 1): 0, date(2024, 1, 1): 100}
        cls.first = cls.subscribe(1, readings | {date(2025, 1, 1): 200})
        cls.second = cls.subscribe(2, readings | {date(2025, 1, 1): 160}, billing_type="estimated", dwellings=4)
        cls.third = cls.subscribe(3, readings | {date(2025, 1, 1): 125})

    def figure(self, year=2024):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["utility.year.figure"].search([("section_id", "=", self.section.id), ("year", "=", str(year))])

    def levies(self, year=2024):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["utility.year.levy"].search([("section_id", "=", self.section.id), ("year", "=", str(year))])

    def bill_all(self):
        self.first_bill = self.bill(self.first)
        self.instalment = self.bill(self.second, H1)
        self.second.billing_type = "measured"
        self.settling = self.bill(self.second, H2, reading_start=date(2024, 1, 2))
        self.third_bill = self.bill(self.third)

    def pay(self, bill, amount, day):
        due = bill.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        accounts = self.env["account.account"].with_company(bill.company_id)
        bank = accounts.create({"code": "512000", "name": "Banque", "account_type": "asset_cash"})
        journal = self.env["account.journal"].create(
            {"name": "OD", "code": "OD1", "type": "general", "company_id": bill.company_id.id}
        )
        values = {"partner_id": due.partner_id.id, "name": "Paiement"}
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "line_ids": [
                    Command.create(values | {"account_id": bank.id, "debit": amount}),
                    Command.create(values | {"account_id": due.account_id.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        (due | entry.line_ids.filtered(lambda line: line.account_id == due.account_id)).reconcile()

    def net(self, year):
        """Return the totals of a year's bills, computed from their lines alone: {kind: (volume, amount)}."""
        moves = self.env["account.move"].search(
            [("utility_section_id", "=", self.section.id), ("state", "=", "posted")]
        )
        found = {}
        for line in moves.filtered(lambda move: move.invoice_date.year == year).invoice_line_ids:
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            amount = sign * line.price_subtotal
            volume, total = found.get(line.utility_kind, (0, 0))
            volume += abs(line.utility_quantity) * (1 if amount > 0 else -1)
            found[line.utility_kind] = volume, total + amount
        return found

    def test_equal_to_what_the_lines_add_up_to(self):
        self.bill_all()
        note = self.credit(self.third_bill)
        note_year = note.invoice_date.year
        self.assertEqual(self.settling.utility_settled_by_id.ids, [])
        self.assertEqual(self.instalment.utility_settled_by_id, self.settling)
        for year in {2024, note_year}:
            figure, net = self.figure(year), self.net(year)
            self.assertAlmostEqual(figure.volume, net.get("block", (0, 0))[0], 3)
            self.assertAlmostEqual(figure.amount_untaxed, sum(amount for _volume, amount in net.values()), 2)
            levy = self.levies(year)
            if net.get("levy"):
                self.assertAlmostEqual(levy.volume, net["levy"][0], 3)
                self.assertAlmostEqual(levy.billed, net["levy"][1], 2)

    def test_worked(self):
        """100 + 60 + 25 = 185 m³, 64.75 € of levy; 3 subscriptions, 6 dwellings."""
        self.bill_all()
        figure = self.figure()
        self.assertEqual((figure.volume, figure.bill_count), (185, 4))
        self.assertEqual((figure.subscriber_count, figure.dwelling_count), (3, 6))
        self.assertEqual((self.levies().billed, self.levies().volume, self.levies().collected), (64.75, 185, 0))
        dashboard = self.env["utility.dashboard"].search([("section_id", "=", self.section.id)])
        self.assertTrue(dashboard.name)

    def test_the_price_of_120_cubic_metres(self):
        """40 + 120 × 2 + 120 × 0.35 = 322.00; with VAT at 5.5 %: 339.71, 2.8309 € a m³."""
        self.bill_all()
        figure = self.figure()
        parts = figure.price_fixed, figure.price_volume, figure.price_levy, figure.price_tax
        self.assertEqual([round(part, 2) for part in parts], [40, 240, 42, 17.71])
        self.assertEqual((round(figure.price_total, 2), round(figure.price_per_m3, 4)), (339.71, 2.8309))
        self.assertEqual(figure.tariff_id, self.tariff)
        fixed, volume, levy = (french(part) for part in parts[:3])
        self.assert_example(
            "chiffres",
            f"40 € par an, 2 €/m³, redevance 0,35 €/m³, TVA 5,5 % : {fixed} + {volume} + {levy} ="
            f" {french(sum(parts[:3]), 2)} €, et {french(figure.price_total, 2)} € avec la TVA, soit"
            f" {french(figure.price_per_m3, 4)} €/m³.",
        )

    def test_unpaid_and_collected(self):
        """The first bill is (40 + 200 + 35) × 1.055 = 290.13; half of it is paid in 2025: 17.50 € of its levy."""
        self.first_bill = self.bill(self.first)
        self.assertEqual(self.first_bill.amount_total, 290.13)
        self.assertEqual((self.figure().unpaid_rate, self.figure().unpaid), (100, 290.13))
        self.pay(self.first_bill, 145.07, date(2025, 2, 3))
        self.assertAlmostEqual(self.figure().unpaid_rate, 50, 1)
        self.assertEqual((self.levies().collected, self.levies(2025).billed), (0, 0))
        self.assertAlmostEqual(self.levies(2025).collected, 35 * 145.07 / 290.13, 2)
        unpaid = self.figure().action_view_unpaid()
        self.assertEqual(self.env["account.move"].search(unpaid["domain"]), self.first_bill)

    def test_traced_to_its_bills(self):
        self.bill_all()
        action, lines = self.figure().action_view_bills(), self.levies().action_view_lines()
        self.assertEqual((action["context"], lines["context"]), ({"create": False},) * 2)
        nobody = self.env.ref("base.public_user")
        for records, name in ((self.figure(), "action_view_bills"), (self.levies(), "action_view_lines")):
            with self.assertRaises(AccessError):
                getattr(records.with_user(nobody), name)()
        with self.assertRaises(ValueError):
            self.levies().browse().action_view_lines()
        bills = self.env["account.move"].search(action["domain"])
        self.assertEqual(bills, self.first_bill | self.instalment | self.settling | self.third_bill)
        lines = self.env["account.move.line"].search(lines["domain"])
        self.assertAlmostEqual(-sum(lines.mapped("balance")), 64.75, 2)

    def test_meters_to_replace(self):
        self.first_bill = self.bill(self.first)
        old, new, made = (s.meter_id.connection_point_id for s in (self.first, self.second, self.third))
        old.installation_date, new.installation_date = date(2009, 1, 1), date(2020, 1, 1)
        made.year = THIS_YEAR - 15
        due = self.env["utility.meter"].search(
            [("section_id", "=", self.section.id), ("connection_point_id.is_renewal_due", "=", True)]
        )
        self.assertEqual(due, self.first.meter_id | self.third.meter_id)
        for point in old | new | made:
            self.assertEqual(point.is_renewal_due, point != new)
        figure = self.figure(THIS_YEAR)
        self.assertEqual((figure.meter_count, figure.due_count), (3, 2))
        self.assertEqual(self.env["utility.meter"].search(figure.action_view_due_meters()["domain"]), due)
        self.assertFalse(self.figure(2024).meter_count)

    def test_the_day_on_which_a_meter_is_to_be_replaced(self):
        """15 years to the day after its installation; by its make alone, from that year on; never if both are missing.

        A search finds what is shown, whichever way it asks.
        """
        points = self.first.meter_id.connection_point_id.create([{} for _day in range(5)])
        today = date.today()
        last = fields.Date.subtract(today, years=15)
        points[0].installation_date, points[1].installation_date = last, last + timedelta(1)
        points[2].year, points[3].year = THIS_YEAR - 15, THIS_YEAR - 14
        due = points[0] | points[2]
        self.assertEqual(points.filtered("is_renewal_due"), due)
        for operator, value, found in (
            ("=", True, due),
            ("!=", False, due),
            ("=", False, points - due),
            ("!=", True, points - due),
        ):
            with self.subTest(operator=operator, value=value):
                searched = points.search([("id", "in", points.ids), ("is_renewal_due", operator, value)])
                self.assertEqual(set(searched), set(found))

    def test_another_budget_sees_nothing_of_it(self):
        self.first_bill = self.bill(self.first)
        other = self.make_section("ASST", "sewerage").company_id
        for groups, seen in ((AGENT, None), ("utility_billing_sync.group_utility_manager", 0)):
            user = new_test_user(self.env, groups, groups, company_id=other.id, company_ids=[(6, 0, other.ids)])
            model = self.env["utility.year.figure"].with_user(user).with_context(allowed_company_ids=other.ids)
            if seen is None:
                self.assertRaises(AccessError, model.search, [])
            else:
                self.assertEqual(len(model.search([])), seen)
                self.assertRaises(AccessError, self.figure().with_user(user).action_view_bills)

    def test_in_the_browser(self):
        self.bill_all()
        company = self.section.company_id
        groups = "utility_billing_sync.group_utility_manager,account.group_account_invoice"
        clerk = new_test_user(self.env, "figures", groups, company_id=company.id, company_ids=[(6, 0, company.ids)])
        clerk.lang = "fr_FR"
        self.walk("utility_year_figures", clerk, "utility_year_figure_action", company)
