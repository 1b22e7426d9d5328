"""Documents on the portal: a subscriber's own bills, letters as sent and photos, nobody else's."""

from base64 import b64encode
from datetime import date
from io import BytesIO

from PIL import Image

from odoo.tests import HttpCase, tagged

from .support.billing import MoneyCase
from .support.people import new_test_user


@tagged("post_install", "-at_install")
class TestPortalDocuments(MoneyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 90 m³ each first quarter, then 400
        indexes = {}
        for rank, year in enumerate((2020, 2021, 2022)):
            indexes |= {date(year, 1, 1): 200 * rank, date(year, 4, 1): 200 * rank + 90}
        cls.own = cls.subscribe(1, indexes | {date(2023, 1, 1): 600, date(2023, 4, 1): 1000})
        cls.others = cls.subscribe(2, {date(2023, 1, 1): 0, date(2023, 4, 1): 10})
        for login, subscription in (("leaking", cls.own), ("neighbour", cls.others)):
            new_test_user(cls.env, login, "base.group_portal", partner_id=subscription.partner_id.id)
        held = BytesIO()
        Image.new("RGB", (60, 40), "navy").save(held, "JPEG")
        values = {"subscription_id": cls.own.id, "reported_on": "2023-04-01 10:00:00"}
        cls.photo = cls.env["utility.self.report"]._by_server().create(values | {"photo": b64encode(held.getvalue())})

    def setUp(self):
        super().setUp()
        self.campaign().action_preview()
        self.work()
        self.letter = self.env["utility.leak.alert"].search([("subscription_id", "=", self.own.id)])

    def page(self, login, url):
        self.authenticate(login, login)
        return self.url_open(url)

    def test_the_own_documents_are_listed_and_open(self):
        self.assertNotIn("/letter/", self.page("leaking", "/my/documents").text, "the letter has not been sent")
        self.letter.action_print()
        bill = self.bill(self.own, (date(2023, 1, 1), date(2023, 3, 31)))
        listed = self.page("leaking", "/my/documents").text
        letter, photo = f"/my/documents/letter/{self.letter.id}", f"/my/documents/photo/{self.photo.id}"
        for shown in (letter, photo, f"/my/invoices/{bill.id}?report_type=pdf", bill.name):
            self.assertIn(shown, listed)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["utility_document_count"]})
        self.assertEqual(counted["utility_document_count"], 3)
        self.assertEqual(self.url_open(photo).headers["Content-Type"], "image/jpeg")
        self.assertEqual(self.url_open(letter).headers["Content-Type"], "application/pdf")

    def test_those_of_somebody_else_do_not_exist(self):
        self.letter.action_print()
        bill = self.bill(self.own, (date(2023, 1, 1), date(2023, 3, 31)))
        listed = self.page("neighbour", "/my/documents").text
        self.assertNotIn("/letter/", listed)
        self.assertNotIn("/photo/", listed)
        self.assertNotIn(bill.name, listed)
        for address in (f"letter/{self.letter.id}", f"photo/{self.photo.id}", f"letter/{self.letter.id + 1000}"):
            self.assertEqual(self.url_open(f"/my/documents/{address}").status_code, 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/documents").url)
