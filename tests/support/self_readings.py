"""A subscriber who reports the index of their meter."""

import re
from datetime import timedelta
from io import BytesIO

from PIL import Image

from odoo import fields
from odoo.tests import HttpCase

from .people import new_test_user
from .sharing import SharingCase


def picture(size=(60, 40), kind="JPEG"):
    held = BytesIO()
    Image.new("RGB", size, "navy").save(held, kind)
    return held.getvalue()


class SelfReadingCase(SharingCase, HttpCase):
    """Durand's meter, shared by both sections: 120 m³ a year, last read 73 days ago at 220."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["utility.reading"])
        cls.card, cls.there = cls.shared("17-001", route="Bourg", digits=5)
        for days, index in ((73 + 365, 100), (73, 220)):
            cls.read_index(cls.card, cls.today - timedelta(days), index)._synchronisation().carry_out()
        cls.env.invalidate_all()
        cls.subscription = cls.subscribe(cls.card)
        cls.other = cls.subscribe(cls.meter(number="17-002"), cls.env["res.partner"].create({"name": "Martin"}))
        cls.water.round_start = cls.today - timedelta(30)
        cls.durand.email = "durand@example.com"
        new_test_user(cls.env, "durand", "base.group_portal", name="Durand", partner_id=cls.durand.id)

    def post(self, url, **values):
        """Send the form of a page as a browser does."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(url).text).group(1)
        file = values.pop("photo", None)
        files = {"photo": ("compteur.jpg", file, "image/jpeg")} if file else None
        return self.url_open(url, data={"csrf_token": token, **values}, files=files)

    def readings(self):
        self.env.invalidate_all()
        return self.env["utility.reading"].search([("date", "=", self.today)], order="id")

    def link(self, days=1):
        until = fields.Datetime.now() + timedelta(days)
        return "/meter/read/" + self.subscription._self_reading_url(until).rsplit("/", 1)[1]
