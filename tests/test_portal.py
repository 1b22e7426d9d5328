from datetime import date

from lxml import html

from odoo.tests import HttpCase, tagged

from .support.billing import Q1, BillingCase
from .support.people import new_test_user

YEAR_2022 = {date(2021, 12, 31): 0, date(2022, 6, 30): 41, date(2022, 12, 31): 102}
YEAR_2023 = {date(2023, 6, 30): 155, date(2023, 12, 31): 229}


@tagged("post_install", "-at_install")
class TestPortal(BillingCase, HttpCase):
    """On the portal, subscribers see their own meters, and only the days of their own subscriptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.subscribe(1, YEAR_2022 | YEAR_2023, date_start=date(2022, 1, 1), date_end=date(2022, 12, 31))
        cls.second = cls.env["utility.subscription"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Abonné 2"}).id,
                "meter_id": cls.first.meter_id.id,
                "date_start": date(2023, 1, 1),
                "tariff_id": cls.tariff.id,
            }
        )
        cls.third = cls.subscribe(3, {date(2023, 1, 1): 0, date(2023, 3, 31): 33})
        cls.leaver, cls.comer = cls.portal("leaver", cls.first), cls.portal("comer", cls.second)

    @classmethod
    def portal(cls, login, subscription):
        """A portal user of the main company, as an invitation makes them."""
        return new_test_user(cls.env, login, "base.group_portal", partner_id=subscription.partner_id.id)

    def page(self, login, url):
        self.authenticate(login, login)
        return self.url_open(url)

    def cells(self, answer):
        """Return the cells of the tables of a page, without their unit."""
        texts = [cell.text_content() for cell in html.fromstring(answer.text).iter("td")]
        return {" ".join(text.replace("m³", "").split()) for text in texts}

    def test_the_list_holds_the_own_subscriptions_only(self):
        listed = self.page("leaver", "/my/meters").text
        self.assertIn(f"/my/meters/{self.first.id}", listed)
        self.assertNotIn(f"/my/meters/{self.second.id}", listed)
        self.assertNotIn("C0003", listed)

    def test_who_moved_out_sees_their_own_days_only(self):
        answer = self.page("leaver", f"/my/meters/{self.first.id}")
        self.assertEqual(answer.status_code, 200)
        cells = self.cells(answer)
        self.assertLessEqual({"06/30/2022", "41", "12/31/2022", "102", "61"}, cells)
        self.assertFalse({"06/30/2023", "155", "229"} & cells)

    def test_who_moved_in_does_not_see_the_days_before(self):
        cells = self.cells(self.page("comer", f"/my/meters/{self.second.id}"))
        self.assertLessEqual({"06/30/2023", "155", "53", "229", "74"}, cells)
        self.assertFalse({"06/30/2022", "12/31/2022", "41", "102"} & cells)

    def test_a_consumption_shared_with_the_subscriber_before_is_not_told(self):
        self.second.date_start = date(2023, 9, 1)
        self.first.date_end = date(2023, 8, 31)
        cells = self.cells(self.page("comer", f"/my/meters/{self.second.id}"))
        self.assertIn("229", cells)
        self.assertNotIn("74", cells, "July and August were the other subscriber's")

    def test_somebody_elses_meter_does_not_exist(self):
        for subscription in (self.first, self.third):
            with self.subTest(subscription.display_name):
                self.assertEqual(self.page("comer", f"/my/meters/{subscription.id}").status_code, 404)

    def test_a_reading_to_check_is_not_shown_yet(self):
        self.first.meter_id.reading_ids.filtered(lambda r: r.date == date(2023, 12, 31)).state = "draft"
        self.assertNotIn("229", self.cells(self.page("comer", f"/my/meters/{self.second.id}")))

    def test_a_colleague_of_the_firm_sees_its_meters(self):
        firm = self.third.partner_id
        firm.is_company = True
        colleague = self.env["res.partner"].create({"name": "Comptable", "parent_id": firm.id})
        new_test_user(self.env, "colleague", "base.group_portal", partner_id=colleague.id)
        self.assertEqual(self.page("colleague", f"/my/meters/{self.third.id}").status_code, 200)

    def test_the_home_page_counts_the_meters_and_a_visitor_must_log_in(self):
        self.authenticate("comer", "comer")
        self.assertIn('href="/my/meters"', self.url_open("/my").text)
        answer = self.make_jsonrpc_request("/my/counters", {"counters": ["utility_meter_count"]})
        self.assertEqual(answer["utility_meter_count"], 1)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/meters").url)

    def test_the_models_stay_closed_to_the_portal(self):
        for model in ("utility.subscription", "utility.meter", "utility.reading", "utility.billed.reading"):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(self.comer).has_access("read"))

    def test_a_subscriber_prints_their_own_bill_with_its_readings(self):
        self.third.partner_id.email = "three@example.com"
        user = self.portal("third", self.third)
        user.write({"company_ids": [(4, self.section.company_id.id)], "company_id": self.section.company_id.id})
        bill = self.post(self.draw_up(self.campaign(Q1)).utility_billing_run_id).filtered(
            lambda move: move.utility_subscription_id == self.third
        )
        url = f"/my/invoices/{bill.id}?report_type=html"
        self.assertIn("utility_readings", self.page("third", url).text)
        self.assertNotIn("utility_readings", self.page("comer", url).text)

    def test_bills_of_every_section_are_listed_and_open(self):
        """The portal user is of another company than the section that bills."""
        bill = self.post(self.draw_up(self.campaign(Q1)).utility_billing_run_id).filtered(
            lambda move: move.utility_subscription_id == self.third
        )
        user = self.portal("third", self.third)
        other = self.env["res.company"].create({"name": "Mairie", "logo": False})
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        listed = self.page("third", "/my/invoices").text
        self.assertIn(bill.name, listed)
        self.assertIn("utility_readings", self.url_open(f"/my/invoices/{bill.id}?report_type=html").text)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["invoice_count"]})
        self.assertEqual(counted["invoice_count"], 1)
        self.assertNotIn(bill.name, self.page("comer", "/my/invoices").text)
        self.assertNotIn("utility_readings", self.url_open(f"/my/invoices/{bill.id}?report_type=html").text)

    def test_a_bill_is_no_proforma(self):
        bill = self.post(self.draw_up(self.campaign(Q1)).utility_billing_run_id)[:1]
        self.assertNotIn("proforma", bill._get_invoice_proforma_pdf_report_filename().lower())

    def test_the_graph_says_its_values(self):
        text = self.page("leaver", f"/my/meters/{self.first.id}").text
        self.assertIn("o_utility_graph", text)
        self.assertIn(">61</text>", text)
        self.assertNotIn(">53</text>", text, "the days of who came after")
