"""The web client's own calls, over HTTP with a session: what the other tests try through the ORM."""

from odoo.tests import tagged

from .support.browser import BrowserCase
from .support.sharing import AGENT, JUNE, SharingBuilder


@tagged("post_install", "-at_install")
class TestOverHttp(SharingBuilder, BrowserCase):
    """The web client's own call, with its session."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        cls.ours, cls.theirs = cls.env["res.company"].create([{"name": "Ours"}, {"name": "Theirs"}])
        cls.own = cls.section("OURS", cls.ours, service="water")
        cls.other = cls.section("THEIRS", cls.theirs, service="water")
        cls.card = cls.meter(cls.own, "O-1")
        cls.foreign = cls.meter(cls.other, "ZQ7-1", street="ZQ7 street")
        cls.read_index(cls.foreign, JUNE, 765432)
        cls.user(login="http_agent", group=AGENT, companies=cls.ours)

    def call(self, model, method, *args):
        self.authenticate("http_agent", "http_agent")
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={"params": {"model": model, "method": method, "args": args, "kwargs": {}}},
        )
        return answer.text

    def test_onchange_create_and_write(self):
        spec = {"previous_index": {}, "partner_id": {"fields": {"display_name": {}}}, "finding": {}}
        values = {"meter_id": self.foreign.id, "date": "2025-07-31", "index": 1}
        for text in (
            self.call("utility.reading", "onchange", [], values, ["meter_id", "date", "index"], spec),
            self.call("utility.reading", "create", [values]),
            self.call("utility.reading", "web_save", [], {**values, "meter_id": self.card.id, "state": "billed"}, {}),
            self.call(
                "utility.meter", "write", [self.card.id], {"connection_point_id": self.foreign.connection_point_id.id}
            ),
        ):
            self.assertIn('"error"', text)
            self.assertNotIn("ZQ7", text)
            self.assertNotIn("765432", text)
        self.assertFalse(self.card.reading_ids)
