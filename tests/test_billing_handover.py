from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..models.followup.digest import Digest
from .support.billing import MoneyCase
from .support.people import new_test_user


@tagged("post_install", "-at_install")
class TestHandover(MoneyCase):
    """The water service must pass the data for bills on within a month (CGCT R.2224-19-7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sewerage = cls.make_section("ASST", "sewerage")
        companies = cls.section.company_id | cls.sewerage.company_id
        companies.share_connection_points = True
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=companies.ids))
        cls.subscription = cls.subscribe(1, {date(2023, 1, 1): 0, date(2023, 3, 31): 25}).with_env(cls.env)
        cls.card = cls.env["utility.meter"].create(
            {
                "connection_point_id": cls.subscription.meter_id.connection_point_id.id,
                "section_id": cls.sewerage.id,
            }
        )

    def waiting(self, user=None):
        self.env.flush_all()
        model = self.env["utility.billing.handover"]
        if user:
            model = model.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return model.search([("serial_number", "=", "C0001")])

    def test_a_billed_reading_waits_until_it_is_received(self):
        billed_on = fields.Date.today() - timedelta(days=40)
        run = self.campaign(invoice_date=billed_on)
        self.draw_up(run)
        self.assertFalse(self.waiting(), "a draft owes nothing")
        self.post(run)
        row = self.waiting()
        self.assertEqual((row.date, row.age, row.target_section_name), (date(2023, 3, 31), 40, "ASST"))
        action = row.action_synchronize()
        self.env[action["res_model"]].browse(action["res_id"]).action_confirm()
        self.assertFalse(self.waiting())

    def test_the_digest_says_what_is_over_a_month_old(self):
        """31 days are told to the section that billed, 30 are not; the section that waits has nothing to do."""
        moves = self.post_campaign()
        told = ("Billed here over a month ago, not received by the other section", "1")
        agents = {section: self.agent_of(section) for section in (self.section, self.sewerage)}
        for age, late in ((30, False), (31, True)):
            # Odoo keeps the date of a posted bill
            self.env.flush_all()
            day = fields.Date.today() - timedelta(age)
            self.env.cr.execute("UPDATE account_move SET invoice_date = %s WHERE id = ANY(%s)", [day, moves.ids])
            for section, agent in agents.items():
                self.env.invalidate_all()
                lines = [line for part in Digest(agent).parts() if part.name == section.name for line in part.lines]
                with self.subTest(age=age, section=section.name):
                    self.assertEqual(told in lines, late and section == self.section)

    def agent_of(self, section):
        company = section.company_id
        return new_test_user(
            self.env,
            f"agent_{section.code}",
            "utility_billing_sync.group_utility_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            lang="en_US",
        )

    def test_the_section_that_waits_sees_it_and_a_third_does_not(self):
        self.post_campaign()
        third = self.make_section("SPANC", "other")
        for section, seen in ((self.sewerage, 1), (third, 0)):
            self.assertEqual(len(self.waiting(self.agent_of(section))), seen)

    def post_campaign(self):
        run = self.campaign()
        self.draw_up(run)
        return self.post(run)

    def test_a_removal_is_not_received_by_an_installation_of_that_day(self):
        """The last index of the old device and the first of the new one are two readings of one day."""
        day = date(2023, 2, 10)
        mine, other = self.subscription.meter_id.id, self.card.id
        self.env["utility.reading"].create(
            [
                {"meter_id": meter_id, "date": day, "index": index, "kind": kind}
                for meter_id, index, kind in (
                    (mine, 12, "removal"),
                    (mine, 0, "installation"),
                    (other, 0, "installation"),
                )
            ]
        )
        self.post_campaign()
        self.assertIn(day, self.waiting().mapped("date"))

    def test_a_credit_note_that_frees_a_volume_is_told(self):
        """ASST billed the same 25 m³: it is notified that EAU credited them, until EAU bills them again."""
        self.subscription.meter_id.reading_ids._synchronisation().carry_out()
        tariff = self.tariff.copy({"section_id": self.sewerage.id, "version_ids": []})
        self.env["utility.tariff.version"].create(
            {"tariff_id": tariff.id, "date_start": date(2020, 1, 1), "line_ids": self.lines_there()}
        )
        theirs = self.env["utility.subscription"].create(
            {
                "partner_id": self.subscription.partner_id.id,
                "meter_id": self.card.id,
                "date_start": date(2020, 1, 1),
                "tariff_id": tariff.id,
            }
        )
        mine = self.post_campaign()
        there = self.campaign(section=self.sewerage)
        self.draw_up(there)
        self.post(there)
        self.assertEqual(theirs.bill_ids.state, "posted")
        self.assertFalse(self.waiting())
        self.credit(mine)
        row = self.waiting()
        self.assertEqual((row.what, row.date, row.target_section_name), ("credit", date(2023, 3, 31), "ASST"))
        again = self.campaign()
        self.draw_up(again)
        self.post(again)
        self.assertFalse(self.waiting())

    def lines_there(self):
        water = self.make_product("Assainissement", self.sewerage, 10)
        return [Command.create({"product_id": water.id, "kind": "block", "price": 2})]
